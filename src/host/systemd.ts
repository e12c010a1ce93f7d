// User units of systemd for one memory: their text, their files, and what systemctl is asked; never touches a unit that is not ours.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode, UserError } from '../base/errors.ts';
import { safeForTerminal } from '../base/text.ts';
import { type CronTime, onCalendar } from './cron-time.ts';
import { runProgram } from './program.ts';

/** The command that a unit runs, in which environment. */
export interface UnitCommand {
  /** Absolute path first. */
  words: readonly string[];
  env: readonly (readonly [string, string])[];
}

const TIME_NOTE = '# In cron’s words: ';

/** File name → text of the two units of a memory. The first line tells that they are ours, and whose. */
export function unitFiles(id: string, memory: string, command: UnitCommand, time: CronTime): Map<string, string> {
  const mark = markOf(id);
  const service = [
    mark,
    '[Unit]',
    `Description=Nightly dream of the agent memory in ${plainText(memory)}`,
    '',
    '[Service]',
    'Type=oneshot',
    ...command.env.map(([name, value]) => `Environment=${unitWord(`${name}=${value}`)}`),
    // A dollar sign is a variable in ExecStart alone.
    `ExecStart=${command.words.map((word) => unitWord(word).replaceAll('$', '$$$$')).join(' ')}`,
    'Nice=10',
    '',
  ];
  const timer = [
    mark,
    '[Unit]',
    `Description=When the agent memory in ${plainText(memory)} dreams`,
    '',
    `${TIME_NOTE}${time.text}`,
    '[Timer]',
    ...onCalendar(time).map((line) => `OnCalendar=${line}`),
    '# A run that was missed while the machine slept is made up for when it wakes.',
    'Persistent=true',
    '',
    '[Install]',
    'WantedBy=timers.target',
    '',
  ];
  return new Map([
    [`agentmem-${id}.service`, service.join('\n')],
    [`agentmem-${id}.timer`, timer.join('\n')],
  ]);
}

/** Which of the memory's unit files are there, with their text. Throws UserError for one that somebody else wrote. */
export function readUnits(folder: string, id: string): Map<string, string> {
  const units = new Map<string, string>();
  for (const name of [`agentmem-${id}.service`, `agentmem-${id}.timer`]) {
    const path = join(folder, name);
    if (!existsSync(path)) continue;
    const text = readUnit(path);
    if (text.split('\n')[0] !== markOf(id)) {
      throw new UserError({
        what: 'There is a unit file of this name that agentmem did not write.',
        where: path,
        hint: 'move it away, or use the crontab: agent schedule install',
      });
    }
    units.set(name, text);
  }
  return units;
}

/** The time that a memory's units were made for, as cron writes it. */
export function unitCronTime(units: Map<string, string>): string | null {
  const lines = [...units.values()].flatMap((text) => text.split('\n'));
  return lines.find((line) => line.startsWith(TIME_NOTE))?.slice(TIME_NOTE.length) ?? null;
}

/** Deletes the memory's own unit files; the names of those that were there. */
export function removeUnits(folder: string, id: string): string[] {
  const names = [...readUnits(folder, id).keys()];
  for (const name of names) rmSync(join(folder, name));
  return names;
}

/** The commands with which a person switches the timer on (after the files were written) and off (before they go). */
export function systemctlCommands(id: string): { enable: string[][]; disable: string[][] } {
  const timer = `agentmem-${id}.timer`;
  return {
    enable: [
      ['systemctl', '--user', 'daemon-reload'],
      ['systemctl', '--user', 'enable', '--now', timer],
    ],
    disable: [['systemctl', '--user', 'disable', '--now', timer]],
  };
}

/** Runs systemctl commands in order. `why` is undefined if all went well, else what systemctl said, or that there is none. */
export async function runSystemctl(
  commands: readonly string[][],
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<{ there: boolean; why?: string }> {
  for (const [command = '', ...args] of commands) {
    const result = await runProgram({ command, args, cwd, env, timeoutMs: 30_000 });
    if (result.kind === 'missing') return { there: false, why: 'there is no systemctl here' };
    if (result.kind === 'late') return { there: true, why: `${command} did not answer` };
    if (result.code === 0) continue;
    return {
      there: true,
      why: safeForTerminal(result.stderr.toString()).trim() || `it ended with code ${result.code}`,
    };
  }
  return { there: true };
}

/**
 * One word of a unit file. systemd expands `%` everywhere and, in double quotes, takes a backslash for an escape;
 * see systemd.syntax(7) and systemd.unit(5).
 */
function unitWord(word: string): string {
  if (/[\n\r\0]/.test(word)) {
    throw new UserError({ what: 'A path with a line break in its name cannot stand in a unit file.', where: word });
  }
  const escaped = word.replaceAll('%', '%%').replace(/["\\]/g, '\\$&');
  return /^[\w/.:=@+,%-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}

function plainText(text: string): string {
  return text.replaceAll('%', '%%').replace(/[\n\r\0\\]/g, ' ');
}

function markOf(id: string): string {
  return `# agentmem ${id}: made by \`agent schedule install --systemd\`, taken away by \`agent schedule remove\`.`;
}

function readUnit(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new UserError({ what: `A unit file cannot be read (${code}).`, where: path });
  }
}
