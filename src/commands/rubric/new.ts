// `agent rubric new`: writes one rubric, from a template or from criteria that a model drafts; overwrites none, and drafts no command.

import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { openBudget } from '../../agent/budget.ts';
import { systemCode, UserError } from '../../base/errors.ts';
import { count, nearest } from '../../base/text.ts';
import { type Criterion, rubricSchema } from '../../domain/rubric.ts';
import { type DraftedCriteria, draftCriteria } from '../../grading/draft.ts';
import { lintRubric } from '../../grading/lint.ts';
import { createAtomic, writeFailure } from '../../store/atomic.ts';
import { findLayout } from '../../store/find-memory.ts';
import { isOwnName } from '../../store/own-files.ts';
import { parseRubric } from '../../store/rubrics.ts';
import { openSpendLedger } from '../../store/spend.ts';
import { printYaml } from '../../store/yaml.ts';
import { packageRoot } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import { type OpenedModel, openModelFor } from '../model-for.ts';
import { knownTools } from './known-tools.ts';

interface Flags {
  template?: string;
  from?: string;
  json?: boolean;
}

const MOST_OF_FILE = 2_000_000; // bytes

/** `agent rubric new`. */
export async function newRubric(context: CommandContext, name: string, flags: Flags): Promise<number> {
  const { print, world, dir } = context;
  if (!isOwnName(name))
    throw new UserError({
      what: `“${name.slice(0, 80)}” is no name for a rubric`,
      hint: 'small letters, digits, - and _',
    });
  if (flags.from !== undefined && flags.template !== undefined)
    throw new UserError({ what: '--template and --from are two ways to the same file', hint: 'choose one' });
  const layout = findLayout(world, dir);
  const path = join(layout.rubrics, `${name}.yaml`);
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) throw existing(path);
  const draft =
    flags.from === undefined
      ? { text: fromTemplate(name, flags.template ?? 'code-change'), notes: [] }
      : await drafted(context, name, flags.from);
  parseRubric({ text: draft.text, path, from: path, name }); // what is written must be readable
  mkdirSync(dirname(path), { recursive: true });
  if (!create(path, draft.text)) throw existing(path);
  context.stop();
  if (flags.json) print.json({ rubric: name, path, notes: draft.notes });
  else {
    print.line(`wrote ${print.outside(path)}`);
    for (const note of draft.notes) print.line(print.outside(`note: ${note}`));
  }
  print.next(`next: edit it, then agent rubric lint ${name}`);
  return 0;
}

function fromTemplate(name: string, template: string): string {
  const folder = join(packageRoot(), 'templates', 'rubrics');
  const names = readdirSync(folder)
    .map((file) => file.replace(/\.yaml$/, ''))
    .sort();
  if (!names.includes(template)) {
    const meant = nearest(template, names);
    const hint = meant === undefined ? `there are: ${names.join(', ')}` : `did you mean ${meant}?`;
    throw new UserError({ what: `there is no template ${template}`, hint });
  }
  return readFileSync(join(folder, `${template}.yaml`), 'utf8').replace(/^rubric: .*$/m, `rubric: ${name}`);
}

async function drafted(
  context: CommandContext,
  name: string,
  from: string,
): Promise<{ text: string; notes: string[] }> {
  const { world, signal } = context;
  const file = { name: basename(from), text: readGood(resolve(world.cwd, from)) };
  const workspace = await context.open();
  const opened = await openGrader(context, workspace.settings.models.grader);
  try {
    const answer = await draftCriteria({
      file,
      seat: { model: opened.model, id: opened.id },
      system: readFileSync(join(packageRoot(), 'templates', 'prompts', 'draft-criteria.md'), 'utf8'),
      redact: workspace.redact,
      lint: (criteria) => problemsOf(context, criteria),
      seed: world.random(),
      purse: await purse(context),
      signal,
    });
    await charge(context, name, opened.id, answer);
    if (answer.kind === 'none') throw new UserError({ what: `no criteria were drafted: ${answer.why}`, where: from });
    const { description, criteria, notes } = answer;
    return { text: draftText(name, description, criteria, file.name), notes };
  } finally {
    await opened.close();
  }
}

async function openGrader(context: CommandContext, name: string): Promise<OpenedModel> {
  try {
    return await openModelFor(context, await context.open(), { name });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const hint = error.problem.hint ?? 'without a model: agent rubric new <name> --template report';
    throw new UserError({ ...error.problem, what: `drafting criteria needs a model. ${error.problem.what}`, hint });
  }
}

// Drafting is a session's worth of work at most, and counts towards the limits of day and month.
async function purse(context: CommandContext) {
  const { settings, layout } = await context.open();
  const ledger = openSpendLedger(layout);
  const { now } = context.world;
  const { session, day, month } = settings.budget;
  return openBudget({ limits: session, day: day.usd, month: month.usd, spent: () => ledger.spent(now()), now });
}

async function charge(context: CommandContext, name: string, model: string, answer: DraftedCriteria): Promise<void> {
  if (answer.requests === 0) return;
  const { usage, usd } = answer;
  openSpendLedger((await context.open()).layout).append({
    at: context.world.now().toISOString(),
    session: `rubric ${name}`,
    role: 'grader',
    model,
    usd: usd ?? null,
    input_tokens: usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens,
    output_tokens: usage.output_tokens,
  });
}

function problemsOf(context: CommandContext, criteria: readonly Criterion[]): string[] {
  const rubric = { criteria: [...criteria], pass: { score: 1 } };
  const ground = { tools: knownTools(context, [rubric]), trusted: () => true };
  return lintRubric(rubric, ground)
    .filter((finding) => finding.level === 'problem')
    .map(({ criterion = 'the rubric', what }) => `${criterion}: ${what}`);
}

function draftText(name: string, description: string, criteria: readonly Criterion[], file: string): string {
  const value = { rubric: name, description, pass: { score: 1 }, max_iterations: 3, criteria };
  const parsed = rubricSchema.safeParse(value);
  if (!parsed.success) throw new UserError({ what: 'what the model drafted is no rubric', where: file });
  const origin = `# ${count(criteria.length, 'criterion', 'criteria')} drafted by a model; nobody has reviewed them.\n`;
  return `${origin}${printYaml(value)}`;
}

function readGood(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > MOST_OF_FILE) throw new UserError({ what: 'this file is larger than 2 MB', where: path });
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new UserError({ what: `this file cannot be read (${code})`, where: path });
  }
}

function create(path: string, text: string): boolean {
  try {
    return createAtomic(path, [text]);
  } catch (error) {
    throw writeFailure(error, path);
  }
}

function existing(path: string): UserError {
  return new UserError({ what: 'this rubric exists already', where: path, hint: 'choose another name, or edit it' });
}
