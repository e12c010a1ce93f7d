// `agent suite import | from-sessions`: writes suites/<name>.yaml out of a table or of stored prompts; never over another file unless told to.
import { readFileSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { type ImportedTask, importTasks, promptTasks } from '../../agent/suite/imported-tasks.ts';
import { systemCode, UserError } from '../../base/errors.ts';
import { bytes, count } from '../../base/text.ts';
import { isToolUse, spokenText } from '../../domain/events.ts';
import { isKeptFromLearning } from '../../domain/run-marks.ts';
import { isToolOf } from '../../domain/tool-name.ts';
import { type IndexEntry, openIndex } from '../../store/session-index.ts';
import { assertSuiteName, writeSuite } from '../../store/suites.ts';
import { isHeader, readTranscript } from '../../store/transcript-read.ts';
import type { Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import { type SelectionFlags, select } from '../selection.ts';

interface MakeFlags {
  as: string;
  force?: boolean;
  json?: boolean;
}

const MOST_BYTES = 20_000_000;
const MOST_TOLD = 10;

/** `agent suite import`: exit code 1 where a row was left out. */
export async function importSuite(context: CommandContext, file: string, flags: MakeFlags): Promise<number> {
  assertSuiteName(flags.as);
  const workspace = await context.open();
  const format = formatOf(file);
  const { tasks, bad, ignored } = importTasks(textOf(resolve(context.world.cwd, file)), format);
  for (const { line, reason } of bad.slice(0, MOST_TOLD))
    context.emit({ type: 'warning', stage: 'suite', text: `left out: ${reason}`, where: `${file}:${line}` });
  if (ignored.length > 0)
    context.emit({ type: 'note', stage: 'suite', text: `nothing was made of: ${ignored.slice(0, 20).join(', ')}` });
  if (tasks.length === 0) throw new UserError({ what: 'there is no task in this file', where: file });
  made(context, workspace, flags, tasks, { left_out: bad.length });
  return bad.length === 0 ? 0 : 1;
}

/** `agent suite from-sessions`. */
export async function fromSessions(
  context: CommandContext,
  flags: MakeFlags & SelectionFlags & { failed?: boolean; tool?: string },
): Promise<number> {
  assertSuiteName(flags.as);
  const workspace = await context.open();
  const { layout } = workspace;
  const chosen = select(
    openIndex(layout, context.emit),
    { ...flags, ...(flags.failed && { outcome: 'fail' as const }) },
    context.world.now(),
  );
  const open = chosen.filter((entry) => !isKeptFromLearning(entry));
  const prompts = open.flatMap((entry) => asked(join(layout.sessions, entry.path), entry, flags.tool) ?? []);
  const tasks = promptTasks(prompts);
  if (tasks.length === 0)
    throw new UserError({ what: 'no stored session fits, or none says what was asked', hint: 'agent sessions list' });
  context.stop();
  made(context, workspace, flags, tasks, { sessions: open.length, held_out: chosen.length - open.length });
  return 0;
}

function made(
  { print }: CommandContext,
  { layout, redact }: Workspace,
  { as, force = false, json }: MakeFlags,
  tasks: readonly ImportedTask[],
  more: Record<string, number>,
): void {
  // Today's rules, since the file is there to be committed.
  const clean = tasks.map((task) => ({
    ...task,
    prompt: redact(task.prompt),
    ...(task.expected !== undefined && { expected: redact(task.expected) }),
  }));
  const suite = writeSuite(layout, { suite: as, tasks: clean }, force);
  if (json) print.json({ suite: as, path: suite.path, tasks: suite.tasks.length, ...more });
  else print.line(`${count(suite.tasks.length, 'task')} in ${print.outside(suite.path)}`);
  print.next(`next: look it through, name a rubric in it, then agent run --suite ${as}`);
}

// What the person said first, and the task's id. Undefined where the tool was not called, or nothing was said.
function asked(path: string, entry: IndexEntry, tool: string | undefined): { prompt: string; id?: string } | undefined {
  let prompt: string | undefined;
  let called = tool === undefined;
  for (const line of readTranscript(path)) {
    if (line.kind !== 'event' || line.event.thread !== undefined) continue;
    const { event } = line;
    if (isHeader(event)) prompt ??= event.task?.prompt;
    else if (event.type === 'user.message' && 'content' in event) prompt ??= spokenText(event.content) || undefined;
    if (isToolUse(event) && tool !== undefined) called ||= isToolOf(tool, event.name);
    if (called && prompt !== undefined) break;
  }
  if (!called || prompt === undefined) return undefined;
  return { prompt, ...(entry.task?.id !== undefined && { id: entry.task.id }) };
}

function formatOf(file: string): 'csv' | 'jsonl' {
  const ending = extname(file).toLowerCase();
  if (ending === '.csv') return 'csv';
  if (ending === '.jsonl' || ending === '.ndjson') return 'jsonl';
  throw new UserError({ what: 'a suite is made from a .csv or a .jsonl file', where: file });
}

function textOf(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > MOST_BYTES)
      throw new UserError({ what: `the file is larger than ${bytes(MOST_BYTES)}`, where: path, hint: 'split it' });
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    if (error instanceof TypeError) throw new UserError({ what: 'the file is no text in UTF-8', where: path });
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new UserError({ what: `the file cannot be read (${code})`, where: path });
  }
}
