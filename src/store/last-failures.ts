// Which failures of nightly runs a person has been told of; keeps a line that runs every hour from saying the same thing 24 times a day.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../base/hash.ts';
import { writeAtomic } from './atomic.ts';
import type { Layout } from './layout.ts';

const AGAIN_MS = 24 * 60 * 60_000;

/** The failures to tell of: none if the very same ones were told within a day, and a run without failures forgets them. */
export function newFailures(layout: Layout, failures: readonly string[], now: Date): string[] {
  const path = join(layout.state, 'nightly.json');
  if (failures.length === 0) {
    rmSync(path, { force: true });
    return [];
  }
  const hash = sha256(failures.join('\n'));
  const last = readTold(path);
  const age = last === undefined ? AGAIN_MS : now.getTime() - Date.parse(last.at);
  // A clock that was set back makes the age negative: better told twice than never.
  if (last?.failures === hash && age >= 0 && age < AGAIN_MS) return [];
  writeAtomic(path, `${JSON.stringify({ failures: hash, at: now.toISOString() })}\n`);
  return [...failures];
}

// Missing or damaged: nothing has been told.
function readTold(path: string): { failures: string; at: string } | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (value === null || typeof value !== 'object' || !('failures' in value) || !('at' in value)) return undefined;
    return { failures: String(value.failures), at: String(value.at) };
  } catch {
    return undefined;
  }
}
