// Starts the test server in a process of its own and stops it again; test code only.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import type { WrittenTurn } from '../../../src/domain/script.ts';
import type { SeenRequest } from '../messages-server.ts';
import type { PrefixBreak } from './cache.ts';
import type { Fault } from './faults.ts';

export interface SpawnedServer {
  url: string;
  /** What it was asked so far. */
  seen: () => Promise<{ requests: SeenRequest[]; prefixBreaks: PrefixBreak[] }>;
  close: () => Promise<void>;
}

/** `faults` by the number of the request; functions cannot travel, so only faults that are plain data. */
export async function spawnMessagesServer(
  answer: WrittenTurn[],
  faults: Record<number, Fault> = {},
): Promise<SpawnedServer> {
  const dir = mkdtempSync(join(tmpdir(), 'messages-server-'));
  const outfile = join(dir, 'main.mjs');
  const entry = join(import.meta.dirname, 'main.ts');
  buildSync({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20' });
  const child = spawn(process.execPath, [outfile, JSON.stringify({ answer, faults })], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  const { url, door }: { url: string; door: string } = JSON.parse(String(line));
  return {
    url,
    seen: async () => JSON.parse(await (await fetch(door)).text()),
    close: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
