// Rewrites .agentmem.example; not a test of anything, and not among the tests: `npm run example` runs it.
import { expect, it } from 'vitest';
import { storedExample, writeExample } from './example.ts';

it('writes the example', () => {
  writeExample();
  expect(storedExample().size).toBeGreaterThan(5);
});
