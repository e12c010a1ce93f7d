// Sessions as runs, and the patterns that they show.
import { describe, expect, it } from 'vitest';
import type { Action, Extract } from '../../../src/mining/extract-types.ts';
import { keyOf, type Sign, describe as words } from '../../../src/mining/patterns/describe.ts';
import { endingsOf } from '../../../src/mining/patterns/endings.ts';
import { LIMITS } from '../../../src/mining/patterns/limits.ts';
import { runsOf } from '../../../src/mining/patterns/runs.ts';
import { signsOf } from '../../../src/mining/patterns/signs.ts';
import { hashAfter, newSketch } from '../../../src/mining/patterns/sketch.ts';
import { extractOf } from '../extracts.ts';
import { actionOf } from './worlds.ts';

/** A session in short: letters are tools, `!` a failure, `?` a call that was never answered, `side:` another lane. */
function session(id: string, text: string): Extract {
  const actions = text.split(' ').map((word, step): Action => {
    const tool = word.replace(/^side:|[!?]$/g, '');
    const status = word.endsWith('!') ? 'error' : word.endsWith('?') ? 'unanswered' : 'ok';
    return actionOf(tool, status, step, word.startsWith('side:') ? 'side' : 'main');
  });
  return extractOf(id, { actions });
}

const ALL = { ...LIMITS, support: 1, strata: 1 };

/** What one session shows, with steps; landmarks at every step, so that nothing is merged that differs. */
function shown(text: string): Map<string, number> {
  const { signs } = signsOf(runsOf([session('s', text)]), Int32Array.of(0), {
    ...ALL,
    landmarks: Array.from({ length: 50 }, (_, i) => i + 1),
  });
  return new Map(signs.flatMap((s) => (s.type === 'pattern' ? [[words(s, 6), s.steps[0] ?? 0]] : [])));
}

describe('runs', () => {
  it('take equal steps in a row as one, and note when they had become two and four', () => {
    const runs = runsOf([session('s', 'a a a a a b a!')]);
    expect(runs.kinds).toEqual([
      { tool: 'a', status: 'ok' },
      { tool: 'b', status: 'ok' },
      { tool: 'a', status: 'error' },
    ]);
    expect([...runs.size]).toEqual([2, 0, 0]);
    expect([...runs.steps]).toEqual([1, 2, 4, 6, 0, 0, 7, 0, 0]);
  });

  it('never go from one lane to another, and leave unanswered calls out though they count as steps', () => {
    const runs = runsOf([session('s', 'a side:b a? a c')]);
    expect([...runs.kind].map((k) => runs.kinds[k]?.tool)).toEqual(['a', 'c', 'b']);
    expect([...runs.opens]).toEqual([1, 0, 1]);
    expect([...runs.steps]).toEqual([1, 4, 0, 5, 0, 0, 2, 0, 0]);
  });
});

describe('patterns', () => {
  it('keep the simplest of those that are shown by the same step', () => {
    expect([...shown('a b c')]).toEqual([
      ['`a`', 1],
      ['`b`', 2],
      ['`c`', 3],
    ]);
  });

  it('keep the first step at which they were complete, whatever came later', () => {
    const patterns = shown('a b a b! a a a a b');
    expect(patterns.get('`a`, then `b`')).toBeUndefined(); // shown by step 2, as `b` is
    expect(patterns.get('`b`')).toBe(2);
    expect(patterns.get('`b`, then `a`')).toBe(3);
    expect(patterns.get('`b` (failing)')).toBe(4);
    expect(patterns.get('`a` (twice or more in a row)')).toBe(6);
    expect(patterns.get('`a` (four times or more in a row)')).toBe(8);
  });

  it('are named with how a step ended and how often it was repeated, and a name cannot leave its quotation', () => {
    const sign: Sign = {
      type: 'pattern',
      parts: [
        { tool: 'a`b\n', status: 'denied', times: 1 },
        { tool: 'c', status: 'error', times: 4 },
      ],
      gapped: true,
      sessions: Uint32Array.of(),
      steps: Uint16Array.of(),
    };
    expect(words(sign, 6)).toBe(
      "`a'b` (refused) and, within 6 different steps, `c` (failing, four times or more in a row)",
    );
    expect(keyOf(sign)).toBe('["later",["a`b\\n","denied",1],["c","error",4]]');
  });

  it('need enough sessions in enough strata', () => {
    const sessions = ['a b', 'a c', 'a b', 'd e'].map((text, i) => session(`s${i}`, text));
    const keys = (strata: number[], support: number, least: number) =>
      signsOf(runsOf(sessions), Int32Array.from(strata), { ...ALL, support, strata: least }).signs.map((s) =>
        words(s, 6),
      );
    expect(keys([0, 0, 1, 1], 2, 2)).toEqual(['`a`', '`b`']);
    expect(keys([0, 0, 0, 1], 2, 2)).toEqual([]);
    expect(keys([0, 0, 0, 1], 3, 1)).toEqual(['`a`']);
  });
});

describe('endings', () => {
  it('are the last step, and what was among the last few runs of sessions that had so many', () => {
    const sessions = ['x y', 'p a b', 'a a b c', 'b c p'].map((text, i) => session(`s${i}`, text));
    const runs = runsOf(sessions);
    const { endings, short } = endingsOf(runs, { tail: 3, least: 1 });
    expect([...short]).toEqual([1, 0, 0, 0]);
    const named = endings.map(({ at, kind, sessions: who }) => `${at} ${runs.kinds[kind]?.tool} ${[...who].join()}`);
    expect(named.sort()).toEqual(['last b 1', 'last c 2', 'last p 3', 'tail a 1,2', 'tail c 2,3', 'tail p 1,3']);
  });
});

describe('the sketch', () => {
  it('never counts too few sessions, and each once', () => {
    const sketch = newSketch(1000);
    for (let who = 0; who < 20; who++) {
      for (let thing = 0; thing <= who; thing++) {
        sketch.add(hashAfter(1, thing), who);
        sketch.add(hashAfter(1, thing), who);
      }
    }
    for (let thing = 0; thing < 20; thing++) {
      expect(sketch.atMost(hashAfter(1, thing))).toBeGreaterThanOrEqual(20 - thing);
      expect(sketch.atMost(hashAfter(1, thing))).toBeLessThanOrEqual(20);
    }
  });
});
