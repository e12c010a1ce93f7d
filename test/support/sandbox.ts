// Whether this machine has a sandbox, for tests that need one; they are skipped, and say so, where it has none.
import { afterAll } from 'vitest';
import { probeSandbox, type Sandbox } from '../../src/host/sandbox.ts';

export const sandbox: Sandbox = await probeSandbox(process.env.PATH);
export const NO_SANDBOX = sandbox.kind === 'none';

/** The sandbox of this machine; only for tests that are skipped where there is none. */
export function bubblewrap(): Extract<Sandbox, { kind: 'bubblewrap' }> {
  if (sandbox.kind === 'none') throw new Error(sandbox.why);
  return sandbox;
}

if (sandbox.kind === 'none') {
  const { why } = sandbox;
  afterAll(() => process.stderr.write(`tests of the sandbox were skipped: ${why}\n`));
}
