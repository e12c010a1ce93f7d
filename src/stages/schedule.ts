// Puts the nightly run into the user's crontab or systemd, shows it, and takes it out again; changes nothing else of either.
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { type CronTime, nextTime, parseCronTime } from '../host/cron-time.ts';
import { asBytes, type Crontab, fromBytes } from '../host/crontab.ts';
import { blockIds, readBlock, withBlock, withoutBlock } from '../host/crontab-text.ts';
import { cronLine, shellLine } from '../host/shell-line.ts';
import {
  readUnits,
  removeUnits,
  runSystemctl,
  systemctlCommands,
  type UnitCommand,
  unitCronTime,
  unitFiles,
} from '../host/systemd.ts';
import { writeAtomic } from '../store/atomic.ts';
import { acquireLock, type Lock } from '../store/lock.ts';

/** The machine as a schedule sees it, and which memory it is about. */
export interface ScheduleSite {
  /** Tells this memory from others on the machine. */
  id: string;
  /** Path of `.agentmem`, for people. */
  memory: string;
  crontab: Crontab;
  /** Where the user's systemd units lie. */
  unitFolder: string;
  /** Holds the lock for edits of the crontab. */
  lockFolder: string;
  env: NodeJS.ProcessEnv;
  cwd: string;
}

/** What `agent schedule show --json` prints. */
export interface Schedule {
  id: string;
  memory: string;
  kind: 'crontab' | 'systemd' | null;
  /** The crontab's line, or the service's ExecStart. */
  line: string | null;
  time: string | null;
  next: string | null;
  /** Ids of other memories in this crontab. */
  others: string[];
  /** Why the crontab could not be asked. */
  problem?: string;
}

/** What came of switching the timer on or off; `why` says what systemctl said where it did not work. */
export interface TimerReport {
  files: string[];
  switched: boolean;
  systemctl: boolean;
  why?: string;
  /** What a person types where it was not done. */
  commands: string[];
}

// Debian's cron refuses a command of 1,000 bytes and more.
const MAX_COMMAND = 990;

/** Puts the memory's block into the crontab, or replaces it. Throws UserError, with the crontab as it was. */
export async function installInCrontab(site: ScheduleSite, time: CronTime, command: UnitCommand): Promise<string> {
  if (readUnits(site.unitFolder, site.id).size > 0) throw installedElsewhere('a systemd timer');
  const words = [...command.env.map(([name, value]) => `${name}=${value}`), ...command.words];
  const shell = cronLine(shellLine(['/usr/bin/env', ...words]));
  if (Buffer.byteLength(shell) > MAX_COMMAND) {
    throw new UserError({
      what: `The line for crontab would be longer than cron takes (${MAX_COMMAND} bytes).`,
      where: site.memory,
      hint: 'use shorter paths, or a systemd timer: agent schedule install --systemd',
    });
  }
  const line = `${time.text} ${shell}`;
  const about = `# The memory in ${site.memory}: \`agent schedule show\` explains this line, \`agent schedule remove\` takes it out.`;
  await editCrontab(site, (text) => withBlock(text, site.id, [asBytes(about), asBytes(line)]));
  return line;
}

/** Writes the memory's units and switches the timer on where there is a systemctl. Throws UserError before anything is written. */
export async function installInSystemd(site: ScheduleSite, time: CronTime, command: UnitCommand): Promise<TimerReport> {
  readUnits(site.unitFolder, site.id);
  const { text } = await askCrontab(site);
  if (text !== null && readBlock(text, site.id) !== undefined) throw installedElsewhere('a crontab line');
  const files: string[] = [];
  for (const [name, content] of unitFiles(site.id, site.memory, command, time)) {
    const path = join(site.unitFolder, name);
    writeAtomic(path, content);
    files.push(path);
  }
  return switchTimer(site, systemctlCommands(site.id).enable, files);
}

/** What is installed for this memory, and when it runs next after `now`. */
export async function showSchedule(site: ScheduleSite, now: Date): Promise<Schedule> {
  const { text, problem } = await askCrontab(site);
  const bare = { id: site.id, memory: site.memory, ...(problem !== undefined && { problem }) };
  const others = blockIds(text ?? '').filter((id) => id !== site.id);
  const block = text === null ? undefined : readBlock(text, site.id);
  const line = block?.lines.map(fromBytes).find((l) => !l.startsWith('#'));
  if (line !== undefined) {
    const time = line
      .split(/\s+/)
      .slice(0, line.startsWith('@') ? 1 : 5)
      .join(' ');
    return { ...bare, kind: 'crontab', line, time, next: nextIso(time, now), others };
  }
  const units = readUnits(site.unitFolder, site.id);
  const time = unitCronTime(units);
  if (units.size > 0) {
    const exec = /^ExecStart=(.*)$/m.exec(units.get(`agentmem-${site.id}.service`) ?? '')?.[1] ?? null;
    return { ...bare, kind: 'systemd', line: exec, time, next: time === null ? null : nextIso(time, now), others };
  }
  return { ...bare, kind: null, line: null, time: null, next: null, others };
}

/** Takes the memory's block out of the crontab and its units away; other lines stay as they are, byte for byte. */
export async function removeSchedule(
  site: ScheduleSite,
): Promise<{ crontab: boolean; timer: TimerReport | undefined }> {
  const units = readUnits(site.unitFolder, site.id);
  let timer: TimerReport | undefined;
  if (units.size > 0) {
    const switched = await switchTimer(site, systemctlCommands(site.id).disable, []);
    timer = { ...switched, files: removeUnits(site.unitFolder, site.id) };
  }
  const { text, problem } = await askCrontab(site);
  if (problem !== undefined && timer === undefined) throw new UserError({ what: problem });
  if (text === null || readBlock(text, site.id) === undefined) return { crontab: false, timer };
  await editCrontab(site, (now) => (now === null ? null : withoutBlock(now, site.id)));
  return { crontab: true, timer };
}

// Two installs at once would each write back what they had read; the lock is ours, `crontab -e` knows nothing of it.
async function editCrontab(site: ScheduleSite, edit: (text: string | null) => string | null): Promise<void> {
  const lock: Lock = acquireLock(join(site.lockFolder, 'crontab.lock'), {
    what: 'another edit of your crontab',
    waitMs: 5_000,
  });
  try {
    const before = await site.crontab.read();
    const after = edit(before);
    if (after === before) return;
    await site.crontab.write(after);
    if ((await site.crontab.read()) === after) return;
    throw new UserError({
      what: 'Your crontab does not hold what was written to it.',
      hint: 'look at it with crontab -l; another program may have changed it at the same moment',
    });
  } finally {
    lock.release();
  }
}

// Where there is no cron at all a systemd timer still works, so this is no reason to stop.
async function askCrontab(site: ScheduleSite): Promise<{ text: string | null; problem?: string }> {
  try {
    return { text: await site.crontab.read() };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { what, hint } = error.problem;
    return { text: null, problem: hint === undefined ? what : `${what} (${hint})` };
  }
}

async function switchTimer(site: ScheduleSite, commands: string[][], files: string[]): Promise<TimerReport> {
  const { there, why } = await runSystemctl(commands, site.env, site.cwd);
  const typed = commands.map((words) => words.join(' '));
  return { files, switched: why === undefined, systemctl: there, ...(why !== undefined && { why }), commands: typed };
}

function installedElsewhere(what: string): UserError {
  return new UserError({
    what: `This memory has ${what} already, and two schedules would run it twice.`,
    hint: 'agent schedule remove, then install again',
  });
}

// A person may have written a time of their own into the line that only their cron understands.
function nextIso(time: string, now: Date): string | null {
  try {
    return nextTime(parseCronTime(time), now)?.toISOString() ?? null;
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}
