// Where paths lead: a written list of escapes, each refused for reading and writing, and what must go on working.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listPlace, movePlace, readPlace, removePlace, writePlace } from '../../src/agent/confined-files.ts';
import { confineTo, mayRead, placeOf, type Use } from '../../src/agent/confinement.ts';
import { readTool } from '../../src/agent/tools/read.ts';
import { writeTool } from '../../src/agent/tools/write.ts';
import { call, type TestWorkspace, textOf, workspaceWith } from './workspace.ts';

/** A workspace full of traps: links of every kind that lead out, and what lies around it. */
function trapped(): TestWorkspace {
  const ws = workspaceWith({
    'a.txt': 'inside\n',
    'src/b.txt': 'deep\n',
    '.git/config': '[core]\n',
    'real/.git': 'gitdir: x\n',
  });
  const link = (target: string, path: string) => symlinkSync(target, join(ws.root, path));
  link('../outside', 'out');
  link('../outside/secret.txt', 'secret');
  link(ws.outside, 'out-absolute');
  link(join(ws.outside, 'secret.txt'), 'secret-absolute');
  link('/', 'slash');
  link('/proc/self/root', 'proc-root');
  link('/proc/self/cwd', 'proc-cwd');
  link('out', 'chain-1');
  link('chain-1', 'chain-2');
  link('../../outside', 'src/up');
  link('../outside/new.txt', 'dangling');
  link('loop-b', 'loop-a');
  link('loop-a', 'loop-b');
  link('self', 'self');
  link('..', 'parent');
  link('../ws', 'there-and-back');
  link('src/../..', 'twisted');
  link('.git', 'git-link');
  link('.git/config', 'config-link');
  mkdirSync(join(ws.root, '.agentmem/sessions'), { recursive: true });
  mkdirSync(join(ws.root, '.agentmem/state'));
  writeFileSync(join(ws.root, '.agentmem/sessions/s.jsonl'), '{}\n');
  writeFileSync(join(ws.root, '.agentmem/config.yaml'), 'version: 1\n');
  link('.agentmem/sessions', 'transcripts');
  link('.agentmem', 'memory-link');
  return ws;
}

/** Each leads out of the workspace, or would on some system; refused for reading and for writing. */
const OUT = [
  '..',
  '../',
  '../outside/secret.txt',
  './../outside/secret.txt',
  'src/../../outside/secret.txt',
  'src/.././../outside/secret.txt',
  'src//..//..//outside/secret.txt',
  '../ws/a.txt',
  '../ws-other/a.txt',
  '../../../../../../../../etc/passwd',
  '/etc/passwd',
  '//etc/passwd',
  '/etc/../etc/passwd',
  '/',
  '/proc/self/root/etc/passwd',
  '/proc/self/environ',
  '/dev/fd/0',
  '/dev/stdin',
  '~',
  '~/.ssh/id_rsa',
  '~root/.bashrc',
  'a.txt\0.md',
  '\0',
  '',
  '   ',
  'C:\\Windows\\win.ini',
  'C:/Windows/win.ini',
  'c:\\x',
  '\\\\server\\share\\x',
  '\\\\?\\C:\\x',
  '..\\outside\\secret.txt',
  'src\\..\\..\\outside\\secret.txt',
  'file:///etc/passwd',
  'http://127.0.0.1/x',
  'out/secret.txt',
  'out',
  'out/new.txt',
  'out/../a.txt',
  'secret',
  'out-absolute/secret.txt',
  'secret-absolute',
  'slash/etc/passwd',
  'proc-root/etc/passwd',
  'proc-cwd/x',
  'chain-2/secret.txt',
  'chain-2/new/deeper.txt',
  'src/up/secret.txt',
  'dangling',
  'loop-a',
  'loop-b/x',
  'self',
  'parent/outside/secret.txt',
  'parent',
  'there-and-back/a.txt',
  'twisted/outside/secret.txt',
  'a.txt/../../outside/secret.txt',
  'a.txt/..',
  'missing/../../outside/secret.txt',
  'missing/../a.txt',
  `${'a/'.repeat(2100)}x`,
  'n'.repeat(300),
];

/** Closed to writing whatever permissions say; reading some of these is fine. */
const UNWRITABLE = [
  '.git',
  '.git/config',
  '.git/hooks/pre-commit',
  '.GIT/config',
  '.git./config',
  '.git /config',
  '.g\u200cit/config',
  '.ｇｉｔ/config',
  'real/.git',
  'src/../.git/config',
  'git-link/config',
  'git-link/hooks/pre-commit',
  'config-link',
  '.agentmem',
  '.agentmem/config.yaml',
  '.agentmem/policy.md',
  '.agentmem/decisions.jsonl',
  '.agentmem/playbooks/x.md',
  '.agentmem/dreams/x.md',
  '.agentmem/agents/me.md',
  '.agentmem/notes/x.md',
  '.AgentMem/config.yaml',
  'memory-link/config.yaml',
  'deep/.agentmem/config.yaml',
];

const UNREADABLE = [
  '.agentmem/sessions/s.jsonl',
  '.agentmem/sessions',
  '.agentmem/state/x',
  '.agentmem/cache/x',
  '.AGENTMEM/Sessions/s.jsonl',
  'src/../.agentmem/sessions/s.jsonl',
  'transcripts/s.jsonl',
  'memory-link/sessions/s.jsonl',
];

describe('escapes', () => {
  it('are a list of at least 80', () => {
    expect(OUT.length + UNWRITABLE.length + UNREADABLE.length).toBeGreaterThanOrEqual(80);
  });

  it.each(OUT)('%j is refused, and nothing outside is made or changed', async (path) => {
    const ws = trapped();
    for (const use of ['read', 'write'] as Use[]) {
      const place = placeOf(ws.files.within, path, use);
      // A name that is too long for the system may be found out only by opening it.
      if (!('refused' in place)) expect(readPlace(ws.files.within, place, 100)).toHaveProperty('refused');
    }
    const read = await call(readTool(ws.files), { path });
    expect(read.isError).toBe(true);
    expect(textOf(read)).not.toContain('kept outside');
    const written = await call(writeTool(ws.files), { path, content: 'pwned' });
    expect(written.isError).toBe(true);
    expect(readdirSync(ws.outside)).toEqual(['secret.txt']);
    expect(readFileSync(join(ws.outside, 'secret.txt'), 'utf8')).toBe('kept outside\n');
    expect(readdirSync(join(ws.root, '..')).sort()).toEqual(['outside', 'ws']);
  });

  it.each(UNWRITABLE)('%j is not writable', async (path) => {
    const ws = trapped();
    expect(placeOf(ws.files.within, path, 'write')).toHaveProperty('refused');
    expect((await call(writeTool(ws.files), { path, content: 'x' })).isError).toBe(true);
    expect(ws.read('.git/config')).toBe('[core]\n');
  });

  it.each(UNREADABLE)('%j is not readable', async (path) => {
    const ws = trapped();
    expect(placeOf(ws.files.within, path, 'read')).toHaveProperty('refused');
    expect((await call(readTool(ws.files), { path })).isError).toBe(true);
  });
});

describe('placeOf', () => {
  it('finds what is inside, by every honest spelling', () => {
    const ws = trapped();
    symlinkSync('src', join(ws.root, 'sources'));
    symlinkSync(join(ws.root, 'src'), join(ws.root, 'absolute'));
    symlinkSync('../a.txt', join(ws.root, 'src/back'));
    const kinds = (path: string) => {
      const place = placeOf(ws.files.within, path, 'read');
      return 'refused' in place ? place.refused : `${place.kind} ${place.path}`;
    };
    expect(kinds('a.txt')).toBe('file a.txt');
    expect(kinds('./src/../a.txt')).toBe('file a.txt');
    expect(kinds('src//b.txt')).toBe('file src/b.txt');
    expect(kinds(join(ws.root, 'src/b.txt'))).toBe('file src/b.txt');
    expect(kinds(ws.root)).toBe('folder .');
    expect(kinds('.')).toBe('folder .');
    expect(kinds('src/..')).toBe('folder .');
    expect(kinds('sources/b.txt')).toBe('file src/b.txt');
    expect(kinds('sources/new/file.txt')).toBe('missing src/new/file.txt');
    expect(kinds('sources/../a.txt')).toBe('file a.txt');
    expect(kinds('absolute/b.txt')).toBe('file src/b.txt');
    expect(kinds('src/back')).toBe('file a.txt');
    expect(kinds('new')).toBe('missing new');
    expect(kinds('a..b/c...')).toBe('missing a..b/c...');
    expect(kinds('.agentmem/config.yaml')).toBe('file .agentmem/config.yaml');
    expect(kinds('.git/config')).toBe('file .git/config');
    expect(kinds('.gitignore')).toBe('missing .gitignore');
  });

  it('takes absolute paths by the spelling with which the workspace was opened, also where that is a link', () => {
    const ws = workspaceWith({ 'a.txt': 'x' });
    const alias = join(ws.root, '..', 'alias');
    symlinkSync('ws', alias);
    const within = confineTo(alias);
    expect(placeOf(within, join(alias, 'a.txt'), 'read')).toMatchObject({ path: 'a.txt', kind: 'file' });
    expect(placeOf(within, join(ws.root, 'a.txt'), 'read')).toMatchObject({ path: 'a.txt', kind: 'file' });
  });

  it('refuses pipes, sockets and devices, and reading one never hangs', async () => {
    const ws = workspaceWith();
    execFileSync('mkfifo', [join(ws.root, 'pipe')]);
    const server = createServer().listen(join(ws.root, 'socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    for (const path of ['pipe', 'socket']) {
      expect(placeOf(ws.files.within, path, 'read')).toHaveProperty('refused');
      const forced = readPlace(ws.files.within, { parts: [path], path, kind: 'file' }, 100);
      expect(forced).toHaveProperty('refused');
    }
    server.close();
  });

  it('never gives a place whose real path is outside, whatever the components', () => {
    const ws = trapped();
    const names = [
      '..',
      '.',
      '',
      'src',
      'out',
      'parent',
      'a.txt',
      'new',
      'twisted',
      'slash',
      'there-and-back',
      'chain-2',
      'b.txt',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...names), { maxLength: 8 }), fc.boolean(), (parts, absolute) => {
        const place = placeOf(ws.files.within, (absolute ? `${ws.root}/` : '') + parts.join('/'), 'read');
        if ('refused' in place) return;
        const real = join(ws.root, ...place.parts);
        expect(`${real}/`.startsWith(`${ws.root}/`)).toBe(true);
        expect(place.parts).not.toContain('..');
        // Every step is a real folder or file, never a link.
        place.parts.forEach((_, i) => {
          const stat = lstatSync(join(ws.root, ...place.parts.slice(0, i + 1)), { throwIfNoEntry: false });
          expect(stat?.isSymbolicLink() ?? false).toBe(false);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('says which files are open to reading', () => {
    const { within } = workspaceWith().files;
    expect(mayRead(within, '.agentmem/sessions/x')).toBe(false);
    expect(mayRead(within, '.agentmem/playbooks/x.md')).toBe(true);
    expect(mayRead(within, 'sessions/x')).toBe(true);
  });
});

describe('what is put in the way after the check', () => {
  const at = (ws: TestWorkspace, path: string, use: Use = 'read') => {
    const place = placeOf(ws.files.within, path, use);
    if ('refused' in place) throw new Error(place.refused);
    return place;
  };

  it('a link in place of the file is not read', () => {
    const ws = workspaceWith({ 'a.txt': 'inside' });
    const place = at(ws, 'a.txt');
    rmSync(join(ws.root, 'a.txt'));
    symlinkSync('../outside/secret.txt', join(ws.root, 'a.txt'));
    expect(readPlace(ws.files.within, place, 100)).toHaveProperty('refused');
  });

  it('a link in place of a folder on the way is neither read nor written nor listed through', () => {
    const ws = workspaceWith({ 'src/secret.txt': 'inside' });
    const [file, fresh, folder] = [at(ws, 'src/secret.txt'), at(ws, 'src/new.txt', 'write'), at(ws, 'src')];
    renameSync(join(ws.root, 'src'), join(ws.root, 'moved'));
    symlinkSync('../outside', join(ws.root, 'src'));
    const { within } = ws.files;
    expect(readPlace(within, file, 100)).toHaveProperty('refused');
    expect(writePlace(within, file, 'x')).toHaveProperty('refused');
    expect(writePlace(within, fresh, 'x')).toHaveProperty('refused');
    expect(listPlace(within, folder)).toHaveProperty('refused');
    expect(removePlace(within, file)).toHaveProperty('refused');
    expect(movePlace(within, at(ws, 'moved/secret.txt'), fresh)).toHaveProperty('refused');
    expect(readdirSync(ws.outside)).toEqual(['secret.txt']);
    expect(readFileSync(join(ws.outside, 'secret.txt'), 'utf8')).toBe('kept outside\n');
  });

  it('a pipe in place of the file does not hang', () => {
    const ws = workspaceWith({ 'a.txt': 'inside' });
    const place = at(ws, 'a.txt');
    rmSync(join(ws.root, 'a.txt'));
    execFileSync('mkfifo', [join(ws.root, 'a.txt')]);
    expect(readPlace(ws.files.within, place, 100)).toHaveProperty('refused');
    expect(writePlace(ws.files.within, place, 'x')).toHaveProperty('refused');
  });

  it('a file that appeared where a new one was to be made is left alone', () => {
    const ws = workspaceWith();
    const place = at(ws, 'new.txt', 'write');
    ws.write('new.txt', 'somebody else');
    expect(writePlace(ws.files.within, place, 'mine')).toHaveProperty('refused');
    expect(ws.read('new.txt')).toBe('somebody else');
  });
});

describe('writePlace', () => {
  const write = (ws: TestWorkspace, path: string, text: string) => {
    const place = placeOf(ws.files.within, path, 'write');
    return 'refused' in place ? place : writePlace(ws.files.within, place, text);
  };

  it('keeps the mode of a file and leaves nothing else behind', () => {
    const ws = workspaceWith({ 'run.sh': '#!/bin/sh\n' });
    execFileSync('chmod', ['751', join(ws.root, 'run.sh')]);
    expect(write(ws, 'run.sh', 'new\n')).toBeUndefined();
    expect(statSync(join(ws.root, 'run.sh')).mode & 0o7777).toBe(0o751);
    expect(ws.read('run.sh')).toBe('new\n');
    expect(readdirSync(ws.root)).toEqual(['run.sh']);
  });

  it('makes folders as needed', () => {
    const ws = workspaceWith();
    expect(write(ws, 'a/b/c/d.txt', 'x')).toBeUndefined();
    expect(ws.read('a/b/c/d.txt')).toBe('x');
  });

  it('refuses a file with a second name, through which a change could reach outside', () => {
    const ws = workspaceWith();
    linkSync(join(ws.outside, 'secret.txt'), join(ws.root, 'hard.txt'));
    expect(write(ws, 'hard.txt', 'pwned')).toHaveProperty('refused', expect.stringContaining('hard links'));
    expect(readFileSync(join(ws.outside, 'secret.txt'), 'utf8')).toBe('kept outside\n');
  });

  it('refuses a read-only file', () => {
    const ws = workspaceWith({ 'fixed.txt': 'x' });
    execFileSync('chmod', ['444', join(ws.root, 'fixed.txt')]);
    expect(write(ws, 'fixed.txt', 'y')).toHaveProperty('refused', 'fixed.txt is read-only.');
    expect(ws.read('fixed.txt')).toBe('x');
  });

  it('changes the file that a link inside the workspace means, and the link stays', () => {
    const ws = workspaceWith({ 'src/real.txt': 'x' });
    symlinkSync('src/real.txt', join(ws.root, 'link.txt'));
    expect(write(ws, 'link.txt', 'y')).toBeUndefined();
    expect(ws.read('src/real.txt')).toBe('y');
    expect(lstatSync(join(ws.root, 'link.txt')).isSymbolicLink()).toBe(true);
  });

  it('keeps no folder open', () => {
    const ws = workspaceWith({ 'a/b.txt': 'x' });
    if (!existsSync('/proc/self/fd')) return expect(write(ws, 'a/b.txt', 'y')).toBeUndefined();
    const before = readdirSync('/proc/self/fd').length;
    for (let i = 0; i < 50; i++) {
      write(ws, 'a/b.txt', `${i}`);
      write(ws, 'missing/../x', 'x');
      readPlace(ws.files.within, { parts: ['gone', 'x'], path: 'gone/x', kind: 'file' }, 10);
    }
    expect(readdirSync('/proc/self/fd').length).toBeLessThan(before + 20);
  });
});
