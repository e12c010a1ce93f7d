// What runs of a suite and proofs ask of their flags alike.
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { assertKnown, trialFlagWords } from '../../src/commands/run/trial-flags.ts';
import { suiteSchema } from '../../src/domain/suite.ts';

const suite = {
  ...suiteSchema.parse({ suite: 'loaves', tasks: [{ id: 'rye', prompt: 'Bake rye.', tags: ['dark'] }] }),
  ...{ from: 'suites/loaves.yaml', path: '/suites/loaves.yaml', sha256: '', lineOf: () => 1 },
};

function refusal(...only: string[]) {
  try {
    assertKnown(suite, only);
  } catch (error) {
    if (error instanceof UserError) return error.problem;
    throw error;
  }
  return undefined;
}

describe('--only', () => {
  it('takes ids and tags, and says of the first other word what was meant or where to look', () => {
    expect(refusal()).toBeUndefined();
    expect(refusal('rye', 'dark')).toBeUndefined();
    expect(refusal('dark', 'rey', 'zebra')).toEqual({
      what: '--only rey: no task and no tag of this suite is called so',
      where: 'suites/loaves.yaml',
      hint: 'did you mean rye?',
    });
    expect(refusal('zebra')?.hint).toBe('agent suite show loaves');
  });
});

describe('the flags that every trial feels', () => {
  it('are kept in one order, and the others are not among them', () => {
    const flags = { deny: ['b'], allow: ['a', 'c'], budget: '$1', model: 'm', context: false, jobs: 3 };
    expect(trialFlagWords(flags)).toEqual([
      '--model',
      'm',
      '--budget',
      '$1',
      '--allow',
      'a',
      '--allow',
      'c',
      '--deny',
      'b',
      '--no-context',
    ]);
    expect(trialFlagWords({ context: true })).toEqual([]);
  });
});
