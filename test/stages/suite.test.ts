// A suite's run: each trial a session in a folder of its own, what broke off gone on with, and no trial ends another.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunOrder } from '../../src/agent/run-order.ts';
import { openTrialFolders } from '../../src/agent/suite/folders.ts';
import { chooseTasks, planTrials } from '../../src/agent/suite/plan.ts';
import { countedTrials, type TrialRecord } from '../../src/agent/suite/trial-record.ts';
import { UserError } from '../../src/base/errors.ts';
import type { Signal } from '../../src/domain/emit.ts';
import type { WrittenTurn } from '../../src/domain/script.ts';
import { suiteSchema } from '../../src/domain/suite.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { runSuite, type SuiteReport, type SuiteRequest, storedTrials } from '../../src/stages/suite.ts';
import { type Layout, layoutOf } from '../../src/store/layout.ts';
import { lockSuiteRun, type SuiteRun } from '../../src/store/suite-runs.ts';
import { verifySessions } from '../../src/store/verify.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';
import { type MessagesServer, startMessagesServer } from '../support/messages-server.ts';
import { type LoopbackModel, loopbackModel } from '../support/run-session.ts';
import { type TrialRunnerOptions, trialRunner } from '../support/trial-runner.ts';

let made: TestRepository;
let repo: Repository;
let layout: Layout;
let cache = '';
let server: MessagesServer;
let loopback: LoopbackModel;
let said: Signal[] = [];
/** What the model does about a prompt; a plain answer where it is left out. */
let answers: (prompt: string, turn: number) => WrittenTurn | Promise<WrittenTurn>;

beforeEach(async () => {
  made = makeRepository({ files: { 'base/flour.txt': 'rye' } });
  const found = await openRepository(made.dir);
  if (found === null) throw new Error('no repository');
  repo = found;
  layout = layoutOf(join(made.dir, '.agentmem'));
  mkdirSync(layout.dir);
  cache = realpathSync(mkdtempSync(join(tmpdir(), 'agentmem-cache-')));
  said = [];
  answers = () => ({ text: 'It is baked.' });
  server = await startMessagesServer({
    answer: (body, _, turn) => answers(JSON.stringify(body.messages[0]), turn),
  });
  loopback = await loopbackModel(server.url);
});
afterEach(async () => {
  await loopback.close();
  await server.close();
  made.remove();
  rmSync(cache, { recursive: true, force: true });
});

const suite = suiteSchema.parse({
  suite: 'loaves',
  rubric: 'crust',
  workspace: { copy: 'base' },
  tasks: [
    { id: 'rye', prompt: 'Bake rye.', tags: ['dark'] },
    { id: 'roll', prompt: 'Bake a roll.', budget: { turns: 5 } },
    { id: 'bun', prompt: 'Bake a bun.' },
  ],
});

function request(more: Partial<SuiteRequest> & { run?: SuiteRun } = {}, options: Partial<TrialRunnerOptions> = {}) {
  const tasks = chooseTasks(suite, { heldOut: false });
  const run: SuiteRun = {
    ...{ version: 1, run: 'run-1', suite: 'loaves', sha256: '', at: '2026-11-20T12:00:00.000Z' },
    ...{ tasks: [], trials: 2, held_out: false, flags: [], memory: null, commits: {} },
  };
  const runner = trialRunner({ layout, model: loopback.model, grade: () => 'satisfied', ...options });
  const request: SuiteRequest = {
    ...{ layout, run, runner, trials: planTrials(suite, tasks, run.trials), jobs: 2, keep: false },
    folders: openTrialFolders({ cache, run: run.run, repository: made.dir }),
    workspace: {
      ...{ root: made.dir, repo, prefix: '.agentmem', env: { PATH: process.env.PATH ?? '' }, memory: layout.dir },
      trusted: () => true,
    },
    purse: () => undefined,
    now: () => new Date(),
    emit: (signal) => said.push(signal),
    signal: new AbortController().signal,
    ...more,
  };
  return { request, runner };
}

const resultsOf = ({ trials }: SuiteReport) =>
  Object.fromEntries(trials.map(({ task, trial, result }) => [`${task}.${trial}`, result]));
const ALL = { 'rye.1': 'passed', 'roll.1': 'passed', 'bun.1': 'passed' };
const TWICE = { ...ALL, 'rye.2': 'passed', 'roll.2': 'passed', 'bun.2': 'passed' };
const bySession = (a: TrialRecord, b: TrialRecord) => (a.session < b.session ? -1 : 1);
const left = () => readdirSync(join(cache, 'suites'), { recursive: true });

describe('a run', () => {
  it('makes a session of every trial, in a copy of its own that is gone afterwards', async () => {
    const seen: string[][] = [];
    const { request: asked, runner } = request({}, { before: ({ folder }) => void seen.push(readdirSync(folder)) });
    const report = await runSuite(asked);
    expect(resultsOf(report)).toEqual(TWICE);
    expect(report).toMatchObject({ end: 'done', table: { whole: { trials: 6, done: 6, rate: { of: 6, share: 1 } } } });
    expect(report.table.pass_k.at(-1)).toEqual({ k: 2, share: 1, tasks: 3 });
    expect(seen).toEqual(Array(6).fill(['flour.txt']));
    expect(new Set(runner.orders.map(({ folder }) => folder)).size).toBe(6);
    expect(left()).toEqual([]);
    expect(verifySessions(layout).problems).toEqual([]);
  });

  it('counts of each trial what is stored of it', async () => {
    const result = (order: RunOrder) => (order.task === 'bun' ? undefined : ('needs_revision' as const));
    const report = await runSuite(request({}, { grade: result }).request);
    const stored = countedTrials(storedTrials(layout, 'run-1', () => {}));
    expect([...report.trials].sort(bySession)).toEqual([...stored].sort(bySession));
    expect(report.trials.map(({ turns, grade }) => [turns, grade?.result])).toContainEqual([1, 'needs_revision']);
  });

  it('tells each trial who works, with which chances, within which limits, and as part of what', async () => {
    const { request: asked, runner } = request();
    await runSuite(asked);
    const order = runner.orders.find(({ suite: mark }) => mark?.trial === 1 && mark.tags !== undefined);
    const seed = asked.trials[0]?.seed;
    expect(order).toMatchObject({
      ...{ agent: 'default', prompt: 'Bake rye.', task: 'rye', rubric: 'crust', memory: false, seed },
      suite: { suite: 'loaves', run: 'run-1', trial: 1, seed, tags: ['dark'] },
    });
    expect(runner.orders.find(({ task }) => task === 'roll')?.budget).toEqual({ turns: 5 });
  });

  it('leaves the folders where they are if it is told to', async () => {
    await runSuite(request({ keep: true }).request);
    expect(readdirSync(join(cache, 'suites', 'run-1')).sort()).toEqual(Object.keys(TWICE).sort());
  });

  it('says how far it is', async () => {
    await runSuite(request().request);
    const progress = said.filter((signal) => signal.type === 'progress' && signal.stage === 'suite');
    expect(progress).toHaveLength(6);
    expect(progress.at(-1)).toMatchObject({ done: 6, total: 6, unit: 'trial' });
    expect(progress.at(-1)?.type === 'progress' && progress.at(-1)).toMatchObject({
      note: expect.stringContaining('6 passed, 0 failed'),
    });
  });

  it('is worked on by one process at a time', async () => {
    const lock = lockSuiteRun(layout, 'run-1', 'now');
    await expect(runSuite(request().request)).rejects.toThrow(/already running/);
    lock.release();
    expect((await runSuite(request().request)).end).toBe('done');
  });
});

describe('a trial that goes wrong', () => {
  it('ends no other one: failures, refusals to start, and set-ups that fail stand beside the rest', async () => {
    const broken = suiteSchema.parse({
      ...suite,
      tasks: [...suite.tasks, { id: 'cake', prompt: 'Bake.', workspace: { setup: 'echo no sugar; exit 1' } }],
    });
    const before = ({ task }: { task?: string }) => {
      if (task === 'roll') throw new UserError({ what: 'the apprentice is ill' });
    };
    const grade = ({ task }: { task?: string }) =>
      task === 'bun' ? ('max_iterations_reached' as const) : ('satisfied' as const);
    const trials = planTrials(broken, chooseTasks(broken, { heldOut: false }), 1);
    const report = await runSuite(request({ trials }, { before, grade }).request);
    expect(resultsOf(report)).toEqual({ 'rye.1': 'passed', 'bun.1': 'failed' });
    expect(report.not_started).toEqual([
      { task: 'roll', trial: 1, why: 'the apprentice is ill' },
      { task: 'cake', trial: 1, why: 'the set-up ended with exit code 1:\nno sugar' },
    ]);
    expect(report.table.whole.results).toMatchObject({ passed: 1, failed: 1, not_started: 2 });
  });

  it('in the same way three times before anything worked, is a matter of configuration and ends the run', async () => {
    const before = () => {
      throw new UserError({ what: 'no price is known' });
    };
    const { request: asked, runner } = request({ jobs: 1 }, { before });
    await expect(runSuite(asked)).rejects.toThrow('no price is known');
    expect(runner.orders).toHaveLength(3);
  });

  it('because the model was never reached ends the run with that reason, and the run can be gone on with', async () => {
    const closed = await loopbackModel('http://127.0.0.1:1', { policy: { attempts: 1 } });
    const { request: asked, runner } = request({ jobs: 1 }, { model: closed.model });
    const start = runner.start;
    runner.start = async (order) => ({ ...(await start(order)), never_started: true, why: 'no key' });
    await expect(runSuite(asked)).rejects.toMatchObject({ problem: { what: 'no key' } });
    expect(runner.orders).toHaveLength(1);
    await closed.close();
    expect(resultsOf(await runSuite(request().request))).toEqual(TWICE);
  });

  it('whose grade could not be decided is neither a pass nor a failure', async () => {
    const { table } = await runSuite(request({}, { grade: () => 'ungraded' }).request);
    expect(table.whole.results.ungraded).toBe(6);
    expect(table.whole.rate).toBeUndefined();
  });

  it('without a rubric has ended, and there is no rate', async () => {
    const { table } = await runSuite(request({}, { grade: () => undefined }).request);
    expect(table.whole.results.ended).toBe(6);
    expect(table.whole.rate).toBeUndefined();
  });
});

describe('a run that was stopped', () => {
  /** Stops the run in the midst of roll.1, when rye.1 is over and nothing else has begun. */
  async function interrupted(): Promise<SuiteReport> {
    const stop = new AbortController();
    answers = (prompt, turn) => {
      if (!prompt.includes('roll')) return { text: 'It is baked.' };
      if (turn === 0) return { text: 'I look.', tools: [{ name: 'count', input: { n: 'roll' } }] };
      stop.abort();
      return new Promise(() => {}); // the answer never comes
    };
    const report = await runSuite(request({ jobs: 1, signal: stop.signal }).request);
    answers = () => ({ text: 'It is baked.' });
    return report;
  }

  it('by a person keeps what is done, and goes on with what was under way, in its own folder', async () => {
    const report = await interrupted();
    expect(report.end).toBe('interrupted');
    expect(resultsOf(report)).toEqual({ 'rye.1': 'passed', 'roll.1': 'broke_off' });
    expect(report.not_started).toEqual([]);
    expect(left()).toContain(join('run-1', 'roll.1'));
    writeFileSync(join(cache, 'suites', 'run-1', 'roll.1', 'begun'), '');
    const seen: string[] = [];
    const { request: asked, runner } = request({ keep: true });
    const goOn = runner.goOn;
    runner.goOn = async (session, order) => {
      seen.push(...readdirSync(order.folder));
      return await goOn(session, order);
    };
    const whole = await runSuite(asked);
    expect(seen.sort()).toEqual(['begun', 'flour.txt']);
    expect(runner.orders).toHaveLength(4);
    expect(resultsOf(whole)).toEqual(TWICE);
    expect(storedTrials(layout, 'run-1', () => {})).toHaveLength(6);
    expect(verifySessions(layout).problems).toEqual([]);
  });

  it('and whose folder is gone, starts that trial anew and counts it once', async () => {
    await interrupted();
    rmSync(join(cache, 'suites', 'run-1'), { recursive: true, force: true });
    const { request: asked, runner } = request();
    const whole = await runSuite(asked);
    expect(runner.gone).toEqual([]);
    expect(resultsOf(whole)).toEqual(TWICE);
    expect(whole.table.whole).toMatchObject({ trials: 6, done: 6 });
    expect(storedTrials(layout, 'run-1', () => {})).toHaveLength(7);
  });

  it('and whose session cannot be gone on with, starts that trial anew and says so', async () => {
    await interrupted();
    const { request: asked, runner } = request();
    runner.goOn = async () => {
      throw new UserError({ what: 'the first line of this session cannot be read' });
    };
    expect(resultsOf(await runSuite(asked))).toEqual(TWICE);
    const text = expect.stringContaining('roll.1 is started anew');
    expect(said).toContainEqual({ type: 'warning', stage: 'suite', text });
  });

  it('and is being worked on elsewhere, leaves that trial to the other process', async () => {
    await interrupted();
    const { request: asked, runner } = request();
    runner.goOn = async () => {
      throw new UserError({ what: 'a writer of session x is already running (pid 7)' });
    };
    const report = await runSuite(asked);
    expect(report.not_started).toMatchObject([{ task: 'roll', trial: 1 }]);
    expect(report.table.whole).toMatchObject({ done: 5, results: { broke_off: 1 } });
  });

  it('by the money of the day begins no more, and does what is left on another day', async () => {
    let spent = 0;
    const purse = () => (spent >= 3 ? 'today’s budget of $3.00 for all sessions is used up ($3.00)' : undefined);
    const report = await runSuite(request({ jobs: 1, purse }, { before: () => void spent++ }).request);
    expect(report).toMatchObject({ end: 'stopped', why: expect.stringContaining('today’s budget') });
    expect(report.table.whole).toMatchObject({ done: 3, results: { not_started: 3 } });
    expect(resultsOf(await runSuite(request().request))).toEqual(TWICE);
  });

  it('and did everything already has nothing left to do', async () => {
    await runSuite(request().request);
    const { request: asked, runner } = request();
    expect(resultsOf(await runSuite(asked))).toEqual(TWICE);
    expect([runner.orders, runner.gone]).toEqual([[], []]);
  });

  it('removes the folder of a trial that ended just before the process died', async () => {
    await runSuite(request().request);
    mkdirSync(join(cache, 'suites', 'run-1', 'rye.1'), { recursive: true });
    writeFileSync(join(cache, 'suites', 'run-1', 'rye.1', 'x'), '');
    await runSuite(request().request);
    expect(existsSync(join(cache, 'suites', 'run-1'))).toBe(false);
  });
});
