// `agent schedule`: puts the nightly run into crontab, systemd or a GitHub workflow, shows it, takes it out; runs no dream itself.

import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../base/errors.ts';
import { sha256, shortHash } from '../base/hash.ts';
import { runsNightly } from '../domain/trust.ts';
import { parseCronTime } from '../host/cron-time.ts';
import { userCrontab } from '../host/crontab.ts';
import { githubWorkflow, isOurWorkflow } from '../host/github-workflow.ts';
import { findProgram } from '../host/program.ts';
import type { UnitCommand } from '../host/systemd.ts';
import {
  installInCrontab,
  installInSystemd,
  removeSchedule,
  type ScheduleSite,
  showSchedule,
  type TimerReport,
} from '../stages/schedule.ts';
import { writeAtomic } from '../store/atomic.ts';
import { findLayout, findMemory } from '../store/find-memory.ts';
import { readConfiguration, trustedCommands } from '../store/trust.ts';
import { packageRoot } from '../workspace.ts';
import { stateFolder, unitFolder, type World } from '../world.ts';
import type { CommandContext, Define } from './context.ts';
import { type NightlyFlags, nightlyWords, trustRequest, withNightlyFlags } from './nightly.ts';

interface InstallFlags extends Omit<NightlyFlags, 'json' | 'verbose'> {
  at?: string;
  hourly?: boolean;
  systemd?: boolean;
  github?: boolean;
  package?: string;
  write?: boolean;
}

const INSTALL_EXAMPLES = `
Examples:
  $ agent schedule install                          every hour; a dream only when one is due
  $ agent schedule install --at "17 3 * * *"        once a night
  $ agent schedule install --systemd --push --pr
  $ agent schedule install --github --package github:you/agentmem#<commit> --write

The line runs \`agent nightly\`. Every hour is the calm choice: \`dream.every\` and \`dream.min_new_sessions\` decide when a
dream is due, and a night that the machine slept through is made up for at the next hour. With --at, cron leaves out what
was slept through until the next time (--systemd makes up for it). Cron mails what the run prints: a new branch or a
failure, nothing else. Cron knows no ssh agent: for --push let git reach the remote without one.
No key is written to the crontab. An install again replaces the line; other lines stay as they are, byte for byte.`;

export const define: Define = (command, bind) => {
  const installs = command
    .command('install')
    .description('let cron (or systemd, or GitHub) run `agent nightly`')
    .option('--at <time>', 'when, as crontab writes it: "17 3 * * *", @daily (default: every hour)')
    .option('--hourly', 'every hour, at a minute that differs from memory to memory (the default)');
  withNightlyFlags(installs)
    .option('--systemd', 'a user timer of systemd instead of a crontab line')
    .option('--github', 'a GitHub workflow, printed unless --write is said')
    .option('--package <spec>', 'with --github: what npm is to install there, for example a git URL with a commit')
    .option('--write', 'with --github: write .github/workflows/agentmem.yml')
    .addHelpText('after', INSTALL_EXAMPLES)
    .action(bind(install));
  command
    .command('show')
    .description('what is installed and when it runs next; exit code 1 if nothing is')
    .option('--json', 'print the schedule as JSON')
    .addHelpText('after', '\nExamples:\n  $ agent schedule show')
    .action(bind(show));
  command
    .command('remove')
    .description('take it out again; your crontab is then what it was')
    .option('--id <id>', 'of another memory, such as one whose folder is gone (`agent schedule show` lists them)')
    .addHelpText('after', '\nExamples:\n  $ agent schedule remove\n  $ agent schedule remove --id k7f3a2')
    .action(bind(remove));
};

async function install(context: CommandContext, flags: InstallFlags): Promise<number> {
  const { world, print } = context;
  if (flags.at !== undefined && flags.hourly) {
    throw new UserError({ what: '--at and --hourly are two different times', hint: 'say one of them' });
  }
  const site = siteOf(context);
  const time = parseCronTime(flags.at ?? hourly(site.id, flags.github === true));
  if (flags.github) return installOnGithub(context, flags, time);
  refuseUntrusted(context);
  const command = commandOf(context, nightlyWords(flags, world.cwd));
  if (flags.systemd) {
    const report = await installInSystemd(site, time, command);
    for (const path of report.files) print.line(`wrote ${print.outside(path)}`);
    return printTimer(context, report, 'the timer is on');
  }
  print.line(print.outside(await installInCrontab(site, time, command)));
  print.next('next: agent schedule show');
  return 0;
}

async function installOnGithub(context: CommandContext, flags: InstallFlags, time: ReturnType<typeof parseCronTime>) {
  const { print } = context;
  const { repo, prefix, settings } = await context.open();
  if (flags.package === undefined) {
    throw new UserError({
      what: 'A workflow must install agentmem, and it cannot know from where.',
      hint: '--package <spec>: what `npm install --global` takes, for example github:you/agentmem#<commit>',
    });
  }
  const template = readFileSync(join(packageRoot(), 'templates', 'github-workflow.yml'), 'utf8');
  const { memory, sessions } = settings;
  const text = githubWorkflow({ template, time, branch: memory.branch, prefix, package: flags.package, sessions });
  const path = join(repo.root, '.github', 'workflows', 'agentmem.yml');
  if (!flags.write) {
    print.line(text.trimEnd());
    print.next(`next: the same with --write, to write ${path}`);
    return 0;
  }
  if (existsSync(path) && !isOurWorkflow(readFileSync(path, 'utf8'))) {
    throw new UserError({
      what: 'There is a workflow of this name that agentmem did not write.',
      where: path,
      hint: 'rename it, or take the workflow from stdout (without --write)',
    });
  }
  writeAtomic(path, text);
  print.line(`wrote ${print.outside(path)}`);
  print.next('next: git add .github/workflows/agentmem.yml && git commit -m "Dream every night"');
  return 0;
}

async function show(context: CommandContext, flags: { json?: boolean }): Promise<number> {
  const { world, print } = context;
  const site = siteOf(context);
  const schedule = await showSchedule(site, world.now());
  const log = join(site.memory, 'state', 'schedule.log');
  const lines = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
  const last = lines.filter((line) => /^\d/.test(line)).slice(-4); // the others are indented details
  const moved = schedule.line !== null && !namesUs(schedule.line, world);
  if (flags.json) print.json({ ...schedule, log, last, moved });
  else {
    print.line(
      schedule.kind === null ? 'nothing is installed for this memory' : `${schedule.kind}: ${schedule.time ?? '?'}`,
    );
    if (schedule.line !== null) print.line(`  ${print.outside(schedule.line)}`);
    if (schedule.next !== null) print.line(`next run: ${new Date(schedule.next).toString()}`);
    if (schedule.problem !== undefined) print.line(`crontab: ${print.outside(schedule.problem)}`);
    if (moved)
      print.line(
        'it names another Node or another agentmem than the one that runs now; if that is gone, install again',
      );
    if (schedule.others.length > 0) print.line(`other memories in this crontab: ${schedule.others.join(' ')}`);
    for (const line of last) print.line(`  ${print.paint.dim(print.outside(line))}`);
  }
  print.next(schedule.kind === null ? 'next: agent schedule install' : `next: agent status   (log: ${log})`);
  return schedule.kind === null ? 1 : 0;
}

async function remove(context: CommandContext, flags: { id?: string }): Promise<number> {
  const { print } = context;
  if (flags.id !== undefined && !/^[0-9a-z]{4,16}$/.test(flags.id)) {
    throw new UserError({ what: `"${flags.id}" is no id of a memory`, hint: 'agent schedule show lists them' });
  }
  const site =
    flags.id === undefined ? siteOf(context) : siteFor(context, flags.id, 'a memory that was named by its id');
  const { crontab, timer } = await removeSchedule(site);
  if (crontab) print.line('taken out of your crontab; its other lines are as they were');
  for (const name of timer?.files ?? []) print.line(`deleted ${name}`);
  if (!crontab && timer === undefined) print.line('nothing was installed for this memory');
  const code = timer === undefined ? 0 : printTimer(context, timer, 'the timer is off');
  print.next('next: agent schedule install');
  return crontab || timer !== undefined ? code : 1;
}

// Without systemctl the files are there and a person types the rest; with one that refuses, something is wrong.
function printTimer({ print, emit }: CommandContext, report: TimerReport, done: string): number {
  if (report.switched) {
    print.line(done);
    print.next('next: agent schedule show   (loginctl enable-linger lets it run while you are logged out)');
    return 0;
  }
  if (report.systemctl) emit({ type: 'warning', stage: 'schedule', text: `systemctl refused: ${report.why ?? ''}` });
  print.line(`${report.systemctl ? 'where your systemd runs' : 'there is no systemctl here; where it is'}, type:`);
  for (const command of report.commands) print.line(`  ${command}`);
  return report.systemctl ? 1 : 0;
}

function refuseUntrusted({ world, dir }: CommandContext): void {
  const request = trustRequest(world, findLayout(world, dir));
  const commands = readConfiguration(request).commands.filter(runsNightly);
  if (commands.length === 0 || trustedCommands(request) !== undefined) return;
  throw new UserError({
    what: `This configuration wants to run commands that you have not allowed: ${commands.map((c) => c.setting).join(', ')}.`,
    where: request.config,
    hint: 'read them: agent trust --show',
  });
}

function siteOf(context: CommandContext): ScheduleSite {
  const dir = realpathSync(findMemory(context.world, context.dir));
  return siteFor(context, shortHash(dir, 6), dir);
}

function siteFor({ world }: CommandContext, id: string, memory: string): ScheduleSite {
  const crontab = userCrontab(world.env, world.home);
  const folders = { unitFolder: unitFolder(world), lockFolder: stateFolder(world) };
  return { id, memory, crontab, ...folders, env: world.env, cwd: world.home };
}

/** What runs, and the few variables that it needs in cron's bare environment; never a key. */
function commandOf({ world, dir, emit }: CommandContext, words: string[]): UnitCommand {
  const script = join(packageRoot(), 'bin', 'agent.js');
  if (script.includes('/_npx/')) {
    emit({
      type: 'warning',
      stage: 'schedule',
      text: 'npx keeps this program in a cache that it may empty; install it',
    });
  }
  if (world.node.includes('=')) {
    throw new UserError({ what: 'env(1) cannot start a Node whose path has an = in it.', where: world.node });
  }
  const folders = ['git', 'ssh', 'gh', 'glab'].flatMap((name) => {
    const found = findProgram(name, world.env.PATH);
    return found === undefined ? [] : [dirname(found)];
  });
  const base = ['/usr/bin', '/bin'];
  const extra = [...new Set(folders)].filter((folder) => !base.includes(folder) && !folder.includes(':'));
  const env: [string, string][] = [['LANG', 'C.UTF-8']];
  if (extra.length > 0) env.push(['PATH', [...extra, ...base].join(':')]);
  if (world.env.CLAUDE_CONFIG_DIR) env.push(['CLAUDE_CONFIG_DIR', resolve(world.cwd, world.env.CLAUDE_CONFIG_DIR)]);
  env.push(['AGENTMEM_DIR', realpathSync(findMemory(world, dir))]);
  return { words: [world.node, script, 'nightly', ...words], env };
}

// A minute of its own for each memory, so that those of one machine do not all start at once; GitHub is asked once a night.
function hourly(id: string, once: boolean): string {
  const minute = Number.parseInt(sha256(id).slice(0, 4), 16) % 60;
  return once ? `${minute} 3 * * *` : `${minute} * * * *`;
}

function namesUs(line: string, world: World): boolean {
  const plain = line.replaceAll('\\%', '%').replaceAll('%%', '%');
  return plain.includes(world.node) && plain.includes(join(packageRoot(), 'bin', 'agent.js'));
}
