// Taking lessons out of force: what goes, what becomes what it was, and what of the checkout stays untouched.
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { type RevertReport, revert } from '../../src/stages/revert.ts';
import { card, nameOf, now, PREFIX, type ReviewMemory, reviewMemory, who } from './review-memory.ts';

let memory: ReviewMemory;
afterEach(() => memory.test.remove());

async function reverted(ref: string, dryRun = false): Promise<RevertReport> {
  const { repo, test } = memory;
  const memoryCommit = test.git('rev-parse', 'main');
  return revert({
    repo,
    prefix: PREFIX,
    memoryBranch: 'main',
    memoryCommit,
    ref,
    because: 'no good',
    dryRun,
    who,
    now,
  });
}

const playbook = () => memory.test.git('show', `main:${PREFIX}/playbooks/crane.md`);
const decisions = () =>
  memory.test
    .git('show', `main:${PREFIX}/decisions.jsonl`)
    .split('\n')
    .map((line) => JSON.parse(line));

async function force(id: string, ...lessons: Parameters<ReviewMemory['dream']>[1]) {
  await memory.dream(id, lessons);
  memory.mergeByHand(id);
}

describe('revert a lesson', () => {
  it('takes out what a dream added, in one commit of the checkout, and keeps it from being learned again', async () => {
    memory = await reviewMemory();
    const entry = nameOf(card('mast'));
    await force('d1', { entry, card: card('mast') }, { entry: 'bbbb' });
    memory.test.write('staged.txt', 'mine\n');
    memory.test.git('add', 'staged.txt');
    const report = await reverted(entry);
    expect(report).toMatchObject({ what: 'entry', way: 'checkout', undone: [{ entry, how: 'removed', dream: 'd1' }] });
    expect(playbook()).not.toContain(`entry ${entry} `);
    expect(playbook()).toContain('entry bbbb ');
    expect(decisions()).toMatchObject([
      { entry, verdict: 'retired', because: 'no good', sessions: 8, fingerprint: 'print-mast', dream: 'd1' },
    ]);
    expect(memory.test.git('status', '--porcelain')).toBe('A  staged.txt');
    expect(memory.test.git('show', '--name-only', '--format=', 'main').split('\n')).toEqual([
      `${PREFIX}/decisions.jsonl`,
      `${PREFIX}/playbooks/crane.md`,
    ]);
    await expect(reverted(entry)).rejects.toMatchObject({ problem: { what: expect.stringContaining(entry) } });
  });

  it('makes what a dream changed what it was before, also when a person had gone on from it', async () => {
    memory = await reviewMemory();
    await force('d1', { entry: 'aaaa' });
    const before = playbook();
    await force('d2', { entry: 'aaaa', change: 'edit', card: card('aaaa', { template: 'Error: all is new now' }) });
    memory.change('playbooks/crane.md', (text) => text.replace('Evidence', 'Proof'));
    const report = await reverted('aaaa');
    expect(report.undone).toMatchObject([{ entry: 'aaaa', how: 'restored', dream: 'd2' }]);
    expect(playbook()).toBe(before);
    expect(decisions()).toMatchObject([{ entry: 'aaaa', verdict: 'rejected', dream: 'd2' }]);
    // Taken back once more it is the older dream's turn.
    expect((await reverted('aaaa')).undone).toMatchObject([{ entry: 'aaaa', how: 'removed', dream: 'd1' }]);
    expect(memory.test.git('ls-tree', '--name-only', 'main', `${PREFIX}/playbooks/`)).toBe('');
  });

  it('brings back what a dream retired', async () => {
    memory = await reviewMemory();
    await force('d1', { entry: 'aaaa' }, { entry: 'bbbb' });
    const before = playbook();
    await force('d2', { entry: 'aaaa', change: 'retire' });
    expect((await reverted('d2')).undone).toMatchObject([{ entry: 'aaaa', how: 'brought back' }]);
    expect(playbook()).toBe(before);
  });

  it('a dry run writes nothing, and dirty files below .agentmem stand against it', async () => {
    memory = await reviewMemory();
    await force('d1', { entry: 'aaaa' });
    const tip = memory.test.git('rev-parse', 'main');
    const dry = await reverted('aaaa', true);
    expect(dry).toMatchObject({ commit: null, way: null, undone: [{ how: 'removed' }] });
    memory.test.write(`${PREFIX}/playbooks/own.md`, '# own\n');
    await expect(reverted('aaaa')).rejects.toThrow('changes that are not committed');
    expect(memory.test.git('rev-parse', 'main')).toBe(tip);
    await expect(reverted('nope')).rejects.toThrow('no lesson and no dream');
  });

  it('a hook that refuses leaves files, index and branch as they were', async () => {
    memory = await reviewMemory();
    await force('d1', { entry: 'aaaa' });
    const tip = memory.test.git('rev-parse', 'main');
    const hooks = `${memory.test.dir}/.git/hooks`;
    mkdirSync(hooks, { recursive: true });
    memory.test.write('.git/hooks/pre-commit', '#!/bin/sh\necho not today >&2\nexit 1\n');
    chmodSync(`${hooks}/pre-commit`, 0o755);
    await expect(reverted('aaaa')).rejects.toMatchObject({ problem: { hint: expect.stringContaining('not today') } });
    expect(memory.test.git('rev-parse', 'main')).toBe(tip);
    expect(memory.test.git('status', '--porcelain')).toBe('');
    expect(existsSync(`${memory.test.dir}/${PREFIX}/decisions.jsonl`)).toBe(false);
  });

  it('refuses while a merge is in progress', async () => {
    memory = await reviewMemory();
    await force('d1', { entry: 'aaaa' });
    memory.test.write('.git/MERGE_HEAD', `${memory.test.git('rev-parse', 'main')}\n`);
    await expect(reverted('aaaa')).rejects.toThrow('merge is in progress');
  });
});

describe('revert a dream', () => {
  it('takes back all its lessons beside a checkout of another branch, and leaves what a later dream changed', async () => {
    memory = await reviewMemory();
    await force('d1', { entry: 'aaaa' }, { entry: 'bbbb' });
    await force('d2', { entry: 'bbbb', change: 'edit', card: card('bbbb', { template: 'Error: all is new now' }) });
    memory.test.git('checkout', '--quiet', '-b', 'feature');
    memory.test.write(`${PREFIX}/playbooks/crane.md`, 'half done\n');
    const report = await reverted('dream/d1');
    expect(report).toMatchObject({ what: 'dream', way: 'beside', undone: [{ entry: 'aaaa' }] });
    expect(report.left).toEqual([{ entry: 'bbbb', why: 'dream d2 changed it again; revert that first' }]);
    expect(playbook()).not.toContain('entry aaaa ');
    expect(playbook()).toContain('entry bbbb ');
    expect(readFileSync(`${memory.test.dir}/${PREFIX}/playbooks/crane.md`, 'utf8')).toBe('half done\n');
    expect(memory.test.git('log', '-1', '--format=%an', 'main')).toBe('Rita');
  });

  it('knows the lessons of a branch that was squashed by their marks', async () => {
    memory = await reviewMemory();
    await force('d1', { entry: 'aaaa' });
    await memory.dream('d2', [{ entry: 'bbbb' }, { entry: 'cccc' }]);
    memory.test.git('merge', '--quiet', '--squash', 'dream/d2');
    memory.test.git('commit', '--quiet', '--message=Lessons (#7)');
    const report = await reverted('d2');
    expect(report.undone.map((u) => u.entry).sort()).toEqual(['bbbb', 'cccc']);
    expect(playbook()).toContain('entry aaaa ');
    expect(playbook()).not.toContain('entry bbbb ');
  });
});
