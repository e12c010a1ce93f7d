// Proofs through the built command: a lesson that helps is validated, one that hurts is found, named and dropped, and neutral text proves nothing.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Proof } from '../../src/domain/proof.ts';
import { type Home, makeHome, ROOT } from '../support/agent.ts';
import { type CrewOptions, dreamOf, type LessonName, layOutCrew } from '../support/proof-memory.ts';

let home: Home;
beforeEach(() => {
  home = makeHome();
});
afterEach(() => home.remove());

async function crew(lessons: readonly LessonName[], options: CrewOptions = {}): Promise<string> {
  const cwd = home.memory('crew');
  layOutCrew(home, cwd, options);
  await dreamOf(cwd, 'd1', lessons);
  return cwd;
}

const MODEL = ['--model', 'scripted:crew.mjs'];
const prove = (cwd: string, ...more: string[]) =>
  home.agent(cwd, 'prove', '--suite', 'masts', ...MODEL, '-j', '8', '--json', ...more);
const proofIn = (ran: { stdout: string; stderr: string }): Proof & { commit: string; branch: string } => {
  if (ran.stdout === '') throw new Error(ran.stderr);
  return JSON.parse(ran.stdout);
};
const onBranch = (cwd: string, path: string) => home.git(cwd, 'show', `dream/d1:.agentmem/${path}`);
const sessions = (cwd: string) =>
  !existsSync(join(cwd, '.agentmem/sessions'))
    ? []
    : readdirSync(join(cwd, '.agentmem/sessions'), { recursive: true, encoding: 'utf8' }).filter((p) =>
        p.endsWith('.jsonl'),
      );

describe('a proof', () => {
  it('validates a lesson that helps, writes verdict, chart and grade A to the branch, and touches no checkout', async () => {
    const cwd = await crew(['wind']);
    const head = home.git(cwd, 'rev-parse', 'HEAD');
    const ran = prove(cwd);
    const proof = proofIn(ran);
    expect(ran.stderr).not.toContain('error');
    expect([proof.verdict, ran.code]).toEqual(['validated', 0]);
    expect(proof.whole.tasks).toBe(12);
    expect(proof.whole.difference).toBeGreaterThan(0.25);
    expect(proof.whole.better).toBeLessThan(0.05);
    expect(proof.placebo.better).toBeLessThan(0.05);
    expect(proof.arms.A?.trials).toBe(24);
    expect(proof.arms.P).toMatchObject({ trials: 24, missing: 0 });
    expect(proof.proven).toEqual(['wnd2']);
    expect(proof.cost.ratio).toBe(1);
    expect(onBranch(cwd, 'playbooks/crane.md')).toContain(
      '<!-- entry wnd2 kind=mistake grade=A since=2026-11-20 dream=d1 -->',
    );
    const report = onBranch(cwd, 'dreams/d1.md');
    expect(report).toContain('## What was learned\n\nSomething.\n\n## Proof\n\n**Validated**: +');
    expect(report).toContain('| `upright`, required |');
    expect(onBranch(cwd, 'dreams/d1.proof.svg')).toMatch(/^<svg xmlns=/);
    expect(home.git(cwd, 'log', '-1', '--format=%s', 'dream/d1')).toBe('Proof: validated');
    expect(home.git(cwd, 'rev-parse', 'HEAD')).toBe(head);
    expect(home.git(cwd, 'status', '--porcelain')).toBe('');
    // Every arm ran on the same chances, and nothing of it is ever learned from.
    const mined = home.json<{ sessions: number }>(cwd, 'mine', '--json');
    expect(mined.sessions).toBe(0);
    expect(home.agent(cwd, 'merge').code).toBe(0);
  }, 180_000);

  it('finds the lesson that hurts among others, names it, and drops it on demand', async () => {
    const cwd = await crew(['skip', 'paint'], { tasks: 8, trials: 4, start: 0.9, skip: 0.8 });
    const ran = prove(cwd, '--per-entry', '--drop-harmful');
    const proof = proofIn(ran);
    expect(ran.code).toBe(1);
    const effects = Object.fromEntries(proof.effects.map((e) => [e.entry, e.effect]));
    expect(effects).toEqual({ skp3: 'hurts', pnt4: 'undecided' });
    expect(proof.verdict).toBe('harmful');
    expect(proof.dropped).toEqual(['skp3']);
    const left = onBranch(cwd, 'playbooks/crane.md');
    expect(left).not.toContain('skp3');
    expect(left).toContain('entry pnt4');
    const review = home.json<{ entries: { entry: string; verdict: string; because?: string }[] }>(
      cwd,
      'review',
      '--json',
    );
    expect(review.entries.find((e) => e.entry === 'skp3')).toMatchObject({ verdict: 'rejected' });
    expect(review.entries.find((e) => e.entry === 'skp3')?.because).toContain('harmful on held-out tasks');
    expect(onBranch(cwd, 'dreams/d1.md')).toContain('turned down');
  }, 180_000);

  it('calls a branch harmful that only hurts, with exit code 1 and no grade', async () => {
    const cwd = await crew(['skip']);
    const ran = prove(cwd);
    const proof = proofIn(ran);
    expect([proof.verdict, ran.code, proof.proven]).toEqual(['harmful', 1, []]);
    expect(proof.reasons[0]).toMatch(/^The whole fell by \d/);
    expect(onBranch(cwd, 'playbooks/crane.md')).toContain('grade=C');
    expect(home.agent(cwd, 'review', '--list').stdout).toContain('harmful');
  }, 180_000);

  it('does not validate what neutral text of the same length does as well', async () => {
    const cwd = await crew(['paint'], { any: 0.45 });
    const ran = prove(cwd);
    const proof = proofIn(ran);
    expect(proof.whole.better).toBeLessThan(0.05);
    expect(proof.placebo.better).toBe(1);
    expect([proof.verdict, ran.code]).toEqual(['no proven harm', 1]);
    expect(proof.reasons.join(' ')).toContain('Not shown to be better than neutral text');
  }, 180_000);

  it('goes on after a kill with every trial exactly once', async () => {
    const cwd = await crew(['wind'], { tasks: 8, trials: 1, start: 0.2, wind: 0.75 });
    slowed(cwd, 60);
    await stoppedAfter(cwd, 6, 'SIGKILL');
    const begun = sessions(cwd).length;
    expect(begun).toBeGreaterThan(0);
    expect(begun).toBeLessThan(24);
    const ran = home.agent(cwd, 'prove', '--resume', ...MODEL, '-j', '8', '--json');
    const proof = proofIn(ran);
    expect([proof.verdict, ran.code]).toEqual(['validated', 0]);
    for (const arm of ['A', 'B', 'P'] as const) expect(proof.arms[arm]).toMatchObject({ trials: 8, missing: 0 });
  }, 180_000);

  it('ends cleanly on Ctrl-C and says how to go on', async () => {
    const cwd = await crew(['wind'], { tasks: 6, trials: 1 });
    slowed(cwd, 400);
    const { code, stderr } = await stoppedAfter(cwd, 3, 'SIGINT');
    expect(code).toBe(130);
    expect(stderr).toMatch(/agent prove --resume \d{8}-\d{6}-\w{4}/);
    expect(home.git(cwd, 'log', '-1', '--format=%s', 'dream/d1')).toBe('Report: dream d1');
  }, 180_000);

  it('lets a held-out set decide once: a second verdict is for looking at, unless a person lets it count', async () => {
    const cwd = await crew(['wind'], { tasks: 8, trials: 1, start: 0.2, wind: 0.75 });
    expect(prove(cwd).code).toBe(0);
    const second = prove(cwd);
    const again = proofIn(second);
    expect([again.verdict, second.code]).toEqual(['validated', 1]);
    expect(again.exploratory).toMatchObject({ tasks: 8, by: [expect.stringMatching(/^d1 on 20/)] });
    expect(again.proven).toEqual([]);
    expect(onBranch(cwd, 'playbooks/crane.md')).toContain('grade=C');
    expect(home.agent(cwd, 'review', '--list').stdout).toContain('validated (exploratory)');
    expect(proofIn(prove(cwd, '--again')).proven).toEqual(['wnd2']);
    expect(onBranch(cwd, 'playbooks/crane.md')).toContain('grade=A');
    const record: { proofs: Proof[] } = JSON.parse(onBranch(cwd, 'dreams/d1.proof.json'));
    expect(record.proofs.map((p) => p.again === true)).toEqual([false, false, true]);
  }, 180_000);

  it('stops early where it was told to beforehand, and says what the bets came to', async () => {
    const cwd = await crew(['wind'], { tasks: 30, trials: 1, start: 0.1, wind: 0.85 });
    const ran = prove(cwd, '--sequential');
    const proof = proofIn(ran);
    expect([proof.verdict, proof.method, ran.code]).toEqual(['validated', 'sequential', 0]);
    expect(proof.evidence?.better).toBeGreaterThanOrEqual(20);
    expect(proof.whole.tasks).toBeLessThan(20);
    expect(sessions(cwd).length).toBe(proof.whole.tasks * 3);
  }, 180_000);
});

describe('a proof is refused', () => {
  it('without held-out tasks, without grades, and of a branch that is behind, with what to do about it', async () => {
    const cwd = await crew(['wind']);
    const suite = join(cwd, '.agentmem/suites/masts.yaml');
    const text = readFileSync(suite, 'utf8');
    writeFileSync(suite, text.replaceAll(', held_out: true', ''));
    expect(prove(cwd)).toMatchObject({ code: 2, stderr: expect.stringContaining('held_out: true') });
    writeFileSync(suite, text.replace('rubric: stands\n', 'rubric: false\n'));
    expect(prove(cwd)).toMatchObject({ code: 2, stderr: expect.stringContaining('no rubric grades held-1') });
    writeFileSync(suite, text);
    await dreamOf(cwd, 'd2', ['paint']);
    home.git(cwd, 'merge', '--quiet', '--no-edit', 'dream/d2');
    const behind = home.agent(cwd, 'prove', 'd1', '--suite', 'masts', ...MODEL);
    expect(behind).toMatchObject({ code: 2, stderr: expect.stringContaining('--rebuild') });
    expect(sessions(cwd)).toEqual([]);
  }, 180_000);

  it('says beforehand what it would cost and see, and runs nothing', async () => {
    const cwd = await crew(['wind']);
    const ran = home.agent(cwd, 'prove', '--suite', 'masts', ...MODEL, '--estimate', '--json');
    const estimate: { trials: number; known: boolean; power: { gain: number; validated: number }[] } = JSON.parse(
      ran.stdout,
    );
    expect([ran.code, estimate.trials, estimate.known]).toEqual([0, 72, false]);
    const seen = estimate.power.map((p) => p.validated);
    expect(seen.at(-1)).toBeGreaterThan(seen[0] ?? 1);
    expect(sessions(cwd)).toEqual([]);
  }, 180_000);
});

describe('merging', () => {
  it('warns of what is not proven, and refuses it where settings demand proof, unless told', async () => {
    const cwd = await crew(['skip']);
    writeFileSync(join(cwd, '.agentmem/config.yaml'), 'version: 1\nreview:\n  require_proof: true\n');
    home.git(cwd, 'commit', '--quiet', '-am', 'Demand proof');
    const refused = home.agent(cwd, 'merge');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('agent prove') });
    const merged = home.agent(cwd, 'merge', '--unproven', 'an emergency');
    expect(merged.code).toBe(0);
    expect(home.git(cwd, 'log', '-1', '--format=%B', 'main')).toContain('Unproven: an emergency');
  }, 180_000);
});

// Sends the signal as soon as so many sessions lie on disk, and waits for the end.
async function stoppedAfter(cwd: string, count: number, signal: 'SIGKILL' | 'SIGINT') {
  const env = { HOME: home.dir, PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', GIT_CONFIG_NOSYSTEM: '1' };
  const args = [join(ROOT, 'bin', 'agent.js'), 'prove', '--suite', 'masts', ...MODEL, '-j', '4'];
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (bytes: Buffer) => {
    stderr += bytes.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  while (child.exitCode === null && sessions(cwd).length < count) await new Promise((go) => setTimeout(go, 10));
  child.kill(signal);
  return { code: await ended, stderr };
}

// So that a kill falls into the midst of it.
function slowed(cwd: string, ms: number): void {
  const path = join(cwd, 'crew.mjs');
  writeFileSync(path, readFileSync(path, 'utf8').replace('return { text', `return { delay_ms: ${ms}, text`));
}
