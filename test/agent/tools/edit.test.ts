// The tool `edit` on real files: exact, unique, all or nothing; line ends, encodings and secrets survive.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editTool } from '../../../src/agent/tools/edit.ts';
import { readTool } from '../../../src/agent/tools/read.ts';
import { replaceAll } from '../../../src/agent/tools/replace-text.ts';
import { call, fails, type TestWorkspace, textOf, works, workspaceWith } from '../workspace.ts';

async function seen(files: Record<string, string | Buffer>): Promise<TestWorkspace> {
  const ws = workspaceWith(files);
  for (const path of Object.keys(files)) await works(readTool(ws.files), { path });
  return ws;
}

const CODE = 'function a() {\n  return 1;\n}\n\nfunction b() {\n  return 1;\n}\n';

describe('edit', () => {
  it('replaces text that is there once, and shows the lines around it', async () => {
    const ws = await seen({ 'a.ts': CODE });
    const outcome = await call(editTool(ws.files), {
      path: 'a.ts',
      old_string: 'function b() {\n  return 1;',
      new_string: 'function b() {\n  return 2;',
    });
    expect(outcome.changed).toEqual(['a.ts']);
    expect(textOf(outcome)).toBe(
      'Changed a.ts: 1 replacement.\n     3\t}\n     4\t\n     5\tfunction b() {\n     6\t  return 2;\n     7\t}',
    );
    expect(ws.read('a.ts')).toBe(CODE.replace('b() {\n  return 1', 'b() {\n  return 2'));
  });

  it('replaces what stands in several places only where told to', async () => {
    const ws = await seen({ 'a.ts': CODE });
    const input = { path: 'a.ts', old_string: 'return 1;', new_string: 'return $& 3;' };
    expect(await fails(editTool(ws.files), input)).toMatch(/2 times \(lines 2, 6\).*Nothing was changed/);
    expect(ws.read('a.ts')).toBe(CODE);
    expect(await works(editTool(ws.files), { ...input, replace_all: true })).toContain('2 replacements');
    expect(ws.read('a.ts')).toBe(CODE.replaceAll('return 1;', () => 'return $& 3;'));
  });

  it('may be followed by another edit without reading again', async () => {
    const ws = await seen({ 'a.txt': 'one' });
    await works(editTool(ws.files), { path: 'a.txt', old_string: 'one', new_string: 'two' });
    await works(editTool(ws.files), { path: 'a.txt', old_string: 'two', new_string: '' });
    expect(ws.read('a.txt')).toBe('');
  });

  it('does several edits in order, or none of them', async () => {
    const ws = await seen({ 'a.txt': 'a b c\n' });
    const edits = [
      { old_string: 'a', new_string: 'x' },
      { old_string: 'x b', new_string: 'y' },
    ];
    expect(await works(editTool(ws.files), { path: 'a.txt', edits })).toContain('2 replacements');
    expect(ws.read('a.txt')).toBe('y c\n');
    const broken = [
      { old_string: 'c', new_string: 'd' },
      { old_string: 'gone', new_string: 'z' },
    ];
    expect(await fails(editTool(ws.files), { path: 'a.txt', edits: broken })).toContain('Edit 2 of 2');
    expect(ws.read('a.txt')).toBe('y c\n');
  });

  it('takes LF for the line ends of a CRLF file and writes CRLF back', async () => {
    const ws = await seen({ 'a.txt': 'one\r\ntwo\r\nthree\r\n' });
    await works(editTool(ws.files), { path: 'a.txt', old_string: 'one\ntwo', new_string: '1\n2\n2b' });
    expect(ws.read('a.txt')).toBe('1\r\n2\r\n2b\r\nthree\r\n');
    await works(editTool(ws.files), { path: 'a.txt', old_string: 'three', new_string: '3\n4' });
    expect(ws.read('a.txt')).toBe('1\r\n2\r\n2b\r\n3\r\n4\r\n');
    await works(editTool(ws.files), { path: 'a.txt', old_string: '3\r\n4', new_string: '3\r\n5' });
    expect(ws.read('a.txt')).toBe('1\r\n2\r\n2b\r\n3\r\n5\r\n');
  });

  it('keeps the encoding, and refuses characters that it lacks', async () => {
    const ws = await seen({
      'le.txt': Buffer.from('\ufeffgrüß', 'utf16le'),
      'latin1.txt': Buffer.from('grüß', 'latin1'),
      'bom.txt': '\ufeffgrüß',
    });
    for (const path of ['le.txt', 'latin1.txt', 'bom.txt'])
      await works(editTool(ws.files), { path, old_string: 'grüß', new_string: 'süß' });
    const bytes = (path: string) => readFileSync(join(ws.root, path));
    expect(bytes('le.txt')).toEqual(Buffer.from('\ufeffsüß', 'utf16le'));
    expect(bytes('latin1.txt')).toEqual(Buffer.from('süß', 'latin1'));
    expect(bytes('bom.txt')).toEqual(Buffer.from('\ufeffsüß'));
    expect(await fails(editTool(ws.files), { path: 'latin1.txt', old_string: 's', new_string: '→' })).toContain(
      'latin1',
    );
  });

  it('says why a text is not there', async () => {
    const ws = await seen({ 'a.ts': 'if (ready) {\n\tstart(engine);\n}\n' });
    const why = (old_string: string) => fails(editTool(ws.files), { path: 'a.ts', old_string, new_string: 'x' });
    expect(await why('    start(engine);')).toContain(
      'Line 2 differs only in white space; the file has: "\\tstart(engine);"',
    );
    expect(await why('     2\t\tstart(engine);')).toContain('line numbers');
    expect(await why('start(engines);')).toMatch(/most like its first line:\n {5}2\t\tstart\(engine\);/);
    expect(await why('qqq')).toContain('read the file again');
  });

  it('refuses to put a mark in, and to take one for what the file has', async () => {
    const ws = await seen({ 'env.txt': 'KEY=s3cr3t-value\nB=1\n', 'doc.md': 'shows [redacted:jwt] here\n' });
    const edit = editTool(ws.files);
    expect(
      await fails(edit, { path: 'env.txt', old_string: 'KEY=[redacted:assigned-secret]\nB=1', new_string: 'B=2' }),
    ).toContain('hidden from you');
    expect(await fails(edit, { path: 'env.txt', old_string: 'B=1', new_string: 'C=[redacted:x]' })).toContain(
      '[redacted:…]',
    );
    expect(ws.read('env.txt')).toBe('KEY=s3cr3t-value\nB=1\n');
    await works(edit, { path: 'doc.md', old_string: 'shows [redacted:jwt]', new_string: 'prints [redacted:jwt]' });
    expect(ws.read('doc.md')).toBe('prints [redacted:jwt] here\n');
  });

  it('refuses what was not read, changed, is no text, or is not there', async () => {
    const ws = workspaceWith({ 'a.txt': 'x', 'b.bin': Buffer.from([0]) });
    const edit = editTool(ws.files);
    const one = { old_string: 'x', new_string: 'y' };
    expect(await fails(edit, { path: 'a.txt', ...one })).toContain('not read');
    await works(readTool(ws.files), { path: 'a.txt' });
    ws.write('a.txt', 'x!');
    expect(await fails(edit, { path: 'a.txt', ...one })).toContain('changed since');
    expect(await fails(edit, { path: 'b.bin', ...one })).toContain('no text');
    expect(await fails(edit, { path: 'c.txt', ...one })).toBe('c.txt does not exist.');
    expect(await fails(edit, { path: '.git/config', ...one })).toContain('.git');
  });

  it('names arguments that do not fit', async () => {
    const ws = await seen({ 'a.txt': 'x' });
    const edit = editTool(ws.files);
    expect(await fails(edit, { path: 'a.txt' })).toContain('old_string: missing');
    expect(await fails(edit, { path: 'a.txt', old_string: 'x' })).toContain('new_string: missing');
    expect(await fails(edit, { path: 'a.txt', old_string: '', new_string: 'y' })).toContain('empty');
    expect(await fails(edit, { path: 'a.txt', old_string: 'x', new_string: 'x' })).toContain('the same');
    expect(await fails(edit, { path: 'a.txt', old_string: 'x', new_string: 'y', edits: [] })).toContain('edits');
    expect(
      await fails(edit, { path: 'a.txt', old_string: 'x', edits: [{ old_string: 'x', new_string: 'y' }] }),
    ).toContain('not both');
    expect(edit.definition.description.length).toBeLessThanOrEqual(600);
  });
});

describe('replaceAll', () => {
  it('does what replacing by hand does, and says where', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '$'), maxLength: 40 });
    fc.assert(
      fc.property(
        text,
        text.filter((t) => t !== ''),
        text,
        (before, old, fresh) => {
          const done = replaceAll(before, [{ old_string: old, new_string: fresh, replace_all: true }]);
          const times = before.split(old).length - 1;
          if (times === 0 || old === fresh) {
            expect(done).toHaveProperty('fault');
            return;
          }
          if ('fault' in done) throw new Error(done.fault);
          expect(done.text).toBe(before.split(old).join(fresh));
          expect(done.times).toBe(times);
          for (const { start, end } of done.spans) expect(done.text.slice(start, end)).toBe(fresh);
        },
      ),
    );
  });
});
