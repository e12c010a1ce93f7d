// `agent permissions` as a user types it: which rule decides, from where, about which part of the line.
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, makeHome } from '../support/agent.ts';

interface Decision {
  verdict: string;
  rule?: { pattern: string; from: string };
  part?: string;
  reason: string;
}

let home: Home;
let repo: string;
const test = (...args: string[]) => home.agent(repo, 'permissions', 'test', ...args);
const decision = (...args: string[]) => home.json<Decision>(repo, 'permissions', 'test', ...args, '--json');

beforeAll(() => {
  home = makeHome();
  repo = home.memory('harbour');
  appendFileSync(
    join(repo, '.agentmem/config.yaml'),
    '\npermissions:\n  - deny: bash(git push --force *)\n  - allow: bash(git *)\n',
  );
  mkdirSync(join(repo, '.agentmem/agents'), { recursive: true });
  writeFileSync(
    join(repo, '.agentmem/agents/pilot.md'),
    '---\nname: pilot\ndescription: Brings ships in.\npermissions:\n  - ask: bash(git commit *)\n  - allow: write(charts/**)\n---\nYou steer.\n',
  );
  expect(home.agent(repo, 'trust').code).toBe(0);
});
afterAll(() => home.remove());

describe('agent permissions test', () => {
  it('says which rule decides and about which part, and answers with its exit code', () => {
    const allowed = test('bash(git status && git log)');
    expect(allowed.code).toBe(0);
    expect(allowed.stdout).toMatch(/^allow /);
    const denied = test('bash(git status; git push --force origin)');
    expect(denied.code).toBe(1);
    expect(denied.stdout).toMatch(/^deny /);
    expect(denied.stdout).toContain('bash(git push --force *)');
    expect(denied.stdout).toContain('git push --force origin');
    expect(denied.stdout).toContain('config.yaml');
    const asked = test('Bash(git status; npm ci)');
    expect(asked.code).toBe(1);
    expect(asked.stdout).toMatch(/^ask .*npm ci/);
  });

  it('takes the rules of flags and of an agent into account', () => {
    expect(decision('bash(npm ci)', '--allow', 'bash(npm ci)')).toMatchObject({
      verdict: 'allow',
      rule: { from: '--allow' },
    });
    expect(decision('bash(git log)', '--deny', 'bash')).toMatchObject({ verdict: 'deny', rule: { from: '--deny' } });
    expect(decision('write(charts/bay.md)', '--agent', 'pilot')).toMatchObject({
      verdict: 'allow',
      rule: { from: 'agents/pilot.md' },
    });
    expect(decision('write(charts/bay.md)').verdict).toBe('ask');
    expect(decision('bash(git commit -m x)', '--agent', 'pilot').verdict).toBe('ask');
    expect(decision('bash(echo x > charts/bay.md)', '--agent', 'pilot', '--allow', 'bash(echo *)').verdict).toBe(
      'allow',
    );
    expect(decision('read').rule?.from).toBe('built in');
  });

  it('refuses what is no call, no rule, or no agent', () => {
    expect(test('what is this?').code).toBe(2);
    expect(test('read', '--allow', 'not a rule').code).toBe(2);
    expect(test('read', '--agent', 'nobody').code).toBe(2);
  });
});

describe('agent permissions list', () => {
  it('shows the rules in the order in which they are tried, with where each comes from', () => {
    const rules = home.json<{ pattern: string; from: string }[]>(
      repo,
      'permissions',
      'list',
      '--agent',
      'pilot',
      '--deny',
      'bash(rm *)',
      '--json',
    );
    expect(rules.slice(0, 5).map(({ pattern, from }) => `${pattern} ${from}`)).toEqual([
      'bash(rm *) --deny',
      'bash(git commit *) agents/pilot.md',
      'write(charts/**) agents/pilot.md',
      'bash(git push --force *) config.yaml',
      'bash(git *) config.yaml',
    ]);
    expect(home.agent(repo, 'permissions', 'list').stdout).toContain('built in');
  });
});

describe('a configuration that nobody has trusted', () => {
  it('is asked where it allows, and denies all the same', () => {
    const clone = home.memory('clone');
    appendFileSync(
      join(clone, '.agentmem/config.yaml'),
      '\npermissions:\n  - deny: bash(git push *)\n  - allow: bash(*)\n',
    );
    const decided = (call: string) => home.json<Decision>(clone, 'permissions', 'test', call, '--json');
    expect(decided('bash(rm -rf /)')).toMatchObject({ verdict: 'ask' });
    expect(decided('bash(rm -rf /)').reason).toContain('nobody has trusted');
    expect(decided('bash(git push)')).toMatchObject({ verdict: 'deny' });
    home.agent(clone, 'trust');
    expect(decided('bash(ls)')).toMatchObject({ verdict: 'allow' });
  });
});
