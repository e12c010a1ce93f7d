// The constants of the world out of world.json beside this file, and what stands where a run names no site or seed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const SITE = 'training-ground';
export const TRIAL = 'once';

export function readWorld() {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'world.json'), 'utf8'));
}
