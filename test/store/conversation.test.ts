// The order of a conversation and its abandoned branches, whatever order its parts were stored in.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SessionEvent } from '../../src/domain/events.ts';
import { conversation } from '../../src/store/conversation.ts';
import { says } from './made.ts';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
const event = (id: string, second?: number, more: Partial<SessionEvent> = {}) =>
  says(id, id, { ...(second !== undefined && { at: at(second) }), ...more });
const placed = (...events: SessionEvent[]) =>
  conversation(events.map((e) => ({ event: e }))).map(({ item, lane }) => `${item.event.id.slice(4)} ${lane}`);

describe('the order', () => {
  it('is by time, whatever precision the times are written in', () => {
    const half = says('h', 'h', { at: '2026-01-01T00:00:01.5Z' });
    expect(placed(event('b', 2), half, event('a', 1))).toEqual(['a main', 'h main', 'b main']);
  });

  it('is that of the file without times, threads interleaved as they are', () => {
    const sub = { thread: 'sub' };
    expect(placed(event('z'), event('y', undefined, sub), event('x'))).toEqual(['z main', 'y sub', 'x main']);
  });

  it('leaves an undated event behind the one before it in its thread', () => {
    const other = event('s', 5, { thread: 'sub' });
    expect(placed(event('a', 1), other, event('u'), event('b', 2))).toEqual(['a main', 'u main', 'b main', 's sub']);
  });

  it('puts the main thread first where times are equal, and keeps the file order within a thread', () => {
    const sub = { thread: 'sub' };
    expect(placed(event('s', 1, sub), event('b', 1), event('a', 1))).toEqual(['b main', 'a main', 's sub']);
  });

  it('does not depend on the order in which parts with different times were stored', () => {
    const events = [
      event('a', 1),
      event('b', 2, { thread: 'sub' }),
      event('c', 3),
      event('d', 4, { rewound_to: 'evt_a' }),
      event('e', 5),
    ];
    const expected = placed(...events);
    fc.assert(
      fc.property(fc.shuffledSubarray(events, { minLength: events.length }), (shuffled) => {
        expect(placed(...shuffled)).toEqual(expected);
      }),
      { seed: 3 },
    );
  });
});

describe('the lanes', () => {
  const back = (id: string, to: string, more: Partial<SessionEvent> = {}) =>
    event(id, undefined, { rewound_to: `evt_${to}`, ...more });

  it('put what a rewind left behind into a branch of its own', () => {
    expect(placed(event('a'), event('b'), event('c'), back('d', 'a'), event('e'))).toEqual([
      'a main',
      'b main~1',
      'c main~1',
      'd main',
      'e main',
    ]);
  });

  it('count the branches of a thread, each thread for itself', () => {
    const sub = { thread: 'sub' };
    const events = [
      event('a'),
      event('b'),
      back('c', 'a'),
      back('d', 'a'),
      event('s', undefined, sub),
      event('t', undefined, sub),
      back('u', 's', sub),
    ];
    expect(placed(...events)).toEqual(['a main', 'b main~1', 'c main~2', 'd main', 's sub', 't sub~1', 'u sub']);
  });

  it('follow a conversation that went back to an abandoned branch', () => {
    expect(placed(event('a'), event('b'), event('c'), back('d', 'a'), back('e', 'c'))).toEqual([
      'a main',
      'b main',
      'c main',
      'd main~1',
      'e main',
    ]);
  });

  it('tell a second rewind inside an abandoned stretch apart', () => {
    const events = [event('a'), event('b'), event('c'), back('d', 'b'), back('e', 'a')];
    expect(placed(...events)).toEqual(['a main', 'b main~1', 'c main~1', 'd main~2', 'e main']);
  });

  it('pass over a rewind to an event that is unknown, of another thread, or itself', () => {
    const sub = { thread: 'sub' };
    expect(
      placed(event('a'), back('b', 'nowhere'), back('c', 'c'), event('s', undefined, sub), back('d', 's')),
    ).toEqual(['a main', 'b main', 'c main', 's sub', 'd main']);
  });

  it('take long sessions without a stack of their length', () => {
    const events = Array.from({ length: 50_000 }, (_, i) =>
      event(`e${i}`, undefined, i % 3 === 2 ? { rewound_to: `evt_e${i - 2}` } : {}),
    );
    const lanes = placed(...events);
    expect(lanes).toHaveLength(50_000);
    expect(lanes.at(-1)).toBe('e49999 main');
  });
});
