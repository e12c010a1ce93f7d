// Plans of proofs on disk: found again by name, and none is believed that says it is another.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ProofPlan } from '../../src/domain/proof.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { proofPlan, proofPlans, writeProofPlan } from '../../src/store/proof-plans.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-plans-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const layout = () => layoutOf(join(dir, '.agentmem'));
const made = (run: string, at: string, parts: Partial<ProofPlan> = {}): ProofPlan => ({
  ...{ version: 1, run, at, branch: 'dream/d1', dream: 'd1', base: 'a'.repeat(40), head: 'b'.repeat(40) },
  ...{ suite: 'masts', tasks: [], trials: 2, per_entry: [], sequential: false, seed: 's', commits: {}, flags: [] },
  schedule: [],
  ...parts,
});

it('the newest that has not ended is gone on with; others by name, or its beginning', () => {
  writeProofPlan(layout(), made('20261121-090000-aaaa', '2026-11-21T09:00:00Z'));
  const finished = { at: '2026-11-21T11:00:00Z', verdict: 'validated' as const };
  writeProofPlan(layout(), made('20261121-100000-bbbb', '2026-11-21T10:00:00Z', { finished }));
  expect(proofPlans(layout()).map((p) => p.run)).toEqual(['20261121-090000-aaaa', '20261121-100000-bbbb']);
  expect(proofPlan(layout()).run).toBe('20261121-090000-aaaa');
  expect(proofPlan(layout(), '20261121-10').run).toBe('20261121-100000-bbbb');
  expect(() => proofPlan(layout(), '20261121')).toThrow('the beginning of 2 proofs');
  expect(() => proofPlan(layout(), 'nothing')).toThrow('no proof is called nothing');
});

it('a plan that calls itself otherwise, leads elsewhere or is torn is passed over', () => {
  const folder = join(layout().state, 'proofs');
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write('one.json', JSON.stringify(made('other', '2026-11-21T09:00:00Z')));
  write('two.json', JSON.stringify(made('../../../two', '2026-11-21T09:00:00Z')));
  write('three.json', '{"version":1,');
  write('four.json', JSON.stringify(made('four', '2026-11-21T09:00:00Z', { base: '--upload-pack=x' })));
  expect(proofPlans(layout())).toEqual([]);
  expect(() => proofPlan(layout())).toThrow('no proof was broken off');
  expect(() => writeProofPlan(layout(), made('../x', ''))).toThrow('no name for a proof');
});
