// `--pr` through a stand-in for gh: one pull request a branch, renewed and never doubled, or the page to open by hand.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLE, type Home, makeHome } from '../support/agent.ts';
import { fakeForge } from '../support/fake-forge.ts';

interface Published {
  branch: string;
  result: string;
  pull_request?: { result: string; url?: string; reason?: string };
}

let home: Home;
let repo: string;
let tools: string;
const PR = { number: 7, html_url: 'https://github.com/acme/tea/pull/7', state: 'open' };

// PATH holds git and nothing else, so that no program of this machine is asked.
beforeAll(() => {
  const path = process.env.PATH;
  tools = mkdtempSync(join(tmpdir(), 'agentmem-tools-'));
  mkdirSync(join(tools, 'forge-bin'));
  symlinkSync(execFileSync('which', ['git']).toString().trim(), join(tools, 'forge-bin', 'git'));
  process.env.PATH = join(tools, 'forge-bin');
  home = makeHome();
  process.env.PATH = path;
  const servers = join(home.dir, 'servers');
  home.git(home.dir, 'init', '--quiet', '--bare', join(servers, 'tea.git'));
  // git reaches the folder; everybody else sees the address of a forge.
  home.git(home.dir, 'config', '--global', `url.${servers}/.insteadOf`, 'https://mira:s3cret@github.com/acme/');
  repo = home.memory('mine');
  home.git(repo, 'remote', 'add', 'origin', 'https://mira:s3cret@github.com/acme/tea.git');
  home.git(repo, 'push', '--quiet', '-u', 'origin', 'main');
  home.agent(repo, 'import', EXAMPLE);
});
afterAll(() => {
  home.remove();
  rmSync(tools, { recursive: true, force: true });
});

function published(...args: string[]): { code: number | null; stderr: string; stdout: string; one?: Published } {
  const { code, stdout, stderr } = home.agent(repo, ...args, '--json');
  const all: Published[] = JSON.parse(stdout).published;
  return { code, stderr, stdout, ...(all[0] && { one: all[0] }) };
}

describe('a pull request for a dream', () => {
  it('is a page to open by hand where nothing here can open it, without a password', () => {
    const { code, one, stdout } = published('dream', '--pr');
    expect(code).toBe(0);
    expect(one).toMatchObject({ result: 'created', pull_request: { result: 'by hand' } });
    expect(one?.pull_request?.url).toBe(`https://github.com/acme/tea/compare/main...${one?.branch}?expand=1`);
    expect(stdout).not.toContain('s3cret');
  });

  it('is opened once, renewed when the branch changes, and left alone once closed', () => {
    const gh = fakeForge(tools, 'gh');
    gh.answer({ GET: [], POST: PR });
    expect(published('sync', '--pr').one?.pull_request).toEqual({ result: 'opened', url: PR.html_url });
    const { title, head, base, body } = JSON.parse(gh.calls().at(-1)?.input ?? '');
    expect({ title, base }).toEqual({
      title: expect.stringMatching(/^Dream d\d{8}-\w{4}: \d lessons to review$/),
      base: 'main',
    });
    expect(head).toMatch(/^dream\//);
    expect(body).toContain('Cost: nothing; no model was called.');
    expect(body).toContain('out of 6 sessions');

    gh.answer({ GET: [{ ...PR, body }] });
    expect(published('sync', '--pr').one?.pull_request).toEqual({ result: 'unchanged', url: PR.html_url });

    const { entries } = home.json<{ entries: { entry: string }[] }>(repo, 'review', '--json');
    home.agent(repo, 'review', '--reject', entries[0]?.entry ?? '', '--because', 'only true here');
    gh.answer({ GET: [{ ...PR, body: `Mira: have a look\n\n${body}` }], PATCH: PR });
    const renewed = published('sync', '--pr').one;
    expect(renewed).toMatchObject({ result: 'updated', pull_request: { result: 'updated' } });
    const text: string = JSON.parse(gh.calls().at(-1)?.input ?? '').body;
    expect(text).toMatch(/^Mira: have a look\n\n<!-- agentmem/);
    expect(text).toContain('only true here');

    gh.answer({ GET: [{ ...PR, state: 'closed', body }] });
    expect(published('sync', '--pr').one?.pull_request).toMatchObject({ result: 'closed' });
    expect(gh.calls().filter((c) => c.args.includes('POST'))).toHaveLength(1);
  });

  it('that cannot be opened is a failure with the reason; the branch is on the server all the same', () => {
    const gh = fakeForge(tools, 'gh');
    gh.answer({ GET: 'HTTP 403: Resource not accessible' });
    const { code, one, stderr } = published('sync', '--pr');
    expect(code).toBe(1);
    expect(one).toMatchObject({
      result: 'current',
      pull_request: { result: 'failed', reason: expect.stringContaining('403') },
    });
    expect(stderr).toContain('by hand: https://github.com/acme/tea/compare/');
  });
});
