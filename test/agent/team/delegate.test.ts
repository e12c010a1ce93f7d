import { afterEach, describe, expect, it } from 'vitest';
import { readPast } from '../../../src/agent/past.ts';
import type { Tool } from '../../../src/agent/tools/tool.ts';
import type { SessionEvent } from '../../../src/domain/events.ts';
import { conversation } from '../../../src/store/conversation.ts';
import { delegate, faultsOf, leadResults, makeTeamDesk, type TeamDesk, type TeamDeskOptions } from './team-desk.ts';

const desks: TeamDesk[] = [];
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.remove();
});

async function deskWith(options: TeamDeskOptions): Promise<TeamDesk> {
  const desk = await makeTeamDesk(options);
  desks.push(desk);
  return desk;
}

const three = { lead: { team: ['ana', 'ben', 'cas'] }, ana: {}, ben: {}, cas: {} };
const usage = (n: number) => ({ input_tokens: n, output_tokens: 0 });

describe('a lead with three members', () => {
  it('has them work at the same time, and hears of each in the order of its tasks', async () => {
    const desk = await deskWith({
      agents: three,
      says: {
        lead: [
          {
            tools: [
              delegate(
                { member: 'ana', message: 'Look at a.' },
                { member: 'ben', message: 'Look at b.' },
                { member: 'cas', message: 'Look at c.' },
              ),
            ],
          },
          { text: 'All three are done.' },
        ],
        ana: [{ text: 'a is fine.', delay_ms: 120 }],
        ben: [{ text: 'b is fine.', delay_ms: 120 }],
        cas: [{ text: 'c is fine.', delay_ms: 120 }],
      },
    });
    const report = await desk.start();
    expect(report).toMatchObject({ stop_reason: 'end_turn', text: 'All three are done.' });
    const [result = ''] = leadResults(report.path);
    expect(result.match(/[abc] is fine/g)).toEqual(['a is fine', 'b is fine', 'c is fine']);
    const events = readPast(report.path);
    const at = (type: string, thread: string) => events.findIndex((e) => e.type === type && e.thread === thread);
    const starts = ['ana-1', 'ben-1', 'cas-1'].map((thread) => at('span.model_request_start', thread));
    const ends = ['ana-1', 'ben-1', 'cas-1'].map((thread) => at('span.model_request_end', thread));
    expect(Math.max(...starts)).toBeLessThan(Math.min(...ends));
    expect(faultsOf(desk)).toEqual([]);
  });

  it('leaves order and cause in the transcript: created, told, answered, ended, each with its thread', async () => {
    const desk = await deskWith({
      agents: three,
      says: {
        lead: [{ tools: [delegate({ member: 'ana', message: 'Look at a.' })] }, { text: 'Done.' }],
        ana: [{ text: 'a is fine.' }],
      },
    });
    const { path } = await desk.start();
    const events = readPast(path);
    const call = events.find((event) => event.type === 'agent.tool_use')?.id;
    const told = events.filter((e) => /thread/.test(e.type) || e.type === 'user.message').map(brief);
    expect(told).toEqual([
      'main user.message: Do it together.',
      'ana-1 session.thread_created',
      'main agent.thread_message_sent: Look at a.',
      'ana-1 session.thread_status_running',
      'ana-1 agent.thread_message_received: Look at a.',
      'ana-1 user.message: Look at a.',
      'ana-1 agent.thread_message_sent: a is fine.',
      'main agent.thread_message_received: a is fine.',
      'ana-1 session.thread_status_idle',
    ]);
    expect(events.find((event) => event.type === 'session.thread_created')).toMatchObject({
      ...{ agent: 'ana', call, title: 'Look at a.', role: 'member', workspace: 'shared' },
    });
    expect(events.find((event) => event.type === 'session.thread_status_idle')).toMatchObject({
      stop_reason: 'end_turn',
      usage: { requests: 1 },
    });
    const words = events.find((event) => event.type === 'user.message' && event.thread === 'ana-1');
    expect(words).toMatchObject({ content: [{ injected: 'delegate' }] });
    // Readers put events in order by time and thread; that must be the order in which they were stored.
    const read = conversation(events.map((event) => ({ event }))).map(({ item }) => item.event.id);
    expect(read).toEqual(events.map((event) => event.id));
  });

  it('costs what its parts cost, to the last digit, and all of it counts against the session', async () => {
    const desk = await deskWith({
      agents: three,
      says: {
        lead: [
          {
            tools: [
              delegate({ member: 'ana', message: 'a' }, { member: 'ben', message: 'b' }),
              delegate({ member: 'cas', message: 'c' }),
            ],
            usage: usage(1_000),
          },
          { text: 'Done.', usage: usage(2_000) },
        ],
        ana: [{ text: 'A', usage: usage(300_001) }],
        ben: [
          { tools: [{ name: 'glob', input: { pattern: '*' } }], usage: usage(40_000) },
          { text: 'B', usage: usage(5_000) },
        ],
        cas: [{ text: 'C', usage: usage(600_000) }],
      },
    });
    const { usage: totals, path } = await desk.start();
    const ends = readPast(path).filter((event) => event.type === 'span.model_request_end');
    const sum = ends.reduce((total, event) => total + Number((event as { cost_usd?: number }).cost_usd), 0);
    expect(ends).toHaveLength(6);
    expect(totals).toMatchObject({ requests: 6, unpriced: 0 });
    expect(totals.usd).toBeCloseTo(sum, 12);
    const parts = readPast(path).flatMap((event) =>
      event.type === 'session.thread_status_idle' ? [(event.usage as { usd: number }).usd] : [],
    );
    const own = ends.filter((event) => event.thread === undefined);
    const lead = own.reduce((total, event) => total + Number((event as { cost_usd?: number }).cost_usd), 0);
    expect(parts.reduce((a, b) => a + b, lead)).toBeCloseTo(totals.usd, 12);
  });

  it('gets a refusal, a crash and a used-up budget as results, beside the answer of who was well', async () => {
    const broken: Tool = {
      definition: { name: 'engine', description: 'An engine.', input_schema: { type: 'object' } },
      readOnly: false,
      subject: () => undefined,
      run: async () => ({ content: [{ type: 'text', text: 'The engine’s process ended (SIGKILL).' }], isError: true }),
    };
    const desk = await deskWith({
      agents: {
        lead: { team: ['ana', 'ben', 'cas', 'dov', 'eva'] },
        ana: {},
        ben: {},
        cas: { budget: { turns: 2 } },
        dov: {},
        eva: {},
      },
      more: (name) => (name === 'ben' ? [broken] : []),
      absent: { eva: 'there is no key for this model' },
      says: {
        lead: (turn, last) =>
          turn === 0
            ? {
                tools: [delegate(...['ana', 'ben', 'cas', 'dov', 'eva'].map((member) => ({ member, message: 'Go.' })))],
              }
            : { text: `I heard:\n${last}` },
        ana: [{ stop_reason: 'refusal' }],
        ben: [{ tools: [{ name: 'engine', input: {} }] }, { text: 'The engine is broken.' }],
        cas: (turn) => ({ text: `look ${turn}`, tools: [{ name: 'glob', input: { pattern: `${turn}` } }] }),
        dov: [{ text: 'Well.' }],
      },
    });
    const report = await desk.start();
    expect(report.stop_reason).toBe('end_turn');
    const [result = ''] = leadResults(report.path);
    expect(result).toMatch(/ana-1 was refused by its model · the model refused/);
    expect(result).toMatch(/ben-1 is done .*\nThe engine is broken\./);
    expect(result).toMatch(/cas-1 has used up its budget · the budget of cas-1 of 2 turns is used up · 2 turns/);
    expect(result).toMatch(/dov-1 is done .*\nWell\./);
    expect(result).toMatch(/eva-1 could not go on · there is no key for this model/);
    expect(faultsOf(desk)).toEqual([]);
  });

  it('stops with them where the session’s own budget is used up', async () => {
    const desk = await deskWith({
      agents: three,
      budget: { turns: 4 },
      says: {
        lead: [{ tools: [delegate({ member: 'ana', message: 'Go on and on.' })] }, { text: 'never said' }],
        ana: (turn) => ({ tools: [{ name: 'glob', input: { pattern: `${turn}` } }] }),
      },
    });
    const report = await desk.start();
    expect(report).toMatchObject({ stop_reason: 'budget_reached', usage: { requests: 4 } });
    expect(leadResults(report.path)[0]).toMatch(/ana-1 has used up its budget · the session’s budget of 4 turns/);
  });

  it('answers what a member asks by telling its thread, and the member goes on', async () => {
    const desk = await deskWith({
      agents: three,
      says: {
        lead: [
          { tools: [delegate({ member: 'ana', message: 'Paint it.' })] },
          { tools: [delegate({ thread: 'ana-1', message: 'Blue.' })] },
          { text: 'Done.' },
        ],
        ana: (turn, last) =>
          turn === 0
            ? { tools: [{ name: 'ask', input: { question: 'Which colour?', options: ['red', 'blue'] } }] }
            : { text: `Painted. I was told: ${last}` },
      },
    });
    const { path, stop_reason } = await desk.start();
    expect(stop_reason).toBe('end_turn');
    const [asked = '', answered = ''] = leadResults(path);
    expect(asked).toMatch(/ana-1 asks something; answer it[\s\S]*Which colour\? \(red \/ blue\)/);
    expect(answered).toMatch(/I was told: The answer to this: Blue\./);
    expect(faultsOf(desk)).toEqual([]);
  });
});

describe('threads', () => {
  it('remember what was said when they are told more', async () => {
    const desk = await deskWith({
      agents: three,
      says: {
        lead: [
          { tools: [delegate({ member: 'ana', message: 'The word is plum.' })] },
          {
            tools: [
              delegate({ thread: 'ana-1', message: 'Which word?' }),
              delegate({ member: 'ana', message: 'Which word?' }),
            ],
          },
          { text: 'Done.' },
        ],
        ana: (_, last, first) => ({ text: `${last} — at first: ${first}` }),
      },
    });
    const { path } = await desk.start();
    const [, more, other] = leadResults(path);
    expect(more).toMatch(/Which word\? — at first: The word is plum\./);
    expect(other).toMatch(/ana-2 is done[\s\S]*at first: Which word\?/);
  });

  it('work 25 at a time, and the others wait their turn', async () => {
    let now = 0;
    let most = 0;
    const desk = await deskWith({
      agents: three,
      threads: 25,
      says: {
        lead: [
          { tools: [delegate(...Array.from({ length: 30 }, (_, i) => ({ member: 'ana', message: `Part ${i}.` })))] },
          { text: 'Done.' },
        ],
        ana: async (_, last) => {
          most = Math.max(most, ++now);
          await new Promise((resolve) => setTimeout(resolve, 150));
          now--;
          return { text: `${last} done` };
        },
      },
    });
    const { path } = await desk.start();
    const [result = ''] = leadResults(path);
    expect(result.match(/Part \d+\. done/g)).toEqual(Array.from({ length: 30 }, (_, i) => `Part ${i}. done`));
    expect(most).toBeGreaterThan(5);
    const running = mostAtOnce(readPast(path));
    expect(running).toBe(25);
  });

  it('go as deep as the settings say, one level by default, without standing in their own way', async () => {
    const agents = { lead: { team: ['mid'] }, mid: { team: ['low'] }, low: { team: ['mid'] } };
    const says = {
      lead: [
        { tools: [delegate({ member: 'mid', message: 'a' }, { member: 'mid', message: 'b' })] },
        { text: 'Done.' },
      ],
      mid: (turn: number, last: string) =>
        turn === 0 ? { tools: [delegate({ member: 'low', message: 'deep' })] } : { text: `mid heard: ${last}` },
      low: [{ text: 'I am at the bottom.' }],
    };
    const flat = await deskWith({ agents, says });
    expect(leadResults((await flat.start()).path)[0]).toMatch(/mid heard: There is no tool named "delegate"/);
    // With one place at the gate, a thread that waits for its members must not keep it.
    const deep = await deskWith({ agents, says, depth: 2, threads: 1 });
    const { path } = await deep.start();
    expect(leadResults(path)[0]?.match(/I am at the bottom/g)).toHaveLength(2);
    const created = readPast(path).filter((event) => event.type === 'session.thread_created');
    expect(created.map((event) => [event.thread, 'parent' in event ? event.parent : undefined])).toEqual([
      ['mid-1', undefined],
      ['mid-2', undefined],
      ['low-1', 'mid-1'],
      ['low-2', 'mid-2'],
    ]);
    expect(faultsOf(deep)).toEqual([]);
  });

  it('give a long answer shortened, and whole by pages', async () => {
    const long = Array.from({ length: 3_000 }, (_, i) => `line ${i}`).join('\n');
    const desk = await deskWith({
      agents: three,
      says: {
        lead: [
          { tools: [delegate({ member: 'ana', message: 'Report.' })] },
          {
            tools: [
              { name: 'list_team', input: { thread: 'ana-1' } },
              { name: 'list_team', input: { thread: 'ana-1', offset: 16_000 } },
            ],
          },
          { tools: [{ name: 'list_team', input: {} }] },
          { text: 'Done.' },
        ],
        ana: [{ text: long }],
      },
    });
    const [short = '', first = '', second = '', all = ''] = leadResults((await desk.start()).path);
    expect(short.length).toBeLessThan(4_300);
    expect(short).toMatch(/all of it: list_team \{"thread": "ana-1"\}/);
    const pages = [first, second].map((page) => page.slice(page.indexOf('\n') + 1)).join('');
    expect(pages).toBe(long);
    expect(all).toMatch(/- ana-1 \[end_turn, answer of \d+ characters\] Report\./);
  });

  it('are refused by name where nothing fits, without touching the others of the call', async () => {
    const desk = await deskWith({
      agents: three,
      says: {
        lead: [
          {
            tools: [
              delegate(
                { member: 'zoe', message: 'Go.' },
                { thread: 'ana-7', message: 'Go.' },
                { member: 'ana', message: 'Go.' },
              ),
              delegate({ message: 'Go.' }),
              delegate({ member: 'ana', thread: 'ana-1', message: 'Go.' }),
            ],
          },
          { text: 'Done.' },
        ],
        ana: [{ text: 'Well.' }],
      },
    });
    // Those that are refused at once are answered first.
    const [neither = '', both = '', mixed = ''] = leadResults((await desk.start()).path);
    expect(mixed).toMatch(/zoe was not started · "zoe" is no member of your team\. The members are: ana, ben, cas\./);
    expect(mixed).toMatch(/There is no thread "ana-7" of yours/);
    expect(mixed).toMatch(/ana-1 is done/);
    expect(neither).toMatch(/name either a member/);
    expect(both).toMatch(/name either a member/);
  });

  it('are all interrupted by the person, and told more after that', async () => {
    const stop = new AbortController();
    const desk = await deskWith({
      agents: three,
      says: {
        lead: (turn, last) =>
          turn === 0
            ? { tools: [delegate({ member: 'ana', message: 'Slow.' }, { member: 'ben', message: 'Slow.' })] }
            : turn === 1
              ? { tools: [delegate({ thread: 'ana-1', message: 'And now?' })] }
              : { text: last },
        ana: (_, last) => (last.includes('And now') ? { text: 'Now it works.' } : { text: 'late', delay_ms: 5_000 }),
        ben: [{ text: 'late', delay_ms: 5_000 }],
      },
    });
    let requests = 0;
    const report = await desk.start(stop.signal, (event) => {
      if (event.type === 'span.model_request_start' && ++requests === 3) setTimeout(() => stop.abort(), 20);
    });
    expect(report.stop_reason).toBe('interrupted');
    expect(leadResults(report.path)[0]).toMatch(/ana-1 was interrupted[\s\S]*ben-1 was interrupted/);
    const again = await desk.resume(report);
    expect(again).toMatchObject({ stop_reason: 'end_turn' });
    expect(again.text).toMatch(/Now it works/);
    expect(faultsOf(desk)).toEqual([]);
  });
});

describe('an answer with a schema', () => {
  const schema = {
    type: 'object',
    properties: { n: { type: 'integer' } },
    required: ['n'],
    additionalProperties: false,
  };

  it('is told what is wrong once, and then fits', async () => {
    const desk = await deskWith({
      agents: three,
      says: {
        lead: [{ tools: [delegate({ member: 'ana', message: 'Count.', schema })] }, { text: 'Done.' }],
        ana: (turn) => ({ text: turn === 0 ? 'There are three.' : '```json\n{"n": 3}\n```' }),
      },
    });
    const { path } = await desk.start();
    expect(leadResults(path)[0]).toMatch(/ana-1 is done[^\n]*\n\{"n": 3\}|\n\{"n":3\}/);
    const told = readPast(path).filter((event) => event.type === 'user.message' && event.thread === 'ana-1');
    expect(JSON.stringify(told[0])).toMatch(/one JSON value that fits this JSON schema/);
    expect(JSON.stringify(told[1])).toMatch(/it is no JSON/);
  });

  it('that still does not fit is an error with the reasons, and the answer stays readable', async () => {
    const desk = await deskWith({
      agents: three,
      says: {
        lead: [{ tools: [delegate({ member: 'ana', message: 'Count.', schema })] }, { text: 'Done.' }],
        ana: [{ text: '{"n": "three"}' }, { text: '{"n": "three", "m": 1}' }],
      },
    });
    const { path } = await desk.start();
    expect(leadResults(path)[0]).toMatch(
      /does not fit the schema: n must be an integer, not a string; m is unknown[\s\S]*"three"/,
    );
    expect(readPast(path).find((e) => e.type === 'agent.tool_result' && e.thread === undefined)).toMatchObject({
      is_error: true,
    });
  });
});

describe('advise', () => {
  it('asks once, without tools, in a thread that ends after the answer', async () => {
    const desk = await deskWith({
      agents: three,
      says: {
        lead: [
          { tools: [{ name: 'advise', input: { question: 'Left or right?', context: 'Left is shorter.' } }] },
          { text: 'Left it is.' },
        ],
        advisor: (_, last) => ({ text: `You said: ${last}` }),
      },
    });
    const { path } = await desk.start();
    expect(leadResults(path)[0]).toMatch(
      /The advisor answers \(advisor-1, \$[\d.]+\):\nYou said: Left or right\?[\s\S]*Left is shorter/,
    );
    const asked = desk.server.requests.find(({ raw }) => raw.includes('You are advisor'));
    expect(asked?.body?.tools ?? []).toEqual([]);
    expect(
      readPast(path)
        .filter((e) => e.thread === 'advisor-1')
        .map((e) => e.type)
        .at(-1),
    ).toBe('session.thread_status_terminated');
  });
});

function brief(event: SessionEvent): string {
  const content = 'content' in event && Array.isArray(event.content) ? (event.content as { text: string }[]) : [];
  const text = content.map((block) => block.text).join(' ');
  return `${event.thread ?? 'main'} ${event.type}${text === '' ? '' : `: ${text}`}`;
}

function mostAtOnce(events: readonly SessionEvent[]): number {
  let now = 0;
  let most = 0;
  for (const { type } of events) {
    if (type === 'session.thread_status_running') most = Math.max(most, ++now);
    if (type === 'session.thread_status_idle') now--;
  }
  return most;
}
