// The workflow for GitHub: pinned, modest in what it may do, and refused where it could find nothing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseCronTime } from '../../src/host/cron-time.ts';
import { githubWorkflow, isOurWorkflow } from '../../src/host/github-workflow.ts';

const template = readFileSync(join(import.meta.dirname, '../../templates/github-workflow.yml'), 'utf8');
const request = {
  template,
  time: parseCronTime('17 3 * * *'),
  branch: 'main',
  prefix: 'docs/it’s memory/.agentmem',
  package: 'github:you/agentmem#0123abc',
  sessions: 'commit' as const,
};

describe('the workflow', () => {
  it('dreams, pushes and opens a pull request on a schedule, with the least permissions', () => {
    const text = githubWorkflow(request);
    const workflow = parse(text);
    expect(workflow.on).toEqual({ schedule: [{ cron: '17 3 * * *' }], workflow_dispatch: null });
    expect(workflow.permissions).toEqual({ contents: 'write', 'pull-requests': 'write' });
    const steps: { uses?: string; run?: string; env?: object; with?: object }[] = workflow.jobs.dream.steps;
    expect(steps.flatMap((s) => s.run ?? [])).toEqual([
      'npm install --global --no-audit --no-fund github:you/agentmem#0123abc',
      "agent --dir 'docs/it’s memory/.agentmem' dream --push origin --pr",
    ]);
    expect(steps.at(-1)?.env).toEqual({ GH_TOKEN: '${' + '{ github.token }}' });
    expect(steps[0]?.with).toEqual({ ref: 'main', 'fetch-depth': 0 });
    expect(text).not.toMatch(/\{\{\w/);
    expect(isOurWorkflow(text)).toBe(true);
  });

  it('pins every action to a commit', () => {
    const used = githubWorkflow(request).match(/uses: .*/g) ?? [];
    expect(used.length).toBe(2);
    for (const line of used) expect(line).toMatch(/^uses: actions\/[\w-]+@[0-9a-f]{40} # v\d/);
  });

  it('fetches the sessions first where they lie on a branch of their own', () => {
    const text = githubWorkflow({ ...request, sessions: 'branch', prefix: '.agentmem' });
    const runs = parse(text).jobs.dream.steps.flatMap((s: { run?: string }) => s.run ?? []);
    expect(runs[1]).toBe('agent --dir .agentmem sessions fetch origin');
  });

  it('is refused where the sessions are not in git', () => {
    expect(() => githubWorkflow({ ...request, sessions: 'ignore' })).toThrow('not in git');
  });

  it.each([
    'agentmem; curl x | sh',
    'agentmem\n      - run: evil',
    '$(id)',
    '-g',
    'a #b',
    '${' + '{ secrets.X }}',
    "a'b",
    'a: b',
    'a:',
  ])('takes no package and no branch that means more than a name: %j', (bad) => {
    expect(() => githubWorkflow({ ...request, package: bad })).toThrow('as it is');
    expect(() => githubWorkflow({ ...request, branch: bad })).toThrow('as it is');
  });
});
