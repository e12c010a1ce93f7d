// `agent import`: brings in transcripts of other tools and says, file by file, what was skipped and why; never touches an original.
import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../base/errors.ts';
import { JOBS } from '../base/threads.ts';
import { projectFolder, projectsFolder } from '../sources/claude-code/folder.ts';
import type { ImportReport } from '../stages/import/contract.ts';
import { openLogCache } from '../store/log-cache.ts';
import type { Workspace } from '../workspace.ts';
import { claudeFolder, type World } from '../world.ts';
import { askYes } from './ask-yes.ts';
import type { CommandContext, Define } from './context.ts';
import { bringIn, printReport } from './import/bring-in.ts';
import { type Discovered, discover, printFound } from './import/discover.ts';
import { labelFrom, printLabels } from './import/label.ts';
import { watch } from './import/watch.ts';
import { wholeNumber } from './selection.ts';

interface Flags {
  allProjects?: boolean;
  again?: boolean;
  label?: string;
  discover?: boolean;
  yes?: boolean;
  watch?: boolean;
  json?: boolean;
  verbose?: boolean;
  jobs: number;
}

const EXAMPLES = `
Examples:
  $ agent import                              this project's Claude Code sessions
  $ agent import --all-projects               every project's
  $ agent import runs/ results.json           files and folders of any known kind
  $ agent import --discover                   what Claude Code, Codex, Copilot CLI, OpenCode, Gemini CLI and pi keep here
  $ agent import --label outcomes.csv         outcomes by session or task: columns id and outcome, success, reward or score
  $ agent import ~/.codex/sessions --watch    and go on with what grows there, until Ctrl-C

Kinds are told by content: Claude Code (with subagents), Codex, Copilot CLI, OpenCode, Gemini CLI, pi, SWE-agent,
OpenHands, tau-bench, tau2-bench, Claude Managed Agents, plain chat messages, and sessions that another memory stored
(its sessions/ folder, or a file out of it: same ids, same bytes). What is taken of each: docs/sources.md.
Importing again changes nothing unless an original grew. Secrets are redacted before anything is written.
What is brought in of other projects is stored, but a dream reads it only with \`agent dream --projects\`.`;

export const define: Define = (command, bind) => {
  command
    .argument('[path...]', 'files and folders (default: Claude Code’s own folder for this project)')
    .option('--all-projects', 'Claude Code’s sessions of every project on this machine')
    .option('--label <file>', 'join outcomes to stored sessions, by id: CSV, JSONL or JSON')
    .option('--discover', 'say what the tools of this machine keep in their usual folders, and import it when told so')
    .option('-y, --yes', 'with --discover: import all of it')
    .option('--watch', 'go on importing what grows, a line for each time, until Ctrl-C')
    .option('--again', 'also sessions that were removed here (agent sessions rm)')
    .option('-j, --jobs <n>', 'threads that read; what is stored is the same with any number', wholeNumber, JOBS)
    .option('--verbose', 'name every skipped file')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', EXAMPLES)
    .action(bind(run));
};

async function run(context: CommandContext, paths: string[], flags: Flags): Promise<number> {
  refuseMixtures(paths, flags);
  const workspace = await context.open();
  const found = flags.discover === true ? discover(context.world) : undefined;
  if (found !== undefined && !(await mayImport(context, found, flags))) return found.length > 0 ? 0 : 1;
  const chosen = found === undefined ? chosenPaths(context.world, paths, flags) : found.map(({ folder }) => folder);
  const cache = openLogCache(workspace.layout.cache, 'imports', 1);
  const request = { paths: chosen, cache, again: !!flags.again, jobs: flags.jobs };
  if (flags.watch) return watch(context, workspace, request, flags.json === true);
  const { emit, signal } = context;
  const all = chosen.length === 0 ? undefined : await bringIn(workspace, { ...request, emit, signal });
  const report =
    all && withoutLabels(all, flags.label === undefined ? undefined : resolve(context.world.cwd, flags.label));
  return tell(context, workspace, flags, { report, found, named: paths.length > 0 });
}

function refuseMixtures(paths: string[], { discover, allProjects, watch, label, yes }: Flags): void {
  if (discover && (paths.length > 0 || allProjects))
    throw new UserError({
      what: '--discover looks into the usual folders of all tools, and nowhere else',
      hint: 'leave the paths and --all-projects out, or leave --discover out',
    });
  if (discover && label !== undefined && !yes)
    throw new UserError({ what: '--discover imports nothing yet that could be labelled', hint: 'say --yes as well' });
  if (watch && label !== undefined)
    throw new UserError({ what: '--watch goes on, and outcomes are joined once', hint: 'agent import --label <file>' });
}

// Says what was found; true where it may be imported now.
async function mayImport(context: CommandContext, found: Discovered[], { yes, json }: Flags): Promise<boolean> {
  const { print, stop, interactive } = context;
  if (yes) return found.length > 0;
  stop();
  if (json) print.json({ found });
  else printFound(print, found);
  if (json || found.length === 0) return false;
  if (interactive && (await askYes(context, 'Import all of it?'))) return true;
  print.next('next: agent import --discover --yes, or agent import <folder>');
  return false;
}

// With --label alone nothing else is brought in.
function chosenPaths(world: World, paths: string[], { allProjects, label }: Flags): string[] {
  if (paths.length > 0) return paths.map((path) => resolve(world.cwd, path));
  return label !== undefined && allProjects !== true ? [] : [ownFolder(world, allProjects === true)];
}

// The file with the outcomes often lies beside the transcripts: it is none, and nothing of it is skipped.
function withoutLabels(report: ImportReport, labels: string | undefined): ImportReport {
  const real = labels === undefined || !existsSync(labels) ? undefined : realpathSync(labels);
  const isLabels = ({ file, line }: ImportReport['skipped'][number]) =>
    line === undefined && real !== undefined && existsSync(file) && realpathSync(file) === real;
  return { ...report, skipped: report.skipped.filter((skipped) => !isLabels(skipped)) };
}

function tell(
  context: CommandContext,
  workspace: Workspace,
  flags: Flags,
  { report, found, named }: { report: ImportReport | undefined; found: Discovered[] | undefined; named: boolean },
): number {
  const { print, stop } = context;
  const labels = flags.label === undefined ? undefined : labelFrom(context, workspace, flags.label);
  stop();
  if (flags.json)
    print.json({ ...report, ...(labels !== undefined && { labels }), ...(found !== undefined && { found }) });
  else {
    if (found !== undefined && flags.yes) printFound(print, found);
    if (report !== undefined) printReport(print, report, flags.verbose === true);
    if (labels !== undefined) printLabels(print, labels, flags.verbose === true);
    print.next('next: agent dream   (or look around: agent sessions list)');
  }
  if (labels !== undefined && labels.left.length > 0 && labels.labelled + labels.unchanged === 0) return 1;
  return report !== undefined && report.sessions.length === 0 && report.skipped.length > 0 && named ? 1 : 0;
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
