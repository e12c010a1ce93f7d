// Suite files: what they say, what is refused with file, line and field, and what of them has to be trusted.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { wholeTask } from '../../src/domain/suite.ts';
import { type Layout, layoutOf } from '../../src/store/layout.ts';
import { listSuites, readSuite, suitesWithSetup, writeSuite } from '../../src/store/suites.ts';
import { isTrusted, readConfiguration, recordTrust } from '../../src/store/trust.ts';

let dir = '';
let layout: Layout;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-suites-'));
  layout = layoutOf(join(dir, '.agentmem'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(path: string, text: string): string {
  const full = join(dir, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  return full;
}
const own = (name: string, text: string) => write(`.agentmem/suites/${name}.yaml`, text);

function problemOf(act: () => unknown) {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error.problem;
    throw error;
  }
  throw new Error('nothing was refused');
}

const WHOLE = `suite: loaves
agent: baker
rubric: crust
trials: 4
workspace: { copy: fixtures/oven, setup: "./light-oven" }
budget: { turns: 20 }
tasks:
  - { id: rye-1, prompt: Bake a rye loaf., seed: 1, tags: [rye] }
  - id: roll-7
    prompt: Bake seven rolls.
    held_out: true
    agent: apprentice
    rubric: false
    workspace: { git: HEAD }
    budget: { usd: 1 }
`;

describe('a suite', () => {
  it('gives each task its own words first, then those of the suite', () => {
    own('loaves', WHOLE);
    const suite = readSuite(layout, 'loaves');
    expect(suite).toMatchObject({ suite: 'loaves', trials: 4, from: 'suites/loaves.yaml' });
    const [rye, roll] = suite.tasks.map((task) => wholeTask(suite, task));
    expect(rye).toEqual({
      ...{ id: 'rye-1', prompt: 'Bake a rye loaf.', seed: '1', tags: ['rye'], held_out: false, agent: 'baker' },
      ...{ rubric: 'crust', budget: { turns: 20 } },
      workspace: { copy: 'fixtures/oven', setup: './light-oven', setup_timeout_seconds: 600 },
    });
    expect(roll).toMatchObject({ held_out: true, agent: 'apprentice', rubric: false, budget: { turns: 20, usd: 1 } });
    expect(roll?.workspace).toEqual({ git: 'HEAD', setup_timeout_seconds: 600 });
  });

  it('holds every task out where it says so of itself, but for those that say otherwise', () => {
    own('loaves', 'suite: loaves\nheld_out: true\ntasks: [{id: a, prompt: x}, {id: b, prompt: y, held_out: false}]\n');
    const suite = readSuite(layout, 'loaves');
    expect(suite.tasks.map((task) => wholeTask(suite, task).held_out)).toEqual([true, false]);
  });

  it('with keys that nobody knows is refused with each line and what was meant', () => {
    const path = own('loaves', WHOLE.replace('trials', 'trails').replace('prompt: Bake s', 'promt: Bake s'));
    const { what, where } = problemOf(() => readSuite(layout, 'loaves'));
    expect(where).toBe(path);
    expect(what).toContain('line 4: unknown key trails (did you mean trials?)');
    expect(what).toContain('unknown key tasks.1.promt (did you mean prompt?)');
  });

  it('is refused where two tasks have one id, also where only the case differs', () => {
    own('loaves', 'suite: loaves\ntasks:\n  - {id: a, prompt: x}\n  - {id: b, prompt: y}\n  - {id: A, prompt: z}\n');
    const { what, where } = problemOf(() => readSuite(layout, 'loaves'));
    expect(what).toContain('A is the id of an earlier task (a) but for its case');
    expect(where).toMatch(/loaves\.yaml:5$/);
  });

  it.each([
    ['a folder above the project', 'copy: ../elsewhere'],
    ['a folder by way of one above', 'copy: a/../../b'],
    ['an absolute folder', 'copy: /etc'],
    ['the project itself', 'copy: .'],
    ['a backslash', 'copy: "a\\\\..\\\\b"'],
    ['copy and git at once', 'copy: a, git: HEAD'],
    ['a set-up of two lines', 'setup: "a\\nb"'],
  ])('is refused with %s', (_what, workspace) => {
    own('loaves', `suite: loaves\nworkspace: { ${workspace} }\ntasks: [{id: a, prompt: x}]\n`);
    expect(problemOf(() => readSuite(layout, 'loaves')).where).toMatch(/loaves\.yaml:2$/);
  });

  it.each(['../x', 'a/b', '.hidden', '', 'a b'])('is refused with the task id %j', (id) => {
    own('loaves', `suite: loaves\ntasks: [{id: ${JSON.stringify(id)}, prompt: x}]\n`);
    expect(problemOf(() => readSuite(layout, 'loaves')).what).toContain('tasks.0.id');
  });

  it('is refused under another name than that of its file, and as a link', () => {
    own('rolls', WHOLE);
    expect(problemOf(() => readSuite(layout, 'rolls')).what).toContain('the file is called rolls.yaml');
    symlinkSync(write('outside.yaml', WHOLE), join(layout.suites, 'loaves.yaml'));
    expect(problemOf(() => readSuite(layout, 'loaves')).what).toContain('plain file');
    expect(listSuites(layout)).toMatchObject({ suites: [], broken: [{}, {}] });
  });

  it('that is not there is answered with those that are', () => {
    own('loaves', WHOLE);
    expect(problemOf(() => readSuite(layout, 'loafs')).hint).toBe('did you mean loaves?');
    expect(problemOf(() => readSuite(layout, '../loaves')).what).toContain('no name of a suite');
  });

  it('of ten thousand tasks is read, and a larger one refused', () => {
    const tasks = Array.from({ length: 10_000 }, (_, i) => `  - {id: t${i}, prompt: Bake loaf ${i}.}\n`).join('');
    own('loaves', `suite: loaves\ntasks:\n${tasks}`);
    expect(readSuite(layout, 'loaves').tasks).toHaveLength(10_000);
    own('loaves', `suite: loaves\ntasks:\n${tasks}${'#'.repeat(2_000_000)}\n`);
    expect(problemOf(() => readSuite(layout, 'loaves')).what).toContain('2,000,000');
  });
});

describe('a suite that is written', () => {
  const tasks = [{ id: 'a', prompt: 'Yes:\n - 12:30' }];

  it('reads back as it was, and never replaces a file unless told to', () => {
    writeSuite(layout, { suite: 'loaves', tasks }, false);
    expect(readSuite(layout, 'loaves').tasks[0]?.prompt).toBe('Yes:\n - 12:30');
    const before = readFileSync(join(layout.suites, 'loaves.yaml'), 'utf8');
    const other = { suite: 'loaves', tasks: [{ id: 'b', prompt: 'x' }] };
    expect(problemOf(() => writeSuite(layout, other, false)).what).toContain('there is a suite of that name');
    expect(readFileSync(join(layout.suites, 'loaves.yaml'), 'utf8')).toBe(before);
    writeSuite(layout, other, true);
    expect(readSuite(layout, 'loaves').tasks.map(({ id }) => id)).toEqual(['b']);
  });

  it('is not written where it would be no suite', () => {
    expect(problemOf(() => writeSuite(layout, { suite: 'x', tasks: [] }, false)).what).toContain('tasks');
    expect(listSuites(layout)).toEqual({ suites: [], broken: [] });
  });
});

describe('trust in set-up lines', () => {
  const request = () => ({ file: join(dir, 'trust.json'), memory: join(dir, '.agentmem'), config: layout.config });
  const trust = () => recordTrust(request(), readConfiguration(request()), '2026-11-20T12:00:00Z');

  it('shows every line with its place, and ends when one changes, but not when a prompt does', () => {
    own('loaves', `${WHOLE}  - {id: last, prompt: Sweep., workspace: {setup: ./broom}}\n`);
    expect(readConfiguration(request()).commands).toMatchObject([
      { setting: 'suites/loaves.yaml workspace.setup', command: './light-oven' },
      { setting: 'suites/loaves.yaml last workspace.setup', command: './broom' },
    ]);
    trust();
    expect(isTrusted(request())).toBe(true);
    own('loaves', `${WHOLE}  - {id: last, prompt: Sweep well., workspace: {setup: ./broom}}\n`);
    expect(isTrusted(request())).toBe(true);
    own('loaves', `${WHOLE}  - {id: last, prompt: Sweep well., workspace: {setup: ./broom -f}}\n`);
    expect(isTrusted(request())).toBe(false);
  });

  it('is not asked for by suites that bring no line, nor by files that are no suite', () => {
    own('loaves', WHOLE.replace(', setup: "./light-oven"', ''));
    own('broken', WHOLE);
    mkdirSync(join(dir, 'x'));
    symlinkSync(join(layout.suites, 'loaves.yaml'), join(layout.suites, 'linked.yaml'));
    expect(suitesWithSetup(layout)).toEqual([]);
    expect(readConfiguration(request()).commands).toEqual([]);
  });
});
