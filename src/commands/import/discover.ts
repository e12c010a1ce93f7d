// `agent import --discover`: what the tools of this machine keep in their usual folders; looks nowhere else and imports nothing by itself.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { count } from '../../base/text.ts';
import { projectsFolder } from '../../sources/claude-code/folder.ts';
import { sniff } from '../../sources/sniff.ts';
import { sources } from '../../sources/table.ts';
import { walk } from '../../sources/walk.ts';
import { claudeFolder, type World } from '../../world.ts';
import type { Printer } from '../print.ts';

/** What one tool keeps here. */
export interface Discovered {
  tool: string;
  folder: string;
  /** Files of the tool's own kind, and their bytes. */
  files: number;
  bytes: number;
}

/** The folders that are there and hold transcripts of their tool, in a fixed order. */
export function discover(world: World): Discovered[] {
  return places(world).flatMap(([tool, folder]) => {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
    const found: Discovered = { tool, folder, files: 0, bytes: 0 };
    for (const path of walk([folder]).files) {
      const known = sniff(path, sources);
      if (known.kind !== 'known' || known.source.tool !== tool) continue;
      found.files++;
      found.bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    }
    return found.files === 0 ? [] : [found];
  });
}

/** A line for each tool that keeps something here. */
export function printFound(print: Printer, found: readonly Discovered[]): void {
  if (found.length === 0) print.line('no tool that we know keeps sessions in its usual place here');
  for (const { tool, folder, files, bytes } of found)
    print.line(`${tool}: ${count(files, 'file')}, ${(bytes / 1e6).toFixed(1)} MB in ${print.outside(folder)}`);
}

// Where each tool keeps its sessions unless its own variable says otherwise.
function places(world: World): [tool: string, folder: string][] {
  const { env, home } = world;
  const data = env.XDG_DATA_HOME || join(home, '.local', 'share');
  return [
    ['claude-code', projectsFolder(claudeFolder(world))],
    ['codex', join(env.CODEX_HOME || join(home, '.codex'), 'sessions')],
    ['copilot-cli', join(env.COPILOT_HOME || join(home, '.copilot'), 'session-state')],
    ['opencode', join(data, 'opencode', 'storage')],
    ['gemini-cli', join(home, '.gemini', 'tmp')],
    ['pi', join(env.PI_CODING_AGENT_DIR || join(home, '.pi', 'agent'), 'sessions')],
  ];
}
