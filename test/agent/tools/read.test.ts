// The tool `read` on real files: numbering, encodings, images, folders, and what it refuses.
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTool } from '../../../src/agent/tools/read.ts';
import { call, fails, textOf, works, workspaceWith } from '../workspace.ts';

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

describe('read', () => {
  it('numbers lines and remembers the file as seen', async () => {
    const ws = workspaceWith({ 'a.txt': 'one\ntwo\n' });
    expect(await works(readTool(ws.files), { path: 'a.txt' })).toBe('     1\tone\n     2\ttwo');
    expect(ws.files.view.check('a.txt', Buffer.from('one\ntwo\n'))).toBe('current');
    expect(ws.files.view.check('a.txt', Buffer.from('other'))).toBe('changed');
  });

  it('goes on from an offset, and says where it stopped', async () => {
    const ws = workspaceWith({ 'a.txt': Array.from({ length: 5000 }, (_, i) => `line ${i + 1}\n`).join('') });
    const all = await works(readTool(ws.files), { path: 'a.txt' });
    expect(all).toContain('  2000\tline 2000\n[lines 1 to 2000 of 5000; go on with offset 2001]');
    const part = await works(readTool(ws.files), { path: 'a.txt', offset: 4999, limit: 10 });
    expect(part).toBe('  4999\tline 4999\n  5000\tline 5000');
    expect(await fails(readTool(ws.files), { path: 'a.txt', offset: 5001 })).toContain('has 5,000 lines');
  });

  it('cuts long lines and long results, and says so', async () => {
    const ws = workspaceWith({ 'long.txt': `${'x'.repeat(3000)}\n`, 'wide.txt': `${'y'.repeat(1500)}\n`.repeat(200) });
    const long = await works(readTool(ws.files), { path: 'long.txt' });
    expect(long).toContain(`${'x'.repeat(2000)}[…]\n[lines longer than 2000 characters are cut`);
    const wide = await works(readTool(ws.files), { path: 'wide.txt' });
    expect(wide.length).toBeLessThan(100_000);
    expect(wide).toMatch(/\[lines 1 to \d+ of 200; go on with offset \d+\]/);
  });

  it('reads UTF-8 and UTF-16 with and without marks, and Latin-1, and says which', async () => {
    const utf16 = Buffer.from('\ufeffgrüß\n', 'utf16le');
    const ws = workspaceWith({
      'utf8.txt': 'grüß\n',
      'bom.txt': '\ufeffgrüß\n',
      'le.txt': utf16,
      'be.txt': Buffer.from(utf16).swap16(),
      'latin1.txt': Buffer.from('grüß\n', 'latin1'),
    });
    const read = (path: string) => works(readTool(ws.files), { path });
    expect(await read('utf8.txt')).toBe('     1\tgrüß');
    expect(await read('bom.txt')).toBe('     1\tgrüß\n[encoding: utf8-bom]');
    expect(await read('le.txt')).toBe('     1\tgrüß\n[encoding: utf16le]');
    expect(await read('be.txt')).toBe('     1\tgrüß\n[encoding: utf16be]');
    expect(await read('latin1.txt')).toBe('     1\tgrüß\n[encoding: latin1]');
  });

  it('tells of CRLF, of a missing last line end, and of an empty file', async () => {
    const ws = workspaceWith({ 'crlf.txt': 'a\r\nb\r\n', 'open.txt': 'a\nb', 'empty.txt': '' });
    expect(await works(readTool(ws.files), { path: 'crlf.txt' })).toBe('     1\ta\n     2\tb\n[lines end in CRLF]');
    expect(await works(readTool(ws.files), { path: 'open.txt' })).toContain('[no line end at the end of the file]');
    expect(await works(readTool(ws.files), { path: 'empty.txt' })).toBe('[empty.txt is empty]');
  });

  it('refuses binary files with their type and size, also those that only end in .txt', async () => {
    const ws = workspaceWith({
      'zip.txt': Buffer.from('PK\u0003\u0004rest', 'latin1'),
      'nul.txt': Buffer.from([65, 0, 66]),
      'noise.bin': Buffer.from([0x81, 0x02, 0xff, 0x9d]),
      'doc.pdf': '%PDF-1.7\n',
    });
    expect(await fails(readTool(ws.files), { path: 'zip.txt' })).toContain(
      'a ZIP archive (or a format made of one), 8 B',
    );
    expect(await fails(readTool(ws.files), { path: 'nul.txt' })).toContain('binary data, 3 B');
    expect(await fails(readTool(ws.files), { path: 'noise.bin' })).toContain('binary data');
    expect(await fails(readTool(ws.files), { path: 'doc.pdf' })).toContain('a PDF document');
  });

  it('gives images as image blocks, and none that the API would refuse', async () => {
    const ws = workspaceWith({ 'dot.png': PNG, 'anim.gif': 'GIF89a…', 'x.webp': 'RIFF\u0001\u0002\u0003\u0004WEBP' });
    const { content, isError } = await call(readTool(ws.files), { path: 'dot.png' });
    expect(isError).toBeUndefined();
    expect(content[1]).toEqual({ type: 'image', media_type: 'image/png', data: PNG.toString('base64') });
    expect((await call(readTool(ws.files), { path: 'anim.gif' })).content[1]).toMatchObject({
      media_type: 'image/gif',
    });
    expect((await call(readTool(ws.files), { path: 'x.webp' })).content[1]).toMatchObject({ media_type: 'image/webp' });
    ws.write('big.png', Buffer.concat([PNG, Buffer.alloc(4_000_000)]));
    expect(await fails(readTool(ws.files), { path: 'big.png' })).toContain('an image of 4.0 MB; at most 3.9 MB');
  });

  it('refuses a file that is too large without reading it', async () => {
    const ws = workspaceWith({ 'huge.log': '' });
    truncateSync(join(ws.root, 'huge.log'), 30_000_000_000);
    expect(await fails(readTool(ws.files), { path: 'huge.log' })).toContain('huge.log is 30.0 GB; at most 20.0 MB');
  });

  it('lists a folder without what is closed', async () => {
    const ws = workspaceWith({ 'b.txt': '', 'a/x.txt': '', '.agentmem/config.yaml': '', '.agentmem/state/lock': '' });
    symlinkSync('b.txt', join(ws.root, 'l'));
    mkdirSync(join(ws.root, 'void'));
    expect(await works(readTool(ws.files), { path: '.' })).toBe(
      '. is a folder with 5 entries:\n.agentmem/\na/\nb.txt\nl@\nvoid/',
    );
    expect(await works(readTool(ws.files), { path: '.agentmem' })).toBe(
      '.agentmem is a folder with 1 entry:\nconfig.yaml',
    );
    expect(await works(readTool(ws.files), { path: 'void' })).toBe('void is an empty folder.');
  });

  it('names the file that was probably meant', async () => {
    const ws = workspaceWith({ 'src/settings.ts': '' });
    expect(await fails(readTool(ws.files), { path: 'src/setings.ts' })).toBe(
      'src/setings.ts does not exist. There is src/settings.ts.',
    );
    expect(await fails(readTool(ws.files), { path: 'src/settings.ts/x' })).toContain('is a file, not a folder');
  });

  it('names the argument that does not fit and what was expected', async () => {
    const tool = readTool(workspaceWith().files);
    expect(await fails(tool, {})).toMatch(/path: .*expected string/);
    expect(await fails(tool, { path: 'a', offset: 0 })).toMatch(/offset: .*>=1/);
    expect(await fails(tool, { path: 'a', offset: 1.5 })).toMatch(/offset: /);
    expect(await fails(tool, { file_path: 'a' })).toContain('file_path');
  });

  it('gives permissions the real place of a link, and never throws on odd arguments', () => {
    const ws = workspaceWith({ 'src/a.txt': '' });
    symlinkSync('src', join(ws.root, 'link'));
    writeFileSync(join(ws.root, 'b.txt'), '');
    const { subject } = readTool(ws.files);
    expect(subject({ path: 'link/a.txt' })).toEqual({ kind: 'path', value: 'src/a.txt' });
    expect(subject({ path: './src/../b.txt' })).toEqual({ kind: 'path', value: 'b.txt' });
    expect(subject({ path: '../x' })).toEqual({ kind: 'path', value: '../x' });
    expect(subject({ path: 7 })).toBeUndefined();
    expect(subject({})).toBeUndefined();
  });

  it('has a definition of one object, the same each time', () => {
    const ws = workspaceWith();
    const { definition } = readTool(ws.files);
    expect(definition.input_schema).toMatchObject({ type: 'object', required: ['path'] });
    expect(JSON.stringify(readTool(ws.files).definition)).toBe(JSON.stringify(definition));
    expect(textOf({ content: [{ type: 'text', text: definition.description }] }).length).toBeLessThanOrEqual(600);
  });
});
