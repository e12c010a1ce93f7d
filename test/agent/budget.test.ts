// Budgets: what is counted, which limit stops a session, what an unknown price means, and what `--budget` may say.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BudgetRequest, openBudget, type Reply, usedSoFar } from '../../src/agent/budget.ts';
import { layeredBudget, parseBudget, unpricedBudget } from '../../src/agent/budget-limits.ts';
import { UserError } from '../../src/base/errors.ts';
import type { SessionEvent } from '../../src/domain/events.ts';
import { budgetSchema } from '../../src/domain/run-settings.ts';

const START = Date.parse('2026-11-20T12:00:00.000Z');

function reply(usd: number | undefined, tokens = 100, change: Partial<Reply> = {}): Reply {
  const usage = {
    input_tokens: tokens,
    output_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
    known: true,
  };
  return { kind: 'answer', usage, usd, ...change };
}

function opened(change: Partial<BudgetRequest>) {
  const clock = { ms: START };
  const spent = { day: 0, month: 0 };
  const budget = openBudget({ limits: {}, spent: () => spent, now: () => new Date(clock.ms), ...change });
  return { budget, clock, spent };
}

describe('openBudget', () => {
  it('lets a session without limits go on for ever', () => {
    const { budget } = opened({});
    for (let i = 0; i < 1000; i++) budget.charge(reply(5, 1e6));
    expect(budget.check()).toBeUndefined();
    expect(budget.remaining()).toEqual({});
  });

  it('stops at its dollars, dust of decimal fractions aside', () => {
    const { budget } = opened({ limits: { usd: 0.3 } });
    budget.charge(reply(0.1));
    budget.charge(reply(0.1));
    expect(budget.check()).toBeUndefined();
    expect(budget.remaining().usd).toBeCloseTo(0.1);
    budget.charge(reply(0.1));
    expect(budget.check()).toMatchObject({
      what: 'usd',
      limit: 0.3,
      text: 'the session’s budget of $0.30 is used up ($0.30)',
    });
    budget.charge(reply(9));
    expect(budget.remaining()).toEqual({ usd: 0 });
  });

  it('counts tokens of every kind', () => {
    const { budget } = opened({ limits: { tokens: 10 } });
    const usage = {
      input_tokens: 1,
      output_tokens: 2,
      cache_read_input_tokens: 3,
      cache_creation_input_tokens: 3,
      known: true,
    };
    budget.charge(reply(1, 0, { usage }));
    expect(budget.check()).toBeUndefined();
    expect(budget.remaining()).toEqual({ tokens: 1 });
    budget.charge(reply(1, 1));
    expect(budget.check()).toMatchObject({ what: 'tokens', used: 10 });
  });

  it('counts a request as a turn, answered or not', () => {
    const { budget } = opened({ limits: { turns: 2 } });
    budget.charge(reply(0.1));
    budget.charge(reply(undefined, 0, { kind: 'failure' }));
    expect(budget.check()).toMatchObject({ what: 'turns', limit: 2, used: 2 });
  });

  it('counts minutes while it runs, not while a person is waited for', () => {
    const { budget, clock } = opened({ limits: { minutes: 10 } });
    clock.ms += 4 * 60_000;
    budget.pause();
    budget.pause();
    clock.ms += 600 * 60_000;
    expect(budget.check()).toBeUndefined();
    budget.resume();
    budget.resume();
    clock.ms += 5 * 60_000;
    expect(budget.remaining().minutes).toBeCloseTo(1);
    clock.ms += 60_000;
    expect(budget.check()).toMatchObject({ what: 'minutes', limit: 10, used: 10 });
  });

  it('neither gives nor takes minutes when the clock is set back', () => {
    const { budget, clock } = opened({ limits: { minutes: 10 } });
    clock.ms -= 3_600_000;
    expect(budget.used().ms).toBe(0);
  });

  it('stops where all sessions of the day or month together have spent enough', () => {
    const { budget, spent } = opened({ limits: { usd: 5 }, day: 20, month: 100 });
    expect(budget.check()).toBeUndefined();
    spent.day = 20;
    expect(budget.check()).toMatchObject({ what: 'day', limit: 20 });
    expect(budget.check()?.text).toContain('00:00 UTC');
    spent.day = 0; // a new day
    spent.month = 100.5;
    expect(budget.check()).toMatchObject({ what: 'month', used: 100.5 });
    spent.month = 0;
    expect(budget.check()).toBeUndefined();
  });

  it('goes on counting where a resumed session left off', () => {
    const earlier = { usd: 1.9, tokens: 10, turns: 3, ms: 5 * 60_000, unpriced: 0, uncounted: 0 };
    const { budget } = opened({ limits: { usd: 2, minutes: 20 }, earlier });
    expect(budget.remaining().minutes).toBe(15);
    budget.charge(reply(0.2));
    expect(budget.check()).toMatchObject({ what: 'usd' });
    expect(budget.used()).toMatchObject({ turns: 4, tokens: 110 });
    expect(earlier.usd).toBe(1.9);
  });
});

describe('a price that nobody knows', () => {
  it('is warned about once where dollars are limited, and never where they are not', () => {
    const { budget } = opened({ limits: { usd: 5, turns: 200 } });
    expect(budget.charge(reply(0.1))).toBeUndefined();
    expect(budget.charge(reply(undefined))).toContain('price of this model is not known');
    expect(budget.charge(reply(undefined))).toBeUndefined();
    expect(budget.check()).toBeUndefined();
    expect(opened({ limits: { turns: 5 } }).budget.charge(reply(undefined))).toBeUndefined();
    expect(opened({ month: 5 }).budget.charge(reply(undefined))).toBeDefined();
  });

  it('stops a session that nothing else would stop', () => {
    const { budget } = opened({ limits: { usd: 5 }, day: 20 });
    budget.charge(reply(undefined));
    expect(budget.check()).toMatchObject({ what: 'usd', limit: 5, used: 0 });
    expect(budget.check()?.text).toContain('prices.<model>');
  });

  it('is no matter for a request that was never answered', () => {
    const { budget } = opened({ limits: { usd: 5 } });
    expect(budget.charge(reply(undefined, 0, { kind: 'failure' }))).toBeUndefined();
    expect(budget.check()).toBeUndefined();
  });

  it('includes answers of a server that does not count: they are not free', () => {
    const usage = {
      input_tokens: 0,
      output_tokens: 0,
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
      known: false,
    };
    const { budget } = opened({ limits: { tokens: 100 } });
    budget.charge(reply(0, 0, { usage }));
    expect(budget.check()).toMatchObject({ what: 'tokens' });
    expect(budget.check()?.text).toContain('does not say how many tokens');
  });

  it('is refused before the start where dollars are the only limit', () => {
    expect(unpricedBudget('local', {}, false)).toBeUndefined();
    expect(unpricedBudget('local', { turns: 3 }, false)).toBeUndefined();
    expect(unpricedBudget('local', { usd: 2, turns: 3 }, false)).toMatchObject({
      warn: expect.stringContaining('prices.local'),
    });
    expect(unpricedBudget('local', { minutes: 3 }, true)).toMatchObject({ warn: expect.any(String) });
    expect(unpricedBudget('local', { usd: 2 }, false)).toMatchObject({
      refuse: {
        what: expect.stringContaining('price of local is not known'),
        hint: expect.stringContaining('--budget turns=40'),
      },
    });
    expect(unpricedBudget('local', {}, true)).toMatchObject({ refuse: expect.any(Object) });
  });
});

describe('usedSoFar', () => {
  let n = 0;
  const event = (type: string, minute: number | undefined, more: object = {}) =>
    ({
      id: `evt_${n++}`,
      type,
      ...(minute !== undefined && { at: new Date(START + minute * 60_000).toISOString() }),
      ...more,
    }) as SessionEvent;
  const request = (minute: number, more: object) => event('span.model_request_end', minute, more);

  it('sums requests and running time, pauses left out', () => {
    const usage = {
      input_tokens: 100,
      output_tokens: 10,
      cache_read_input_tokens: 5,
      cache_creation_input_tokens: 1,
      known: true,
    };
    const events = [
      event('session.created', 0),
      event('session.status_running', 1),
      request(3, { usage, cost_usd: 0.5 }),
      event('session.status_idle', 5),
      event('user.message', 500),
      event('session.status_running', 500),
      request(501, { usage, cost_usd: 0.25 }),
      request(502, { failure: 'context', usage: { known: false } }),
      event('session.status_idle', 503),
    ];
    expect(usedSoFar(events)).toEqual({ usd: 0.75, tokens: 232, turns: 3, ms: 7 * 60_000, unpriced: 0, uncounted: 0 });
  });

  it('takes the last event for the end of a run that a crash ended', () => {
    const events = [
      event('session.status_running', 0),
      event('agent.message', 4),
      event('session.status_running', 100), // resumed
      event('agent.message', 101),
    ];
    expect(usedSoFar(events).ms).toBe(5 * 60_000);
  });

  it('keeps in mind that a price or a count was not known', () => {
    expect(usedSoFar([request(0, { usage: { input_tokens: 3, known: true } })])).toMatchObject({
      unpriced: 1,
      uncounted: 0,
    });
    expect(usedSoFar([request(0, { cost_usd: 0 })])).toMatchObject({ unpriced: 1, uncounted: 1 });
  });

  it('believes no number that cannot be one', () => {
    const usage = { input_tokens: -5, output_tokens: 'many', known: true };
    expect(usedSoFar([request(0, { usage, cost_usd: Number.NaN })])).toMatchObject({ usd: 0, tokens: 0, turns: 1 });
    expect(usedSoFar([event('session.status_running', 9), event('session.status_idle', 3)]).ms).toBe(0);
  });
});

describe('--budget', () => {
  it.each([
    ['2.50', { usd: 2.5 }],
    ['$2.50', { usd: 2.5 }],
    ['.5', { usd: 0.5 }],
    ['usd=2,turns=40,minutes=20,tokens=2M', { usd: 2, turns: 40, minutes: 20, tokens: 2_000_000 }],
    [' tokens = 1.1M , usd = $3 ', { tokens: 1_100_000, usd: 3 }],
    ['tokens=500k', { tokens: 500_000 }],
    ['usd=none', { usd: null }],
  ])('%s', (text, expected) => expect(parseBudget(text)).toEqual(expected));

  it.each([
    ['', 'nothing is no amount'],
    ['cheap', 'cheap is no amount'],
    ['-1', 'no amount'],
    ['0', 'more than 0'],
    ['turn=4', 'did you mean turns?'],
    ['money=4', 'money is no limit'],
    ['turns=1.5', 'whole number'],
    ['turns=0', 'whole number above 0'],
    ['turns=2k', 'only tokens'],
    ['turns=$4', 'no amount'],
    ['usd=1,usd=2', 'usd is there twice'],
    ['usd=1=2', 'no limit'],
    ['1e9', 'no amount'],
    ['usd=Infinity', 'no amount'],
    ['turns=4,', 'nothing is no amount'],
  ])('refuses %j and says why', (text, why) => {
    try {
      parseBudget(text);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      expect(error.problem.what).toContain(why);
      expect(error.problem.hint).toContain('--budget 2.50');
    }
  });

  it('gives limits that the schema takes, or a UserError, for any text', () => {
    const text = fc.oneof(
      fc.string(),
      fc.stringMatching(/^(usd|tokens|turns|minutes)=\$?[0-9.]{1,8}[kM]?(,turns=[0-9]{1,3})?$/),
    );
    fc.assert(
      fc.property(text, (budget) => {
        try {
          expect(budgetSchema.safeParse(layeredBudget(parseBudget(budget))).success).toBe(true);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
        }
      }),
    );
  });

  it('stands above the agent’s file, which stands above the settings, each limit by itself', () => {
    expect(layeredBudget({ usd: 5, turns: 200 }, { usd: 0.5, minutes: 20 }, { turns: 40 })).toEqual({
      usd: 0.5,
      turns: 40,
      minutes: 20,
    });
    expect(layeredBudget({ usd: 5, turns: 200 }, {}, { usd: null })).toEqual({ turns: 200 });
    expect(layeredBudget({ usd: 5 }, { usd: undefined })).toEqual({ usd: 5 });
  });
});
