// The gates before redaction never turn a secret away, in whatever setting it stands.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mayHoldSecret } from '../../src/store/redaction-gates.ts';
import { rules } from '../../src/store/redaction-rules.ts';

const settings = [
  (s: string) => s,
  (s: string) => `x = ${s};`,
  (s: string) => JSON.stringify({ a: JSON.stringify(s) }),
  (s: string) => `${'word '.repeat(500)}\n${s}`,
];

it('opens for every sample of every rule', () => {
  for (const rule of rules) for (const wrap of settings) expect(mayHoldSecret(wrap(rule.sample)), rule.name).toBe(true);
});

it('opens wherever any rule matches, also in mutated samples', () => {
  const mutated = fc
    .tuple(fc.constantFrom(...rules.map((r) => r.sample)), fc.string({ maxLength: 12 }), fc.nat(), fc.boolean())
    .map(([sample, junk, at, upper]) => {
      const i = at % (sample.length + 1);
      const text = sample.slice(0, i) + junk + sample.slice(i);
      return upper ? text.toUpperCase() : text;
    });
  fc.assert(
    fc.property(mutated, (text) => {
      const matched = rules.filter((rule) =>
        new RegExp(rule.pattern.source, rule.pattern.flags.replace('g', '')).test(text),
      );
      expect(matched.length === 0 || mayHoldSecret(text), matched.map((r) => r.name).join()).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

it('stays shut for ordinary text', () => {
  for (const text of [
    'The quick brown fox.',
    'const total = a + b; // sum',
    '{"path":"/src/x.ts","line":3}',
    'https://example.org/a?b=c',
  ]) {
    expect(mayHoldSecret(text)).toBe(false);
  }
});
