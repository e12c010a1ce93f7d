// Tests of when two findings are about the same thing.
import { describe, expect, it } from 'vitest';
import { covers, isLike } from '../../src/learning/likeness.ts';
import { makeCard } from './make-card.ts';

describe('covers', () => {
  it.each([
    ['the crate <*> is too heavy', 'the crate <id> is too heavy', true],
    ['the crate <*> is too heavy', 'the crate nine is too heavy', true],
    ['the crate is too heavy', 'the crate is too heavy', true],
    ['the crate <*> is too heavy', 'the crate is too heavy', false],
    ['the crate <*> too heavy', 'the crate is too heavy, too heavy', true],
    ['the crate is too heavy', 'the crate is too light', false],
    ['<*>', 'the crate is too heavy', false],
    ['the <*> heavy', 'the crate that we packed on Monday is far too heavy', false],
  ])('%j over %j is %s', (general, special, expected) => {
    expect(covers(general, special)).toBe(expected);
  });
});

describe('isLike', () => {
  it('asks for the same kind and tool', () => {
    const a = makeCard({ template: 'the crate <num> is too heavy', fingerprint: 'a' });
    const b = makeCard({ template: 'the crate <*> is too heavy', fingerprint: 'b' });
    expect(isLike(a, b)).toBe(true);
    expect(isLike(a, { ...b, tool: 'other' })).toBe(false);
    expect(isLike(a, { ...b, kind: 'blind_retry' })).toBe(false);
    expect(isLike(a, makeCard({ template: undefined, fingerprint: 'b' }))).toBe(false);
  });
});
