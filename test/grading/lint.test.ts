// What lint says of rubrics: criteria that decide nothing, a pass that cannot be reached, wishes without a measure.
import { describe, expect, it } from 'vitest';
import { rubricSchema } from '../../src/domain/rubric.ts';
import { lintRubric } from '../../src/grading/lint.ts';

const GROUND = { tools: new Set(['read', 'edit', 'sim__land']), trusted: (command: string) => command === 'npm test' };

function findings(criteria: Record<string, unknown>[], more: Record<string, unknown> = {}) {
  const whole = criteria.map((c, i) => ({ id: `c${i}`, statement: `It states number ${i} of the list.`, ...c }));
  return lintRubric(rubricSchema.parse({ rubric: 'r', criteria: whole, ...more }), GROUND);
}
const whats = (criteria: Record<string, unknown>[], more?: Record<string, unknown>) =>
  findings(criteria, more).map(({ level, at, what }) => `${level} ${at.map(String).join('.')}: ${what}`);
const checked = (check: unknown) => whats([{ check, required: false }], { pass: { score: 0.5 } });

describe('linting a rubric', () => {
  it('finds nothing in a sound one', () => {
    const criteria = [
      { check: { run: 'npm test' } },
      { check: { tool: 'read', before: 'edit' } },
      { check: { file: 'report.md', matches: '^# ' } },
      { check: { json: 'a.json', at: '/x', op: '>', value: 3 } },
      { statement: 'The report names the next site.', judge: {} },
    ];
    expect(whats(criteria)).toEqual([]);
  });

  it.each([
    [{ file: '../x' }, 'check.file: ../x lies outside the artefacts'],
    [{ json: '/etc/x.json', op: 'exists' }, 'check.json: /etc/x.json is absolute; paths are relative to the artefacts'],
    [{ file: 'x', matches: '(' }, 'check.matches: it is no regular expression (Unterminated group)'],
    [{ file: 'x', matches: 'a*' }, 'check.matches: it matches an empty text, and so any text at all'],
    [{ output: { not_matches: 'a*' } }, 'check.output.not_matches: it matches an empty text, and so any text at all'],
    [
      { file: 'x', schema: { $ref: '#/y' } },
      'check.schema: it decides nothing: the keyword $ref is not understood here',
    ],
    [{ tool: 'sim__lnad' }, 'check.tool: there is no tool sim__lnad: did you mean sim__land?'],
    [{ tool: 'read', before: 'edti' }, 'check.before: there is no tool edti: did you mean edit?'],
    [{ tool: 'read', args: [{ at: '/x', op: '==' }] }, 'check.args.0: == needs a value'],
    [{ json: 'x', op: '<', value: true }, 'check.value: < compares numbers or texts'],
    [{ json: 'x', op: 'matches', value: 3 }, 'check.value: matches needs a pattern in quotes'],
    [{ json: 'x', at: '/a~b', op: 'exists' }, 'check.at: /a~b is no JSON pointer: ~ is written ~0, and / in a key ~1'],
  ])('%j is a problem', (check, what) => {
    expect(checked(check)).toContain(`problem criteria.0.${what}`);
  });

  it('only notes what may well be right: a foreign tool, a command that is not trusted, any message at all', () => {
    expect(checked({ tool: 'book_a_flight' })).toEqual([
      'note criteria.0.check.tool: no agent here has a tool book_a_flight, and no stored session called one',
    ]);
    expect(checked({ run: './check' })[0]).toContain('note criteria.0.check.run');
    expect(checked({ output: {} })[0]).toContain('note criteria.0.check.output');
  });

  it('points at wishes that nobody can measure, and leaves those with a measure alone', () => {
    const judged = (statement: string) => whats([{ statement, judge: {} }]);
    expect(judged('The report is well written.')[0]).toContain('“well written” measures nothing');
    expect(judged('Errors are handled appropriately.')).toHaveLength(1);
    expect(judged('Nice.')).toHaveLength(2);
    expect(judged('A good title has at most 60 characters.')).toEqual([]);
    expect(judged('Every proper name is spelt as in the task.')).toEqual([]);
    expect(whats([{ statement: 'The code is good.', check: { run: 'npm test' } }])).toEqual([]);
  });

  it('points at two criteria that say the same', () => {
    const statement = 'The report names the next site.';
    expect(
      whats([
        { statement, judge: {} },
        { statement: 'The report names the next site', judge: {} },
      ]),
    ).toEqual(['problem criteria.1.statement: c0 says the same']);
  });

  it('points at a pass that nothing reaches, or that anything does', () => {
    const dead = { check: { file: '../x' } };
    const fine = { check: { file: 'x' }, required: false };
    expect(whats([dead, fine]).at(-1)).toBe('problem pass: nothing can pass: c0 is required and can never be met');
    const optional = whats([{ ...dead, required: false, weight: 3 }, fine], { pass: { score: 0.5 } });
    expect(optional.at(-1)).toBe(
      'problem pass: nothing can pass: the best score that can be reached is 0.25, the bar is 0.5',
    );
    expect(
      whats(
        [
          { ...dead, required: false },
          { ...fine, weight: 3 },
        ],
        { pass: { score: 0.5 } },
      ),
    ).toHaveLength(1);
    expect(
      whats([{ check: { tool: 'read', called: true } }, { check: { tool: 'read', called: false } }]).at(-1),
    ).toContain('nothing can pass');
    expect(whats([fine], { pass: { score: 0 } })).toEqual([
      'problem pass: anything passes: no criterion is required, and the bar is 0',
    ]);
  });
});
