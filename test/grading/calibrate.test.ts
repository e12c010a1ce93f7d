// Labels beside verdicts: counts, kappa, mistakes by name, the corrected rate, and the record that makes a judge weak.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import type { Evaluation } from '../../src/domain/events.ts';
import { calibrate, type Judged } from '../../src/grading/calibrate.ts';
import { type Label, parseLabels } from '../../src/grading/labels.ts';
import { calibrationPath, readCalibration, weakOf, writeCalibration } from '../../src/store/calibration.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { rubricOf } from './court.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-calibrate-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const rubric = rubricOf([
  { id: 'clear', statement: 'It is plain.', judge: {} },
  { id: 'made', statement: 'It is there.', check: { file: 'a' } },
]);
type Verdict = Evaluation['criteria'][number]['verdict'];

function judgedAs(session: string, clear: Verdict, made: Verdict = 'met'): Judged {
  const met = clear === 'met' && made === 'met';
  const result = met ? 'satisfied' : clear === 'cannot_tell' ? 'ungraded' : 'needs_revision';
  return {
    session,
    evaluation: {
      result,
      criteria: [
        { id: 'clear', verdict: clear, by: 'judge', reason: `clear of ${session}` },
        { id: 'made', verdict: made, by: 'check', reason: 'r' },
      ],
    },
  };
}

/** 20 both met, 15 both not, 10 false passes, 5 false fails, 2 undecided; 48 more without a label. */
function sample() {
  const judged: Judged[] = [];
  const labels: Label[] = [];
  const add = (n: number, clear: Verdict, met: boolean | undefined) => {
    for (let i = 0; i < n; i++) {
      const session = `s${judged.length}`;
      judged.push(judgedAs(session, clear));
      if (met !== undefined) labels.push({ session, criterion: 'clear', met, line: labels.length + 1 });
    }
  };
  add(20, 'met', true);
  add(15, 'not_met', false);
  add(10, 'met', false);
  add(5, 'not_met', true);
  add(2, 'cannot_tell', true);
  add(48, 'met', undefined);
  return { judged, labels };
}

const request = (given: { judged: Judged[]; labels: Label[] }) => ({
  rubric,
  ...given,
  grader: 'made-up-judge',
  labelsSha256: 'a'.repeat(64),
  at: '2026-11-20T10:00:00.000Z',
});

describe('labels', () => {
  it('are read a line each, whatever they call a yes', () => {
    const text = [
      '{"session":"a","label":"pass"}',
      '{"session":"a","criterion":"clear","verdict":"not_met","who":"ann"}',
      '',
      '{"session":"b","verdict":true}',
    ].join('\n');
    expect(parseLabels(text)).toEqual({
      labels: [
        { session: 'a', met: true, line: 1 },
        { session: 'a', criterion: 'clear', met: false, line: 2 },
        { session: 'b', met: true, line: 4 },
      ],
      bad: [],
    });
  });

  it('that cannot be read, or contradict each other, are reported by line and not used', () => {
    const text = [
      '{"session":"a"}',
      'x',
      '{"session":"b","verdict":"pass"}',
      '{"session":"b","verdict":"fail"}',
      '{"session":"c","verdict":"good"}',
      '{"session":"d","verdict":"fail"}',
    ].join('\n');
    const { labels, bad } = parseLabels(text);
    expect(labels).toEqual([{ session: 'd', met: false, line: 6 }]);
    expect(bad.map(({ line }) => line)).toEqual([1, 2, 4, 5]);
    expect(bad[2]?.reason).toBe('contradicts line 3');
  });
});

describe('a calibration', () => {
  it('counts agreement, kappa and mistakes with examples', () => {
    const { rows, unmatched } = calibrate(request(sample()));
    const [row] = rows;
    expect(rows).toHaveLength(1);
    expect(row).toMatchObject({
      criterion: 'clear',
      by: 'judge',
      compared: 50,
      undecided: 2,
      both_met: 20,
      both_not_met: 15,
      false_passes: 10,
      false_fails: 5,
      agreement: 0.7,
      weak: true,
      rate: { met: 78, of: 98 },
    });
    // Cohen's own arithmetic for this table: po = 0.7, pe = 0.6·0.5 + 0.4·0.5 = 0.5.
    expect(row?.kappa).toBeCloseTo(0.4, 12);
    // (78/98 + 15/25 − 1) / (20/25 + 15/25 − 1)
    expect(row?.corrected?.estimate).toBeCloseTo(Math.min(1, (78 / 98 + 0.6 - 1) / 0.4), 12);
    expect(row?.examples.false_passes).toHaveLength(5);
    expect(row?.examples.false_passes[0]).toEqual({ session: 's35', reason: 'clear of s35' });
    expect(unmatched).toEqual([]);
  });

  it('of sessions as a whole compares the pass, and names labels that meet nothing', () => {
    const judged = [
      judgedAs('a', 'met'),
      judgedAs('b', 'not_met'),
      judgedAs('c', 'met', 'not_met'),
      judgedAs('d', 'cannot_tell'),
    ];
    const labels: Label[] = [
      { session: 'a', met: true, line: 1 },
      { session: 'b', met: false, line: 2 },
      { session: 'c', met: true, line: 3 },
      { session: 'd', met: true, line: 4 },
      { session: 'gone', met: true, line: 5 },
      { session: 'a', criterion: 'other', met: true, line: 6 },
    ];
    const { rows, unmatched } = calibrate(request({ judged, labels }));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ by: 'rubric', both_met: 1, both_not_met: 1, false_fails: 1, undecided: 1 });
    expect(rows[0]).not.toHaveProperty('criterion');
    expect(rows[0]?.examples.false_fails).toEqual([{ session: 'c', reason: 'made: r' }]);
    expect(unmatched.map(({ line }) => line)).toEqual([5, 6]);
  });

  it('says nothing about kappa where chance explains everything, and does not call that weak', () => {
    const judged = [judgedAs('a', 'met'), judgedAs('b', 'met')];
    const labels: Label[] = judged.map(({ session }, i) => ({ session, criterion: 'clear', met: true, line: i + 1 }));
    const [row] = calibrate(request({ judged, labels })).rows;
    expect(row).toMatchObject({ agreement: 1, weak: false, corrected: undefined });
    expect(row).not.toHaveProperty('kappa');
  });

  it('without any label that fits has no rows', () => {
    expect(calibrate(request({ judged: [judgedAs('a', 'met')], labels: [] })).rows).toEqual([]);
  });
});

describe('what is kept of it', () => {
  const record = () => calibrate(request(sample())).record;

  it('comes back as it was written, beside the rubric, and names nobody’s session', () => {
    const layout = layoutOf(dir);
    expect(readCalibration(layout, 'landing')).toBe(undefined);
    expect(writeCalibration(layout, record())).toBe(join(dir, 'rubrics', 'landing.calibration.json'));
    expect(readCalibration(layout, 'landing')).toEqual(record());
    expect(readFileSync(calibrationPath(layout, 'landing'), 'utf8')).not.toMatch(/s35|"weak"/);
  });

  it('makes weak the criteria whose judge agreed too little, for this judge and this statement only', () => {
    const [clear, made] = rubric.criteria;
    if (clear === undefined || made === undefined) throw new Error('two criteria');
    expect([...weakOf(record(), rubric.criteria)]).toEqual([['clear', 'weak: kappa 0.40 against 50 labels']]);
    expect(weakOf(record(), rubric.criteria, 'made-up-judge').size).toBe(1);
    expect(weakOf(record(), rubric.criteria, 'another').size).toBe(0);
    expect(weakOf(record(), [{ ...clear, statement: 'It is short.' }, made]).size).toBe(0);
    expect(weakOf(undefined, rubric.criteria).size).toBe(0);
  });

  it('is refused where the file holds something else', () => {
    const layout = layoutOf(dir);
    writeCalibration(layout, record());
    for (const text of ['{', '{"version":2}', '[]']) {
      writeFileSync(calibrationPath(layout, 'landing'), text);
      expect(() => readCalibration(layout, 'landing')).toThrow(UserError);
    }
    expect(() => readCalibration(layout, '../config')).toThrow('no name of a rubric');
  });
});
