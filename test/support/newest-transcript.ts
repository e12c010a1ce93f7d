// The newest session of a memory, as its lines; for stories that run an agent and look at what it left.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Its events, first the header. Throws where there is no session. */
export function newestTranscript<Line>(repo: string): Line[] {
  const folder = join(repo, '.agentmem', 'sessions');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.jsonl'));
  // By when it was written: names of one second come in no order.
  const writtenAt = (file: string) => statSync(join(folder, file)).mtimeMs;
  const newest = files.sort((a, b) => writtenAt(a) - writtenAt(b)).at(-1);
  if (newest === undefined) throw new Error('no transcript');
  return readFileSync(join(folder, newest), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}
