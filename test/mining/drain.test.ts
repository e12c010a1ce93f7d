// Drain: values become wildcards, meanings never do.
import { describe, expect, it } from 'vitest';
import { createDrain, type DrainOptions, isValue } from '../../src/mining/drain.ts';

function templatesOf(lines: string[], options: Partial<DrainOptions> = {}): string[] {
  const drain = createDrain(options);
  for (const line of [...new Set(lines)].sort()) drain.add(line.split(' '));
  drain.settle();
  return drain.clusters().map((cluster) => cluster.tokens.join(' '));
}

describe('createDrain', () => {
  it('replaces values that differ, and keeps a common comma', () => {
    expect(templatesOf(['site alphaBase, is closed', 'site betaBase, is closed'])).toEqual(['site <*>, is closed']);
  });

  it.each([
    ['the hatch cannot open now', 'the hatch cannot close now'],
    ['engine was not started yet today', 'engine was already started yet today'],
    ['build stopped with TS2345 in crew code', 'build stopped with TS2322 in crew code'],
    ['call ended in SlopeError during the descent', 'call ended in FuelError during the descent'],
    ['server says rate_limit_error for this call', 'server says overloaded_error for this call'],
    ['probe must be docked to leave', 'probe must be landed to leave'],
  ])('never merges %j with %j', (a, b) => {
    expect(templatesOf([a, b])).toHaveLength(2);
  });

  it('takes a plain word for a value once three of them stand in one place', () => {
    const lines = ['the crew of luna is asleep', 'the crew of vega is asleep'];
    expect(templatesOf(lines)).toHaveLength(2);
    expect(templatesOf([...lines, 'the crew of mira is asleep'])).toEqual(['the crew of <*> is asleep']);
  });

  it('never wildcards one of two opposites, however many words stand beside it', () => {
    const lines = ['open', 'closed', 'warm', 'cold', 'wet'].map((word) => `the hatch of deck is ${word}`);
    expect(templatesOf(lines)).toEqual([
      'the hatch of deck is closed',
      'the hatch of deck is <*>',
      'the hatch of deck is open',
    ]);
  });

  it('does not merge lines of which too little is equal', () => {
    expect(templatesOf(['a_1 b_1 c_1 d', 'a_2 b_2 c_2 d'])).toHaveLength(2);
  });

  it('stays within its caps and says which lines found no place', () => {
    const drain = createDrain({ maxClusters: 3 });
    const added = ['one wing fell', 'two wings fell down', 'some bolts fell off it', 'all is quiet'].map((line) =>
      drain.add(line.split(' ')),
    );
    expect(added.map((cluster) => cluster !== undefined)).toEqual([true, true, true, false]);
    expect(drain.clusters()).toHaveLength(3);
  });

  it('keeps working when a node has all the children it may have', () => {
    const lines = Array.from(
      { length: 30 },
      (_, i) => `${String.fromCharCode(97 + (i % 26))}${'x'.repeat(1 + Math.floor(i / 26))} fell on the deck`,
    );
    expect(templatesOf(lines, { maxChildren: 3 })).toEqual(['<*> fell on the deck']);
  });

  it('adds up weights and follows merged clusters', () => {
    const drain = createDrain();
    const first = drain.add(['site', 'a_1', 'is', 'closed'], 2);
    const second = drain.add(['site', 'a_2', 'is', 'closed'], 3);
    expect(second).toBe(first);
    expect(first && drain.current(first).weight).toBe(5);
    expect(drain.match(['site', 'zz_9', 'is', 'closed'])).toBe(first);
    expect(drain.match(['site', 'not', 'is', 'closed'])).toBeUndefined();
  });
});

describe('isValue', () => {
  it('tells what names something from what says something', () => {
    expect(['<*>', 'plan_b,', 'crewSize', 'JFK', 'x=<*>', '7'].map(isValue)).toEqual([
      true,
      true,
      true,
      true,
      true,
      true,
    ]);
    expect(['plan', "doesn't", 'read-only', 'ENOENT', 'SlopeError:', 'not_found', '—'].map(isValue)).toEqual(
      Array(7).fill(false),
    );
  });
});
