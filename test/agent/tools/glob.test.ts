// The tool `glob` on real folders and repositories.
import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { globTool } from '../../../src/agent/tools/glob.ts';
import { call, fails, textOf, works, workspaceWith } from '../workspace.ts';

const FILES = {
  'a.ts': '',
  'src/b.ts': '',
  'src/deep/c.ts': '',
  '.github/ci.yml': '',
  'node_modules/p/index.ts': '',
  '.agentmem/state/x.ts': '',
  '.agentmem/notes/n.md': '',
};

describe('glob', () => {
  it('gives sorted paths below the workspace, without what is passed over or closed', async () => {
    const ws = workspaceWith(FILES);
    expect(await works(globTool(ws.files), { pattern: '**/*.ts' })).toBe('a.ts\nsrc/b.ts\nsrc/deep/c.ts');
    expect(await works(globTool(ws.files), { pattern: '*.ts' })).toBe('a.ts');
    expect(await works(globTool(ws.files), { pattern: '*.ts', path: 'src' })).toBe('src/b.ts');
    expect(await works(globTool(ws.files), { pattern: '**/*.{yml,md}' })).toBe('.agentmem/notes/n.md\n.github/ci.yml');
    expect(await works(globTool(ws.files), { pattern: 'node_modules/**/*.ts' })).toBe('node_modules/p/index.ts');
    expect(await works(globTool(ws.files), { pattern: '**/*.rs' })).toBe('No file below . fits.');
    expect(await works(globTool(ws.files), { pattern: '.agentmem/state/**' })).toBe('No file below . fits.');
  });

  it('never follows a link', async () => {
    const ws = workspaceWith(FILES);
    symlinkSync('../outside', join(ws.root, 'out'));
    symlinkSync('src', join(ws.root, 'inside'));
    symlinkSync('.', join(ws.root, 'self'));
    expect(await works(globTool(ws.files), { pattern: '**/*' })).not.toMatch(/secret|inside|self/);
    expect(await fails(globTool(ws.files), { pattern: '*', path: 'out' })).toContain('outside the workspace');
    expect(await works(globTool(ws.files), { pattern: '*', path: 'inside' })).toBe('src/b.ts');
    for (const pattern of ['../**', '/etc/*', '{..,x}/*', 'src/../../outside/*'])
      expect(await fails(globTool(ws.files), { pattern })).toContain('pattern:');
  });

  it('leaves out what git ignores, unless nothing else fits', async () => {
    const ws = workspaceWith({
      ...FILES,
      '.gitignore': 'dist/\n',
      'dist/out.ts': '',
      'dist/only.js': '',
      'gone.ts': '',
    });
    execFileSync('git', ['init', '-q'], { cwd: ws.root });
    execFileSync('git', ['add', 'gone.ts', '.gitignore'], { cwd: ws.root });
    execFileSync('rm', [join(ws.root, 'gone.ts')]);
    symlinkSync('a.ts', join(ws.root, 'link.ts'));
    expect(await works(globTool(ws.files), { pattern: '**/*.ts' })).toBe('a.ts\nsrc/b.ts\nsrc/deep/c.ts');
    expect(await works(globTool(ws.files), { pattern: '**/*.js' })).toBe('dist/only.js\n[git ignores all of these]');
    expect(await works(globTool(ws.files), { pattern: '*.js', path: 'dist' })).toContain('dist/only.js');
  });

  it('finds the files of a repository inside', async () => {
    const ws = workspaceWith({ 'a.ts': '', 'inner/b.ts': '' });
    execFileSync('git', ['init', '-q'], { cwd: ws.root });
    execFileSync('git', ['init', '-q'], { cwd: join(ws.root, 'inner') });
    expect(await works(globTool(ws.files), { pattern: '**/*.ts' })).toBe('a.ts\ninner/b.ts');
  });

  it('shows at most 1,000 and counts the rest', async () => {
    const ws = workspaceWith();
    for (let i = 0; i < 1005; i++) ws.write(`f${i}.txt`, '');
    const text = await works(globTool(ws.files), { pattern: '*' });
    expect(text.split('\n')).toHaveLength(1001);
    expect(text).toContain('[1,005 files fit, the first 1000 are shown; narrow the pattern]');
  });

  it('says where a folder is needed, and that it was interrupted', async () => {
    const ws = workspaceWith(FILES);
    expect(await fails(globTool(ws.files), { pattern: '*', path: 'a.ts' })).toContain('path names a folder');
    expect(await fails(globTool(ws.files), { pattern: '*', path: 'gone' })).toBe('gone does not exist.');
    expect(await fails(globTool(ws.files), {})).toContain('pattern');
    const outcome = await call(globTool(ws.files), { pattern: '**' }, AbortSignal.abort());
    expect(outcome.isError).toBe(true);
    expect(textOf(outcome)).toBe('The search was interrupted.');
    expect(globTool(ws.files).subject({ pattern: '*' })).toEqual({ kind: 'path', value: '.' });
    expect(globTool(ws.files).definition.description.length).toBeLessThanOrEqual(600);
  });
});
