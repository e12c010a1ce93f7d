// Lessons that nobody proposed are out of every trial of arm E, together, so that arm B shows what they do.
import { expect, it } from 'vitest';
import { scheduleOf } from '../../src/proving/schedule.ts';

it('arm E never has them, and the other arms are as they were', () => {
  const request = { seed: 's', tasks: ['a', 'b'], trials: 3, sequential: false, seedOf: () => 'x' };
  const drawn = scheduleOf({ ...request, perEntry: ['zzzz', 'yyyy'], together: true });
  const left = (arm: string) => drawn.filter((trial) => trial.arm === arm).map(({ without }) => without);
  expect(left('E')).toEqual(Array.from({ length: 6 }, () => ['zzzz', 'yyyy']));
  for (const arm of ['A', 'B', 'P']) expect(left(arm)).toEqual(Array.from({ length: 6 }, () => []));
});
