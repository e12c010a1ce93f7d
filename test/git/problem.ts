// Unwraps the UserError that a promise must fail with; anything else fails the test.
import { type Problem, UserError } from '../../src/base/errors.ts';

export async function problemOf(work: Promise<unknown>): Promise<Problem> {
  try {
    await work;
  } catch (error) {
    if (error instanceof UserError) return error.problem;
    throw error;
  }
  throw new Error('expected a UserError, and nothing was thrown');
}
