// Workflows as people run them: the built command, plans that are refused, answers that are waited for, Ctrl-C and kill -9 in the middle.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedEnd } from '../../src/agent/past.ts';
import type { WorkflowReport } from '../../src/agent/workflow/report.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { sessionPaths } from '../../src/store/session-files.ts';
import { readHeader } from '../../src/store/transcript-read.ts';
import { verifySessions } from '../../src/store/verify.ts';
import { readWorkflowLog, workflowRuns } from '../../src/store/workflow-runs.ts';
import { type Home, makeHome, type Ran, ROOT } from '../support/agent.ts';

const AGENT = join(ROOT, 'bin', 'agent.js');
const PRELOAD = join(ROOT, 'test', 'support', 'kill-at-write.mjs');
const CAMPAIGN = process.env.AGENTMEM_CAMPAIGN === '1';
const POINTS = CAMPAIGN ? 120 : 2;

const TOUR = `workflow: tour
description: Visits each planet and writes one postcard.
inputs:
  star: { description: whose planets, required: true }
steps:
  - id: plan
    prompt: List the planets of {{inputs.star}}.
    schema: { type: object, properties: { planets: { type: array, items: { type: string } } }, required: [planets] }
  - id: visit
    for_each: "{{steps.plan.json/planets}}"
    parallel: 2
    prompt: Travel to {{item}} and write it down.
  - id: moons
    needs: [plan]
    when: inputs.star != 'Sun'
    prompt: Count the moons.
  - id: card
    needs: [moons]
    prompt: |
      Write a postcard out of these:
      {{steps.visit.text}}
output: "{{steps.card.text}}"
`;
const SCRIPT = [
  { text: '{"planets": ["Mars", "Venus", "Ceres"]}', when: { last_contains: 'List the planets' } },
  {
    text: 'On my way.',
    tools: [{ name: 'bash', input: { command: 'echo visited >> visits.txt' } }],
    when: { last_contains: 'Travel to' },
  },
  { text: 'Dear all.', when: { last_contains: 'postcard' } },
  { text: 'It was red there.' },
];

let home: Home;
let memory: string;
beforeAll(() => {
  home = makeHome();
  memory = home.memory('tour');
  mkdirSync(join(memory, '.agentmem', 'workflows'));
  writeFileSync(join(memory, '.agentmem', 'workflows', 'tour.yaml'), TOUR);
  writeFileSync(join(memory, 'script.json'), JSON.stringify(SCRIPT));
});
afterAll(() => home.remove());

const RUN = ['workflow', 'run', 'tour', '--input', 'star=Sun', '--model', 'scripted:script.json', '--allow', 'bash'];
const RESUME = ['workflow', 'resume', '--allow', 'bash'];

function copy(name: string): string {
  const repo = join(home.dir, name);
  cpSync(memory, repo, { recursive: true });
  return repo;
}

/** Runs the command until it ends, or is sent `signal` once `when` is true. */
async function agent(
  repo: string,
  args: string[],
  more: object = {},
  signal?: NodeJS.Signals,
  when?: () => boolean,
): Promise<Ran & { signal: string | null }> {
  const env = { HOME: home.dir, PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', GIT_CONFIG_NOSYSTEM: '1', ...more };
  const child = spawn(process.execPath, ['--import', PRELOAD, AGENT, ...args], {
    cwd: repo,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ran = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => (ran.stdout += text));
  child.stderr.on('data', (text) => (ran.stderr += text));
  // Once: a second Ctrl-C would leave at once.
  const timer = setInterval(() => {
    if (signal === undefined || when?.() !== true) return;
    clearInterval(timer);
    child.kill(signal);
  }, 5);
  const [code, killed] = await once(child, 'exit');
  clearInterval(timer);
  return { ...ran, code, signal: killed };
}

/** How often each step, or item of one, ended in the log, and how many sessions of it came to their end. */
function ends(repo: string): { logged: Record<string, number>; sessions: Record<string, number> } {
  const layout = layoutOf(join(repo, '.agentmem'));
  const [run = ''] = workflowRuns(layout);
  const logged: Record<string, number> = {};
  for (const line of readWorkflowLog(layout, run).lines)
    if (line.type === 'ended')
      logged[`${line.step} ${line.item ?? ''}`] = (logged[`${line.step} ${line.item ?? ''}`] ?? 0) + 1;
  const sessions: Record<string, number> = {};
  for (const name of sessionPaths(layout)) {
    const path = join(layout.sessions, name);
    const mark = readHeader(path)?.workflow;
    if (mark === undefined || storedEnd(path)?.stop_reason !== 'end_turn') continue;
    const key = `${mark.step} ${mark.item ?? ''}`;
    sessions[key] = (sessions[key] ?? 0) + 1;
  }
  return { logged, sessions };
}

const ONCE = {
  logged: { 'plan ': 1, 'moons ': 1, 'visit 0': 1, 'visit 1': 1, 'visit 2': 1, 'card ': 1 },
  sessions: { 'plan ': 1, 'visit 0': 1, 'visit 1': 1, 'visit 2': 1, 'card ': 1 },
};

describe('agent workflow', () => {
  it('shows a plan, runs it, prints its output, and shows what became of it', async () => {
    const repo = copy('whole');
    const plan = home.agent(repo, 'workflow', 'show', 'tour');
    expect(plan.stdout).toContain('├─ visit    default');
    expect(plan.stdout).toContain('│  └─ card  default  also needs moons');
    const done = home.agent(repo, ...RUN);
    expect(done, done.stderr).toMatchObject({ code: 0, stdout: 'Dear all.\n' });
    expect(done.stderr).toContain('⊘ moons: its condition does not hold');
    expect(ends(repo)).toEqual(ONCE);
    expect(readFileSync(join(repo, 'visits.txt'), 'utf8')).toBe('visited\n'.repeat(3));
    const report = home.json<WorkflowReport>(repo, 'workflow', 'show', 'last', '--json');
    expect(report).toMatchObject({ status: 'done', runs: 5, output: 'Dear all.' });
    expect(report.steps.map(({ id, status }) => [id, status])).toEqual([
      ['plan', 'done'],
      ['visit', 'done'],
      ['moons', 'skipped'],
      ['card', 'done'],
    ]);
    expect(home.agent(repo, 'workflow', 'list').stdout).toMatch(/tour +done +just now/);
    expect(verifySessions(layoutOf(join(repo, '.agentmem'))).problems).toEqual([]);
    expect(home.agent(repo, 'workflow', 'resume')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no workflow run to go on with'),
    });
  });

  it('refuses a plan with a cycle, a missing agent, an unknown value and a schema that does not fit, with their lines, before anything runs', () => {
    const repo = copy('refused');
    const bad = TOUR.replace('needs: [moons]', 'needs: [moons, last]\n    agent: writer')
      .replace('json/planets}}', 'json/plantes}}')
      .replace('{{inputs.star}}', '{{inputs.sun}}')
      .replace('output:', '  - { id: last, needs: [card], prompt: End. }\noutput:');
    writeFileSync(join(repo, 'bad.yaml'), bad);
    const checked = home.agent(repo, 'workflow', 'check', './bad.yaml');
    expect(checked.code).toBe(1);
    expect(checked.stdout.split('\n').map((line) => line.slice(0, 70))).toEqual([
      './bad.yaml:7: step plan, prompt: there is no input named sun (there ar',
      './bad.yaml:10: step visit, for_each: steps.plan.json/plantes: /plantes',
      './bad.yaml:17: these steps wait for each other: card → last → card',
      './bad.yaml:19: step card, agent: there is no agent named writer (there',
      '4 problems',
      '',
    ]);
    const run = home.agent(repo, 'workflow', 'run', './bad.yaml', '--model', 'scripted:script.json');
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('line 17: these steps wait for each other');
    expect(existsSync(join(repo, '.agentmem', 'sessions'))).toBe(false);
    expect(existsSync(join(repo, '.agentmem', 'state', 'workflows'))).toBe(false);
    expect(home.agent(repo, 'workflow', 'run', 'tour')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('input star is missing'),
    });
  });

  it('runs a plan that an agent wrote into the workspace, and prints its report as JSON', () => {
    const repo = copy('led');
    writeFileSync(join(repo, 'plan.yaml'), 'workflow: led\nsteps:\n  - { id: a, prompt: Write a postcard. }\n');
    const done = home.agent(repo, 'workflow', 'run', './plan.yaml', '--model', 'scripted:script.json', '--json');
    expect(JSON.parse(done.stdout)).toMatchObject({
      status: 'done',
      workflow: 'led',
      steps: [{ id: 'a', status: 'done' }],
    });
  });

  it('waits where a step asks, and goes on with the answer', () => {
    const repo = copy('asks');
    const script = [
      { tools: [{ name: 'ask', input: { question: 'Which star?' } }], when: { last_contains: 'Choose' } },
      { text: 'Sirius it is.', when: { tool_result_contains: 'Sirius' } },
      { text: 'Done.' },
    ];
    writeFileSync(join(repo, 'asks.json'), JSON.stringify(script));
    writeFileSync(
      join(repo, 'asks.yaml'),
      'workflow: asks\nsteps:\n  - { id: choose, prompt: Choose. }\n  - { id: go, prompt: "Go: {{steps.choose.text}}" }\noutput: "{{steps.choose.text}}"\n',
    );
    const waits = home.agent(repo, 'workflow', 'run', './asks.yaml', '--model', 'scripted:asks.json');
    expect(waits).toMatchObject({ code: 1, stderr: expect.stringContaining('choose waits: Which star?') });
    expect(home.agent(repo, 'workflow', 'resume')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Which star?'),
    });
    expect(home.agent(repo, 'run', '--resume', 'last', 'Sirius', '--model', 'scripted:asks.json').code).toBe(0);
    const done = home.agent(repo, 'workflow', 'resume');
    expect(done, done.stderr).toMatchObject({ code: 0, stdout: 'Sirius it is.\n' });
    const sessions = readdirSync(join(repo, '.agentmem', 'sessions'), { recursive: true, encoding: 'utf8' });
    expect(sessions.filter((name) => name.endsWith('.jsonl'))).toHaveLength(2);
  });

  it('stopped with Ctrl-C says how to go on, and does', async () => {
    const repo = copy('stopped');
    const visits = join(repo, 'visits.txt');
    const stopped = await agent(repo, [...RUN, '-j', '1'], {}, 'SIGINT', () => existsSync(visits));
    expect(stopped, stopped.stderr).toMatchObject({ code: 130 });
    expect(stopped.stderr).toMatch(/next: agent workflow resume \S+/);
    const again = home.agent(repo, ...RESUME);
    expect(again, again.stderr).toMatchObject({ code: 0, stdout: 'Dear all.\n' });
    expect(ends(repo)).toEqual(ONCE);
  });

  it(
    `killed with SIGKILL at ${POINTS} points ends each step exactly once after resume`,
    async () => {
      const counts = join(home.dir, 'writes.json');
      const whole = await agent(copy('counted'), [...RUN, '-j', '2'], { KILL_COUNT: counts });
      expect(whole, whole.stderr).toMatchObject({ code: 0 });
      const writes: string[] = JSON.parse(readFileSync(counts, 'utf8'));
      const seen = { resumed: 0, never: 0 };
      for (let i = 0; i < POINTS; i++) {
        const repo = copy(`killed-${i}`);
        const n = 1 + Math.floor(((i + 0.5) / POINTS) * writes.length * 0.95);
        const what = `killed at write ${n} of ${writes.length}, ${writes[n - 1]}`;
        const killed = await agent(repo, [...RUN, '-j', '2'], { KILL_AT: String(n) });
        expect(killed.signal, `${what}: ${killed.stderr}`).toBe('SIGKILL');
        const layout = layoutOf(join(repo, '.agentmem'));
        const begun = workflowRuns(layout).some((run) => readWorkflowLog(layout, run).lines.length > 0);
        const again = home.agent(repo, ...RESUME);
        seen[begun ? 'resumed' : 'never']++;
        if (!begun) expect(again.code, `${what}: ${again.stderr}`).toBe(2);
        else {
          expect(again, `${what}: ${again.stderr}`).toMatchObject({ code: 0, stdout: 'Dear all.\n' });
          expect(ends(repo), what).toEqual(ONCE);
          // Killed in the middle of a header, a session has not begun: nothing was asked, and the step gets another one.
          const damage = verifySessions(layout).problems.filter(
            ({ reason }) => !/JSON|cut off|empty|not a header/.test(reason),
          );
          expect(damage, what).toEqual([]);
        }
        rmSync(repo, { recursive: true, force: true });
      }
      expect(seen.resumed).toBeGreaterThanOrEqual(POINTS / 2);
    },
    CAMPAIGN ? 3_600_000 : 180_000,
  );
});
