// What people said and what was done then, from the disk and from memory: the same findings, to the last quote.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { correction } from '../../../src/mining/detectors/correction.ts';
import type { Context, Finding } from '../../../src/mining/detectors/detector.ts';
import { gap } from '../../../src/mining/detectors/gap.ts';
import { Shelf } from '../../../src/mining/packed-extract.ts';
import { storedOf } from '../stored.ts';
import type { Step } from '../tell.ts';
import { contextFrom } from './context.ts';
import { type Grade, gradedSession } from './graded.ts';

const SAID = [
  'The customs stamp is missing.',
  'Wrong. attach a sketch.',
  'Please attach a sketch.',
  'No, use commas for the table columns.',
  'No, use tabs for the table columns.',
  'Good. Now the next tray.',
];
const lane = fc.constantFrom({}, {}, { thread: 'side' });
const call = fc
  .tuple(
    fc.constantFrom('write', 'stamp'),
    fc.dictionary(fc.constantFrom('unit', 'path'), fc.constantFrom('m', 'ft', 'x'.repeat(50)), { maxKeys: 2 }),
    fc.constantFrom({ ok: '' }, { ok: 'done' }, { error: 'no' }),
    lane,
  )
  .map(([call, input, end, of]): Step => ({ call, input, ...end, ...of }));
const user = fc.tuple(fc.constantFrom(...SAID), lane).map(([user, of]): Step => ({ user, ...of }));
const grade = fc.record({ seal: fc.boolean(), scale: fc.boolean() }).map((met): Grade => ({ grade: met }));
const steps = fc.array(
  fc.oneof({ weight: 4, arbitrary: call }, { weight: 3, arbitrary: user }, { weight: 1, arbitrary: grade }),
  { minLength: 2, maxLength: 9 },
);
// Sessions of a few kinds, so that what happens in one happens in others.
const world = fc
  .tuple(
    fc.array(steps, { minLength: 1, maxLength: 3 }),
    fc.array(fc.tuple(fc.nat(2), fc.nat(8), fc.constantFrom(null, 'pass' as const, 'fail' as const)), {
      minLength: 2,
      maxLength: 24,
    }),
  )
  .map(([kinds, sessions]) =>
    sessions.map(([kind, day, outcome], n) => ({
      ...gradedSession({
        id: `s${n}`,
        steps: kinds[kind % kinds.length] ?? [],
        ...(day > 0 && { day: `2026-03-0${day}` }),
      }),
      outcome,
    })),
  );

const told = (findings: readonly Finding[]) =>
  findings.map((finding) => ({
    ...finding,
    sightings: finding.sightings.map(({ session, quote, events, wasted, at, action }) => ({
      ...{ session: session.session, quote, events, wasted, at },
      call: action?.call.event,
    })),
    against: finding.against.map(({ session, quote }) => ({ session: session.session, quote })),
  }));

it('is found alike in sessions on the disk and in plain ones', () => {
  let found = 0;
  fc.assert(
    fc.property(world, (sessions) => {
      const plain = contextFrom(sessions);
      const stored: Context = { ...plain, sessions: storedOf(plain.sessions, new Shelf(3)) };
      for (const detector of [gap, correction]) {
        const findings = told(detector.detect(plain));
        expect(told(detector.detect(stored))).toEqual(findings);
        expect(detector.silence?.(stored)).toEqual(detector.silence?.(plain));
        found += findings.length;
      }
    }),
  );
  expect(found).toBeGreaterThan(20);
});
