// Who words a dream's lessons, from flags and settings: models with their purse and cache, or nobody; asks no model anything.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openBudget } from '../../agent/budget.ts';
import { layeredBudget, parseBudget } from '../../agent/budget-limits.ts';
import { systemCode, UserError } from '../../base/errors.ts';
import { canonicalJson, shortHash } from '../../base/hash.ts';
import { oneLine } from '../../base/text.ts';
import { withAnswers } from '../../learning/asking/answers.ts';
import { ASKS_VERSION, type AskRole, openAsker } from '../../learning/asking/asker.ts';
import type { DreamWords } from '../../learning/words/dream-words.ts';
import type { Purse } from '../../model/forced-call.ts';
import { type Cache, openCache } from '../../store/cache.ts';
import { openSpendLedger } from '../../store/spend.ts';
import { packageRoot, type Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import { type OpenedModel, openModelFor } from '../model-for.ts';

export interface WordsFlags {
  plain?: boolean;
  budget?: string;
  estimate?: boolean;
  instructions?: string;
  recordAnswers?: boolean;
  answers?: string;
}

export interface OpenedWords {
  /** Undefined where nobody words: asked not to, or no model can be reached. */
  words: DreamWords | undefined;
  close(): Promise<void>;
}

const MOST_INSTRUCTIONS = 4096;
const NOBODY: OpenedWords = { words: undefined, close: async () => {} };

/**
 * Opens what words lessons. Where no model can be reached there is nobody, which is said if a model was asked for; with
 * `dream.words: auto` alone a dream without a key is what it always was. Throws UserError for flags that make no sense.
 */
export async function openWords(
  context: CommandContext,
  workspace: Workspace,
  flags: WordsFlags,
): Promise<OpenedWords> {
  const { models, dream } = workspace.settings;
  const answered = flags.recordAnswers === true || flags.answers !== undefined;
  const wanted = answered || flags.budget !== undefined || flags.instructions !== undefined || flags.estimate === true;
  refuseTogether(flags, wanted);
  const focus = flags.instructions === undefined ? undefined : instructionsIn(context, flags.instructions);
  const limits = layeredBudget(workspace.settings.budget.dream, parseBudgetOrNone(flags.budget));
  if (flags.plain || (dream.words === 'plain' && !wanted)) return NOBODY;
  const opened = new Map<string, OpenedModel>();
  const open = (name: string) => seatFor(context, workspace, opened, name);
  const close = async () => {
    await Promise.all([...opened.values()].map((model) => model.close()));
  };
  // What it may cost, and what was answered once, can be told without anybody to ask.
  for (const name of flags.estimate || flags.answers !== undefined
    ? []
    : new Set([models.reflector, models.verifier])) {
    const seat = await open(name);
    if (!('why' in seat)) continue;
    await close();
    if (dream.words === 'model' || wanted) sayPlain(context, name, seat.why);
    return NOBODY;
  }
  const prompts = { reflect: prompt('reflect'), verify: prompt('verify') };
  const named = [models.reflector, models.verifier, prompts, focus ?? null];
  const asker = openAsker({
    models: {
      reflector: models.reflector,
      reader: models.reflector,
      verifier: models.verifier,
      curator: models.verifier,
    },
    open,
    purse: pursesOf(context, workspace, limits),
    cache: cacheOf(context, workspace, flags.answers),
    signal: context.signal,
  });
  const words: DreamWords = {
    asker,
    prompts,
    ...(focus !== undefined && { focus }),
    name: shortHash(canonicalJson(named), 8),
    estimate: flags.estimate === true,
    record: flags.recordAnswers === true,
  };
  return { words, close };
}

function cacheOf({ world }: CommandContext, { layout }: Workspace, answers: string | undefined): Cache {
  const cache = openCache(layout.cache, 'asks', ASKS_VERSION);
  return answers === undefined ? cache : withAnswers(cache, readText(resolve(world.cwd, answers)), answers);
}

function refuseTogether({ plain }: WordsFlags, wanted: boolean): void {
  if (plain && wanted)
    throw new UserError({
      what: '--plain asks no model, so there is no budget, no estimate, no answer and nothing to instruct',
      hint: 'leave one of them out',
    });
}

function instructionsIn({ world }: CommandContext, given: string): string {
  const text = (given.startsWith('@') ? readText(resolve(world.cwd, given.slice(1))) : given).trim();
  if (text === '') throw new UserError({ what: 'the instructions are empty', hint: '--instructions "…" or @file' });
  if (text.length > MOST_INSTRUCTIONS)
    throw new UserError({
      what: `the instructions have ${text.length.toLocaleString('en-US')} characters; ${MOST_INSTRUCTIONS.toLocaleString('en-US')} are allowed`,
      hint: 'say what to look at and how to write; lasting rules belong into policy.md',
    });
  return text;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new UserError({ what: `this file cannot be read (${code})`, where: path });
  }
}

function parseBudgetOrNone(text: string | undefined): ReturnType<typeof parseBudget> {
  return text === undefined ? {} : parseBudget(text);
}

async function seatFor(
  context: CommandContext,
  workspace: Workspace,
  opened: Map<string, OpenedModel>,
  name: string,
): Promise<OpenedModel | { why: string }> {
  const known = opened.get(name);
  if (known !== undefined) return known;
  try {
    const model = await openModelFor(context, workspace, { name });
    opened.set(name, model);
    return model;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {
      why: oneLine(error.problem.what.split('\n')[0] ?? error.problem.what).replace(/\.?(?: Looked for:)?$/, ''),
    };
  }
}

function sayPlain({ emit }: CommandContext, name: string, why: string): void {
  const text = `no model words this dream: ${name} cannot be asked (${why}); our own wording stands`;
  emit({ type: 'warning', stage: 'dream', text });
}

// One purse for all of a dream; the ledger alone tells who asked.
function pursesOf(
  { world }: CommandContext,
  { layout, settings }: Workspace,
  limits: Parameters<typeof openBudget>[0]['limits'],
): (role: AskRole) => Purse {
  const ledger = openSpendLedger(layout);
  const { day, month } = settings.budget;
  const spent = () => ledger.spent(world.now());
  const budget = openBudget({ limits, day: day.usd, month: month.usd, spent, now: world.now });
  return (role) => ({
    check: () => {
      const reached = budget.check();
      return reached && { text: reached.text.replace('the session’s budget', 'the dream’s budget') };
    },
    charge: (reply, model) => {
      const { usage } = reply;
      ledger.append({
        at: world.now().toISOString(),
        session: '',
        role,
        model,
        usd: reply.usd ?? null,
        input_tokens: usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens,
        output_tokens: usage.output_tokens,
      });
      return budget.charge(reply);
    },
  });
}

function prompt(name: string): string {
  return readFileSync(join(packageRoot(), 'templates', 'prompts', `${name}.md`), 'utf8');
}
