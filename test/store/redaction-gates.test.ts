// The gates before redaction never turn a secret away, in whatever setting it stands.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactDeep, redactor, staysAsIs } from '../../src/store/redaction.ts';
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

it('lets nothing through because a long text was clean before it', () => {
  const redact = redactor();
  const prompt = 'You bake bread, and report when it is done. '.repeat(50);
  for (const { sample, name } of rules) {
    expect(redact(prompt)).toBe(prompt);
    expect(redact(`${prompt}${sample}`), name).not.toContain(sample);
    expect(redact(prompt)).toBe(prompt);
  }
});

describe('the JSON text of a value', () => {
  const redact = redactor();
  // Secrets whole, cut in two at any place (so that one half may become a key), under names that give them away and under plain ones.
  const word = fc.oneof(
    fc.constantFrom(...rules.map((rule) => rule.sample)),
    fc.tuple(fc.constantFrom(...rules.map((rule) => rule.sample)), fc.nat(), fc.boolean()).map(([sample, at, head]) => {
      const i = at % (sample.length + 1);
      return head ? sample.slice(0, i) : sample.slice(i);
    }),
    fc.constantFrom('AccountKey', 'Hunter-2-Zk4vTq9LmX2c', 'password', 'authorization', 'x', 'https://a.example:b'),
    fc.string({ maxLength: 12 }),
  );
  const key = fc.oneof(
    word,
    fc.constantFrom('api_key', 'token', 'AccountKey', 'pwd', 'passphrase', 'auth', 'cookie', 'sk-', 'data', 'type'),
    fc.tuple(word, fc.constantFrom('_tokens', '_tokens_', 'input_tokens')).map((parts) => parts.join('')),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, word, fc.integer(), fc.array(tie('value'), { maxLength: 3 }), tie('object')),
    object: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  }));

  it('never passes for clean where redaction would change the value', () => {
    fc.assert(
      fc.property(value, (given) => {
        if (staysAsIs(redact, JSON.stringify(given))) expect(redactDeep(redact, given)).toBe(given);
      }),
      { numRuns: 20_000 },
    );
  });

  it('is enough for the events that come most often', () => {
    const at = '2026-01-02T03:04:05.000Z';
    for (const event of [
      { id: 'evt_01', at, type: 'user.message', content: [{ type: 'text', text: 'Land on site 2, please: gently.' }] },
      { id: 'evt_02', at, type: 'session.status_idle', stop_reason: 'end_turn' },
      { id: 'evt_04', at, type: 'session.usage', requests: 1, input_tokens: 5, cache_read_input_tokens: 12 },
      { id: 'evt_03', at, type: 'agent.tool_use', name: 'bash', input: { command: 'ls -la src/ && git status' } },
    ])
      expect(staysAsIs(redact, JSON.stringify(event))).toBe(true);
  });

  it('is not enough where it is long, has escapes, or rules of the settings are to be asked', () => {
    expect(staysAsIs(redact, JSON.stringify('x'.repeat(2000)))).toBe(false);
    expect(staysAsIs(redact, JSON.stringify('a\nb'))).toBe(false);
    const own = redactor([{ name: 'own', pattern: 'moon-\\d+', literal: 'moon' }]);
    expect(staysAsIs(own, JSON.stringify('to the moon-7'))).toBe(false);
  });
});
