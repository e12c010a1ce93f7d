// How predictions came out: counted before and since, said loosely, and not at all where there is too little or nothing to count.
import { describe, expect, it } from 'vitest';
import type { Card, Prediction } from '../../src/domain/card.ts';
import { predictionsIn, predictionsSection } from '../../src/learning/predictions.ts';
import type { Extract } from '../../src/mining/extract-types.ts';
import { FEWEST, foretoldIn } from '../../src/mining/foretold.ts';
import { makeCard } from '../learning/make-card.ts';
import { merged, plan } from '../learning/make-plan.ts';
import { later } from '../support/world.ts';
import { tell } from './tell.ts';

const template = 'Error: the crate is too heavy, weight is <num>, limit is <num>';
const heavy = (n: number) => ({
  call: 'pack_crate',
  input: { items: 9 },
  error: `Error: the crate is too heavy, weight is ${n}, limit is 25`,
});
const fine = { call: 'pack_crate', input: { items: 1 }, ok: 'packed' };
const card = (predicts: Prediction, parts: Partial<Card> = {}): Card =>
  makeCard({ tool: 'pack_crate', template, words: { title: 'Pack less', rule: 'Pack less.', predicts }, ...parts });
const lesson = (of: Card) => ({ entry: 'k7f3', since: '2026-01-20', card: of });

/** One session a day: 20 until the lesson was learned, 12 since; the mistake is in `before` and in `after` of them. */
function world(before: number, after: number, make = (steps: Parameters<typeof tell>[0]) => tell(steps)): Extract[] {
  return Array.from({ length: 32 }, (_, n) => {
    const failing = n < 20 ? n < before : n - 20 < after;
    const steps = failing ? [heavy(30 + n), heavy(30 + n), fine] : [fine];
    return make({ id: `s${n}`, day: later('2026-01-01', n), steps });
  });
}

describe('a prediction', () => {
  it.each<[Prediction, string]>([
    ['error_falls', 'calls of pack_crate that failed with this error'],
    ['blind_retries_fall', 'calls of pack_crate repeated unchanged after this error'],
  ])('that %s is counted in the sessions before and since', (predicts, what) => {
    const [told] = foretoldIn([lesson(card(predicts))], world(8, 1));
    expect(told).toEqual({
      entry: 'k7f3',
      predicts,
      what,
      since: '2026-01-20',
      before: { sessions: 20, seen: 8, loaded: 0 },
      after: { sessions: 12, seen: 1, loaded: 0 },
      came: true,
    });
    expect(foretoldIn([lesson(card(predicts))], world(2, 6))[0]?.came).toBe(false);
    expect(foretoldIn([lesson(card(predicts))], world(0, 0))[0]?.came).toBe(false);
  });

  it('of outcomes and criteria is the share of sessions that passed, or met it at the first verdict', () => {
    const judged = world(0, 0).map((extract, n) => ({
      ...extract,
      outcome: n >= 20 ? ('pass' as const) : n < 5 ? null : ('fail' as const),
      loaded: n >= 25 ? ['k7f3'] : [],
      evaluations: [true, false].map((met, i) => ({
        cite: { event: 'e', sha256: '' },
        rubric: 'crates',
        iteration: i,
        result: 'x',
        criteria: { light: n >= 20 ? met : !met },
        step: i,
      })),
    }));
    const [passed] = foretoldIn([lesson(card('outcome_rises'))], judged);
    expect(passed).toMatchObject({
      before: { sessions: 15, seen: 0 },
      after: { sessions: 12, seen: 12, loaded: 7 },
      came: true,
    });
    const gap = { criterion: 'crates/light', told: 9, unmet: 5, met: 4 };
    const [met] = foretoldIn([lesson(card('criterion_rises', { gap }))], judged);
    expect(met).toMatchObject({ before: { seen: 0 }, after: { seen: 12 }, came: true });
  });

  it('is not judged below the fewest sessions, and undated sessions count nowhere', () => {
    const few = world(8, 1).slice(0, 20 + FEWEST - 1);
    expect(foretoldIn([lesson(card('error_falls'))], few)[0]).not.toHaveProperty('came');
    const undated = world(8, 1, ({ day: _, ...told }) => tell(told));
    expect(foretoldIn([lesson(card('error_falls'))], undated)[0]).toMatchObject({
      before: { sessions: 0 },
      after: { sessions: 0 },
    });
  });

  it('of what no single session shows is left out, and so is one that names nothing to count', () => {
    const lessons = [card('loops_fall'), card('corrections_fall'), card('criterion_rises'), makeCard()].map(lesson);
    expect(foretoldIn(lessons, world(8, 1))).toEqual([]);
  });

  it('stands in the report with its counts and without a claim of cause', () => {
    const page = predictionsSection(foretoldIn([lesson(card('error_falls'))], world(8, 1)));
    expect(page).toContain('40 of 100 sessions (8 of 20) until 2026-01-20, 8 of 100 sessions (1 of 12) since');
    expect(page).toContain('Seen with, and not shown to come of it');
    expect(predictionsSection([])).toBe('');
  });
});

it('lessons with predictions are those whose recorded words carry one, with the day of the dream that wrote them', () => {
  const made = plan([card('error_falls', { fingerprint: 'a-finding' }), makeCard({ tool: 'fire_kiln' })]);
  const { inForce, recorded } = merged(made);
  const [first] = made.changes.map((change) => change.entry);
  expect(predictionsIn({ playbooks: inForce, cards: recorded })).toMatchObject([{ entry: first, since: '2026-11-20' }]);
  expect(predictionsIn({ playbooks: inForce, cards: new Map() })).toEqual([]);
});
