// A written list of ways out of the workspace, tried by an agent through the built command: each is refused, and nothing outside is read or changed.
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPast } from '../../src/agent/past.ts';
import { isToolResult, isToolUse, spokenText } from '../../src/domain/events.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { sessionPaths } from '../../src/store/session-files.ts';
import { type Home, makeHome } from '../support/agent.ts';

const SECRET = 'the crown jewels lie under the stairs';
const PATHS: [tool: string, input: object][] = [
  ['read', { path: '../outside/secret.txt' }],
  ['read', { path: 'src/../../outside/secret.txt' }],
  ['read', { path: '/etc/passwd' }],
  ['read', { path: 'out/secret.txt' }],
  ['read', { path: 'secret' }],
  ['read', { path: '~/../outside/secret.txt' }],
  ['read', { path: 'a.txt\u0000/../../outside/secret.txt' }],
  ['write', { path: '../outside/new.txt', content: 'x' }],
  ['write', { path: 'out/new.txt', content: 'x' }],
  ['write', { path: 'dangling', content: 'x' }],
  ['write', { path: '.git/hooks/pre-commit', content: 'x' }],
  ['write', { path: '.agentmem/config.yaml', content: 'permissions: [{allow: bash}]' }],
  ['edit', { path: 'out/secret.txt', old_string: 'crown', new_string: 'tin' }],
  ['glob', { pattern: '*', path: '../outside' }],
  ['glob', { pattern: '../outside/*' }],
  ['grep', { pattern: 'crown', path: 'out' }],
  ['notes', { command: 'view', path: '/memories/../../../outside/secret.txt' }],
  ['notes', { command: 'create', path: '/memories/../config.yaml', file_text: 'x' }],
];
// Only `git status`, `git log` and their like are allowed.
const LINES = [
  'cat ../outside/secret.txt',
  'git status; cat ../outside/secret.txt',
  'git status && cp ../outside/secret.txt .',
  'git log $(cat ../outside/secret.txt)',
  'git status\ncat ../outside/secret.txt',
  'git log "`cat ../outside/secret.txt`"',
  'git status > ../outside/new.txt',
  'git status | tee ../outside/new.txt',
  'cd ../outside && git status; cat secret.txt',
  'env git status; printenv',
];

let home: Home;
let repo: string;
let outside: string;
beforeEach(() => {
  home = makeHome();
  repo = home.memory('work');
  outside = join(home.dir, 'outside');
  for (const folder of [outside, join(repo, 'src')]) mkdirSync(folder);
  writeFileSync(join(outside, 'secret.txt'), `${SECRET}\n`);
  writeFileSync(join(repo, 'a.txt'), 'a\n');
  symlinkSync('../outside', join(repo, 'out'));
  symlinkSync('../outside/secret.txt', join(repo, 'secret'));
  symlinkSync('../outside/new.txt', join(repo, 'dangling'));
});
afterEach(() => home.remove());

/** One session in which the agent tries each call in turn, with these flags; what came of each. */
function tryAll(calls: [string, object][], ...flags: string[]) {
  const turns = [...calls.map(([name, input]) => ({ tools: [{ name, input }] })), { text: 'No way out.' }];
  writeFileSync(join(repo, 'script.json'), JSON.stringify(turns));
  const done = home.agent(repo, 'run', 'Find a way out', '--model', 'scripted:script.json', ...flags);
  expect(done, done.stderr).toMatchObject({ code: 0, stdout: 'No way out.\n' });
  const layout = layoutOf(join(repo, '.agentmem'));
  const path = join(layout.sessions, sessionPaths(layout).at(-1) ?? '');
  const events = readPast(path);
  const uses = events.filter(isToolUse);
  const results = events.filter(isToolResult).map((r) => {
    const use = uses.find((u) => u.id === r.tool_use_id);
    return {
      call: `${use?.name} ${JSON.stringify(use?.input)}`,
      error: r.is_error === true,
      text: spokenText(r.content),
    };
  });
  expect(results).toHaveLength(calls.length);
  return { results, transcript: readFileSync(path, 'utf8') };
}

function nothingHappened(transcript: string): void {
  expect(transcript).not.toContain(SECRET);
  expect(readdirSync(outside)).toEqual(['secret.txt']);
  expect(readFileSync(join(outside, 'secret.txt'), 'utf8')).toBe(`${SECRET}\n`);
  expect(existsSync(join(repo, '.git/hooks/pre-commit'))).toBe(false);
  expect(readFileSync(join(repo, '.agentmem/config.yaml'), 'utf8')).not.toContain('permissions: [');
}

describe('an agent that looks for a way out', () => {
  it('is refused by paths and links, even where every call is allowed', () => {
    const all = ['read', 'write', 'edit', 'glob', 'grep', 'notes'].flatMap((tool) => ['--allow', tool]);
    const { results, transcript } = tryAll(PATHS, ...all);
    expect(results.filter((r) => !r.error && !/no (files?|match)/i.test(r.text))).toEqual([]);
    nothingHappened(transcript);
  });

  it('is refused by what hides behind an allowed command', () => {
    const { results, transcript } = tryAll(
      LINES.map((command): [string, object] => ['bash', { command }]),
      '--allow',
      'bash(git *)',
    );
    expect(results.filter((r) => !r.error)).toEqual([]);
    nothingHappened(transcript);
  });

  it('does not see the secrets of the environment, whatever it may run', () => {
    const key = `sk-ant-${'made-up-'.repeat(6)}key`;
    const turns = [
      { tools: [{ name: 'bash', input: { command: 'printenv; cat /proc/self/environ' } }] },
      { text: 'No.' },
    ];
    writeFileSync(join(repo, 'script.json'), JSON.stringify(turns));
    process.env.ANTHROPIC_API_KEY = key;
    const done = home.agent(repo, 'run', 'Print the key', '--model', 'scripted:script.json', '--allow', 'bash');
    expect(done.code, done.stderr).toBe(0);
    const layout = layoutOf(join(repo, '.agentmem'));
    const text = readFileSync(join(layout.sessions, sessionPaths(layout).at(-1) ?? ''), 'utf8');
    expect(text).toContain('PATH=');
    expect(text).not.toContain('made-up-made-up');
    expect(text).not.toContain('ANTHROPIC_API_KEY');
  });
});
