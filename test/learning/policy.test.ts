// Tests of policy.md: what it denies, what contradicts it, and what happens to patterns that cannot be used.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contradictedBy, deniedBy, readPolicy } from '../../src/learning/policy.ts';
import { compileSafely } from '../../src/learning/safe-pattern.ts';
import { makeCard } from './make-card.ts';
import { merged, plan } from './make-plan.ts';

const policy = (deny: string, body = '') => readPolicy(`---\ndeny: ${deny}\n---\n${body}`);
const rules = (body: string) => readPolicy(body).rules.map((r) => r.text);

describe('reading a policy', () => {
  it('takes patterns and plain phrases from the front matter, and an empty file for no policy', () => {
    expect(policy('["push.*--force", heavy crate]').deny.map((d) => d.text)).toEqual(['push.*--force', 'heavy crate']);
    expect(readPolicy('')).toEqual({ deny: [], rules: [], problems: [] });
    expect(policy('one phrase').deny).toHaveLength(1);
  });

  it.each([
    ['"(a+)+$"', 'repeats a group'],
    ['"(a|b)*c"', 'repeats a group'],
    ['"(\\\\w+)\\\\1"', 'refers back'],
    ['"a(?=b)"', 'looks ahead'],
    ['".*.*.*x"', 'too many ways'],
    ['"c++ compiler"', 'no regular expression'],
    [`"${'a'.repeat(300)}"`, 'longer than'],
    ['3', 'no text'],
    ['" "', 'no text'],
  ])('names the place of %s and why it is no pattern', (deny, why) => {
    const { problems } = policy(`[fine, ${deny}]`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^policy\.md: deny\[1\]: /);
    expect(problems[0]).toContain(why);
  });

  it('still denies the plain words of what is no pattern', () => {
    expect(deniedBy(policy('["c++ compiler"]'), ['call the C++ compiler'])).toBe('c++ compiler');
  });

  it('survives front matter that cannot be read, and keeps the rules of the body', () => {
    const broken = readPolicy('---\ndeny: [\n---\nNever pack wet crates.\n');
    expect(broken.problems[0]).toContain('policy.md');
    expect(broken.rules.map((r) => r.text)).toEqual(['Never pack wet crates.']);
    expect(readPolicy('---js\nx\n---\n').problems).toHaveLength(1);
  });

  it('takes sentences that command or forbid for rules, and nothing out of code, comments, headings and quotations', () => {
    const body = [
      '# Never mind',
      'What no lesson may contradict. **Never** pack wet crates; always weigh them first.',
      '- Do not change `items` by hand',
      '- A crate is a box.',
      '> Never quote me.',
      '```\nNever run this.\n```',
      '<!-- Never see this. -->',
      'You must not ship on Sundays.',
    ].join('\n\n');
    expect(rules(body)).toEqual([
      'Never pack wet crates;',
      'always weigh them first.',
      'Do not change items by hand',
      'You must not ship on Sundays.',
    ]);
  });
});

describe('patterns', () => {
  it.each(['push.*--force', 'rm\\s+-rf', '\\bprod(uction)?\\b', 'a{1,3}', '[(+)+]x', 'curl|wget', '\\(a+\\)\\+'])(
    'may be %s',
    (source) => {
      expect(compileSafely(source)).toHaveProperty('pattern');
    },
  );

  it('that are let through come back soon whatever the text', () => {
    const parts = fc.constantFrom(
      'a',
      '.',
      '[ab]',
      '\\w',
      'a*',
      '.+',
      'a?',
      '(a|b)',
      '(ab)?',
      'b{0,9}',
      '(a*)',
      '|',
      '$',
    );
    fc.assert(
      fc.property(fc.array(parts, { minLength: 1, maxLength: 12 }), (chosen) => {
        const compiled = compileSafely(chosen.join(''));
        if ('refused' in compiled) return;
        // Would not return in the lifetime of the test if the bound did not hold.
        expect(typeof compiled.pattern.test(`${'ab'.repeat(150)}!`)).toBe('boolean');
      }),
      { numRuns: 200 },
    );
  });
});

describe('a lesson against the policy', () => {
  const lesson = makeCard();

  it.each([
    ['its title', '["change items"]'],
    ['its rule', '["next successful call"]'],
    ['a quote', '["weight is 31"]'],
    ['a pattern over its error', '["CRATE.*heavy"]'],
    ['full-width letters', '["ｔｏｏ ｈｅａｖｙ"]'],
  ])('is quarantined for %s, and the rule is named', (_, deny) => {
    const result = plan([lesson], { policy: policy(deny) });
    expect(result.changes).toEqual([]);
    expect(result.quarantined[0]?.reason).toBe(`policy.md denies it: “${policy(deny).deny[0]?.text}”`);
  });

  it.each([
    ['Never change items.', true],
    ['- Do not change the items of a call', true],
    ['Always change items.', false],
    ['Never change addresses.', false],
    ['Never change the items and addresses of customers abroad.', false],
    ['Items are things.', false],
  ])('“%s” bars it: %s', (body, bars) => {
    const { quarantined, changes } = plan([lesson], { policy: readPolicy(body) });
    expect([quarantined.length, changes.length]).toEqual(bars ? [1, 0] : [0, 1]);
    if (bars) expect(quarantined[0]?.reason).toContain('it contradicts policy.md: “');
  });

  it('is heard in a person’s wish, but not in the words of an error', () => {
    const wish = makeCard({
      kind: 'preference',
      tool: undefined,
      template: undefined,
      trust: 'person',
      claim: 'People corrected the agent in 4 sessions, last with the words “never run the slow tests”.',
    });
    const always = readPolicy('Always run the slow tests.');
    expect(plan([wish], { policy: always }).quarantined[0]?.reason).toContain('contradicts');
    const error = makeCard({ template: 'Error: cannot run the slow tests' });
    expect(plan([error], { policy: always }).changes).toHaveLength(1);
    expect(contradictedBy(always, ['It failed with “never run the slow tests”, change `x`.'])).toBeUndefined();
  });

  it('is proposed for retirement where it is in force already', () => {
    const stands = merged(plan([lesson]));
    const { changes, quarantined } = plan([lesson], { ...stands, policy: readPolicy('Never change items.') });
    expect(quarantined).toEqual([]);
    expect(changes).toMatchObject([{ change: 'retire', body: 'It contradicts policy.md: “Never change items.”' }]);
    expect(changes[0]?.card?.retired).toEqual({ on: '2026-11-20', because: 'policy' });
  });
});
