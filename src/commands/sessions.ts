// `agent sessions`: list, show, search and verify what is stored; changes nothing but the rebuildable index.
import { join } from 'node:path';
import { clip, count } from '../base/text.ts';
import { searchSessions } from '../store/search.ts';
import { type IndexEntry, openIndex } from '../store/session-index.ts';
import { findSession } from '../store/sessions.ts';
import { verifySessions } from '../store/verify.ts';
import type { CommandContext, Define } from './context.ts';
import { type SelectionFlags, select, wholeNumber, withSelection } from './selection.ts';
import { showSession } from './show-session.ts';

export const define: Define = (command, bind) => {
  withSelection(command.command('list').description('stored sessions, newest first'))
    .option('--text <words>', 'only sessions in which these words occur')
    .option('--json', 'print the stored headers as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ agent sessions list --outcome fail --since 7d\n  $ agent sessions list --source tau-bench --json',
    )
    .action(bind(list));
  command
    .command('show [id]')
    .description('one session as a person reads it (default: the newest)')
    .option('--thread <name>', 'only this thread (main, or the name of a subagent)')
    .option('--full', 'whole results instead of their beginnings')
    .option('--json', 'print the stored events, a line each')
    .addHelpText(
      'after',
      '\nExamples:\n  $ agent sessions show last | less -R\n  $ agent sessions show 0ccf1a --thread main',
    )
    .action(bind(show));
  command
    .command('search <text>')
    .description('find text in the stored sessions')
    .option('--limit <n>', 'stop after so many hits', wholeNumber, 50)
    .option('--json', 'print the hits as JSON')
    .addHelpText('after', '\nExamples:\n  $ agent sessions search "no such file"')
    .action(bind(search));
  command
    .command('verify')
    .description('check every line of every stored session')
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', '\nExit code 1 if anything is torn or malformed. Nothing is changed.')
    .action(bind(verify));
};

async function list(
  context: CommandContext,
  flags: SelectionFlags & { text?: string; json?: boolean },
): Promise<number> {
  const { layout } = await context.open();
  const { print, emit, world } = context;
  const chosen = select(openIndex(layout, emit), flags, world.now());
  const sessions = flags.text === undefined ? chosen : holding(layout.sessions, chosen, flags.text);
  context.stop();
  if (flags.json) print.json(sessions);
  else if (sessions.length === 0) print.line('no stored session fits');
  else print.table(['session', 'day', 'from', 'outcome', 'calls', 'errors', 'title'], sessions.map(row));
  print.next(sessions.length > 0 ? 'next: agent sessions show <id>' : 'next: agent import');
  return 0;
}

function holding(folder: string, sessions: IndexEntry[], text: string): IndexEntry[] {
  return sessions.filter((session) => searchSessions(folder, [session], text).next().done === false);
}

function row(session: IndexEntry): string[] {
  const { counts } = session;
  const day = session.at?.slice(0, 10) ?? '';
  const title = session.title ?? session.task?.prompt ?? '';
  return [
    session.id,
    day,
    session.source.tool,
    session.outcome ?? '',
    String(counts.tool_calls),
    String(counts.tool_errors),
    clip(title.replace(/\s+/g, ' '), 60),
  ];
}

async function show(
  context: CommandContext,
  ref: string | undefined,
  flags: { thread?: string; full?: boolean; json?: boolean },
): Promise<number> {
  const { layout } = await context.open();
  const session = findSession(openIndex(layout, context.emit), ref ?? 'last');
  context.stop();
  showSession(context.print, join(layout.sessions, session.path), session, flags);
  return 0;
}

async function search(
  context: CommandContext,
  text: string,
  flags: { limit: number; json?: boolean },
): Promise<number> {
  const { layout } = await context.open();
  const { print, emit } = context;
  const hits = [];
  for (const hit of searchSessions(layout.sessions, openIndex(layout, emit), text)) {
    hits.push(hit);
    if (hits.length === flags.limit) break;
  }
  context.stop();
  if (flags.json) print.json(hits);
  else
    for (const hit of hits)
      print.line(
        `${hit.session}:${hit.line} ${print.paint.dim(hit.type)} ${print.outside(hit.snippet).replace(/\s+/g, ' ')}`,
      );
  if (hits.length === 0 && !flags.json) print.line('not found');
  return hits.length > 0 ? 0 : 1;
}

async function verify(context: CommandContext, flags: { json?: boolean }): Promise<number> {
  const { layout } = await context.open();
  const report = verifySessions(layout, context.emit);
  const { print } = context;
  context.stop();
  if (flags.json) print.json(report);
  else {
    for (const { file, line, reason } of report.problems)
      print.line(`${print.outside(file)}${line === undefined ? '' : `:${line}`}: ${reason}`);
    print.line(
      `${count(report.files, 'file')}, ${count(report.lines, 'line')}: ${report.problems.length === 0 ? 'all sound' : count(report.problems.length, 'problem')}`,
    );
  }
  return report.problems.length === 0 ? 0 : 1;
}
