// Critics see the artefact and nothing else, at the points that the agent's file names, and the agent hears them a few times at most.
import { afterEach, describe, expect, it } from 'vitest';
import { readPast } from '../../../src/agent/past.ts';
import { changeOf, changesInWords, isLarge, runsTests } from '../../../src/agent/team/critic-points.ts';
import type { SessionEvent, ToolUse } from '../../../src/domain/events.ts';
import { delegate, faultsOf, makeTeamDesk, type TeamDesk, type TeamDeskOptions } from './team-desk.ts';

const desks: TeamDesk[] = [];
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.remove();
});

async function deskWith(options: TeamDeskOptions): Promise<TeamDesk> {
  const desk = await makeTeamDesk(options);
  desks.push(desk);
  return desk;
}

const PLAN = `First I write the file, then I look at it again. ${'I go step by step and check each one. '.repeat(8)}`;
const write = (path: string, content: string) => ({ name: 'write', input: { path, content } });
const agents = (at: string) => ({ lead: { critics: [{ member: 'eye', at }] }, eye: {} });

describe('a critic of the plan', () => {
  it('is asked before the first change, which waits until the agent has heard it', async () => {
    const desk = await deskWith({
      agents: agents('plan'),
      says: {
        lead: [
          { text: 'I look around.', tools: [{ name: 'glob', input: { pattern: '*' } }] },
          { text: PLAN, tools: [write('a.txt', 'x')] },
          { tools: [write('b.txt', 'y')] },
          { text: 'Done.' },
        ],
        eye: (_, last) => ({ text: `The file has the wrong name. (${last.length} characters seen)` }),
      },
    });
    const { path } = await desk.start();
    const seen = desk.server.requests.find(({ raw }) => raw.includes('You are eye'));
    const shown = JSON.stringify(seen?.body?.messages);
    expect(shown).toContain('First I write the file');
    expect(shown).not.toContain('Do it together.');
    expect(seen?.body?.tools ?? []).toEqual([]);
    const events = readPast(path);
    const held = events.find(
      (event) => event.type === 'agent.tool_result' && JSON.stringify(event).includes('Not run yet'),
    );
    expect(held).toMatchObject({ is_error: true });
    const heard = events.find((event) => event.type === 'user.message' && JSON.stringify(event).includes('wrong name'));
    expect(heard).toMatchObject({ content: [{ injected: 'critic' }] });
    expect(() => desk.read('a.txt')).toThrow();
    expect(desk.read('b.txt')).toBe('y');
    expect(events.filter((event) => event.type === 'session.thread_created')).toMatchObject([
      { thread: 'eye-1', role: 'critic', agent: 'eye' },
    ]);
    expect(events.filter((event) => event.thread === 'eye-1').at(-1)?.type).toBe('session.thread_status_terminated');
    expect(faultsOf(desk)).toEqual([]);
  });

  it('lets calls run at once where it has nothing to object', async () => {
    const desk = await deskWith({
      agents: agents('plan'),
      says: {
        lead: [{ text: PLAN, tools: [write('a.txt', 'x')] }, { text: 'Done.' }],
        eye: [{ text: 'NOTHING TO OBJECT' }],
      },
    });
    const report = await desk.start();
    expect(report.usage.requests).toBe(3);
    expect(desk.read('a.txt')).toBe('x');
  });

  it('is heard by an agent that only planned and thought it was done', async () => {
    const desk = await deskWith({
      agents: agents('plan'),
      says: {
        lead: (turn, last) => (turn === 0 ? { text: PLAN } : { text: `I heard: ${last}` }),
        eye: [{ text: 'You forgot the tests.' }],
      },
    });
    const report = await desk.start();
    expect(report.text).toMatch(/I heard: The critic eye was shown your plan, and says:[\s\S]*You forgot the tests\./);
  });

  it('that cannot be asked stops nobody', async () => {
    const desk = await deskWith({
      agents: agents('plan'),
      absent: { eye: 'there is no key for this model' },
      says: { lead: [{ text: PLAN, tools: [write('a.txt', 'x')] }, { text: 'Done.' }] },
    });
    const report = await desk.start();
    expect(report.stop_reason).toBe('end_turn');
    expect(desk.read('a.txt')).toBe('x');
    expect(desk.warnings).toEqual(['the critic eye could not be asked: there is no key for this model']);
  });
});

describe('a critic of changes', () => {
  it('is shown what was changed once that is much, and not again what it has seen', async () => {
    const lines = (word: string) => Array.from({ length: 120 }, (_, i) => `${word} ${i}`).join('\n');
    const desk = await deskWith({
      agents: agents('large_change'),
      says: {
        lead: [
          { tools: [write('small.txt', 'x')] },
          { tools: [write('big.txt', lines('first'))] },
          { tools: [write('tiny.txt', 'y')] },
          { tools: [write('other.txt', lines('second'))] },
          { text: 'Done.' },
        ],
        eye: (_, last) => ({
          text: `seen: ${['small.txt', 'big.txt', 'tiny.txt', 'other.txt'].filter((f) => last.includes(f)).join(' ')}`,
        }),
      },
    });
    const { path } = await desk.start();
    const heard = readPast(path).flatMap((event) =>
      event.type === 'user.message' && event.thread === undefined
        ? (/seen: .*/.exec(JSON.stringify(event.content))?.[0].replace(/\\n.*/, '') ?? [])
        : [],
    );
    expect(heard).toEqual(['seen: small.txt big.txt', 'seen: tiny.txt other.txt']);
  });

  it('is asked before tests are run, at most three times', async () => {
    const bash = {
      definition: { name: 'bash', description: 'A line.', input_schema: { type: 'object' } },
      readOnly: false,
      subject: () => undefined,
      run: async () => ({ content: [{ type: 'text' as const, text: '0 failed' }] }),
    };
    const desk = await deskWith({
      agents: { lead: { team: ['worker'] }, worker: { critics: [{ member: 'eye', at: 'before_tests' }] }, eye: {} },
      more: () => [bash],
      says: {
        lead: [{ tools: [delegate({ member: 'worker', message: 'Go.' })] }, { text: 'Done.' }],
        worker: (turn) =>
          turn < 10
            ? {
                tools: [
                  turn % 2 === 0 ? write(`${turn}.txt`, `${turn}`) : { name: 'bash', input: { command: 'npm test' } },
                ],
              }
            : { text: 'Done.' },
        eye: [{ text: 'Mind the edge.' }],
      },
    });
    const { path } = await desk.start();
    const threads = readPast(path).filter((event) => event.type === 'session.thread_created');
    expect(threads.map(({ thread }) => thread)).toEqual(['worker-1', 'eye-1', 'eye-2', 'eye-3']);
    const heard = readPast(path).filter(
      (event) => event.thread === 'worker-1' && JSON.stringify(event).includes('"injected":"critic"'),
    );
    expect(heard).toHaveLength(3);
    expect(faultsOf(desk)).toEqual([]);
  });
});

describe('the points', () => {
  const use = (name: string, input: unknown): ToolUse => ({ id: 'evt_1', type: 'agent.tool_use', name, input });
  const bash = (command: string): SessionEvent[] => [use('bash', { command })];

  it.each([
    'npm test',
    'pnpm run test -- --watch=false',
    'cd app && npx vitest run test/a.test.ts',
    'python3 -m pytest -q',
    'go test ./...',
    'cargo nextest run',
    'make -j4 check',
    './gradlew test',
    'CI=1 pytest',
  ])('know that %s runs tests', (command) => {
    expect(runsTests(bash(command))).toBe(true);
  });

  it.each([
    'npm install',
    'cat test/a.test.ts',
    'git commit -m "npm test"',
    'ls tests',
    'npm run testing-ground',
    'echo contest',
  ])('take %s for no run of tests', (command) => {
    expect(runsTests(bash(command))).toBe(false);
  });

  it('take hostile commands in no time', () => {
    expect(runsTests(bash(`npm ${'-a '.repeat(50_000)}`))).toBe(false);
  });

  it('show changes as the calls made them', () => {
    const changes = [
      changeOf(use('write', { path: 'a', content: 'x\ny\n' })),
      changeOf(use('edit', { path: 'b', edits: [{ old_string: 'one\ntwo', new_string: 'one\n2' }] })),
      changeOf(use('edit', { path: 'c', old_string: 'x', new_string: '' })),
      changeOf(use('read', { path: 'd' })),
      changeOf(use('write', null)),
    ].flatMap((change) => change ?? []);
    expect(changesInWords(changes)).toBe('a\n+ x\n+ y\n\nb\n- two\n+ 2\n\nc\n- x');
    expect(isLarge(changes)).toBe(false);
    expect(isLarge(Array.from({ length: 6 }, (_, i) => ({ path: `${i}`, text: '', lines: 1 })))).toBe(true);
  });
});
