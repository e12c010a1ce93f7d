// `agent import`: brings in transcripts of other tools and says, file by file, what was skipped and why; never touches an original.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../base/errors.ts';
import { count } from '../base/text.ts';
import { projectFolder, projectsFolder } from '../sources/claude-code/folder.ts';
import { type ImportReport, importSessions } from '../stages/import.ts';
import { openLogCache } from '../store/log-cache.ts';
import { forgetRemoved, readRemoved } from '../store/removal.ts';
import type { Workspace } from '../workspace.ts';
import { claudeFolder, type World } from '../world.ts';
import type { CommandContext, Define } from './context.ts';
import { type Discovered, discover } from './import/discover.ts';
import { labelFrom, printLabels } from './import/label.ts';
import type { Printer } from './print.ts';

interface Flags {
  allProjects?: boolean;
  again?: boolean;
  label?: string;
  discover?: boolean;
  yes?: boolean;
  json?: boolean;
  verbose?: boolean;
}

const EXAMPLES = `
Examples:
  $ agent import                              this project's Claude Code sessions
  $ agent import --all-projects               every project's
  $ agent import runs/ results.json           files and folders of any known kind
  $ agent import --discover                   what Claude Code, Codex, Copilot CLI, OpenCode, Gemini CLI and pi keep here
  $ agent import --label outcomes.csv         outcomes by session or task: columns id and outcome, success, reward or score

Kinds are told by content: Claude Code (with subagents), Codex, Copilot CLI, OpenCode, Gemini CLI, pi, SWE-agent,
OpenHands, tau-bench, tau2-bench, Claude Managed Agents, plain chat messages, and sessions that another memory stored
(its sessions/ folder, or a file out of it: same ids, same bytes). What is taken of each: docs/sources.md.
Importing again changes nothing unless an original grew. Secrets are redacted before anything is written.`;

export const define: Define = (command, bind) => {
  command
    .argument('[path...]', 'files and folders (default: Claude Code’s own folder for this project)')
    .option('--all-projects', 'Claude Code’s sessions of every project on this machine')
    .option('--label <file>', 'join outcomes to stored sessions, by id: CSV, JSONL or JSON')
    .option('--discover', 'say what the tools of this machine keep, and import it with --yes')
    .option('-y, --yes', 'with --discover: import all of it')
    .option('--again', 'also sessions that were removed here (agent sessions rm)')
    .option('--verbose', 'name every skipped file')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', EXAMPLES)
    .action(bind(run));
};

async function run(context: CommandContext, paths: string[], flags: Flags): Promise<number> {
  const workspace = await context.open();
  const found = flags.discover === true ? discover(context.world) : undefined;
  if (found !== undefined && flags.yes !== true) return tellFound(context, found, flags);
  const chosen = found === undefined ? chosenPaths(context.world, paths, flags) : found.map(({ folder }) => folder);
  const report = chosen.length === 0 ? undefined : await bringIn(context, workspace, chosen, flags);
  const labels = flags.label === undefined ? undefined : labelFrom(context, workspace, flags.label);
  context.stop();
  const { print } = context;
  if (flags.json)
    print.json({ ...report, ...(labels !== undefined && { labels }), ...(found !== undefined && { found }) });
  else {
    if (found !== undefined) printFound(print, found);
    if (report !== undefined) printReport(print, report, flags.verbose === true);
    if (labels !== undefined) printLabels(print, labels, flags.verbose === true);
    print.next('next: agent dream   (or look around: agent sessions list)');
  }
  if (labels !== undefined && labels.left.length > 0 && labels.labelled + labels.unchanged === 0) return 1;
  return report !== undefined && report.sessions.length === 0 && report.skipped.length > 0 && paths.length > 0 ? 1 : 0;
}

// With --label alone nothing else is brought in.
function chosenPaths(world: World, paths: string[], { allProjects, label }: Flags): string[] {
  if (paths.length > 0) return paths.map((path) => resolve(world.cwd, path));
  return label !== undefined && allProjects !== true ? [] : [ownFolder(world, allProjects === true)];
}

async function bringIn(
  { emit, signal }: CommandContext,
  { layout, by, redact }: Workspace,
  paths: string[],
  { again }: Flags,
): Promise<ImportReport> {
  const cache = openLogCache(layout.cache, 'imports', 1);
  const removed = again ? undefined : readRemoved(layout);
  const report = await importSessions({ layout, paths, by, redact, emit, signal, cache, ...(removed && { removed }) });
  const ids = report.sessions.map((session) => session.id);
  if (again) forgetRemoved(layout, ids);
  return report;
}

function tellFound({ print, stop }: CommandContext, found: Discovered[], { json }: Flags): number {
  stop();
  if (json) print.json({ found });
  else printFound(print, found);
  if (!json && found.length > 0) print.next('next: agent import --discover --yes, or agent import <folder>');
  return found.length > 0 ? 0 : 1;
}

function printFound(print: Printer, found: readonly Discovered[]): void {
  if (found.length === 0) print.line('no tool that we know keeps sessions in its usual place here');
  for (const { tool, folder, files, bytes } of found)
    print.line(`${tool}: ${count(files, 'file')}, ${(bytes / 1e6).toFixed(1)} MB in ${print.outside(folder)}`);
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
}
