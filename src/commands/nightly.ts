// `agent nightly`: what cron runs: an import, then a dream if one is due; prints only what is worth a mail.

import { existsSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../base/errors.ts';
import type { Settings } from '../domain/settings.ts';
import { openRepository } from '../git/repository.ts';
import { projectFolder, projectsFolder } from '../sources/claude-code/folder.ts';
import { type NightlyReport, nightly } from '../stages/nightly.ts';
import { findLayout } from '../store/find-memory.ts';
import type { Layout } from '../store/layout.ts';
import { redactor } from '../store/redaction.ts';
import { readSettings } from '../store/settings.ts';
import { packageRoot } from '../workspace.ts';
import { claudeFolder, stateFolder, type World } from '../world.ts';
import type { CommandContext, Define } from './context.ts';

export interface NightlyFlags {
  import?: boolean | string[];
  allProjects?: boolean;
  projects?: string[];
  push?: boolean | string;
  pr?: boolean;
  verbose?: boolean;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  $ agent nightly                          this project's sessions, then a dream if one is due
  $ agent nightly --import ~/transcripts   files and folders of any known kind
  $ agent nightly --no-import --push --pr  the dream alone, pushed and proposed

Steps: the commands of \`nightly.before\` in config.yaml (only after \`agent trust\`), \`agent import\`, \`agent dream --if-due\`.
One that fails does not stop the next. Without a terminal it prints a new branch or a failure and nothing else, and the
same failure once a day, so that cron mails only then. Everything is in .agentmem/state/schedule.log.
Run it as often as you like: a night that the machine slept through is made up for at the next run.`;

export const define: Define = (command, bind) => {
  withNightlyFlags(command)
    .option('--verbose', 'say each step (the default in a terminal)')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', EXAMPLES)
    .action(bind(run));
};

/** The flags of a nightly run, for whoever types it and for whoever schedules it. */
export function withNightlyFlags(command: Command): Command {
  return command
    .option('--import [path...]', 'what to import (default: Claude Code’s sessions of this project)')
    .option('--no-import', 'import nothing')
    .option('--all-projects', 'import Claude Code’s sessions of every project on this machine')
    .option('--projects <name...>', 'what the dream reads, as for agent dream (with --all-projects: all)')
    .option('--push [remote]', 'push the new review branch')
    .option('--pr', 'open or update a pull request for it');
}

/** The flags of `agent nightly` as words of a command line; paths become absolute, since cron starts elsewhere. */
export function nightlyWords(flags: NightlyFlags, cwd: string): string[] {
  const words: string[] = [];
  if (flags.import === false) words.push('--no-import');
  if (flags.allProjects) words.push('--all-projects');
  if (flags.projects !== undefined) words.push('--projects', ...flags.projects);
  if (flags.push !== undefined && flags.push !== false)
    words.push('--push', ...(flags.push === true ? [] : [flags.push]));
  if (flags.pr) words.push('--pr');
  // Last, because it takes every word that follows.
  if (Array.isArray(flags.import)) words.push('--import', ...flags.import.map((path) => resolve(cwd, path)));
  return words;
}

async function run(context: CommandContext, flags: NightlyFlags): Promise<number> {
  const { world, print, emit, signal } = context;
  const layout = findLayout(world, context.dir);
  const repo = await openRepository(layout.root);
  const root = repo === null || repo.bare ? layout.root : repo.root;
  const loud = (flags.verbose === true || context.interactive) && !flags.json;
  const report = await nightly({
    layout,
    root,
    agent: [world.node, join(packageRoot(), 'bin', 'agent.js'), '-q', '--no-color', '--dir', layout.dir],
    env: world.env,
    trust: trustRequest(world, layout),
    ...importOf(world, flags, [root, layout.root]),
    dreamArgs: dreamArgs(flags),
    redact: redactor(rulesOf(layout)),
    now: world.now,
    say: loud ? (text) => emit({ type: 'note', stage: 'nightly', text }) : () => {},
    signal,
  });
  if (flags.json) print.json(report);
  else printReport(context, report, loud);
  return report.code;
}

/** What is asked about trust in this memory's configuration. */
export function trustRequest(world: World, layout: Layout): { file: string; memory: string; config: string } {
  const memory = realpathSync(layout.dir);
  return { file: join(stateFolder(world), 'trust.json'), memory, config: layout.config };
}

// Broken settings are a failure of the steps, which say so; the log of it must be written all the same.
function rulesOf({ config }: Layout): Settings['redaction']['rules'] {
  try {
    return readSettings(config).redaction.rules;
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

// Claude Code files sessions by the folder it was started in: the repository's top, or where the memory lies.
function importOf(world: World, flags: NightlyFlags, folders: string[]): { importArgs?: string[]; noImport: string } {
  if (flags.import === false) return { noImport: 'left out (--no-import)' };
  if (Array.isArray(flags.import)) {
    return { importArgs: ['--', ...flags.import.map((path) => resolve(world.cwd, path))], noImport: '' };
  }
  const claude = claudeFolder(world);
  const own = flags.allProjects
    ? [projectsFolder(claude)]
    : [...new Set(folders)].map((folder) => projectFolder(claude, folder));
  const there = own.filter((path) => existsSync(path));
  const noImport = `nothing to import: no sessions in ${own.join(' or ')}`;
  return there.length === 0 ? { noImport } : { importArgs: ['--', ...there], noImport };
}

function dreamArgs(flags: NightlyFlags): string[] {
  const { push } = flags;
  // Whoever has every project's sessions brought in night by night wants them read.
  const projects = flags.projects ?? (flags.allProjects ? ['all'] : []);
  return [
    ...(projects.length > 0 ? ['--projects', ...projects] : []),
    ...(push === true ? ['--push'] : typeof push === 'string' ? [`--push=${push}`] : []),
    ...(flags.pr ? ['--pr'] : []),
  ];
}

function printReport({ print, emit }: CommandContext, report: NightlyReport, loud: boolean): void {
  for (const text of report.news) print.line(print.outside(text));
  for (const text of report.failures) emit({ type: 'warning', stage: 'nightly', text });
  if (report.news.length > 0) print.next('next: agent review');
  else if (loud) print.next(report.reason === undefined ? 'next: agent status' : `left out: ${report.reason}`);
}
