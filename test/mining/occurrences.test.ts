// Counting the mistake of a card in sessions that no dream has read.
import { describe, expect, it } from 'vitest';
import { occurrencesOf } from '../../src/mining/occurrences.ts';
import { makeCard } from '../learning/make-card.ts';
import { tell } from './tell.ts';

const heavy = (weight: number) => `Error: the crate is too heavy, weight is ${weight}, limit is 25`;
const template = 'Error: the crate is too heavy, weight is <num>, limit is <num>';

describe('the mistake of a card', () => {
  it('is counted by its template, whatever varies in the error, and for its own tool only', () => {
    const session = tell({
      id: 's1',
      steps: [
        { call: 'pack_crate', input: { items: 9 }, error: heavy(31) },
        { call: 'pack_crate', input: { items: 8 }, error: heavy(999) },
        { call: 'pack_crate', input: { items: 1 }, error: 'Error: no such crate' },
        { call: 'load_ship', input: {}, error: heavy(31) },
        { call: 'pack_crate', input: { items: 2 }, ok: 'packed' },
      ],
    });
    const found = occurrencesOf(makeCard({ tool: 'pack_crate', template }), [session]);
    if ('reason' in found) throw new Error(found.reason);
    expect(found.metric).toBe('calls of pack_crate that failed with this error');
    expect(found.count(session)).toBe(2);
    expect(found.count(tell({ id: 's2', steps: [] }))).toBe(0);
  });

  it('counts calls that were repeated unchanged where that is the mistake', () => {
    const again = { call: 'pack_crate', input: { items: 9 }, error: heavy(31) };
    const session = tell({ id: 's1', steps: [again, again, again] });
    const found = occurrencesOf(makeCard({ kind: 'blind_retry', tool: 'pack_crate', template }), [session]);
    if ('reason' in found) throw new Error(found.reason);
    expect(found.count(session)).toBe(2);
  });

  it('is not counted where a lesson names no error, and the reason says so', () => {
    expect(occurrencesOf(makeCard({ kind: 'preference' }), [])).toEqual({
      reason: 'a lesson of kind preference names no error whose number could fall',
    });
    expect(occurrencesOf(makeCard({ template: undefined }), [])).toMatchObject({ reason: expect.any(String) });
  });
});
