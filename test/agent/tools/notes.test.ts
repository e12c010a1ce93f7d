// The tool `notes` on real folders: the six commands, their refusals, and nothing outside the folder of notes.
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { notesTool } from '../../../src/agent/tools/notes.ts';
import type { Tool } from '../../../src/agent/tools/tool.ts';
import { call, fails, type TestWorkspace, textOf, works, workspaceWith } from '../workspace.ts';

interface Notes {
  ws: TestWorkspace;
  folder: string;
  tool: Tool;
}

function notes(files: Record<string, string> = {}, mode: 'read_only' | 'read_write' = 'read_write'): Notes {
  const ws = workspaceWith({ '.agentmem/config.yaml': 'version: 1\n' });
  for (const [path, text] of Object.entries(files)) ws.write(`.agentmem/notes/${path}`, text);
  const folder = join(ws.root, '.agentmem/notes');
  return { ws, folder, tool: notesTool({ folder, mode }) };
}

describe('view', () => {
  it('lists notes two levels deep, and only notes', async () => {
    const { tool } = notes({
      'a.md': 'x'.repeat(1500),
      'b/c.md': 'y',
      'b/d/e.md': 'z',
      'b/d/f/g.md': '',
      '.hidden.md': '',
      'x.txt': '',
    });
    expect(await works(tool, { command: 'view', path: '/notes' })).toBe(
      'Notes in /notes, up to 2 levels deep:\n1.5 KB\t/notes/a.md\n-\t/notes/b/\n1 B\t/notes/b/c.md\n-\t/notes/b/d/',
    );
    expect(await works(tool, { command: 'view', path: '/notes/b/d' })).toContain('1 B\t/notes/b/d/e.md');
    expect(await works(tool, { command: 'view' })).toContain('/notes/a.md');
    expect(await works(tool, { command: 'view', path: '/memories' })).toContain('/notes/a.md');
  });

  it('is empty before anything was written, and makes no folder', async () => {
    const { tool, ws } = notes();
    expect(await works(tool, { command: 'view', path: '/notes' })).toBe('There are no notes yet.');
    expect(await fails(tool, { command: 'view', path: '/notes/a.md' })).toBe('/notes/a.md does not exist.');
    expect(readdirSync(join(ws.root, '.agentmem'))).toEqual(['config.yaml']);
  });

  it('shows a note with line numbers, or some lines of it', async () => {
    const { tool } = notes({ 'a.md': 'one\ntwo\nthree\n' });
    const view = (view_range?: number[]) => ({ command: 'view', path: 'a.md', ...(view_range && { view_range }) });
    expect(await works(tool, view())).toBe('/notes/a.md:\n     1\tone\n     2\ttwo\n     3\tthree');
    expect(await works(tool, view([2, 2]))).toBe('/notes/a.md:\n     2\ttwo');
    expect(await works(tool, view([2, -1]))).toBe('/notes/a.md:\n     2\ttwo\n     3\tthree');
    for (const range of [
      [0, 1],
      [4, 5],
      [3, 2],
    ])
      expect(await fails(tool, view(range))).toContain('view_range: expected lines from 1 to 3');
  });
});

describe('create, str_replace and insert', () => {
  it('make and change notes, and name what changed', async () => {
    const { tool, folder } = notes();
    const outcome = await call(tool, { command: 'create', path: '/notes/build/tips.md', file_text: 'a\nb\n' });
    expect(outcome).toMatchObject({ changed: ['.agentmem/notes/build/tips.md'] });
    expect(textOf(outcome)).toBe('Created /notes/build/tips.md.');
    const path = '/memories/build/tips.md';
    const edited = await call(tool, { command: 'str_replace', path, old_str: 'b', new_str: 'B\nC $&' });
    expect(textOf(edited)).toBe('Edited /notes/build/tips.md:\n     1\ta\n     2\tB\n     3\tC $&');
    await works(tool, { command: 'insert', path, insert_line: 0, insert_text: 'first' });
    await works(tool, { command: 'insert', path, insert_line: 4, insert_text: 'last\n' });
    expect(readFileSync(join(folder, 'build/tips.md'), 'utf8')).toBe('first\na\nB\nC $&\nlast\n');
    await works(tool, { command: 'str_replace', path, old_str: 'last\n' });
    expect(readFileSync(join(folder, 'build/tips.md'), 'utf8')).toBe('first\na\nB\nC $&\n');
  });

  it('replace no note that exists, and nothing that is missing or there twice', async () => {
    const { tool, folder } = notes({ 'a.md': 'x\nx\n' });
    expect(await fails(tool, { command: 'create', path: 'a.md', file_text: 'y' })).toContain('already exists');
    expect(await fails(tool, { command: 'str_replace', path: 'a.md', old_str: 'x', new_str: 'y' })).toContain(
      'lines 1, 2',
    );
    expect(await fails(tool, { command: 'str_replace', path: 'a.md', old_str: 'z', new_str: 'y' })).toContain(
      'not in /notes/a.md',
    );
    expect(await fails(tool, { command: 'str_replace', path: 'b.md', old_str: 'x', new_str: 'y' })).toContain(
      'does not exist',
    );
    expect(await fails(tool, { command: 'insert', path: 'a.md', insert_line: 3, insert_text: 'y' })).toContain(
      'expected 0 to 2',
    );
    expect(await fails(tool, { command: 'insert', path: 'a.md', insert_line: -1, insert_text: 'y' })).toContain(
      'expected 0 to 2',
    );
    expect(readFileSync(join(folder, 'a.md'), 'utf8')).toBe('x\nx\n');
  });

  it('keep a note within 102,400 bytes, counted in UTF-8', async () => {
    const { tool, folder } = notes();
    await works(tool, { command: 'create', path: 'full.md', file_text: 'ü'.repeat(51_200) });
    expect(await fails(tool, { command: 'create', path: 'over.md', file_text: `${'ü'.repeat(51_200)}x` })).toContain(
      'at most 102400',
    );
    expect(await fails(tool, { command: 'insert', path: 'full.md', insert_line: 0, insert_text: 'x' })).toContain(
      '102400',
    );
    expect(readdirSync(folder)).toEqual(['full.md']);
  });
});

describe('delete and rename', () => {
  it('take a note or a whole folder away, and move them', async () => {
    const { tool, folder } = notes({ 'a.md': 'a', 'b/c.md': 'c', 'b/d/e.md': 'e' });
    expect(await works(tool, { command: 'rename', old_path: '/notes/a.md', new_path: '/notes/new/a2.md' })).toBe(
      'Renamed /notes/a.md to /notes/new/a2.md.',
    );
    expect(readFileSync(join(folder, 'new/a2.md'), 'utf8')).toBe('a');
    await works(tool, { command: 'rename', old_path: '/notes/b', new_path: '/notes/moved' });
    const outcome = await call(tool, { command: 'delete', path: '/notes/moved' });
    expect(outcome.changed?.sort()).toEqual(['.agentmem/notes/moved/c.md', '.agentmem/notes/moved/d/e.md']);
    expect(readdirSync(folder)).toEqual(['new']);
  });

  it('refuse the top, what is missing, what is taken, and a folder into itself', async () => {
    const { tool, folder } = notes({ 'a.md': 'a', 'b/c.md': 'c' });
    expect(await fails(tool, { command: 'delete', path: '/notes' })).toContain('itself');
    expect(await fails(tool, { command: 'delete', path: '/notes/./' })).toContain('itself');
    expect(await fails(tool, { command: 'rename', old_path: '/notes', new_path: '/notes/x' })).toContain('itself');
    expect(await fails(tool, { command: 'delete', path: 'gone.md' })).toContain('does not exist');
    expect(await fails(tool, { command: 'rename', old_path: 'gone.md', new_path: 'x.md' })).toContain('does not exist');
    expect(await fails(tool, { command: 'rename', old_path: 'a.md', new_path: 'b/c.md' })).toContain('already exists');
    expect(await fails(tool, { command: 'rename', old_path: 'b', new_path: 'b/x' })).toContain('into itself');
    expect(await fails(tool, { command: 'rename', old_path: 'a.md', new_path: 'a.txt' })).toContain('.md');
    expect(readdirSync(folder).sort()).toEqual(['a.md', 'b']);
  });

  it('leave alone what is no note', async () => {
    const { tool, folder } = notes({ 'b/keep.txt': 'a person put this here' });
    const outcome = await call(tool, { command: 'delete', path: '/notes/b' });
    expect(outcome.isError).toBe(true);
    expect(readFileSync(join(folder, 'b/keep.txt'), 'utf8')).toContain('person');
  });
});

describe('escapes', () => {
  const PATHS = [
    '../config.yaml',
    '/notes/../config.yaml',
    '/notes/../../a.md',
    '/notes/..',
    '/memories/../config.yaml',
    '/etc/passwd',
    '/etc/x.md',
    '/notesx/a.md',
    '/notes/.git/x.md',
    '/notes/.hidden.md',
    '~/x.md',
    'a\0.md',
    'a\n.md',
    '..\\x.md',
    'link.md',
    'out/x.md',
    'out/secret.md',
    '/notes/a.md/../../config.yaml',
    '%2e%2e/config.yaml/../../x.md',
  ];

  it.each(PATHS)('%j is refused by every command', async (path) => {
    const { tool, folder, ws } = notes({ 'a.md': 'a' });
    writeFileSync(join(ws.outside, 'secret.md'), 'kept outside\n');
    symlinkSync('../../../outside/secret.md', join(folder, 'link.md'));
    symlinkSync('../../../outside', join(folder, 'out'));
    for (const input of [
      { command: 'view', path },
      { command: 'create', path, file_text: 'pwned' },
      { command: 'str_replace', path, old_str: 'kept', new_str: 'pwned' },
      { command: 'insert', path, insert_line: 0, insert_text: 'pwned' },
      { command: 'delete', path },
      { command: 'rename', old_path: path, new_path: 'b.md' },
      { command: 'rename', old_path: 'a.md', new_path: path },
    ])
      expect(await fails(tool, input), input.command).not.toContain('kept outside');
    expect(readFileSync(join(ws.outside, 'secret.md'), 'utf8')).toBe('kept outside\n');
    expect(readdirSync(ws.outside).sort()).toEqual(['secret.md', 'secret.txt']);
    expect(ws.read('.agentmem/config.yaml')).toBe('version: 1\n');
    expect(readdirSync(folder).sort()).toEqual(['a.md', 'link.md', 'out']);
  });

  it('a folder of notes, or a memory, that is a link is not used', async () => {
    const { tool, folder, ws } = notes();
    symlinkSync('../../outside', folder);
    expect(await fails(tool, { command: 'create', path: 'a.md', file_text: 'x' })).toContain('symbolic link');
    rmSync(join(ws.root, '.agentmem'), { recursive: true });
    mkdirSync(join(ws.outside, 'notes'));
    symlinkSync('../outside', join(ws.root, '.agentmem'));
    expect(await fails(tool, { command: 'create', path: 'a.md', file_text: 'x' })).toContain('symbolic link');
    expect(readdirSync(join(ws.outside, 'notes'))).toEqual([]);
  });

  it('a note with a second name is not changed', async () => {
    const { tool, folder, ws } = notes({ 'a.md': '' });
    linkSync(join(ws.outside, 'secret.txt'), join(folder, 'hard.md'));
    expect(await fails(tool, { command: 'insert', path: 'hard.md', insert_line: 0, insert_text: 'x' })).toContain(
      'hard links',
    );
  });
});

describe('the tool', () => {
  it('answers only view where the agent may only read', async () => {
    const { tool, folder } = notes({ 'a.md': 'a' }, 'read_only');
    expect(tool.readOnly).toBe(true);
    expect(await works(tool, { command: 'view', path: 'a.md' })).toContain('a');
    expect(await fails(tool, { command: 'create', path: 'b.md', file_text: 'x' })).toContain('not change them');
    expect(await fails(tool, { command: 'delete', path: 'a.md' })).toContain('not change them');
    expect(readdirSync(folder)).toEqual(['a.md']);
  });

  it('names arguments that do not fit', async () => {
    const { tool } = notes();
    expect(await fails(tool, {})).toContain('command');
    expect(await fails(tool, { command: 'undo', path: 'a.md' })).toContain('command');
    expect(await fails(tool, { command: 'create', path: 'a.md' })).toContain('file_text');
    expect(await fails(tool, { command: 'str_replace', path: 'a.md', old_str: '' })).toContain('old_str');
    expect(await fails(tool, { command: 'rename', path: 'a.md' })).toContain('old_path');
    expect(await fails(tool, { command: 'create', path: 'a.txt', file_text: '' })).toContain('.md');
  });

  it('is one object to the API, and says to permissions what it is about', () => {
    const { tool } = notes();
    expect(tool.definition.input_schema).toMatchObject({ type: 'object', required: ['command'] });
    expect(tool.subject({ command: 'delete', path: '/notes/a.md' })).toEqual({
      kind: 'text',
      value: 'delete /notes/a.md',
    });
    expect(tool.subject({})).toBeUndefined();
    expect(tool.definition.description.length).toBeLessThanOrEqual(600);
  });
});
