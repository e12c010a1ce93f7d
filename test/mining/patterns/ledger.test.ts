// The ledger gives back who showed what and when first, however far apart and however late.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { newLedger } from '../../../src/mining/patterns/ledger.ts';

it('gives back the sessions of each thing and their earliest steps', () => {
  const session = fc.record({ gap: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 40_000 })) });
  const seen = fc.record({ thing: fc.nat(3), step: fc.oneof(fc.nat(200), fc.nat(65_535)) });
  const sessions = fc.array(fc.tuple(session, fc.array(seen, { maxLength: 5 })), { maxLength: 40 });
  fc.assert(
    fc.property(sessions, (list) => {
      const truth = [0, 1, 2, 3].map(() => new Map<number, number>());
      let who = -1;
      const told = list.map(([{ gap }, shown]) => {
        who += gap;
        for (const { thing, step } of shown)
          truth[thing]?.set(who, Math.min(step, truth[thing]?.get(who) ?? Number.POSITIVE_INFINITY));
        return { who, shown };
      });
      const lastStep = Math.max(0, ...list.flatMap(([, shown]) => shown.map(({ step }) => step)));
      const ledger = newLedger(
        truth.map((of) => of.size),
        who + 1,
        lastStep,
      );
      for (const one of told) for (const { thing, step } of one.shown) ledger.add(thing, one.who, step);
      for (const [thing, of] of truth.entries()) {
        const entry = ledger.entry(thing);
        expect([...entry.sessions]).toEqual([...of.keys()]);
        expect([...entry.steps]).toEqual([...of.values()]);
      }
    }),
  );
});
