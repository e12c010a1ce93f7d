import { getEventListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LimiterOptions, limiter, type Pass } from '../../src/model/limiter.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Those who asked for entry, by name, and who of them is in. */
function crowd(options: Partial<LimiterOptions> = {}) {
  const gate = limiter({ now: () => new Date(), ...options });
  const passes = new Map<string, Pass>();
  const order: string[] = [];
  const ask = (name: string, signal = new AbortController().signal) =>
    gate.enter(signal).then((pass) => {
      order.push(pass === undefined ? `${name} left` : name);
      if (pass !== undefined) passes.set(name, pass);
    });
  const leave = (name: string, how: Parameters<Pass['leave']>[0] = 'served') => passes.get(name)?.leave(how);
  const inside = async () => {
    await setImmediate();
    return order.join(' ');
  };
  return { ask, leave, inside };
}

const busy = { busyMs: 10_000 };

describe('a limiter', () => {
  it('lets everybody in while nothing is wrong', async () => {
    const { ask, inside } = crowd();
    for (const name of ['a', 'b', 'c']) void ask(name);
    expect(await inside()).toBe('a b c');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('makes all wait when one was told to, lets one go first, and the others once it was served', async () => {
    const { ask, leave, inside } = crowd();
    void ask('a');
    await inside();
    leave('a', busy);
    for (const name of ['b', 'c', 'd']) void ask(name);
    expect(await inside()).toBe('a');
    vi.advanceTimersByTime(9_999);
    expect(await inside()).toBe('a');
    vi.advanceTimersByTime(1);
    expect(await inside()).toBe('a b');
    leave('b');
    expect(await inside()).toBe('a b c d');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('makes all wait again when the first one is told to, and sends another where it came to nothing', async () => {
    const { ask, leave, inside } = crowd();
    void ask('a');
    await inside();
    leave('a', busy);
    for (const name of ['b', 'c', 'd', 'e']) void ask(name);
    vi.advanceTimersByTime(10_000);
    await inside();
    leave('b', busy);
    expect(await inside()).toBe('a b');
    vi.advanceTimersByTime(10_000);
    expect(await inside()).toBe('a b c');
    leave('c', 'other');
    expect(await inside()).toBe('a b c d');
    leave('d');
    expect(await inside()).toBe('a b c d e');
  });

  it('does not take the success of an older request for the end of the trouble', async () => {
    const { ask, leave, inside } = crowd();
    void ask('old');
    void ask('a');
    await inside();
    leave('a', busy);
    leave('old', 'served');
    void ask('b');
    expect(await inside()).toBe('old a');
  });

  it('waits for the longest of what it was told', async () => {
    const { ask, leave, inside } = crowd();
    void ask('a');
    void ask('b');
    await inside();
    leave('a', busy);
    leave('b', { busyMs: 1000 });
    void ask('c');
    vi.advanceTimersByTime(5000);
    expect(await inside()).toBe('a b');
    vi.advanceTimersByTime(5000);
    expect(await inside()).toBe('a b c');
  });

  it('keeps to the number that may be in flight, first come first served', async () => {
    const { ask, leave, inside } = crowd({ concurrent: 2 });
    for (const name of ['a', 'b', 'c', 'd']) void ask(name);
    expect(await inside()).toBe('a b');
    leave('b');
    leave('b');
    expect(await inside()).toBe('a b c');
    leave('a', 'other');
    expect(await inside()).toBe('a b c d');
  });

  it('lets go at once of whoever is interrupted, with neither timer nor listener left', async () => {
    const { ask, leave, inside } = crowd();
    void ask('a');
    await inside();
    leave('a', busy);
    const stopping = new AbortController();
    void ask('b', stopping.signal);
    expect(vi.getTimerCount()).toBe(1);
    stopping.abort();
    void ask('c', stopping.signal);
    expect(await inside()).toBe('a b left c left');
    expect(vi.getTimerCount()).toBe(0);
    const through = new AbortController();
    void ask('d', through.signal);
    vi.advanceTimersByTime(10_000);
    expect(await inside()).toBe('a b left c left d');
    expect(getEventListeners(through.signal, 'abort')).toEqual([]);
  });

  it('does not wait longer when the clock is set back', async () => {
    let now = Date.parse('2026-01-01T12:00:00Z');
    const { ask, leave, inside } = crowd({ now: () => new Date(now) });
    void ask('a');
    await inside();
    leave('a', busy);
    now -= 86_400_000;
    void ask('b');
    vi.advanceTimersByTime(9_000);
    void ask('c');
    expect(await inside()).toBe('a');
    vi.advanceTimersByTime(1_000);
    expect(await inside()).toBe('a b');
  });
});
