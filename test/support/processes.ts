// What became of processes that a test started, as /proc or the signal 0 tells.
import { readFileSync } from 'node:fs';

/** True where no such process runs any more. One that has ended but was not waited for still has a number. */
export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return true;
  }
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}
