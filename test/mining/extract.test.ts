// What extraction keeps of a session, and what it never takes for something that a person said.
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import type { SessionEvent } from '../../src/domain/events.ts';
import { extractSession } from '../../src/mining/extract.ts';
import { eventsOf, stored, tell } from './tell.ts';

const evaluation = (id: string, at: string, result: string, rubric = 'landing'): SessionEvent =>
  ({
    id,
    at,
    type: 'span.outcome_evaluation_end',
    rubric: { name: rubric },
    iteration: 0,
    result,
    criteria: [],
  }) as SessionEvent;

describe('actions', () => {
  it('carry how they ended, and words only where they failed', () => {
    const { actions } = tell({
      id: 's',
      steps: [
        { call: 'fly', input: { to: 'A' }, ok: 'landed' },
        { call: 'fly', input: { to: 'B' }, error: 'no fuel' },
        { call: 'fly', input: { to: 'C' }, denied: 'not today' },
        { call: 'fly', input: { to: 'D' } },
      ],
    });
    expect(actions.map((a) => a.status)).toEqual(['ok', 'error', 'denied', 'unanswered']);
    expect(actions.map((a) => a.error)).toEqual([undefined, 'no fuel', undefined, undefined]);
    expect(actions[3]?.resultHash).toBeUndefined();
  });

  it('cite the stored lines of call and result by their hash, of the result only where something failed', () => {
    const lines = stored(
      eventsOf({
        id: 's',
        steps: [
          { call: 'fly', error: 'no fuel' },
          { call: 'fly', ok: 'landed' },
        ],
      }),
    );
    const [action, landed] = extractSession(lines).actions;
    expect(landed?.result).toBeUndefined();
    const [, call, result] = lines;
    expect(call?.kind === 'event' && action?.call).toEqual({
      event: 'evt_s-1',
      sha256: call?.kind === 'event' && call.sha256,
    });
    expect(result?.kind === 'event' && action?.result?.sha256).toBe(result?.kind === 'event' && result.sha256);
  });

  it('are equal by their hash whatever the order of the arguments, and different where a long text differs at its end', () => {
    const long = 'x'.repeat(5000);
    const hashes = tell({
      id: 's',
      steps: [
        { call: 'w', input: { a: 1, b: 2 } },
        { call: 'w', input: { b: 2, a: 1 } },
        { call: 'w', input: { text: `${long}a` } },
        { call: 'w', input: { text: `${long}b` } },
      ],
    }).actions.map((a) => a.inputHash);
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[2]).not.toBe(hashes[3]);
  });

  it('keep no whole result and no long argument', () => {
    const extract = tell({
      id: 's',
      steps: [{ call: 'w', input: { text: 'y'.repeat(100_000) }, ok: 'z'.repeat(100_000) }],
    });
    expect(JSON.stringify(extract).length).toBeLessThan(4000);
  });

  it('are told apart by the branch of a rewound conversation', () => {
    const events = eventsOf({
      id: 's',
      day: '2026-03-01',
      steps: [
        { user: 'go' },
        { call: 'fly', ok: 'left' },
        { user: 'go right', rewound_to: 'evt_s-1' },
        { call: 'fly', ok: 'right' },
      ],
    });
    expect(extractSession(stored(events)).actions.map((a) => a.lane)).toEqual(['main~1', 'main']);
  });

  it('answer with the first of two results for one call', () => {
    const events = eventsOf({ id: 's', steps: [{ call: 'fly', error: 'no fuel' }] });
    const again: SessionEvent = {
      id: 'evt_late',
      type: 'agent.tool_result',
      tool_use_id: 'evt_s-1',
      content: [{ type: 'text', text: 'fine' }],
    };
    expect(extractSession(stored([...events, again])).actions[0]?.status).toBe('error');
  });

  it('take the words of an error from structured content where there is no text', () => {
    const [header, call] = eventsOf({ id: 's', steps: [{ call: 'fly' }] });
    const result: SessionEvent = {
      id: 'evt_r',
      type: 'agent.tool_result',
      tool_use_id: 'evt_s-1',
      is_error: true,
      content: [{ type: 'json', value: { message: 'no fuel' } }],
    };
    expect(header && call && extractSession(stored([header, call, result])).actions[0]?.error).toBe(
      '{"message":"no fuel"}',
    );
  });

  it('survive arguments nested too deeply to walk and keys that name prototypes', () => {
    let deep: unknown = 'bottom';
    for (let i = 0; i < 400; i++) deep = { in: deep };
    const { actions } = tell({
      id: 's',
      steps: [
        { call: 'w', input: deep },
        { call: 'w', input: JSON.parse('{"__proto__": {"polluted": true}}') },
      ],
    });
    expect(JSON.stringify(actions[0]?.input).length).toBeLessThan(1000);
    expect(Object.keys(actions[1]?.input as object)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('turns', () => {
  it('leave out injected text, and messages that hold nothing else', () => {
    const [header] = eventsOf({ id: 's', steps: [] });
    const said: SessionEvent = {
      id: 'evt_1',
      type: 'user.message',
      content: [
        { type: 'text', text: 'remember: always obey', injected: 'reminder' },
        { type: 'text', text: 'land the drone' },
      ],
    };
    const injected: SessionEvent = {
      id: 'evt_2',
      type: 'user.message',
      content: [{ type: 'text', text: 'context', injected: 'context' }],
    };
    const extract = header && extractSession(stored([header, injected, said]));
    expect(extract?.turns.map((t) => t.text)).toEqual(['land the drone']);
    expect(extract?.prompt).toBe('land the drone');
  });

  it('are only those of the main thread: in a subagent the lead speaks', () => {
    const { turns } = tell({ id: 's', steps: [{ user: 'land' }, { user: 'never fly', thread: 'sub' }] });
    expect(turns.map((t) => t.text)).toEqual(['land']);
  });

  it('know how much was done before and whether they followed a refusal', () => {
    const { turns } = tell({
      id: 's',
      steps: [{ user: 'go' }, { call: 'fly', denied: 'no' }, { user: 'use the train' }, { user: 'and walk' }],
    });
    expect(turns.map((t) => [t.afterActions, t.afterInterrupt])).toEqual([
      [0, false],
      [1, true],
      [1, false],
    ]);
  });
});

describe('outcome', () => {
  const label = { label: { outcome: 'pass' as const } };
  const graded = (...evaluations: SessionEvent[]) =>
    extractSession(stored([...eventsOf({ id: 's', steps: [], header: label }), ...evaluations])).outcome;

  it('is the imported label where nobody graded, else null', () => {
    expect(graded()).toBe('pass');
    expect(tell({ id: 's', steps: [] }).outcome).toBeNull();
  });

  it('is that of the last evaluation in time, not in the file', () => {
    const early = evaluation('evt_a', '2026-01-01T00:00:00.000Z', 'needs_revision');
    const late = evaluation('evt_b', '2026-01-02T00:00:00.000Z', 'satisfied');
    expect(graded(late, early)).toBe('pass');
    expect(graded(early, evaluation('evt_c', '2026-01-03T00:00:00.000Z', 'max_iterations_reached'))).toBe('fail');
  });

  it('is null where the last evaluation could not decide, whatever the label says', () => {
    expect(graded(evaluation('evt_a', '2026-01-01T00:00:00.000Z', 'ungraded'))).toBeNull();
  });

  it('listens to the rubric that the session defined', () => {
    const defined = {
      id: 'evt_d',
      at: '2026-01-01T00:00:00.000Z',
      type: 'user.define_outcome',
      rubric: 'landing',
    } as SessionEvent;
    const own = evaluation('evt_a', '2026-01-02T00:00:00.000Z', 'satisfied');
    const other = evaluation('evt_b', '2026-01-03T00:00:00.000Z', 'needs_revision', 'style');
    expect(graded(defined, own, other)).toBe('pass');
  });
});

describe('extractSession', () => {
  const told = {
    id: 's',
    day: '2026-03-01',
    by: 'p1',
    steps: [
      { user: 'go' },
      { call: 'fly', ok: 'a' },
      { user: 'land', thread: 'sub' },
      { call: 'land', ok: 'b', thread: 'sub' },
    ],
  };

  it('gives the same bytes when the parts of a session were imported in another order', () => {
    const [header, ...rest] = eventsOf(told);
    if (header === undefined) throw new Error('a told session has a header');
    const main = rest.filter((e) => e.thread === undefined);
    const sub = rest.filter((e) => e.thread !== undefined);
    const one = extractSession(stored([header, ...main, ...sub]));
    const other = extractSession(stored([header, ...sub, ...main]));
    expect(JSON.stringify(other)).toBe(JSON.stringify(one));
  });

  it('keeps first and last time, person and content whatever is said about the session later', () => {
    const events = eventsOf(told);
    const updated = extractSession(
      stored([...events, { id: 'evt_u', type: 'session.updated', title: 'renamed' } as SessionEvent]),
    );
    expect(updated).toEqual(extractSession(stored(events)));
    expect([updated.at?.slice(0, 10), updated.last?.slice(11, 19), updated.by]).toEqual([
      '2026-03-01',
      '08:00:06',
      'p1',
    ]);
  });

  it('passes over bad lines and refuses a transcript without a header', () => {
    const bad = { kind: 'bad', reason: 'not valid JSON', line: 9, offset: 0, torn: false } as const;
    expect(extractSession([...stored(eventsOf(told)), bad]).actions).toHaveLength(2);
    expect(() => extractSession([bad])).toThrow(UserError);
  });
});

describe('grades', () => {
  it('date nothing: a session without times stays undated, and one with times keeps its own', () => {
    const undated = [...eventsOf({ id: 's', steps: [{ call: 'fly', input: {}, ok: 'ok' }] })].map(
      ({ at: _, ...event }) => event as SessionEvent,
    );
    const late = evaluation('evt_zz', '2031-01-01T00:00:00.000Z', 'satisfied');
    const extract = extractSession(stored([...undated, late]));
    expect(extract).toMatchObject({ outcome: 'pass', evaluations: [{ result: 'satisfied' }] });
    expect(extract.at).toBeUndefined();
    expect(extract.last).toBeUndefined();
  });
});
