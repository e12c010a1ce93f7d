// MinHash and LSH: alike sets find each other, and the order of the items decides nothing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clusters,
  hash53,
  hashSet,
  jaccard,
  jaccardEstimate,
  shingles,
  signatureOf,
} from '../../src/mining/minhash.ts';

const words = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `w${from + i}`);

describe('signatureOf', () => {
  it('estimates Jaccard similarity within a few standard errors', () => {
    for (const shift of [0, 20, 50, 90, 200]) {
      const a = words(0, 200);
      const b = words(shift, 200 + shift);
      const exact = (200 - shift) / (200 + shift);
      expect(Math.abs(jaccardEstimate(signatureOf(a), signatureOf(b)) - exact)).toBeLessThan(0.25);
      expect(jaccard(hashSet(a), hashSet(b))).toBeCloseTo(exact, 10);
    }
  });

  it('is the same for the same set in any order and with repeats, today and tomorrow', () => {
    expect(signatureOf(['b', 'a', 'b'])).toEqual(signatureOf(['a', 'b']));
    expect([...signatureOf(['plan'])].slice(0, 2)).toEqual(KNOWN);
    expect([...signatureOf([])].every((v) => v === 0xffffffff)).toBe(true);
  });
});

// Stored task keys rest on these hashes: a change of them must be seen.
const KNOWN = [3370031204, 4246285627];

describe('clusters', () => {
  it('joins what is alike and names a cluster by its smallest id', () => {
    const items = [
      { id: 'd', tokens: words(0, 20) },
      { id: 'b', tokens: words(1, 20) },
      { id: 'c', tokens: words(50, 70) },
      { id: 'a', tokens: [] },
      { id: 'e', tokens: [] },
    ];
    expect(Object.fromEntries(clusters(items, 0.6))).toEqual({ a: 'a', b: 'b', c: 'c', d: 'b', e: 'e' });
  });

  it('does not join what is less alike than asked for', () => {
    const items = [
      { id: 'a', tokens: words(0, 20) },
      { id: 'b', tokens: words(6, 26) },
    ];
    expect(clusters(items, 0.6).get('b')).toBe('b'); // Jaccard 14/26
    expect(clusters(items, 0.5).get('b')).toBe('a');
  });

  it('does not depend on the order of the items', () => {
    const item = fc.record({ start: fc.integer({ min: 0, max: 40 }), size: fc.integer({ min: 0, max: 12 }) });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 30 }), fc.infiniteStream(fc.nat()), (specs, noise) => {
        const items = specs.map(({ start, size }, i) => ({ id: `s${i}`, tokens: words(start, start + size) }));
        const order = items.map((it) => ({ it, key: noise.next().value })).sort((a, b) => a.key - b.key);
        expect(
          clusters(
            order.map((o) => o.it),
            0.6,
          ),
        ).toEqual(clusters(items, 0.6));
      }),
      { numRuns: 100 },
    );
  });

  it('joins ten thousand equal items without comparing them all with each other', () => {
    const items = Array.from({ length: 10_000 }, (_, i) => ({
      id: `s${String(i).padStart(5, '0')}`,
      tokens: words(0, 10),
    }));
    expect(new Set(clusters(items, 0.6).values())).toEqual(new Set(['s00000']));
  });
});

describe('shingles', () => {
  it('are three words long, or one where there are few words', () => {
    expect(shingles('Land the probe at site Four, softly')).toEqual([
      'land the probe',
      'the probe at',
      'probe at site',
      'at site four',
      'site four softly',
    ]);
    expect(shingles('Land at 4')).toEqual(['land', 'at', '4']);
    expect(shingles(' … ')).toEqual([]);
  });

  it('take each character for a word where no blanks are written', () => {
    expect(shingles('静かに着陸')).toEqual(['静', 'か', 'に', '着', '陸']);
    expect(shingles('静かに着陸せよ')[0]).toBe('静 か に');
  });
});

describe('hash53', () => {
  it('is a whole number that JSON keeps, and tells a hundred thousand texts apart', () => {
    const hashes = Array.from({ length: 100_000 }, (_, i) => hash53(`["from ${i}","to ${i % 7}"]`));
    expect(hashes.every((hash) => Number.isSafeInteger(hash) && hash >= 0)).toBe(true);
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(hash53('ab')).not.toBe(hash53('ba'));
  });
});
