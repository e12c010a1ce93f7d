// What /proc tells of a process in one line (Linux); undefined where there is no such process, or no /proc.
import { readFileSync } from 'node:fs';
import { systemCode } from './errors.ts';

export interface ProcessStat {
  /** One letter: `R` running, `S` sleeping, `Z` ended and not waited for, and so on. */
  state: string;
  /** Number of its process group. */
  group: number;
  /** How many threads it has; an ended process is gone for good when only one is left. */
  threads: number;
  /** Start, in clock ticks since the machine started: a number that was used again has another one. */
  start: string;
}

/** Fields 3, 5, 20 and 22 of proc_pid_stat(5); the second one is the program's name in parentheses and may hold blanks and parentheses itself. */
export function processStat(pid: number | string): ProcessStat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, group, threads, start] = [fields[0], fields[2], fields[17], fields[19]];
    return state === undefined || group === undefined || threads === undefined || start === undefined
      ? undefined
      : { state, group: Number(group), threads: Number(threads), start };
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}
