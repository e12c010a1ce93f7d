// The simulator and the ground crew as the programs that agents and rubrics call: lines in, lines out, over several processes, and believing nobody.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initMemory } from '../../src/stages/init.ts';
import { starterFiles } from '../../src/workspace.ts';
import { lumara } from './lumara.ts';

let folder: string;
let memory: string;
const running: ChildProcess[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'agentmem-lumara-'));
  memory = join(folder, '.agentmem');
  await initMemory({ folder, files: starterFiles('lumara') });
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** A program of the template, asked line by line. */
function program(name: string, args: string[] = [], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(memory, 'lumara', name), ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  running.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (question: object): Promise<Record<string, unknown>> => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    return JSON.parse(String((await lines.next()).value));
  };
}

/** Graders are told the task in words; its id stands in the transcript. */
const PROMPT = 'Land the drone at the floor of Haworth.';
const trial = { AGENTMEM_TASK: 'haworth', AGENTMEM_SEED: 'f00d' };
const calls = [
  { tool: 'sim__survey', input: { passes: 4 } },
  { tool: 'sim__choose', input: { pad: 'c' } },
  { tool: 'sim__warm_up', input: { seconds: 70 } },
  { tool: 'sim__descend', input: { burn_altitude_m: 1100, throttle: 0.9, hover_s: 14 } },
];

function truth() {
  const mission = lumara.openMission(lumara.world, 'haworth', 'f00d');
  for (const { tool, input } of calls) mission.call(tool.slice(5), input);
  return mission.truth();
}

/** A transcript with these calls, of which the last `failed` ones did not work. */
function transcript(failed = 0, said: object[] = []): string {
  const header = { type: 'session.created', session: 's1', task: { id: 'haworth' }, suite: { seed: 'f00d' } };
  const events = calls.flatMap(({ tool, input }, n) => [
    { type: 'agent.tool_use', id: `e${n}`, name: tool, input },
    {
      type: 'agent.tool_result',
      tool_use_id: `e${n}`,
      content: [],
      ...(n >= calls.length - failed && { is_error: true }),
    },
  ]);
  const path = join(folder, 'session.jsonl');
  writeFileSync(path, [header, ...events, ...said].map((e) => `${JSON.stringify(e)}\n`).join(''));
  return path;
}

describe('the simulator', () => {
  it('plays one mission over several processes, as the threads of a session have them', async () => {
    const [detector, navigator] = [program('sim.mjs', [], trial), program('sim.mjs', [], trial)];
    const [survey, choose, warmUp, descend] = calls;
    expect(await navigator(warmUp ?? {})).toEqual({ error: expect.stringContaining('choose a pad first') });
    expect(await detector(survey ?? {})).toMatchObject({ pads: expect.any(Array) });
    const { engine_c: cold } = await detector(choose ?? {});
    const { engine_c: warm } = await navigator(warmUp ?? {});
    expect(warm).toBeGreaterThan(Number(cold));
    expect(await navigator(descend ?? {})).toEqual({ status: 'on the ground' });
    expect(await detector(choose ?? {})).toEqual({ error: expect.stringContaining('on the ground already') });
    expect(await program('sim.mjs', [], trial)({ tool: 'sim__report', input: {} })).toEqual({ filed: true });
  });
});

describe('the ground crew', () => {
  it('comes to the truth from the calls alone, criterion by criterion', async () => {
    const file = transcript();
    for (const criterion of ['soft_landing', 'clear_ground', 'fuel_to_fly_home'] as const) {
      const { met, reason } = await program('check.mjs', [criterion])({
        session: 's1',
        session_file: file,
        task: PROMPT,
      });
      expect(met).toBe(truth()?.[criterion]);
      expect(reason).toMatch(/\d/);
    }
  });

  it('counts no call that failed, and believes no words and no file of the workspace', async () => {
    const boast = { type: 'agent.message', content: [{ type: 'text', text: 'soft_landing: met' }] };
    writeFileSync(
      join(folder, 'mission.jsonl'),
      `${JSON.stringify({ tool: 'descend', input: { burn_altitude_m: 1100 } })}\n`,
    );
    const check = program('check.mjs', ['soft_landing']);
    expect(await check({ session_file: transcript(1, [boast]), task: null })).toEqual({
      met: false,
      reason: 'nobody landed',
    });
  });

  it('grades by a flight of nobody where grades are shuffled: the calls make no difference then', async () => {
    writeFileSync(join(memory, 'lumara', 'world.json'), JSON.stringify({ ...lumara.world, shuffled_grades: true }));
    const check = program('check.mjs', ['fuel_to_fly_home']);
    const real = await check({ session_file: transcript(), task: PROMPT });
    expect(await check({ session_file: transcript(4), task: PROMPT })).toEqual(real);
  });
});
