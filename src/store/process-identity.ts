// Tells one process from every other that ever had its number; reads /proc where there is one, and ends or signals nothing.
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemCode } from '../base/errors.ts';
import { type ProcessStat, processStat } from '../base/process-stat.ts';

export interface Identity {
  pid: number;
  host: string;
  /** Changes with every start of the machine (Linux). */
  boot?: string;
  /** Start of the process in clock ticks since then (Linux): a process id that was used again has another one. */
  start?: string;
  /** The process-id name space (Linux): numbers from another container mean nothing here. */
  space?: string;
}

let self: Identity | undefined;

/** This process. */
export function identity(): Identity {
  self ??= describe(process.pid);
  return self;
}

/** True only if the process certainly no longer runs; one on another machine or in another container counts as alive. */
export function isDead(other: Identity): boolean {
  if (other.pid <= 0) return true;
  const me = identity();
  if (other.boot !== undefined && me.boot !== undefined) {
    if (other.boot !== me.boot) return other.host === me.host; // the machine was restarted, or it is another one
    if (other.space !== me.space) return false;
  } else if (other.host !== me.host) return false;
  if (!exists(other.pid)) return true;
  const stat = processStat(other.pid);
  if (stat === undefined) return false;
  return hasEnded(stat) || (other.start !== undefined && stat.start !== other.start);
}

// Ended, and not waited for: in a container whose first process waits for nobody it stays so. Its threads end one after the other.
function hasEnded({ state, threads }: ProcessStat): boolean {
  return state === 'Z' && threads <= 1;
}

function describe(pid: number): Identity {
  const boot = readIfThere('/proc/sys/kernel/random/boot_id')?.trim();
  const start = processStat(pid)?.start;
  const space = linkIfThere('/proc/self/ns/pid');
  return {
    pid,
    host: hostname(),
    ...(boot !== undefined && { boot }),
    ...(start !== undefined && { start }),
    ...(space !== undefined && { space }),
  };
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0); // signal 0 only asks
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH'; // EPERM: it is there and belongs to somebody else
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

function linkIfThere(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}
