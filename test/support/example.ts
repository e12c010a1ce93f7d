// Makes .agentmem.example anew by one turn of the cycle through the built command; run by `npm run example` and compared by a test.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { EXAMPLE, makeHome, ROOT } from './agent.ts';

/** Files of `.agentmem` after one turn: import, dream, one lesson turned down, the rest merged. Path → text. */
export function exampleFiles(): Map<string, string> {
  const home = makeHome();
  try {
    const repo = home.memory('teahouse');
    home.json(repo, 'import', EXAMPLE, '--json');
    const { changes } = home.json<{ changes: { entry: string; kind: string }[] }>(repo, 'dream', '--json');
    const preference = changes.find((c) => c.kind === 'preference');
    const why = 'true, but it belongs in AGENTS.md, where people look for it';
    home.json(repo, 'review', '--reject', preference?.entry ?? '', '--because', why, '--json');
    home.json(repo, 'review', '--accept', 'all', '--json');
    home.json(repo, 'merge', '--json');
    return filesBelow(join(repo, '.agentmem'));
  } finally {
    home.remove();
  }
}

/** The files that lie in `.agentmem.example` now, without its README and the transcripts. */
export function storedExample(): Map<string, string> {
  const files = filesBelow(join(ROOT, '.agentmem.example'));
  for (const path of files.keys()) if (path === 'README.md' || path.startsWith('transcripts/')) files.delete(path);
  return files;
}

/** The moment of a verdict is the only thing in an example that a clock decides. */
export function withoutClock(text: string): string {
  return text.replace(/"at":"[^"]*"/g, '"at":"2026-11-17T09:00:00.000Z"');
}

/** Writes the example; people run this after a change that alters what a dream says, and read the diff. */
export function writeExample(): void {
  const target = join(ROOT, '.agentmem.example');
  const scratch = join(ROOT, 'node_modules', '.example-keeps');
  rmSync(scratch, { recursive: true, force: true });
  for (const kept of ['README.md', 'transcripts']) {
    if (existsSync(join(target, kept))) cpSync(join(target, kept), join(scratch, kept), { recursive: true });
  }
  const files = exampleFiles();
  rmSync(target, { recursive: true, force: true });
  cpSync(scratch, target, { recursive: true });
  rmSync(scratch, { recursive: true, force: true });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), withoutClock(text));
  }
}

function filesBelow(dir: string): Map<string, string> {
  const own = /^(sessions|state|cache)\//;
  const paths = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .filter((path) => !own.test(path))
    .sort();
  return new Map(paths.map((path) => [path, readFileSync(join(dir, path), 'utf8')]));
}
