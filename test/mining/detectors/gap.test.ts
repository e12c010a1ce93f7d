// First and accepted attempts: what lay between is counted a session, and compared with what other revisions did.
import { describe, expect, it } from 'vitest';
import { gap } from '../../../src/mining/detectors/gap.ts';
import { shortfallIn } from '../../../src/mining/facts/shortfall.ts';
import type { Step, Told } from '../tell.ts';
import { contextFrom, contextOf } from './context.ts';
import { type Grade, gradedSession } from './graded.ts';

const write = (n: number, units: string): Step => ({ call: 'write', input: { path: `r${n}.md`, units }, ok: '' });
const session = (n: number, ...steps: (Step | Grade)[]) =>
  gradedSession({ id: `s${n}`, task: `t${n % 3}`, day: '2026-02-01', steps });
const detect = (...sessions: ReturnType<typeof session>[]) => gap.detect(contextFrom(sessions));

describe('a criterion missed at first', () => {
  it('names the tool that was newly called before it was met', () => {
    const fixed = (n: number) =>
      session(
        n,
        write(n, 'm'),
        { grade: { report: false } },
        { call: 'weigh', input: { n }, ok: '' },
        { grade: { report: true } },
      );
    const [finding, ...more] = detect(
      fixed(1),
      fixed(2),
      fixed(3),
      session(4, write(4, 'm'), { grade: { report: true } }),
    );
    expect(more).toEqual([]);
    expect(finding?.claim).toBe(
      'The criterion `landing/report` was not met at first in 3 of 4 graded sessions and was met after a revision in 3; in 3 of them `weigh` was then called for the first time.',
    );
    expect(finding?.gap).toEqual({
      criterion: 'landing/report',
      told: 4,
      unmet: 3,
      met: 3,
      did: 3,
      others: { revisions: 0, did: 0 },
    });
    expect([finding?.tool, finding?.doubt]).toEqual(['weigh', undefined]);
    expect(finding?.sightings.map((s) => [s.session.session, s.events, s.wasted, s.action?.tool])).toEqual([
      ['s1', 1, 1, 'weigh'],
      ['s2', 1, 1, 'weigh'],
      ['s3', 1, 1, 'weigh'],
    ]);
  });

  it('names the argument that changed and the value that most gave', () => {
    const fixed = (n: number) =>
      session(n, write(n, 'ft'), { grade: { units: false } }, write(n, 'm'), { grade: { units: true } });
    const [finding] = detect(fixed(1), fixed(2), fixed(3));
    expect(finding?.gap).toMatchObject({ argument: '/units', to: 'm', did: 3 });
    expect(finding?.claim).toContain('another `units` was then given to `write`, to `m` in most');
  });

  it('is not explained by what revisions do that did not help', () => {
    const helped = (n: number) =>
      session(n, write(n, 'ft'), { grade: { a: false } }, write(n, 'm'), { grade: { a: true } });
    const inVain = (n: number) =>
      session(n, write(n, 'ft'), { grade: { a: false } }, write(n, 'm'), { grade: { a: false } });
    const [finding] = detect(...[1, 2, 3, 4].map(helped), ...[5, 6, 7, 8, 9].map(inVain));
    expect(finding?.doubt).toMatch(/other revisions did it about as often/);
    expect(finding?.gap?.others).toEqual({ revisions: 5, did: 5 });
  });

  it('takes no second verdict on the same work for a revision, and no criterion that was met from the start for a gap', () => {
    const again = (n: number) =>
      session(n, write(n, 'm'), { grade: { a: false, b: true } }, { grade: { a: true, b: true } });
    expect(detect(again(1), again(2), again(3))).toEqual([]);
  });

  it('is in doubt where the revisions have nothing in common', () => {
    const odd = (n: number) =>
      session(
        n,
        write(n, 'm'),
        { grade: { a: false } },
        { call: `tool${n}`, input: {}, ok: '' },
        { grade: { a: true } },
      );
    expect(detect(odd(1), odd(2), odd(3))[0]?.doubt).toMatch(/nothing that was done in between is common/);
  });
});

describe('work that people had changed', () => {
  const asked = (id: string, words: string): Told => ({
    id,
    steps: [
      { user: 'bake the order' },
      { call: 'bake', input: { id }, ok: '' },
      { user: words },
      { call: 'stamp', input: { id }, ok: '' },
      { user: 'Thanks, that is it.' },
    ],
  });

  it('names what followed words that are alike, beside what follows other words', () => {
    const plain = (id: string): Told => ({
      id,
      steps: [
        { user: 'bake the order' },
        { call: 'bake', input: { id }, ok: '' },
        { user: 'Good. Now the next tray.' },
        { call: 'bake', input: { id: `${id}b` }, ok: '' },
      ],
    });
    const told = [...'abcdef'].map((id) => asked(id, 'The customs stamp is missing.'));
    const [finding, ...more] = gap.detect(contextOf([...told, ...[...'uvwxyz'].map(plain)]));
    expect(more).toEqual([]);
    expect(finding?.claim).toBe(
      'People found the work short in 6 sessions in like words; in 6 of them `stamp` was then called for the first time, as in 0 of 6 other sessions that went on after a verdict or a word.',
    );
    expect(finding?.gap).toEqual({ told: 6, unmet: 6, met: 6, did: 6, others: { revisions: 6, did: 0 } });
    expect(finding?.sightings[0]?.quote.text).toBe('The customs stamp is missing.');
  });

  it('needs words that are alike', () => {
    const words = [
      'The customs stamp is missing.',
      'You forgot the ribbon on top.',
      'There is no sugar in there, see to it.',
    ];
    expect(gap.detect(contextOf(words.map((w, i) => asked(`s${i}`, w))))).toEqual([]);
  });

  it.each(['The second copy is not there.', 'You forgot the remark.', 'Nobody signed it.', 'no, use the other tray'])(
    'hears that work falls short in: %s',
    (text) => expect(shortfallIn(text, false)).toBeDefined(),
  );

  it.each(['Thanks, that is it.', 'Is the second copy missing?', 'I have not seen it yet', 'Now the next tray.'])(
    'hears nothing of the kind in: %s',
    (text) => expect(shortfallIn(text, false)).toBeUndefined(),
  );
});

it('says why it is silent, with numbers', () => {
  const context = contextFrom([session(1, write(1, 'm'), { grade: { a: true } })]);
  expect(gap.detect(context)).toEqual([]);
  expect(gap.silence?.(context)).toMatch(/^searched 1 session of 1 graded and none more than once; run with a rubric/);
});
