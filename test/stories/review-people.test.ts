// A person reviews at a real terminal: keys typed, branch looked at afterwards; and the same steps as flags.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLE, type Home, makeHome } from '../support/agent.ts';
import { noTerminal, typeAt } from '../support/terminal.ts';

interface Entry {
  entry: string;
  verdict: string;
  title: string;
  section?: string;
  because?: string;
}

let home: Home;
let repo: string;
let branch: string;
let ids: string[];
const KEYS = 'q stop';
const entries = () => home.json<{ entries: Entry[] }>(repo, 'review', '--json').entries;

beforeAll(() => {
  home = makeHome();
  repo = home.memory('teahouse');
  home.json(repo, 'import', EXAMPLE, '--json');
  const dreamed = home.json<{ branch: string; changes: { entry: string }[] }>(repo, 'dream', '--json');
  branch = dreamed.branch;
  ids = dreamed.changes.map((c) => c.entry);
});
afterAll(() => home.remove());

describe('review with flags', () => {
  it('prints the report and asks nothing without a terminal', () => {
    const plain = home.agent(repo, 'review');
    expect(plain.code).toBe(0);
    expect(plain.stdout).not.toContain(KEYS);
    expect(plain.stdout).toContain('undecided');
    expect(home.agent(repo, 'review', '--edit', ids[0] ?? '').stderr).toContain('--with');
  });

  it('shows a cited passage where it stands in its session', () => {
    const shown = home.agent(repo, 'review', '--show', ids[0] ?? '');
    expect(shown.stdout).toContain('▶');
    expect(shown.stdout).toContain(' here');
  });

  it('takes a new wording from a file, mends its mark, and refuses one that breaks into several sections', () => {
    const [, id = ''] = ids;
    const before = entries().find((e) => e.entry === id);
    const file = join(home.dir, 'better.md');
    writeFileSync(file, '## Look twice\n\nMeasure before cutting.\n');
    const edited = home.json<{ entries: Entry[] }>(repo, 'review', '--edit', id, '--with', file, '--json').entries;
    const section = edited.find((e) => e.entry === id)?.section ?? '';
    expect(section).toContain('## Look twice\n<!-- entry ');
    expect(section.split('\n')[1]).toBe(before?.section?.split('\n')[1]);
    expect(home.git(repo, 'log', '-1', '--format=%an %s', branch)).toBe('Mira Edit: Look twice');
    const tip = home.git(repo, 'rev-parse', branch);
    writeFileSync(file, '## One\n\n## Two\n');
    const refused = home.agent(repo, 'review', '--edit', id, '--with', file);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('2 sections');
    expect(home.git(repo, 'rev-parse', branch)).toBe(tip);
  });
});

describe.skipIf(noTerminal !== undefined)(`review at a terminal (${noTerminal ?? 'python3 pty'})`, () => {
  it('accepts, turns down with a reason, edits, shows, and keeps what was decided when stopped', () => {
    const editor = join(home.dir, 'editor.mjs');
    // Asks at the terminal itself, as an editor does.
    writeFileSync(
      editor,
      `import { readFileSync, readSync, writeFileSync } from 'node:fs';
const [, , file] = process.argv;
process.stdout.write('title? ');
const line = Buffer.alloc(100);
const title = line.toString('utf8', 0, readSync(0, line)).trim();
const text = readFileSync(file, 'utf8').replace(/^## .*/, '## ' + title).replace(/<!-- entry .*-->\\n/, '');
writeFileSync(file, text);
`,
    );
    const typed = typeAt(
      repo,
      ['review'],
      [
        [KEYS, 'a'],
        [KEYS, 'x'],
        [KEYS, 'r'],
        ['why?', 'not her\u007f\u007f\u007fours\r'],
        [KEYS, 'w'],
        ['▶', 'e'],
        ['title?', 'Mind the till\r'],
        [KEYS, 'q'],
      ],
      { HOME: home.dir, EDITOR: `${process.execPath} ${editor}` },
    );
    expect(typed).toMatchObject({ code: 0, restored: true, missing: null });
    const [first, second, third] = entries();
    expect(first?.verdict).toBe('accepted');
    expect(second).toMatchObject({ verdict: 'rejected', because: 'not ours' });
    expect(third).toMatchObject({ verdict: 'pending', title: 'Mind the till' });
    expect(third?.section).toContain(`<!-- entry ${third?.entry} `);
    expect(home.git(repo, 'status', '--porcelain')).toBe('');
    expect(home.git(repo, 'branch', '--show-current')).toBe('main');
  });

  it.each([
    ['end of input', '\u0004', 0],
    ['Ctrl-C', '\u0003', 130],
  ])('%s leaves the lesson undecided and the terminal as it was', (_name, key, code) => {
    const tip = home.git(repo, 'rev-parse', branch);
    const typed = typeAt(repo, ['review'], [[KEYS, key]], { HOME: home.dir });
    expect(typed).toMatchObject({ code, restored: true, missing: null });
    expect(home.git(repo, 'rev-parse', branch)).toBe(tip);
  });

  it('an empty reason, an Escape and a failing editor decide nothing', () => {
    const tip = home.git(repo, 'rev-parse', branch);
    const steps = [
      [KEYS, 'r'],
      ['why?', '\r'],
      [KEYS, 'r'],
      ['why?', 'never mind\u001b'],
      [KEYS, '\u001b[A'],
      ['', 'e'],
      ['exit code 1', 'q'], // however many lessons are still undecided
    ] as const;
    const typed = typeAt(repo, ['review'], steps, { HOME: home.dir, VISUAL: 'false', EDITOR: 'true' });
    expect(typed).toMatchObject({ code: 0, restored: true, missing: null });
    expect(home.git(repo, 'rev-parse', branch)).toBe(tip);
  });
});
