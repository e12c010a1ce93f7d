// What the index knows of an extract anyway.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { differencesOf, type Kept, keptOf, type Said } from '../../src/mining/extract-key.ts';
import { EXTRACT_VERSION } from '../../src/mining/extract-types.ts';
import { INDEXED as entry } from '../support/indexed.ts';

const word = fc.constantFrom('a', 'b', 'c');
const maybe = fc.option(word, { nil: undefined });
const outcome = fc.constantFrom('pass' as const, 'fail' as const, null);

it('what is kept of a session is had from what the index says and where it differs', () => {
  const fields = ['project', 'task', 'agent', 'model', 'by', 'at', 'last', 'label'] as const;
  const kept = fc
    .record({ session: word, content: word, tool: word, outcome, others: fc.tuple(...fields.map(() => maybe)) })
    .map(({ others, ...rest }): Kept => {
      const known = fields.flatMap((field, i) => (others[i] === undefined ? [] : [[field, others[i]]]));
      return { version: EXTRACT_VERSION, ...rest, ...Object.fromEntries(known) };
    });
  const said = fc.record({ id: word, content: word, tool: word, outcome, a: maybe, b: maybe, c: maybe }).map(
    ({ id, content, tool, outcome: ended, a, b, c }): Said => ({
      ...{ id, content, source: { tool }, outcome: ended, evaluations: 0, counts: entry.counts },
      ...(a !== undefined && { project: a, task: { id: a }, model: a }),
      ...(b !== undefined && { by: b, at: b, agent: { name: b } }),
      ...(c !== undefined && { last_at: c }),
    }),
  );
  fc.assert(
    fc.property(kept, said, (one, index) => {
      const differences: unknown = JSON.parse(JSON.stringify(differencesOf(one, index)));
      const again = keptOf(differences as ReturnType<typeof differencesOf>, index, {});
      expect(again).toEqual(one);
      expect(Object.keys(again).sort()).toEqual(Object.keys(one).sort());
    }),
  );
});

it('keeps nothing that the index says', () => {
  const same: Kept = { version: EXTRACT_VERSION, session: 's1', content: entry.content, tool: 'pot', outcome: 'pass' };
  const told = { task: 't1', agent: 'builder', at: '2026-03-01T00:00:00Z' };
  expect(differencesOf({ ...same, ...told, label: 'potter' }, entry)).toEqual({ label: 'potter' });
});
