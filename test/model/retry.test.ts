import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interactiveRetries, pause, type RetryPolicy, retries, unattendedRetries } from '../../src/model/retry.ts';

const policy: RetryPolicy = {
  capMs: 60_000,
  baseMs: 1000,
  perAskMs: 200_000,
  perRunMs: 300_000,
  attempts: 6,
  silences: 2,
};
const failed = { slow: false };

describe('waiting', () => {
  it('grows by chance between nothing and twice as much each time', () => {
    const highest = retries({ ...policy, attempts: 20 }, () => 0.999_999).ask();
    expect([1, 2, 3, 4, 5, 6, 7].map(() => highest.next(failed))).toEqual([
      1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
    ]);
    expect(
      retries(policy, () => 0)
        .ask()
        .next(failed),
    ).toBe(0);
  });

  it('is never shorter than the server asks, up to the cap', () => {
    const ask = (afterMs: number) =>
      retries(policy, () => 0.5)
        .ask()
        .next({ afterMs, slow: false });
    expect(ask(2000)).toBe(2000);
    expect(ask(3_600_000)).toBe(60_000);
    expect(ask(0)).toBe(500);
    expect(
      retries(unattendedRetries, () => 0)
        .ask()
        .next({ afterMs: 3_600_000, slow: false }),
    ).toBe(15 * 60_000);
  });

  it('ends with the attempts, with the patience for silence, with the time of a question, and with that of a run', () => {
    const few = retries(policy, () => 0).ask();
    expect([1, 2, 3, 4, 5, 6].map(() => few.next(failed)).at(-1)).toBe('attempts');
    const silent = retries(policy, () => 0).ask();
    expect([silent.next({ slow: true }), silent.next({ slow: true })]).toEqual([0, 'silence']);
    const minute = { afterMs: 60_000, slow: false };
    const run = retries(policy, () => 0);
    const first = run.ask();
    expect([1, 2, 3, 4].map(() => first.next(minute))).toEqual([60_000, 60_000, 60_000, 'time']);
    const second = run.ask();
    expect([1, 2, 3].map(() => second.next(minute))).toEqual([60_000, 60_000, 'time']);
    expect(run.ask().next(minute)).toBe('time');
  });

  it('keeps to its limits whatever servers say', () => {
    const said = fc.array(
      fc.record({ afterMs: fc.oneof(fc.nat(), fc.constant(Number.MAX_SAFE_INTEGER)), slow: fc.boolean() }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(
        fc.constantFrom(interactiveRetries, unattendedRetries),
        fc.array(said, { maxLength: 5 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (p, questions, random) => {
          const run = retries(p, () => random);
          let ofRun = 0;
          for (const question of questions) {
            const tries = run.ask();
            const waits: number[] = [];
            for (const failure of question) {
              const wait = tries.next(failure);
              if (typeof wait === 'string') break;
              waits.push(wait);
            }
            const sum = waits.reduce((a, b) => a + b, 0);
            ofRun += sum;
            expect(waits.length).toBeLessThan(p.attempts);
            expect(waits.every((w) => w >= 0 && w <= p.capMs)).toBe(true);
            expect(sum).toBeLessThanOrEqual(p.perAskMs);
          }
          expect(ofRun).toBeLessThanOrEqual(p.perRunMs);
        },
      ),
    );
  });
});

describe('a pause', () => {
  it('ends at once when the signal fires, and leaves no listener behind', async () => {
    const stopping = new AbortController();
    const paused = pause(3_600_000, stopping.signal);
    stopping.abort();
    expect(await paused).toBe(false);
    expect(await pause(3_600_000, stopping.signal)).toBe(false);
    const quiet = new AbortController();
    expect(await pause(1, quiet.signal)).toBe(true);
    expect(getEventListeners(quiet.signal, 'abort')).toEqual([]);
  });
});
