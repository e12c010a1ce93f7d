// Revisions to compare with, counted once for many questions, against counting them anew for each.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Control, type Revision } from '../../../src/mining/detectors/gap-control.ts';
import { deedName } from '../../../src/mining/facts/deeds.ts';
import { extractOf } from '../extracts.ts';

const TOOLS = ['write', 'stamp', 'weigh'];
const sessions = [1, 2, 3, 4].map((n) => extractOf(`s${n}`));
const revision = fc.tuple(fc.constantFrom(...sessions), fc.subarray(TOOLS)).map(
  ([session, tools]): Revision => ({
    ...{ session, calls: 1, call: 0 },
    deeds: tools.map((tool) => ({ tool, place: 0 })),
  }),
);
const revisions = fc.array(revision, { maxLength: 12 });

it('are those that are counted anew, whatever is left out', () => {
  fc.assert(
    fc.property(revisions, fc.array(fc.nat(12)), revisions, fc.integer({ min: 1, max: 8 }), (all, out, more, most) => {
      const control = new Control(all, most);
      for (const left of [[], [...out.flatMap((place) => all[place] ?? []), ...more], all.slice(0, 2)]) {
        const compared = control.without([...new Set(left)]);
        const beside = all.filter((one) => !left.includes(one)).slice(0, most);
        const count = (some: readonly Revision[]) => new Set(some.map(({ session }) => session)).size;
        expect(compared.sessions).toBe(count(beside));
        for (const tool of TOOLS) {
          const did = beside.filter(({ deeds }) => deeds.some((deed) => deed.tool === tool));
          expect(compared.did(deedName({ tool }))).toBe(count(did));
        }
      }
    }),
  );
});
