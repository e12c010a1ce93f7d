import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { quickHash, shortHash, sortableNumber } from '../../src/base/hash.ts';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** By the definition: five bits after the other, as text. */
function byBits(text: string, length: number): string {
  const bits = [...createHash('sha256').update(text).digest()].map((b) => b.toString(2).padStart(8, '0')).join('');
  return Array.from({ length }, (_, i) => ALPHABET[Number.parseInt(bits.slice(i * 5, i * 5 + 5), 2)]).join('');
}

it('a short hash is the first bits of SHA-256 in base32, however many digits are asked for', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 0, max: 40 }), (text, length) => {
      expect(shortHash(text, length)).toBe(byBits(text, length));
    }),
  );
  expect(shortHash('', 8)).toBe('werc8gmr');
});

it('a number as digits sorts like the number', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31 - 1), fc.nat(2 ** 31 - 1), (a, b) => {
      expect(Math.sign(a - b)).toBe(sortableNumber(a, 10).localeCompare(sortableNumber(b, 10), 'en'));
    }),
  );
});

it('a quick hash is another one for every other text', () => {
  const near = Array.from({ length: 100_000 }, (_, n) => [
    `ses_${n}`,
    `{"id":"ses_1","n":${n}}`,
    `${n} of them`,
  ]).flat();
  const letters = ['', '\0', 'a', 'aa', 'ab', 'ba', 'ä', '\ud800', '\ud801'];
  const hashes = new Set([...near, ...letters].map(quickHash));
  expect(hashes.size).toBe(near.length + letters.length);
  for (const hash of [...hashes].slice(-100)) expect(hash).toMatch(/^[0-9a-f]{16}$/);
});
