// The tool `grep` on real folders, with patterns that would hang a search without a limit.
import { execFileSync } from 'node:child_process';
import { linkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { grepTool } from '../../../src/agent/tools/grep.ts';
import { grepInWorker } from '../../../src/agent/tools/grep-worker.ts';
import { call, fails, textOf, works, workspaceWith } from '../workspace.ts';

const SLOW = '(a+)+$';

describe('grep', () => {
  it('gives path, line and text of each match, sorted by path', async () => {
    const ws = workspaceWith({ 'b.txt': 'foo\nbar\r\nfoobar\n', 'a/x.ts': 'const foo = 1;\n', 'c.txt': 'none\n' });
    expect(await works(grepTool(ws.files), { pattern: 'fo{2}' })).toBe(
      'a/x.ts:1:const foo = 1;\nb.txt:1:foo\nb.txt:3:foobar',
    );
    expect(await works(grepTool(ws.files), { pattern: '^bar$' })).toBe('b.txt:2:bar');
    expect(await works(grepTool(ws.files), { pattern: 'foo', path: 'a' })).toBe('a/x.ts:1:const foo = 1;');
    expect(await works(grepTool(ws.files), { pattern: 'foo', path: 'b.txt' })).toBe('b.txt:1:foo\nb.txt:3:foobar');
    expect(await works(grepTool(ws.files), { pattern: 'foo', glob: '*.ts' })).toBe('a/x.ts:1:const foo = 1;');
    expect(await works(grepTool(ws.files), { pattern: 'foo', glob: 'a/**' })).toBe('a/x.ts:1:const foo = 1;');
    expect(await works(grepTool(ws.files), { pattern: 'foo', files_only: true })).toBe('a/x.ts: 1\nb.txt: 2');
    expect(await works(grepTool(ws.files), { pattern: 'qux' })).toBe('No line fits in 3 files.');
  });

  it('ignores case where told to, by an argument or in the pattern', async () => {
    const ws = workspaceWith({ 'a.txt': 'Foo\nÄpfel\n' });
    expect(await works(grepTool(ws.files), { pattern: 'foo', ignore_case: true })).toBe('a.txt:1:Foo');
    expect(await works(grepTool(ws.files), { pattern: '(?i)FOO' })).toBe('a.txt:1:Foo');
    expect(await works(grepTool(ws.files), { pattern: '\\p{Lu}p' })).toBe('a.txt:2:Äpfel');
  });

  it('shows context without repeating lines', async () => {
    const ws = workspaceWith({ 'a.txt': '1\nhit\n3\nhit\n5\n6\n7\n8\nhit\n' });
    expect(await works(grepTool(ws.files), { pattern: 'hit', context: 1 })).toBe(
      ['a.txt-1-1', 'a.txt:2:hit', 'a.txt-3-3', 'a.txt:4:hit', 'a.txt-5-5', '--', 'a.txt-8-8', 'a.txt:9:hit'].join(
        '\n',
      ),
    );
    expect(await works(grepTool(ws.files), { pattern: '\\d|hit', context: 2, max: 3 })).toBe(
      'a.txt:1:1\na.txt:2:hit\na.txt:3:3\na.txt-4-hit\na.txt-5-5\n[there are more matches; narrow the search or raise max]',
    );
  });

  it('stops at the limit and says so', async () => {
    const ws = workspaceWith({ 'a.txt': 'x\n'.repeat(500), 'b.txt': 'x\n' });
    const text = await works(grepTool(ws.files), { pattern: 'x' });
    expect(text.split('\n')).toHaveLength(101);
    expect(text).toContain('[there are more matches');
    expect(await works(grepTool(ws.files), { pattern: 'x', files_only: true, max: 1 })).toContain(
      'a.txt: 500\n[there are more',
    );
    expect(await works(grepTool(ws.files), { pattern: 'x', path: 'a.txt', max: 500 })).not.toContain('[');
  });

  it('ends a pattern that backtracks without end, with what was found before, and the process goes on', async () => {
    const ws = workspaceWith({ 'a.txt': 'aaa\n', 'trap.txt': `${'a'.repeat(60)}!\n`, 'z.txt': 'aaa\n' });
    const outcome = await call(grepTool(ws.files, 1000), { pattern: SLOW });
    expect(textOf(outcome)).toMatch(
      /^a\.txt:1:aaa\n\[the search took longer than 1 s and was ended at trap\.txt; simplify/,
    );
    expect(outcome.isError).toBeUndefined();
    const none = await fails(grepTool(ws.files, 500), { pattern: SLOW, path: 'trap.txt' });
    expect(none).toContain('took longer than 0.5 s');
    expect(await works(grepTool(ws.files), { pattern: 'aaa$', path: 'z.txt' })).toBe('z.txt:1:aaa');
  });

  it('ends at the signal while it backtracks', async () => {
    const ws = workspaceWith({ 'trap.txt': `${'a'.repeat(60)}!\n` });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 300);
    const outcome = await call(grepTool(ws.files), { pattern: SLOW }, stop.signal);
    expect(textOf(outcome)).toContain('interrupted');
    expect((await call(grepTool(ws.files), { pattern: 'x' }, AbortSignal.abort())).isError).toBe(true);
  });

  it('says what is wrong with a pattern', async () => {
    const ws = workspaceWith({ 'a.txt': 'x' });
    expect(await fails(grepTool(ws.files), { pattern: 'foo(' })).toContain('not a JavaScript regular expression');
    expect(await fails(grepTool(ws.files), { pattern: '(?P<n>x)' })).toContain('pattern:');
    expect(await fails(grepTool(ws.files), { pattern: 'x', glob: '../*' })).toContain('glob:');
    expect(await fails(grepTool(ws.files), { pattern: '' })).toContain('pattern');
    expect(await fails(grepTool(ws.files), { pattern: 'x', max: 5000 })).toContain('max');
  });

  it('passes over binary and very large files and what is closed, and counts the large ones', async () => {
    const ws = workspaceWith({
      'bin.dat': Buffer.from('needle\0'),
      'big.txt': Buffer.alloc(5_000_001, 'needle\n'),
      '.agentmem/sessions/s.jsonl': 'needle\n',
      '.git/config': 'needle\n',
      'node_modules/x.js': 'needle\n',
    });
    const text = await works(grepTool(ws.files), { pattern: 'needle' });
    expect(text).toBe('No line fits in 0 files.\n[1 file over 5 MB not searched]');
    expect(await works(grepTool(ws.files), { pattern: 'needle', path: 'node_modules' })).toContain(
      'node_modules/x.js:1:needle',
    );
    expect(await works(grepTool(ws.files), { pattern: 'needle', path: '.git' })).toContain('.git/config:1:needle');
    expect(await fails(grepTool(ws.files), { pattern: 'needle', path: '.agentmem/sessions' })).toContain(
      'cannot be read',
    );
  });

  it('searches what git does not ignore, and an ignored folder that is named', async () => {
    const ws = workspaceWith({ '.gitignore': 'dist/\n', 'src/a.ts': 'needle\n', 'dist/a.js': 'needle\n' });
    execFileSync('git', ['init', '-q'], { cwd: ws.root });
    expect(await works(grepTool(ws.files), { pattern: 'needle' })).toBe('src/a.ts:1:needle');
    expect(await works(grepTool(ws.files), { pattern: 'needle', path: 'dist' })).toBe('dist/a.js:1:needle');
  });

  it('cuts long lines around the match and long results', async () => {
    const ws = workspaceWith({
      'min.js': `${'x'.repeat(3000)}needle${'y'.repeat(3000)}\n`,
      'many.txt': `${'z'.repeat(480)}\n`.repeat(900),
    });
    const text = await works(grepTool(ws.files), { pattern: 'needle' });
    expect(text.length).toBeLessThan(600);
    expect(text).toMatch(/^min\.js:1:\[…\]x+needley+\[…\]$/);
    const long = await works(grepTool(ws.files), { pattern: 'z', max: 1000 });
    expect(long.length).toBeLessThan(95_000);
    expect(long).toContain('too long and was cut');
  });

  it('does not read through a link that was put in the way, nor a pipe', async () => {
    const ws = workspaceWith({ 'real/a.txt': 'kept\n' });
    symlinkSync('../outside', join(ws.root, 'out'));
    symlinkSync('../outside/secret.txt', join(ws.root, 'file'));
    execFileSync('mkfifo', [join(ws.root, 'pipe')]);
    expect(await works(grepTool(ws.files), { pattern: 'kept' })).toBe('real/a.txt:1:kept');
    const files = ['out/secret.txt', 'file', 'pipe', 'gone'].map((path) => ({ real: join(ws.root, path), path }));
    const job = { files, source: 'kept', flags: '', context: 0, filesOnly: false, max: 10, largest: 1000 };
    expect(await grepInWorker(job, 10_000, new AbortController().signal)).toMatchObject({ rows: [], hits: 0 });
  });

  it('reads files with several names, as package managers make them', async () => {
    const ws = workspaceWith({ 'a.txt': 'kept\n' });
    linkSync(join(ws.root, 'a.txt'), join(ws.root, 'b.txt'));
    expect(await works(grepTool(ws.files), { pattern: 'kept' })).toBe('a.txt:1:kept\nb.txt:1:kept');
  });

  it('tells the model of its limits in a short description', () => {
    const { definition, readOnly } = grepTool(workspaceWith().files);
    expect(readOnly).toBe(true);
    expect(definition.description.length).toBeLessThanOrEqual(600);
  });
});
