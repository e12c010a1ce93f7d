// Fetching and pushing against real bare repositories, and every way in which a server can say no.
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchRemote, pickRemote, pushBranch, remoteTracking } from '../../src/git/remote.ts';
import { shownUrl } from '../../src/git/remote-failure.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { findProgram } from '../../src/host/program.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';
import { problemOf } from './problem.ts';

const made: TestRepository[] = [];
const servers: Server[] = [];
afterEach(() => {
  for (const repository of made.splice(0)) repository.remove();
  for (const server of servers.splice(0)) server.close();
});
const env = { PATH: process.env.PATH, HOME: '/nonexistent', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
const WANTED = { memory: 'main', prefix: 'dream/' };

async function pair(): Promise<{ here: TestRepository; server: TestRepository; repo: Repository }> {
  const server = makeRepository({ bare: true });
  const here = makeRepository({ files: { 'a.txt': 'a\n' } });
  made.push(server, here);
  here.git('remote', 'add', 'origin', server.dir);
  here.git('push', '--quiet', 'origin', 'main');
  const repo = await openRepository(here.dir);
  if (repo === null) throw new Error('no repository');
  return { here, server, repo };
}

function commitOn(here: TestRepository, branch: string, text: string): string {
  here.git('checkout', '--quiet', '-B', branch);
  here.write('lesson.md', text);
  here.git('add', '.');
  here.git('commit', '--quiet', '-m', text);
  const commit = here.git('rev-parse', 'HEAD');
  here.git('checkout', '--quiet', 'main');
  return commit;
}

describe('a fetch', () => {
  it('brings in the memory branch and review branches, and forgets those that are gone', async () => {
    const { here, server, repo } = await pair();
    const remote = await pickRemote(repo, 'main');
    const commit = commitOn(here, 'dream/x', 'x');
    here.git('push', '--quiet', 'origin', 'dream/x', 'main:other');
    expect(await fetchRemote(repo, remote, WANTED, env)).toEqual({
      memory: here.git('rev-parse', 'main'),
      review: [{ name: 'dream/x', commit }],
    });
    expect(await remoteTracking(repo, 'dream/')).toEqual([{ remote: 'origin', branch: 'dream/x', commit }]);
    here.git('update-ref', 'refs/remotes/origin/other', 'main');
    server.git('update-ref', '-d', 'refs/heads/dream/x');
    expect((await fetchRemote(repo, remote, WANTED, env)).review).toEqual([]);
    expect(await remoteTracking(repo, 'dream/')).toEqual([]);
    expect(here.git('rev-parse', 'refs/remotes/origin/other')).toBe(here.git('rev-parse', 'main'));
    expect(existsSync(join(here.dir, '.git', 'FETCH_HEAD'))).toBe(false);
  });

  it('from a server without any branch is an empty answer', async () => {
    const { here, server, repo } = await pair();
    server.git('update-ref', '-d', 'refs/heads/main');
    expect(await fetchRemote(repo, await pickRemote(repo, 'main'), WANTED, env)).toEqual({ memory: null, review: [] });
    expect(here.git('status', '--porcelain')).toBe('');
  });
});

describe('a push', () => {
  it('creates a branch, finds it there, moves it forward, and replaces only what this machine put there', async () => {
    const { here, server, repo } = await pair();
    const remote = await pickRemote(repo, 'main');
    const first = commitOn(here, 'dream/x', 'one');
    const push = (commit: string, ours?: string) =>
      pushBranch(repo, remote, { branch: 'dream/x', commit, ...(ours && { ours }) }, env);
    expect(await push(first)).toBe('created');
    expect(await push(first)).toBe('current');
    here.git('checkout', '--quiet', 'dream/x');
    const second = commitOn(here, 'dream/x', 'two');
    expect(await push(second)).toBe('updated');
    const rebuilt = commitOn(here, 'rebuilt', 'three');
    expect((await problemOf(push(rebuilt))).what).toContain('changed on the server by somebody else');
    expect(server.git('rev-parse', 'dream/x')).toBe(second);
    expect(await push(rebuilt, second)).toBe('replaced');
    expect(server.git('rev-parse', 'dream/x')).toBe(rebuilt);
    expect(here.git('rev-parse', 'refs/remotes/origin/dream/x')).toBe(rebuilt);
  });

  it('runs no hook of the person, and says what a rule of the server says', async () => {
    const { here, server, repo } = await pair();
    const hook = (dir: string, text: string) => {
      mkdirSync(join(dir, '..'), { recursive: true });
      writeFileSync(dir, `#!/bin/sh\n${text}\n`);
      chmodSync(dir, 0o755);
    };
    hook(join(here.dir, '.git', 'hooks', 'pre-push'), `touch ${join(here.dir, 'ran')}; exit 1`);
    hook(join(server.dir, 'hooks', 'pre-receive'), 'echo "only robots may push" >&2; exit 1');
    const commit = commitOn(here, 'dream/x', 'x');
    const problem = await problemOf(
      pushBranch(repo, await pickRemote(repo, 'main'), { branch: 'dream/x', commit }, env),
    );
    expect(problem.what).toContain('the server refused dream/x: pre-receive hook declined');
    expect(problem.hint).toContain('only robots may push');
    expect(existsSync(join(here.dir, 'ran'))).toBe(false);
    expect(server.git('for-each-ref', 'refs/heads/dream')).toBe('');
  });
});

describe('a server that does not answer as hoped', () => {
  async function failure(url: string): Promise<{ what: string; where?: string; hint?: string }> {
    const { here, repo } = await pair();
    here.git('remote', 'set-url', 'origin', url);
    return problemOf(fetchRemote(repo, await pickRemote(repo, 'main'), WANTED, env));
  }

  it('has no repository there', async () => {
    expect((await failure('/nonexistent/tea.git')).what).toContain('there is no repository');
    expect((await failure('file:///nonexistent/tea.git')).what).toContain('there is no repository');
  });

  it('cannot be reached', async () => {
    const problem = await failure('http://mira:s3cret@127.0.0.1:1/tea.git');
    expect(problem.what).toContain('can’t be reached');
    expect(JSON.stringify(problem)).not.toContain('s3cret');
  });

  it.skipIf(findProgram('ssh', process.env.PATH) === undefined)('cannot be reached by ssh', async () => {
    expect((await failure('ssh://127.0.0.1:1/tea.git')).what).toContain('can’t be reached');
  });

  it('wants credentials that nobody can type', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="tea"' }).end();
    });
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const problem = await failure(`http://127.0.0.1:${port}/tea.git`);
    expect(problem.what).toContain('did not accept the credentials');
    expect(problem.hint).toContain('git ls-remote origin');
  });

  it('is not there at all, or not under that name', async () => {
    const { here, repo } = await pair();
    expect((await problemOf(pickRemote(repo, 'main', 'nowhere'))).hint).toContain('origin');
    here.git('remote', 'add', 'team', '/srv/team.git');
    here.git('config', 'branch.main.remote', 'team');
    expect((await pickRemote(repo, 'main')).name).toBe('team');
    here.git('remote', 'remove', 'team');
    here.git('remote', 'remove', 'origin');
    expect((await problemOf(pickRemote(repo, 'main'))).hint).toContain('git remote add');
  });
});

describe('a URL in a message', () => {
  it('has lost its password', () => {
    expect(shownUrl('https://mira:s3cret@host/x.git')).toBe('https://host/x.git');
    expect(shownUrl('git@host:x.git')).toBe('git@host:x.git');
  });
});
