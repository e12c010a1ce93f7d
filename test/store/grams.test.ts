// Runs of four characters: a text that occurs is never said to be absent, however it was written down.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitOf, fold, Grams, gramsOf, SLICES, sliceOf } from '../../src/store/grams.ts';

const units = (set: Uint8Array) => set.length / SLICES;
const holds = (set: Uint8Array, text: string) =>
  gramsOf(fold(text)).every((place) => {
    const bit = bitOf(place, units(set));
    return ((set[sliceOf(place) * units(set) + (bit >>> 3)] ?? 0) & (1 << (bit & 7))) !== 0;
  });
const ofJson = (...lines: string[]) => {
  const grams = new Grams();
  grams.addJson(lines.join('\n'));
  return grams.take();
};
const escaped = (text: string) =>
  [...Array(text.length).keys()].map((i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');
const unit = fc.constantFrom(...'abKSi0 "\\\n\t/…éÉßσςΣЖ日\u0130\u212a\u001b\u2028', '🙂', '𐐀', '\ud800', '\udc00');
const text = fc.string({ unit, maxLength: 20 });

describe('Grams', () => {
  it('never misses a text in a string of JSON, in whatever case and with whatever escapes', () => {
    fc.assert(
      fc.property(text, text, text, fc.boolean(), (before, wanted, after, byHand) => {
        const whole = before + wanted + after;
        const string = byHand ? `"${escaped(whole)}"` : JSON.stringify(whole);
        const set = ofJson('{"a":"b"}', `{"key":${string},"n":12}`, '{"torn');
        expect(holds(set, wanted)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('never misses a text in a plain text', () => {
    fc.assert(
      fc.property(text, text, (before, wanted) => {
        const grams = new Grams();
        grams.addText(before + wanted);
        expect(holds(grams.take(), wanted)).toBe(true);
      }),
    );
  });

  it('finds keys, and what a line says whatever the lines around it are broken by', () => {
    const set = ofJson('{"broken', '{"deepKey":["a/b\\/c"]}', '"', '{"x":"needle in hay"}');
    for (const wanted of ['deepKey', 'a/b/c', 'NEEDLE IN HAY']) expect(holds(set, wanted)).toBe(true);
    for (const absent of ['needles', 'deepkey2', '"deep', 'a/b\\/c', 'hay"}']) expect(holds(set, absent)).toBe(false);
  });

  it('tells nearly all texts of eight characters that are absent, in a space that grows with what is there', () => {
    const word = fc.stringMatching(/^[a-z]{8}$/);
    const there = fc.sample(word, { numRuns: 3000, seed: 1 });
    const absent = fc.sample(word, { numRuns: 3000, seed: 2 });
    const set = ofJson(JSON.stringify(there));
    expect(there.every((one) => holds(set, one))).toBe(true);
    expect(absent.filter((one) => holds(set, one)).length).toBeLessThan(120);
    expect(set.length).toBeLessThan(3000 * 5 * 0.3);
    expect(ofJson('{}').length).toBe(SLICES);
  });

  it('begins anew after each set', () => {
    const grams = new Grams();
    grams.addText('needle in hay');
    grams.take();
    grams.addText('another text');
    expect(holds(grams.take(), 'needle')).toBe(false);
  });

  it('knows no run in a text of fewer than four characters, and so says nothing of it', () => {
    expect(gramsOf('npm')).toEqual([]);
    expect(gramsOf('🙂🙂🙂')).toEqual([]);
  });
});
