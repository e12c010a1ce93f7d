// The language of `when`: what it means, what it refuses, and that no text makes it slow or throws.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCondition } from '../../../src/agent/workflow/condition.ts';
import { holds } from '../../../src/agent/workflow/decide.ts';
import type { Scope, StepResult } from '../../../src/agent/workflow/value.ts';

const steps: Record<string, StepResult> = {
  plan: {
    status: 'done',
    many: false,
    answers: [
      { text: 'Two moons.', json: { risk: 2, tags: ['cold', 'far'], deep: { ok: true }, none: null, 'a/b': 1 } },
    ],
  },
  visit: {
    status: 'done',
    many: true,
    answers: [
      { text: 'a', json: 1, item: 0 },
      { text: 'b', json: 2, item: 2 },
    ],
  },
  left: { status: 'skipped', many: false, answers: [] },
};
const scope: Scope = {
  inputs: { star: 'Sun', n: '3', list: ['x', 'y'], empty: null },
  step: (id) => steps[id],
  item: { value: { name: 'Io' }, from: 'person' },
  index: 0,
};

function decide(text: string): boolean {
  const condition = readCondition(text);
  if ('wrong' in condition) throw new Error(condition.wrong);
  return holds(condition, scope);
}

function wrong(text: string): string {
  const condition = readCondition(text);
  return 'wrong' in condition ? condition.wrong : 'nothing';
}

describe('a condition holds', () => {
  it.each([
    'inputs.star == "Sun"',
    "inputs.star != 'Moon'",
    '{{inputs.star}} == "Sun"',
    '{{ inputs.star == "Sun" }}',
    'inputs.n == 3',
    'inputs.n >= 3 and inputs.n < 10',
    'steps.plan.json/risk <= 2',
    'steps.plan.json/tags/1 == "far"',
    '"cold" in steps.plan.json/tags',
    '"warm" not in steps.plan.json/tags',
    'steps.plan.json/risk in [1, 2, 3]',
    'steps.plan.json/tags == ["cold", "far"]',
    'steps.plan.json/deep/ok',
    'steps.plan.json/a~1b == 1',
    '"moons" in steps.plan.text',
    'steps.left.status == "skipped"',
    'steps.left.text == null',
    'steps.visit.json == [1, 2]',
    'steps.visit.json/1 == 2',
    'item/name == "Io"',
    'index == 0',
    'not index',
    'not (inputs.star == "Moon") and true',
    'inputs.empty == null or false',
    'false or true and true',
    '"it\\"s" == \'it"s\'',
    '-1.5 < 0',
    'inputs.list',
  ])('%s', (text) => expect(decide(text)).toBe(true));
});

describe('a condition does not hold', () => {
  it.each([
    'inputs.empty',
    'steps.plan.json/none',
    'steps.plan.json/missing > 1',
    'steps.left.json/risk > 1',
    'steps.left.json/risk < 1',
    'inputs.star > 3',
    'steps.plan.json/tags > 1',
    'not true',
    'true and false or false',
    '[]',
    '""',
    '1 == true',
    'steps.plan.json/tags/01 == "far"',
    'steps.plan.json/__proto__',
    'steps.plan.json/constructor',
    'steps.plan.json/tags/length',
  ])('%s', (text) => expect(decide(text)).toBe(false));
});

describe('a condition is refused', () => {
  it.each([
    ['', 'a value is missing before “the end” (column 1)'],
    ['inputs.star ==', 'a value is missing before “the end” (column 15)'],
    ['inputs.star = "Sun"', '“= "Sun"” is not understood (column 12)'],
    ['inputs.star == "Sun', '“"Sun” is not understood (column 15)'],
    ['star == 1', 'star is no value'],
    ['process.exit', 'process.exit is no value'],
    ['inputs.star not 3', 'after a value, “not” goes with “in” (column 17)'],
    ['(true', ') is missing before “the end”'],
    ['true)', '“)” is not expected there (column 5)'],
    ['1 < 2 < 3', '“<” is not expected there (column 7)'],
    ['index in [inputs.n]', 'a list holds texts, numbers, true, false and null'],
    ['f(1)', 'f is no value'],
    ['true; true', '“; true” is not understood (column 5)'],
    [`${'('.repeat(60)}true${')'.repeat(60)}`, 'more than 40 levels'],
    [`${'not '.repeat(60)}true`, 'more than 40 levels'],
  ])('%s', (text, why) => expect(wrong(text)).toContain(why));
});

describe('any text', () => {
  it('is read or refused, never thrown over', () => {
    const word = fc.constantFrom(
      ...[
        'and',
        'or',
        'not',
        'in',
        '(',
        ')',
        '[',
        ']',
        ',',
        '==',
        '<',
        '"a"',
        "'",
        '1',
        'index',
        'item/x',
        'inputs.n',
        ' ',
        '{{',
      ],
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(word, { maxLength: 40 }).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(text, (written) => {
        const condition = readCondition(written);
        if ('wrong' in condition) return condition.wrong !== '';
        return typeof holds(condition, scope) === 'boolean';
      }),
      { numRuns: 2_000 },
    );
  });

  it('of 2,000 characters that fits nothing is refused after one look at each', () => {
    for (const part of ['"\\', 'a.', '((', '[1,', ' ', 'not ', "'", '/', '1.'])
      expect(typeof wrong(part.repeat(2_000 / part.length))).toBe('string');
  });
});
