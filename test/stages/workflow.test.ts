// Workflows run with real sessions: order, lists, conditions, retries, failures that stay where they are, and going on after a crash.
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WorkflowReport } from '../../src/agent/workflow/report.ts';
import { UserError } from '../../src/base/errors.ts';
import { workflowRuns } from '../../src/store/workflow-runs.ts';
import { type Answers, cutLines, makeWorkflowDesk, type WorkflowDesk } from '../support/workflow-desk.ts';

let desk: WorkflowDesk;
beforeEach(() => {
  desk = makeWorkflowDesk();
});
afterEach(() => desk.remove());

const flow = (steps: string, rest = '') => `workflow: made-up\n${rest}steps:\n${steps}`;
const states = (report: WorkflowReport) => Object.fromEntries(report.steps.map(({ id, status }) => [id, status]));
const prompts = () => desk.began.map(({ prompt }) => prompt);

async function refused(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof UserError)
      return `${error.problem.what} ${error.problem.where ?? ''} ${error.problem.hint ?? ''}`;
    throw error;
  }
  throw new Error('nothing was refused');
}

const TOUR = flow(
  `  - id: card
    prompt: "Postcard: {{steps.visit.text}}"
  - id: plan
    prompt: Planets of {{inputs.star}}?
    schema: { type: object, properties: { planets: { type: array, items: { type: string } } }, required: [planets] }
  - id: visit
    for_each: steps.plan.json/planets
    prompt: Visit {{item}}.
`,
  'inputs: { star: {} }\noutput: "{{steps.card.text}}"\n',
);
const touring: Answers = (prompt) => {
  if (prompt.startsWith('Planets')) return '{"planets": ["Mars", "Venus"]}';
  return prompt.startsWith('Visit') ? `I saw ${/"(\w+)"/.exec(prompt)?.[1]}.` : 'Dear all.';
};

describe('a workflow', () => {
  it('runs each step after what it needs, hands on answers, and ends with its output', async () => {
    const report = await desk.start(TOUR, touring, { inputs: { star: 'Sun' } });
    expect(report).toMatchObject({ status: 'done', runs: 4, output: 'Dear all.' });
    expect(prompts()[0]).toContain('Planets of Sun?');
    expect(prompts().slice(1, 3)).toEqual(['Visit "Mars".', 'Visit "Venus".']);
    expect(prompts()[3]).toContain('from="step visit, item 1">\nI saw Venus.');
    expect(desk.sessions().map(({ header }) => header.workflow)).toEqual(
      expect.arrayContaining([
        { workflow: 'made-up', run: 'run-1', step: 'plan' },
        { workflow: 'made-up', run: 'run-1', step: 'visit', item: 1 },
      ]),
    );
  });

  it('gives equal prompts the same task and different ones another', async () => {
    await desk.start(flow('  - { id: a, for_each: [x, x, y], prompt: "{{item}}" }'), () => 'ok');
    const [one, two, three] = desk.began.map(({ task }) => task);
    expect(one).toMatch(/^made-up\.a\.[0-9a-z]{6}$/);
    expect(two).toBe(one);
    expect(three).not.toBe(one);
  });

  it('works side by side, but never more than -j or the step allows', async () => {
    const slow: Answers = () => ({ text: 'ok', delay_ms: 30 });
    const list = 'for_each: [1, 2, 3, 4, 5, 6]';
    await desk.start(flow(`  - { id: a, ${list}, prompt: a }\n  - { id: b, ${list}, prompt: b }`), slow, { jobs: 5 });
    expect(desk.most()).toBe(5);
    const other = makeWorkflowDesk();
    await other.start(flow(`  - { id: a, ${list}, parallel: 2, prompt: a }`), slow, { jobs: 5 });
    expect(other.most()).toBe(2);
    other.remove();
  });

  it('skips a step whose condition is false, and what needs only skipped steps; what needs others too runs', async () => {
    const text = flow(
      `  - { id: a, prompt: a }
  - { id: b, when: steps.a.text == "no", prompt: b }
  - { id: c, needs: [b], prompt: c }
  - { id: d, prompt: "d {{steps.a.text}} {{steps.c.text}}" }
  - { id: e, for_each: [1, 2, 3], when: item != 2, prompt: "e{{item}}" }
  - { id: f, for_each: [1], when: false, prompt: f }
  - { id: g, prompt: "g {{steps.e.text}}" }
`,
    );
    const report = await desk.start(text, (prompt) => `${prompt.slice(0, 2)}!`);
    expect(report.status).toBe('done');
    expect(states(report)).toEqual({
      a: 'done',
      b: 'skipped',
      c: 'skipped',
      d: 'done',
      e: 'done',
      f: 'skipped',
      g: 'done',
    });
    expect(prompts().find((prompt) => prompt.startsWith('d'))).toContain('(nothing: step c, which was skipped)');
    expect(prompts().filter((prompt) => prompt.startsWith('e'))).toEqual(['e1', 'e3']);
    expect(prompts().find((prompt) => prompt.startsWith('g'))).toContain('step e, item 2');
  });

  it('that has an empty list goes on with no answers', async () => {
    const text = flow(
      '  - { id: a, for_each: inputs.l, prompt: a }\n  - { id: b, prompt: "b{{steps.a.text}}" }',
      'inputs: { l: { list: true } }\n',
    );
    const report = await desk.start(text, () => 'ok', { inputs: { l: [] } });
    expect(states(report)).toEqual({ a: 'done', b: 'done' });
    expect(prompts()).toEqual(['b']);
  });

  it('keeps a failure where it is: what depends on it is not reached, all else is done', async () => {
    const text = flow(
      `  - { id: a, for_each: [1, 2, 3], prompt: "a{{item}}" }
  - { id: b, needs: [a], prompt: b }
  - { id: c, needs: [b], prompt: c }
  - { id: d, prompt: d }
`,
      'output: "{{steps.b.text}}"\n',
    );
    const report = await desk.start(text, (prompt) => (prompt === 'a2' ? { stop_reason: 'refusal' } : 'ok'));
    expect(report).toMatchObject({ status: 'failed', runs: 4 });
    expect(report.output).toBeUndefined();
    expect(states(report)).toEqual({ a: 'failed', b: 'not_reached', c: 'not_reached', d: 'done' });
    expect(report.steps[0]?.units.map(({ status, failure }) => failure ?? status)).toEqual(['done', 'refusal', 'done']);
  });

  it('tries again in a fresh session that is told what went wrong, as often as the step says', async () => {
    const text = flow('  - { id: a, prompt: Go., retry: { times: 2, on: [refusal] } }\n  - { id: b, prompt: b }');
    const report = await desk.start(text, (prompt) => (prompt.startsWith('Go') ? { stop_reason: 'refusal' } : 'ok'));
    expect(states(report)).toEqual({ a: 'failed', b: 'done' });
    expect(report.steps[0]?.units[0]).toMatchObject({ retries: 2, failure: 'refusal' });
    const tries = prompts().filter((prompt) => prompt.startsWith('Go'));
    expect(tries).toHaveLength(3);
    expect(tries[1]).toContain('the model refused');
    expect(new Set(desk.began.filter(({ prompt }) => prompt.startsWith('Go')).map(({ task }) => task)).size).toBe(1);
  });

  it('does not try again for a reason that the step does not name', async () => {
    const text = flow('  - { id: a, prompt: Go., retry: { times: 2, on: [budget] } }');
    await desk.start(text, () => ({ stop_reason: 'refusal' }));
    expect(prompts()).toHaveLength(1);
  });

  it('asks once for another form of an answer, with the answer so far, before it counts as a failure', async () => {
    const text = flow('  - { id: a, prompt: Count., schema: { type: number } }');
    const mended = await desk.start(text, (prompt) => (prompt.includes('the answer so far') ? '3' : 'Three moons.'));
    expect(mended).toMatchObject({ status: 'done', runs: 2 });
    expect(prompts()[1]).toContain('from="the answer so far">\nThree moons.');
    desk.remove();
    desk = makeWorkflowDesk();
    const report = await desk.start(text, () => 'Three moons.');
    expect(report.steps[0]).toMatchObject({ status: 'failed', units: [{ failure: 'schema' }] });
    expect(prompts()).toHaveLength(2);
  });

  it('fails a step whose list grows past 1,000 runs, and begins none of them', async () => {
    const schema = '{ type: array, items: { type: number } }';
    const text = flow(`  - { id: a, prompt: a, schema: ${schema} }\n  - { id: b, for_each: steps.a.json, prompt: b }`);
    const report = await desk.start(text, () => JSON.stringify(Array.from({ length: 1000 }, (_, i) => i)));
    expect(states(report)).toEqual({ a: 'done', b: 'failed' });
    expect(report.steps[1]?.why).toContain('at most 1,000 runs');
    expect(prompts()).toHaveLength(1);
  });

  it('fails the steps whose sessions cannot be started, with the reason, and stops for nothing else', async () => {
    const text = flow(
      '  - { id: a, prompt: a, retry: { times: 3 } }\n  - { id: b, needs: [a], prompt: b }\n  - { id: c, prompt: c }',
    );
    const none = async () => {
      throw new UserError({ what: 'there is no rubric named x' });
    };
    const runner = { start: none, goOn: none, close: async () => undefined };
    const report = await desk.start(text, () => 'ok', { runner });
    expect(states(report)).toEqual({ a: 'failed', b: 'not_reached', c: 'failed' });
    expect(report.steps[0]?.units[0]).toMatchObject({
      failure: 'not_started',
      why: 'there is no rubric named x',
      retries: 0,
    });
  });

  it('lets a bug through once what was running has ended, and can be resumed', async () => {
    const text = flow('  - { id: a, prompt: a }\n  - { id: b, prompt: b }');
    const none = async () => {
      throw new TypeError('a bug');
    };
    const runner = { start: none, goOn: none, close: async () => undefined };
    await expect(desk.start(text, () => 'ok', { runner })).rejects.toThrow('a bug');
    expect((await desk.resume(text, () => 'ok')).status).toBe('done');
  });

  it('redacts secrets of inputs before they reach the log or a prompt', async () => {
    const secret = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`;
    await desk.start(flow('  - { id: a, prompt: "{{inputs.k}}" }', 'inputs: { k: {} }\n'), () => 'ok', {
      inputs: { k: secret },
    });
    expect(readFileSync(desk.logPath, 'utf8')).not.toContain(secret);
    expect(prompts()[0]).not.toContain(secret);
  });

  it('takes no text of an agent for a value, a list or a key of ours', async () => {
    const text = flow(
      `  - { id: a, prompt: a, schema: { type: object } }
  - { id: b, when: steps.a.json/__proto__ or steps.a.json/constructor, prompt: b }
  - { id: c, prompt: "{{steps.a.text}}" }
`,
      'inputs: { k: { default: secret } }\n',
    );
    const report = await desk.start(
      text,
      (prompt) => (prompt.startsWith('a') ? '{"__proto__": {"x": 1}, "y": "{{inputs.k}}"}' : 'ok'),
      {
        inputs: { k: 'secret' },
      },
    );
    expect(states(report)).toEqual({ a: 'done', b: 'done', c: 'done' });
    expect(prompts().at(-1)).not.toContain('secret');
  });
});

describe('a workflow that broke off', () => {
  it('goes on where its log ends, at every line of it, and no step runs twice', async () => {
    await desk.start(TOUR, touring, { inputs: { star: 'Sun' } });
    const whole = readFileSync(desk.logPath, 'utf8');
    const lines = whole.trimEnd().split('\n').length;
    for (let cut = 1; cut < lines; cut++) {
      writeFileSync(desk.logPath, whole);
      cutLines(desk.logPath, cut);
      desk.began.length = 0;
      const report = await desk.resume(TOUR, touring);
      expect(report, `${cut} lines lost`).toMatchObject({ status: 'done', output: 'Dear all.' });
      expect(desk.sessions(), `${cut} lines lost`).toHaveLength(4);
      expect(desk.began, `${cut} lines lost`).toEqual([]);
    }
  });

  it('with a line that a crash cut off is read without it', async () => {
    await desk.start(TOUR, touring, { inputs: { star: 'Sun' } });
    cutLines(desk.logPath, 2);
    appendFileSync(desk.logPath, '{"type":"ended","step":"ca');
    const notes: string[] = [];
    const report = await desk.resume(TOUR, touring, { emit: (signal) => 'text' in signal && notes.push(signal.text) });
    expect(report.status).toBe('done');
    expect(notes.join()).toContain('1 line of the run’s log cannot be read');
    expect(desk.sessions()).toHaveLength(4);
  });

  it('by Ctrl-C goes on with the interrupted sessions', async () => {
    const stop = new AbortController();
    const report = await desk.start(
      TOUR,
      (prompt, turn, before) => {
        if (prompt.includes('Venus') && before === 0 && !stop.signal.aborted) stop.abort();
        return touring(prompt, turn, before);
      },
      { inputs: { star: 'Sun' }, signal: stop.signal, jobs: 1 },
    );
    expect(report.status).toBe('interrupted');
    expect(states(report)).toMatchObject({ plan: 'done', visit: 'open', card: 'not_begun' });
    const sessions = desk.sessions().length;
    const again = await desk.resume(TOUR, touring);
    expect(again).toMatchObject({ status: 'done', output: 'Dear all.' });
    expect(desk.sessions()).toHaveLength(sessions + 1);
  });

  it('without its key goes on with fresh sessions once there is one', async () => {
    const text = flow('  - { id: a, for_each: [1, 2, 3], prompt: "a{{item}}" }');
    const report = await desk.start(
      text,
      () => ({ error: { status: 401, type: 'authentication_error', message: 'no key' } }),
      { jobs: 1 },
    );
    expect(report).toMatchObject({ status: 'no_model', runs: 1 });
    const again = await desk.resume(text, () => 'ok');
    expect(again.status).toBe('done');
    expect(again.steps[0]?.units.map(({ retries }) => retries)).toEqual([0, 0, 0]);
  });

  it('is refused where the file changed, another folder is meant, or somebody works on it; --anyway takes the file as it is', async () => {
    await desk.start(TOUR, touring, { inputs: { star: 'Sun' } });
    cutLines(desk.logPath, 3);
    const changed = TOUR.replace('Postcard', 'Letter');
    expect(await refused(desk.resume(changed, touring))).toContain('has changed since');
    expect(await refused(desk.resume(TOUR, touring, { folder: '/elsewhere' }))).toContain('works in another folder');
    for (const { path, prompt } of desk.sessions()) if (prompt.startsWith('Postcard')) rmSync(path);
    const report = await desk.resume(changed, touring, { anyway: true });
    expect(report.status).toBe('done');
    expect(prompts().at(-1)).toContain('Letter');
    expect(workflowRuns(desk.layout)).toEqual(['run-1']);
  });

  it('is refused where an answer is gone or is another one; --anyway runs what is gone again', async () => {
    await desk.start(TOUR, touring, { inputs: { star: 'Sun' } });
    const plan = desk.sessions().find(({ header }) => header.workflow?.step === 'plan');
    const text = readFileSync(plan?.path ?? '', 'utf8');
    writeFileSync(plan?.path ?? '', text.replaceAll('Venus', 'Pluto'));
    expect(await refused(desk.resume(TOUR, touring))).toContain('answers are no longer what they were');
    rmSync(plan?.path ?? '');
    expect(await refused(desk.resume(TOUR, touring))).toContain('which is gone');
    const report = await desk.resume(TOUR, touring, { anyway: true });
    expect(report.status).toBe('done');
    expect(prompts().filter((prompt) => prompt.startsWith('Planets'))).toHaveLength(2);
  });

  it('begins failed steps anew where that is asked for, and then what depends on them', async () => {
    const text = flow('  - { id: a, prompt: a, retry: { times: 1 } }\n  - { id: b, needs: [a], prompt: b }');
    await desk.start(text, () => ({ stop_reason: 'refusal' }));
    expect(states(await desk.resume(text, () => 'ok'))).toEqual({ a: 'failed', b: 'not_reached' });
    const again = await desk.resume(text, () => 'ok', { failed: true });
    expect(again).toMatchObject({ status: 'done', runs: 4 });
    expect(prompts().slice(2)).toEqual(['a', 'b']);
  });
});

describe('any workflow', () => {
  // Steps that need earlier ones of a shuffled order, with lists and conditions here and there.
  const dag = fc
    .record({ size: fc.integer({ min: 1, max: 7 }), seed: fc.infiniteStream(fc.integer({ min: 0, max: 99 })) })
    .map(({ size, seed }) => {
      const draw = () => Number(seed.next().value ?? 0);
      const ids = Array.from({ length: size }, (_, i) => `s${i}`);
      const steps = ids.map((id, i) => {
        const needs = ids.slice(0, i).filter(() => draw() < 35);
        const list = draw() < 30 ? `, for_each: [${'x, '.repeat(draw() % 4)}]` : '';
        const when = draw() < 15 ? ', when: false' : '';
        return { id, needs, text: `  - { id: ${id}, needs: [${needs}], prompt: ${id}${list}${when} }` };
      });
      const shuffled = steps.map((step) => ({ step, at: draw() })).sort((a, b) => a.at - b.at);
      return {
        steps,
        text: flow(`${shuffled.map(({ step }) => step.text).join('\n')}\n`),
        jobs: 1 + (draw() % 5),
        fails: ids[draw() % (size * 3)],
      };
    });

  it('runs every step once, after all that it needs, unless that failed; and resumed, nothing runs again', async () => {
    await fc.assert(
      fc.asyncProperty(dag, async ({ steps, text, jobs, fails }) => {
        const own = makeWorkflowDesk();
        try {
          const report = await own.start(text, (prompt) => (prompt === fails ? { stop_reason: 'refusal' } : 'ok'), {
            jobs,
          });
          const lines = own.log();
          const at = (type: string, id: string) =>
            lines.flatMap((line, i) => (line.type === type && 'step' in line && line.step === id ? [i] : []));
          for (const { id, units } of report.steps) {
            const ran = units.filter(({ session }) => session !== undefined).length;
            expect(own.began.filter(({ prompt }) => prompt === id)).toHaveLength(ran);
            expect(at('begun', id)).toHaveLength(ran);
          }
          const now = states(report);
          for (const { id, needs } of steps) {
            const [first = Number.POSITIVE_INFINITY] = at('begun', id);
            for (const need of needs) expect(Math.max(-1, ...at('ended', need))).toBeLessThan(first);
            const lost = needs.some((need) => now[need] === 'failed' || now[need] === 'not_reached');
            expect(now[id] === 'not_reached').toBe(lost);
            expect(['done', 'skipped', 'failed', 'not_reached']).toContain(now[id]);
          }
          const before = own.began.length;
          expect(states(await own.resume(text, () => 'ok'))).toEqual(now);
          expect(own.began).toHaveLength(before);
        } finally {
          own.remove();
        }
      }),
      { numRuns: 25 },
    );
  });
});
