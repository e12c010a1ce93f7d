// The same sessions on the same base give the same commits, byte for byte, whatever the order of import.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLE, type Home, makeHome } from '../support/agent.ts';

let home: Home;
const folder = join(EXAMPLE, readdirSync(EXAMPLE)[0] ?? '');
const files = readdirSync(folder)
  .sort()
  .map((name) => join(folder, name));
beforeAll(() => {
  home = makeHome();
});
afterAll(() => home.remove());

function dreamAfter(name: string, importAll: (repo: string) => void): { head: string; branch: string; dream: string } {
  const repo = home.memory(name);
  importAll(repo);
  return home.json(repo, 'dream', '--json');
}

describe('same input, same diff', () => {
  it('in one go, one by one, backwards, twice, from copies elsewhere, and in another time zone', () => {
    const oneGo = dreamAfter('one-go', (repo) => home.agent(repo, 'import', EXAMPLE));
    const backwards = dreamAfter('backwards', (repo) => {
      for (const file of [...files].reverse()) expect(home.agent(repo, 'import', file).code).toBe(0);
    });
    const twice = dreamAfter('twice', (repo) => {
      home.agent(repo, 'import', ...files.slice(2));
      home.agent(repo, 'import', ...files);
    });
    const copies = dreamAfter('copies', (repo) => {
      const elsewhere = join(home.dir, 'elsewhere');
      mkdirSync(elsewhere, { recursive: true });
      for (const [i, file] of files.entries()) copyFileSync(file, join(elsewhere, `renamed-${9 - i}.jsonl`));
      home.agent(repo, 'import', elsewhere);
    });
    expect(oneGo.branch).toBe(`dream/${oneGo.dream}`);
    for (const other of [backwards, twice, copies]) {
      expect(other.branch).toBe(oneGo.branch);
      expect(other.head).toBe(oneGo.head);
    }
  });

  it('a session that grows is updated in place, and the result is that of importing it whole', () => {
    const whole = dreamAfter('whole', (repo) => home.agent(repo, 'import', ...files));
    const grown = dreamAfter('grown', (repo) => {
      const dir = join(home.dir, 'growing');
      mkdirSync(dir, { recursive: true });
      for (const [i, file] of files.entries()) {
        const lines = readFileSync(file, 'utf8').split('\n');
        writeFileSync(join(dir, `${i}.jsonl`), `${lines.slice(0, 5).join('\n')}\n`);
      }
      expect(home.json<{ imported: number }>(repo, 'import', dir, '--json').imported).toBe(files.length);
      for (const [i, file] of files.entries()) copyFileSync(file, join(dir, `${i}.jsonl`));
      expect(home.json<{ updated: number }>(repo, 'import', dir, '--json').updated).toBe(files.length);
    });
    expect(grown.head).toBe(whole.head);
  });

  it('one more session makes another dream', () => {
    const all = dreamAfter('all', (repo) => home.agent(repo, 'import', ...files));
    const fewer = dreamAfter('fewer', (repo) => home.agent(repo, 'import', ...files.slice(1)));
    expect(fewer.dream).not.toBe(all.dream);
  });
});
