// Values that an answer showed before anybody used them: no example of a lesson, and no quote.
import { expect, it } from 'vitest';
import { mine } from '../../src/mining/mine.ts';
import { type Step, tell } from './tell.ts';

const wrong: Step = { call: 'add', input: { part: 'pegs', shed: 'north' }, error: 'that part was not found' };
const right: Step = { call: 'add', input: { part: 'rails', shed: 'north' }, ok: 'built' };
const file = (ok: string): Step => ({ call: 'read', input: { path: 'parts.txt' }, ok });
const shown = (...steps: Step[]) => tell({ id: 's', steps }).actions.map((action) => action.shown);

it('are noted on calls of a tool that failed in the session', () => {
  expect(shown(file('pegs: 3\nrails: 4'), wrong, right)).toEqual([undefined, ['/part'], ['/part']]);
  expect(shown(file('rails: 4'), right)).toEqual([undefined, undefined]);
});

it('are whoever’s said them first', () => {
  expect(shown({ user: 'take rails' }, file('rails'), wrong, right)[2]).toBeUndefined();
  expect(shown(wrong, right, file('rails'), right)[3]).toBeUndefined();
  expect(shown(wrong, file('nails'), right)[2]).toBeUndefined();
});

it('are the tool’s own where its error named them', () => {
  expect(shown({ ...wrong, error: 'no pegs: known are nails, rails' }, right)[1]).toBeUndefined();
});

it('stand in no lesson, whose argument is told all the same', () => {
  const sessions = (ok: string) =>
    [0, 1, 2, 3, 4].map((n) =>
      tell({ id: `s${n}`, task: `t${n}`, steps: [{ user: `build ${n}` }, file(ok), wrong, right] }),
    );
  const card = (ok: string) => mine(sessions(ok), { min_sessions: 3, min_tasks: 2 }).cards[0];
  expect(card('nothing')).toMatchObject({ change: { argument: '/part', to: 'rails' }, trust: 'local_tool' });
  const [told] = [card('rails: 4')];
  expect(told).toMatchObject({ change: { argument: '/part', changed: 5 }, trust: 'local_tool' });
  expect(told?.change).not.toHaveProperty('to');
});
