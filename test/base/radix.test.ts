// Order by digits: the order that a stable sort gives.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ascending } from '../../src/base/radix.ts';

it('is that of a sort which compares, and equal numbers stay in theirs', () => {
  const number = fc.oneof(fc.nat(3), fc.nat(5000), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
  fc.assert(
    fc.property(fc.array(number, { maxLength: 300 }), (numbers) => {
      const places = numbers.map((_, place) => place).sort((a, b) => (numbers[a] ?? 0) - (numbers[b] ?? 0) || a - b);
      expect([...ascending(Uint32Array.from(numbers))]).toEqual(places);
    }),
  );
});
