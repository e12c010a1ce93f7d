// `agent rubric lint`: what is wrong with rubrics, file and line; changes nothing and runs no check.

import { UserError } from '../../base/errors.ts';
import { count } from '../../base/text.ts';
import { lintRubric, type RubricFinding } from '../../grading/lint.ts';
import { findLayout } from '../../store/find-memory.ts';
import { type FoundRubric, findRubric, listRubrics, parseRubric } from '../../store/rubrics.ts';
import { trustedCommands } from '../../store/trust.ts';
import type { CommandContext } from '../context.ts';
import { trustRequest } from '../nightly.ts';
import { knownTools } from './known-tools.ts';

/** One finding with its place; `line` is absent where the message itself names the lines. */
export interface PlacedFinding extends Pick<RubricFinding, 'level' | 'criterion' | 'what'> {
  file: string;
  line?: number;
}

/** `agent rubric lint`; exit code 1 where there are problems. */
export async function lint(context: CommandContext, names: string[], flags: { json?: boolean }): Promise<number> {
  const { print, world, dir } = context;
  const { rubrics, findings: unread } = readAll(context, names);
  const trusted = trustedCommands(trustRequest(world, findLayout(world, dir))) ?? [];
  const tools = knownTools(context, rubrics);
  const findings = [
    ...unread,
    ...rubrics.flatMap((rubric) => placed(rubric, lintRubric(rubric, { tools, trusted: (c) => trusted.includes(c) }))),
  ];
  const problems = findings.filter((f) => f.level === 'problem');
  const notes = findings.filter((f) => f.level === 'note');
  context.stop();
  if (flags.json) print.json({ problems: problems.map(bare), notes: notes.map(bare) });
  else {
    for (const finding of findings) print.line(sentence(context, finding));
    print.line(problems.length > 0 ? count(problems.length, 'problem') : soundness(rubrics.length));
  }
  print.next(problems.length > 0 ? 'next: mend these lines, then agent rubric lint' : next(rubrics));
  return problems.length === 0 ? 0 : 1;
}

/** Findings of one rubric with file and line, in the order of its lines. */
export function placed(rubric: FoundRubric, findings: readonly RubricFinding[]): PlacedFinding[] {
  return findings
    .map(({ at, ...finding }) => ({ file: rubric.from, line: rubric.lineOf(at), ...finding }))
    .sort((a, b) => a.line - b.line);
}

// Of rubrics that were named, one that is not there is a mistake of the command line, not a finding.
function readAll({ world, dir }: CommandContext, names: readonly string[]) {
  const layout = findLayout(world, dir);
  if (names.length === 0) {
    const { rubrics, broken } = listRubrics(layout);
    return { rubrics, findings: broken.map(({ from, reason, hint }) => asFinding(from, reason, hint)) };
  }
  const rubrics: FoundRubric[] = [];
  const findings: PlacedFinding[] = [];
  for (const name of names) {
    const file = findRubric(layout, name, world.cwd);
    try {
      rubrics.push(parseRubric(file));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const { what, where, hint } = error.problem;
      findings.push(asFinding(where ?? file.path, what, hint));
    }
  }
  return { rubrics, findings };
}

function asFinding(where: string, what: string, hint: string | undefined): PlacedFinding {
  const [, file = where, line] = /^(.*):(\d+)$/.exec(where) ?? [];
  const text = hint === undefined ? what : `${what} (${hint})`;
  return { level: 'problem', file, ...(line !== undefined && { line: Number(line) }), what: text };
}

function sentence({ print }: CommandContext, { file, line, level, criterion, what }: PlacedFinding): string {
  const place = `${print.outside(file)}${line === undefined ? '' : `:${line}`}`;
  const about = criterion === undefined ? '' : `${criterion}: `;
  return `${place}: ${level === 'note' ? print.paint.dim('note: ') : ''}${about}${print.outside(what)}`;
}

function soundness(rubrics: number): string {
  if (rubrics === 0) return 'no rubric yet';
  return rubrics === 1 ? 'the rubric is sound' : `${count(rubrics, 'rubric')} are sound`;
}

function next(rubrics: readonly FoundRubric[]): string {
  const [first] = rubrics;
  return first === undefined ? 'next: agent rubric new <name>' : `next: agent rubric test ${first.rubric}`;
}

function bare({ level: _level, ...finding }: PlacedFinding): Omit<PlacedFinding, 'level'> {
  return finding;
}
