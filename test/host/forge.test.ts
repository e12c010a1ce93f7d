// Pull requests through gh and glab: fake programs that write down what they are asked.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { webAddressOf } from '../../src/domain/web-address.ts';
import { openPullRequest, type PullRequestOrder } from '../../src/host/forge.ts';
import { type FakeForge, fakeForge } from '../support/fake-forge.ts';

let dir: string;
let forge: FakeForge;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-forge-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function order(url: string, parts: Partial<PullRequestOrder> = {}): PullRequestOrder {
  const address = webAddressOf(url);
  if (address === null) throw new Error(url);
  return {
    address,
    branch: 'dream/d20261120-8c1f',
    base: 'main',
    title: 'Dream d20261120-8c1f: 2 lessons to review',
    body: 'new body; `$(touch /tmp/x)` "quotes"\n',
    update: (existing) => (existing === 'old' ? 'new' : null),
    env: { PATH: forge.bin },
    cwd: dir,
    ...parts,
  };
}
const GITHUB = 'git@github.com:acme/tea.git';
const pr = { number: 7, html_url: 'https://github.com/acme/tea/pull/7', state: 'open', body: 'old' };
const mr = {
  iid: 4,
  web_url: 'https://gitlab.com/g/sub/tea/-/merge_requests/4',
  state: 'opened',
  description: 'old',
  source_project_id: 1,
  target_project_id: 1,
};

describe('gh', () => {
  beforeEach(() => {
    forge = fakeForge(dir, 'gh');
  });

  it('opens a pull request where there is none, with the body on stdin', async () => {
    forge.answer({ GET: [], POST: pr });
    expect(await openPullRequest(order(GITHUB))).toEqual({ result: 'opened', via: 'gh', url: pr.html_url });
    const [list, create] = forge.calls();
    expect(list?.args).toEqual([
      ...['api', '--hostname', 'github.com', '--method', 'GET'],
      'repos/acme/tea/pulls?head=acme%3Adream%2Fd20261120-8c1f&state=all&per_page=20',
    ]);
    expect(create?.args).toEqual([
      ...['api', '--hostname', 'github.com', '--method', 'POST', 'repos/acme/tea/pulls', '--input', '-'],
    ]);
    expect(JSON.parse(create?.input ?? '')).toEqual({
      title: 'Dream d20261120-8c1f: 2 lessons to review',
      head: 'dream/d20261120-8c1f',
      base: 'main',
      body: 'new body; `$(touch /tmp/x)` "quotes"\n',
    });
    expect(forge.calls().some((c) => c.tty)).toBe(false);
  });

  it('updates the open one and never opens a second', async () => {
    forge.answer({ GET: [{ ...pr, number: 3, state: 'closed' }, pr], PATCH: pr });
    expect(await openPullRequest(order(GITHUB))).toMatchObject({ result: 'updated', url: pr.html_url });
    const [, edit] = forge.calls();
    expect(edit?.args).toContain('repos/acme/tea/pulls/7');
    expect(JSON.parse(edit?.input ?? '')).toEqual({ body: 'new' });
    expect(forge.calls()).toHaveLength(2);
  });

  it('leaves a text alone that a person took over, and a request that somebody closed', async () => {
    forge.answer({ GET: [{ ...pr, body: 'mine' }] });
    expect(await openPullRequest(order(GITHUB))).toMatchObject({ result: 'unchanged' });
    forge.answer({ GET: [{ ...pr, state: 'closed' }] });
    expect(await openPullRequest(order(GITHUB))).toMatchObject({ result: 'closed', url: pr.html_url });
    expect(forge.calls().every((c) => c.args.includes('GET'))).toBe(true);
  });

  it('says why it failed, in its own words', async () => {
    forge.answer({ GET: 'HTTP 401: Bad credentials \u001b[31m(https://api.github.com)' });
    expect(await openPullRequest(order(GITHUB))).toEqual({
      result: 'failed',
      via: 'gh',
      reason: 'HTTP 401: Bad credentials (https://api.github.com)',
    });
    forge.answer({ GET: { message: 'no list' } });
    expect(await openPullRequest(order(GITHUB))).toMatchObject({ result: 'failed' });
  });

  it('serves a server of unknown kind only where somebody signed in there', async () => {
    const own = 'git@git.acme.example:acme/tea.git';
    forge.answer({ auth: 'not logged in' });
    expect(await openPullRequest(order(own))).toEqual({ result: 'none' });
    forge.answer({ auth: {}, GET: [], POST: pr });
    expect(await openPullRequest(order(own))).toMatchObject({ result: 'opened' });
    expect(forge.calls().at(-1)?.args).toContain('git.acme.example');
  });
});

describe('glab', () => {
  beforeEach(() => {
    forge = fakeForge(dir, 'glab');
  });

  it('opens a merge request in a subgroup, and updates it later', async () => {
    const url = 'https://gitlab.com/g/sub/tea.git';
    forge.answer({ GET: [{ ...mr, source_project_id: 9 }], POST: mr });
    expect(await openPullRequest(order(url))).toEqual({ result: 'opened', via: 'glab', url: mr.web_url });
    const create = forge.calls()[1];
    expect(create?.args).toContain('projects/g%2Fsub%2Ftea/merge_requests');
    expect(JSON.parse(create?.input ?? '')).toMatchObject({
      source_branch: 'dream/d20261120-8c1f',
      target_branch: 'main',
      description: 'new body; `$(touch /tmp/x)` "quotes"\n',
    });
    forge.answer({ GET: [mr], PUT: mr });
    expect(await openPullRequest(order(url))).toMatchObject({ result: 'updated' });
    expect(forge.calls().at(-1)?.args).toContain('projects/g%2Fsub%2Ftea/merge_requests/4');
  });
});

describe('without either program', () => {
  it('there is nobody to ask', async () => {
    forge = fakeForge(dir);
    expect(await openPullRequest(order(GITHUB))).toEqual({ result: 'none' });
    forge = fakeForge(dir, 'glab');
    expect(await openPullRequest(order(GITHUB))).toEqual({ result: 'none' });
    expect(forge.calls()).toEqual([]);
  });
});
