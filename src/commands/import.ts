// `agent import`: brings in transcripts of other tools and says, file by file, what was skipped and why; never touches an original.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../base/errors.ts';
import { count } from '../base/text.ts';
import { projectFolder, projectsFolder } from '../sources/claude-code/folder.ts';
import { type ImportReport, importSessions } from '../stages/import.ts';
import { openLogCache } from '../store/log-cache.ts';
import { forgetRemoved, readRemoved } from '../store/removal.ts';
import { claudeFolder, type World } from '../world.ts';
import type { CommandContext, Define } from './context.ts';
import type { Printer } from './print.ts';

interface Flags {
  allProjects?: boolean;
  again?: boolean;
  json?: boolean;
  verbose?: boolean;
}

const EXAMPLES = `
Examples:
  $ agent import                              this project's Claude Code sessions
  $ agent import --all-projects               every project's
  $ agent import runs/ results.json           files and folders of any known kind

Kinds are told by content: Claude Code sessions (with subagents), tau-bench results, and sessions that
another memory stored (its sessions/ folder, or a file out of it: same ids, same bytes).
Importing again changes nothing unless an original grew. Secrets are redacted before anything is written.`;

export const define: Define = (command, bind) => {
  command
    .argument('[path...]', 'files and folders (default: Claude Code’s own folder for this project)')
    .option('--all-projects', 'Claude Code’s sessions of every project on this machine')
    .option('--again', 'also sessions that were removed here (agent sessions rm)')
    .option('--verbose', 'name every skipped file')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', EXAMPLES)
    .action(bind(run));
};

async function run(context: CommandContext, paths: string[], flags: Flags): Promise<number> {
  const { layout, by, redact } = await context.open();
  const { emit, signal, print, world } = context;
  const chosen =
    paths.length > 0 ? paths.map((p) => resolve(world.cwd, p)) : [ownFolder(world, flags.allProjects === true)];
  const report = await importSessions({
    layout,
    paths: chosen,
    by,
    redact,
    emit,
    signal,
    cache: openLogCache(layout.cache, 'imports', 1),
    ...(!flags.again && { removed: readRemoved(layout) }),
  });
  if (flags.again)
    forgetRemoved(
      layout,
      report.sessions.map((session) => session.id),
    );
  context.stop();
  if (flags.json) print.json(report);
  else printReport(print, report, flags.verbose === true);
  return report.sessions.length === 0 && report.skipped.length > 0 && paths.length > 0 ? 1 : 0;
}

function ownFolder(world: World, all: boolean): string {
  const claude = claudeFolder(world);
  const folder = all ? projectsFolder(claude) : projectFolder(claude, world.cwd);
  if (existsSync(folder)) return folder;
  throw new UserError({
    what: all ? 'Claude Code keeps no sessions on this machine' : 'Claude Code keeps no sessions of this project',
    where: folder,
    hint: all ? 'name files or folders: agent import <path…>' : 'agent import --all-projects, or agent import <path…>',
  });
}

function printReport(print: Printer, report: ImportReport, verbose: boolean): void {
  const errors = report.sessions.reduce((sum, s) => sum + s.tool_errors, 0);
  const calls = report.sessions.reduce((sum, s) => sum + s.tool_calls, 0);
  print.line(`${count(report.imported, 'session')} imported, ${report.updated} updated, ${report.unchanged} unchanged`);
  print.line(`${count(report.files.length, 'file')}, ${count(calls, 'tool call')}, ${count(errors, 'tool error')}`);
  const shown = verbose ? report.skipped : report.skipped.slice(0, 10);
  if (report.skipped.length > 0)
    print.line(`skipped ${count(report.skipped.length, 'file or line', 'files or lines')}:`);
  for (const { file, line, reason } of shown) {
    print.line(`  ${print.outside(file)}${line === undefined ? '' : `:${line}`}: ${print.outside(reason)}`);
  }
  if (shown.length < report.skipped.length)
    print.line(`  … and ${report.skipped.length - shown.length} more (--verbose names them)`);
  print.next('next: agent dream   (or look around: agent sessions list)');
}
