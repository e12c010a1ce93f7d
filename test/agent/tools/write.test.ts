// The tool `write` on real files: nothing is overwritten unseen, and no secret by a redaction's mark.
import { mkdirSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTool } from '../../../src/agent/tools/read.ts';
import { writeTool } from '../../../src/agent/tools/write.ts';
import { call, fails, works, workspaceWith } from '../workspace.ts';

describe('write', () => {
  it('makes a file with its folders, byte for byte, and names it as changed', async () => {
    const ws = workspaceWith();
    const content = 'a\r\nb\u2028c\n\n';
    const outcome = await call(writeTool(ws.files), { path: 'new/deep/file.txt', content });
    expect(outcome).toEqual({
      content: [{ type: 'text', text: 'Created new/deep/file.txt (10 B).' }],
      changed: ['new/deep/file.txt'],
    });
    expect(ws.read('new/deep/file.txt')).toBe(content);
    expect(await works(writeTool(ws.files), { path: 'empty.txt', content: '' })).toBe('Created empty.txt (0 B).');
  });

  it('replaces only what was read in this session and has not changed since', async () => {
    const ws = workspaceWith({ 'a.txt': 'old' });
    const write = writeTool(ws.files);
    expect(await fails(write, { path: 'a.txt', content: 'new' })).toContain('was not read in this session');
    await works(readTool(ws.files), { path: 'a.txt' });
    expect(await works(write, { path: 'a.txt', content: 'new' })).toBe('Updated a.txt (3 B).');
    expect(await works(write, { path: './a.txt', content: 'newer' })).toBe('Updated a.txt (5 B).');
    ws.write('a.txt', 'by somebody else');
    expect(await fails(write, { path: 'a.txt', content: 'mine' })).toContain('has changed since it was read');
    expect(ws.read('a.txt')).toBe('by somebody else');
  });

  it('does not mind a file that was only touched', async () => {
    const ws = workspaceWith({ 'a.txt': 'old' });
    await works(readTool(ws.files), { path: 'a.txt' });
    utimesSync(join(ws.root, 'a.txt'), 1, 1);
    expect(await works(writeTool(ws.files), { path: 'a.txt', content: 'new' })).toContain('Updated');
  });

  it('refuses a mark where the file has something else, and lets one stay that the file really has', async () => {
    const ws = workspaceWith({ 'env.txt': 'A=1\nKEY=s3cr3t-value\n', 'doc.md': 'It prints [redacted:jwt].\n' });
    const write = writeTool(ws.files);
    for (const path of ['env.txt', 'doc.md']) await works(readTool(ws.files), { path });
    const masked = 'A=2\nKEY=[redacted:assigned-secret]\n';
    expect(await fails(write, { path: 'env.txt', content: masked })).toContain('[redacted:…]');
    expect(ws.read('env.txt')).toContain('s3cr3t-value');
    expect(await fails(write, { path: 'fresh.txt', content: masked })).toContain('[redacted:…]');
    expect(readdirSync(ws.root).sort()).toEqual(['doc.md', 'env.txt']);
    await works(write, { path: 'doc.md', content: '# Title\nIt prints [redacted:jwt].\n' });
    expect(
      await fails(write, { path: 'doc.md', content: 'It prints [redacted:jwt].\nIt prints [redacted:jwt].\n' }),
    ).toContain('[redacted:…]');
    expect(await fails(write, { path: 'doc.md', content: 'token: [redacted:jwt]\n' })).toContain('[redacted:…]');
  });

  it('refuses folders, images and binary files', async () => {
    const ws = workspaceWith({ 'x.bin': Buffer.from([0, 1]), 'x.gif': 'GIF89a' });
    mkdirSync(join(ws.root, 'folder'));
    const write = writeTool(ws.files);
    expect(await fails(write, { path: 'folder', content: 'x' })).toBe('folder is a folder.');
    expect(await fails(write, { path: 'other/', content: 'x' })).toContain('names a folder');
    expect(await fails(write, { path: 'x.bin', content: 'x' })).toContain('only replaces text files');
    expect(await fails(write, { path: 'x.gif', content: 'x' })).toContain('is an image');
    expect(await fails(write, { path: '.', content: 'x' })).toContain('is a folder');
  });

  it('says so where an encoding changes', async () => {
    const ws = workspaceWith({ 'a.txt': Buffer.from('\ufeffx', 'utf16le') });
    await works(readTool(ws.files), { path: 'a.txt' });
    expect(await works(writeTool(ws.files), { path: 'a.txt', content: 'y' })).toContain(
      'was utf16le before and is UTF-8 now',
    );
  });

  it('names arguments that do not fit', async () => {
    const write = writeTool(workspaceWith().files);
    expect(await fails(write, { path: 'a' })).toMatch(/content: .*expected string/);
    expect(await fails(write, { path: 'a', content: 1 })).toMatch(/content: /);
    expect(write.definition.description.length).toBeLessThanOrEqual(600);
  });
});
