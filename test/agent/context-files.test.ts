// AGENTS.md, CLAUDE.md, GEMINI.md and skills, read as their own tools read them, and never further than they may lead.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ContextFiles, contextFiles } from '../../src/agent/context-files.ts';
import { importsOf } from '../../src/agent/context-imports.ts';
import { spokenText } from '../../src/domain/events.ts';

let base: string;
let top: string;
let home: string;
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'agentmem-context-')));
  top = join(base, 'repo');
  home = join(base, 'home');
  for (const folder of [top, home]) mkdirSync(folder);
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function put(path: string, text: string | Buffer, folder = top): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
const read = (workspace = '.') => contextFiles({ workspace: join(top, workspace), top, home });
const textOf = ({ blocks }: ContextFiles) => blocks.map((b) => (b.type === 'text' ? b.text : '')).join('\n---\n');

describe('context files', () => {
  it('are read from the top down to the workspace, the nearest last, each under its path', () => {
    put('AGENTS.md', 'top rule');
    put('a/b/CLAUDE.md', 'near rule');
    put('a/GEMINI.md', 'middle rule');
    put('a/other/AGENTS.md', 'beside');
    const found = read('a/b');
    expect(found.files).toEqual(['AGENTS.md', 'a/GEMINI.md', 'a/b/CLAUDE.md']);
    expect(textOf(found)).toContain('# Context file a/GEMINI.md\n\nmiddle rule');
    expect(textOf(found)).not.toContain('beside');
  });

  it('are injected text, so that nothing of them is taken for something said', () => {
    put('AGENTS.md', 'top rule');
    const { blocks } = read();
    expect(blocks.every((b) => b.type === 'text' && b.injected === 'context-file')).toBe(true);
    expect(spokenText(blocks)).toBe('');
  });

  it('that are not there make no block at all', () => {
    put('AGENTS.md', ' \n');
    expect(read()).toEqual({ blocks: [], files: [], notes: [] });
  });

  it('of one folder come in a fixed order; AGENTS.override.md stands in for AGENTS.md', () => {
    for (const name of ['GEMINI.md', 'CLAUDE.local.md', '.claude/CLAUDE.md', 'CLAUDE.md', 'AGENTS.md'])
      put(name, `from ${name}`);
    expect(read().files).toEqual(['AGENTS.md', 'CLAUDE.md', '.claude/CLAUDE.md', 'CLAUDE.local.md', 'GEMINI.md']);
    put('AGENTS.override.md', 'instead');
    expect(read().files[0]).toBe('AGENTS.override.md');
    expect(textOf(read())).not.toContain('from AGENTS.md');
  });

  it('that are one file by a link, or equal, or imported, come once', () => {
    put('AGENTS.md', 'the rules');
    symlinkSync('AGENTS.md', join(top, 'CLAUDE.md'));
    put('GEMINI.md', 'the rules\r\n');
    expect(read().files).toEqual(['AGENTS.md']);
    rmSync(join(top, 'CLAUDE.md'));
    put('CLAUDE.md', '@AGENTS.md\n\nAnd this.');
    expect(read().files).toEqual(['AGENTS.md', 'CLAUDE.md']);
  });

  it('import other files of the project, relative to themselves, five hops deep and in no circle', () => {
    put('CLAUDE.md', 'See @docs/1.md, and ask @mira about @kiln/glaze.');
    for (let i = 1; i < 8; i++) put(`docs/${i}.md`, `step ${i}, then @${i + 1}.md and back @../CLAUDE.md`);
    const found = read();
    expect(found.files).toEqual(['CLAUDE.md', ...[1, 2, 3, 4, 5].map((i) => `docs/${i}.md`)]);
    expect(found.notes.join()).toContain('more than 5 hops');
  });

  it('of AGENTS.md import nothing, as Codex imports nothing', () => {
    put('AGENTS.md', '@docs.md');
    put('docs.md', 'more');
    expect(read().files).toEqual(['AGENTS.md']);
  });

  it('cannot name a file outside the project, but for markdown in the person’s own .claude', () => {
    put('secret.txt', 'hunter', base);
    put('.ssh/id.md', 'key material', home);
    put('.claude/mine.md', 'my own way', home);
    put('.claude/credentials.json', '{"token":1}', home);
    put('.git/config', 'token in a url');
    symlinkSync(join(base, 'secret.txt'), join(top, 'AGENTS.md'));
    symlinkSync(join(home, '.ssh'), join(top, 'linked'));
    const names = ['../secret.txt', join(base, 'secret.txt'), '~/.ssh/id.md', '~/.claude/credentials.json'];
    put(
      'CLAUDE.md',
      [...names, '.git/config', 'linked/id.md', '~/.claude/mine.md'].map((name) => `@${name}`).join('\n'),
    );
    const found = read();
    expect(found.files).toEqual(['CLAUDE.md', '~/.claude/mine.md']);
    expect(found.notes).toHaveLength(names.length + 3);
    for (const word of ['hunter', 'key material', '"token"', 'token in a url'])
      expect(textOf(found)).not.toContain(word);
  });

  it('that are no texts, pipes or folders stop nothing', () => {
    put('AGENTS.md', Buffer.from([65, 0, 66]));
    mkdirSync(join(top, 'CLAUDE.md'));
    execFileSync('mkfifo', [join(top, 'GEMINI.md')]);
    expect(read()).toMatchObject({ files: [], notes: ['AGENTS.md is left out: it is no text'] });
  });

  it('are cut to 64 KB in all, the nearest kept, and what is cut is said', () => {
    put('AGENTS.md', `outer ${'x'.repeat(60_000)}`);
    put('a/AGENTS.md', `inner ${'y'.repeat(30_000)} end`);
    put('a/CLAUDE.md', `@big.md ${'z'.repeat(100)}`);
    put('a/big.md', 'b'.repeat(80_000));
    const found = read('a');
    expect(textOf(found).length).toBeLessThan(70_000);
    expect(found.files).toContain('a/big.md');
    expect(found.notes.join('\n')).toMatch(/of a\/big.md only the first 64 KB/);
    expect(found.notes.join('\n')).toMatch(/AGENTS.md is cut by [\d,]+ characters/);
  });

  it('hide nothing from a person who reads them', () => {
    put('AGENTS.md', `Be kind.\u{e0001}\u{e0062}\u200b\u001b[8m`);
    expect(textOf(read())).toMatch(/Be kind\.$/);
  });
});

describe('imports', () => {
  it('are paths after an @ outside of code', () => {
    const text =
      'a@b.example @x.md, `@no.md`\n```\n@no.md\n```\n~~~~\n@no.md\n~~~\n@no.md\n~~~~\n@two\\ words.md (@in.md) @/abs.md @~/h.md';
    expect(importsOf(text, '/r/CLAUDE.md', '/home/m')).toEqual([
      ['/r/x.md,', '/r/x.md'],
      ['/r/two words.md'],
      ['/abs.md'],
      ['/home/m/h.md'],
    ]);
  });

  it('take no long time to find in a text that was made to be slow', () => {
    for (const text of ['@'.repeat(60_000), '`'.repeat(60_000), `@${'\\ '.repeat(30_000)}`, `@x${'.'.repeat(60_000)}`])
      expect(importsOf(text, '/r/CLAUDE.md', '/home/m').length).toBeLessThan(3);
  });
});

describe('skills', () => {
  const skill = (name: string, front: string) =>
    put(`.claude/skills/${name}/SKILL.md`, `---\n${front}\n---\nBody of ${name}.`);

  it('are listed by name and description, their bodies left to be read', () => {
    skill('glaze', 'name: glazing\ndescription: How pots are glazed.');
    skill('fire', 'description: How pots are fired.');
    skill('person', 'description: For people.\ndisable-model-invocation: true');
    skill('broken', 'description: [');
    const found = read();
    expect(textOf(found)).toContain('- glazing: How pots are glazed. (.claude/skills/glaze/SKILL.md)');
    expect(textOf(found)).toContain('- fire: How pots are fired. (.claude/skills/fire/SKILL.md)');
    expect(textOf(found)).not.toMatch(/Body|For people/);
    expect(found.notes).toHaveLength(1);
    expect(found.notes[0]).toContain('broken/SKILL.md is left out');
  });

  it('above the workspace are not listed, for the agent could not read them, and it is said', () => {
    skill('glaze', 'description: How pots are glazed.');
    mkdirSync(join(top, 'a'));
    expect(read('a')).toMatchObject({ blocks: [], notes: [expect.stringContaining('above the workspace')] });
  });
});
