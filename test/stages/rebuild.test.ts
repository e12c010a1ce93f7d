// A review branch that fell behind: what is carried over, what drops out, and what is left for a person to settle.
import { afterEach, describe, expect, it } from 'vitest';
import { edit } from '../../src/stages/edit.ts';
import { type RebuildReport, rebuild } from '../../src/stages/rebuild.ts';
import { decide } from '../../src/stages/review.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { card, nameOf, now, PREFIX, type ReviewMemory, reviewMemory, who } from './review-memory.ts';

let memory: ReviewMemory;
afterEach(() => memory.test.remove());

async function rebuilt(id: string, settle: { keep?: string[]; drop?: string[] } = {}): Promise<RebuildReport> {
  return rebuild({
    repo: memory.repo,
    prefix: PREFIX,
    memoryCommit: memory.test.git('rev-parse', 'main'),
    state: await memory.state(id),
    maxRuleWords: 60,
    keep: [],
    drop: [],
    dryRun: false,
    who,
    now,
    ...settle,
  });
}

async function verdict(id: string, accept: string[], reject: string[]) {
  await decide({
    layout: layoutOf(`${memory.test.dir}/${PREFIX}`),
    repo: memory.repo,
    prefix: PREFIX,
    memoryCommit: memory.test.git('rev-parse', 'main'),
    branch: `dream/${id}`,
    index: [],
    accept,
    reject,
    because: 'so I say',
    who,
    now,
  });
}

const outcomes = (report: RebuildReport) => Object.fromEntries(report.entries.map((e) => [e.entry, e.outcome]));
const onBranch = (id: string) => memory.test.git('show', `dream/${id}:${PREFIX}/playbooks/crane.md`);

describe('a branch that fell behind', () => {
  it('is rebuilt lesson by lesson with its verdicts and edits, and its old tip is kept', async () => {
    memory = await reviewMemory();
    await memory.dream('d1', [{ entry: 'aaaa' }, { entry: 'bbbb' }, { entry: 'cccc' }]);
    const state = await memory.state('d1');
    await edit({
      repo: memory.repo,
      prefix: PREFIX,
      state,
      entry: 'bbbb',
      text: '## Mine\n\nMy own words.\n',
      who,
      now,
    });
    await verdict('d1', ['bbbb'], ['cccc']);
    const old = memory.test.git('rev-parse', 'dream/d1');
    await memory.dream('d2', [{ entry: 'xxxx' }]);
    memory.mergeByHand('d2');
    const report = await rebuilt('d1');
    expect(report.status).toBe('rebuilt');
    expect(outcomes(report)).toEqual({ aaaa: 'carried', bbbb: 'carried', cccc: 'turned down' });
    expect(memory.test.git('rev-parse', report.old ?? '')).toBe(old);
    const after = await memory.state('d1');
    expect(after.behind).toBe(0);
    expect(after.entries.map((e) => [e.entry, e.verdict])).toEqual([
      ['aaaa', 'pending'],
      ['bbbb', 'accepted'],
      ['cccc', 'rejected'],
    ]);
    expect(after.entries[1]?.section).toContain('## Mine\n<!-- entry bbbb ');
    for (const [id, there] of [
      ['xxxx', true],
      ['aaaa', true],
      ['cccc', false],
    ] as const)
      expect(onBranch('d1').includes(`entry ${id} `)).toBe(there);
    expect(memory.test.git('log', '--format=%an %s', 'main..dream/d1').split('\n')).toEqual([
      'Rita Keep the verdicts of dream d1',
      'agentmem dream Report: dream d1',
      'agentmem dream Learn: cccc',
      'Rita Edit: Mine',
      'agentmem dream Learn: bbbb',
      'agentmem dream Learn: aaaa',
    ]);
    expect(memory.test.git('status', '--porcelain')).toBe('');
    memory.mergeByHand('d1');
    expect(memory.test.git('fsck', '--strict')).toBe('');
  });

  it('drops lessons that are in force already, and is left alone when none is left', async () => {
    memory = await reviewMemory();
    const entry = nameOf(card('mast'));
    await memory.dream('d1', [{ entry, card: card('mast') }]);
    const more = card('mast', { counts: { sessions: 9, tasks: 4, people: 1, days: 3, events: 12 } });
    await memory.dream('d2', [{ entry, card: more }]);
    memory.mergeByHand('d2');
    const tip = memory.test.git('rev-parse', 'dream/d1');
    const report = await rebuilt('d1');
    expect(report.status).toBe('nothing left');
    expect(report.entries[0]?.why).toContain('as dream d2 learned it');
    expect(memory.test.git('rev-parse', 'dream/d1')).toBe(tip);
    expect(memory.test.git('for-each-ref', 'refs/agentmem')).toBe('');
  });

  it('does not bring back what was turned down on another branch meanwhile', async () => {
    memory = await reviewMemory();
    await memory.dream('d1', [{ entry: 'aaaa' }, { entry: 'bbbb' }]);
    await memory.dream('d2', [{ entry: 'aaaa' }]);
    await verdict('d2', [], ['aaaa']);
    memory.mergeByHand('d2');
    const report = await rebuilt('d1');
    expect(outcomes(report)).toEqual({ aaaa: 'dropped', bbbb: 'carried' });
    expect(report.entries[0]?.why).toContain('turned down meanwhile: so I say');
    expect(onBranch('d1')).not.toContain('entry aaaa ');
  });

  it('says when it grows from the tip already, and after a rebuild it does', async () => {
    memory = await reviewMemory();
    await memory.dream('d1', [{ entry: 'aaaa' }]);
    expect((await rebuilt('d1')).status).toBe('current');
    memory.change('config.yaml', (text) => `${text}# more\n`);
    expect((await rebuilt('d1')).status).toBe('rebuilt');
    expect((await rebuilt('d1')).status).toBe('current');
  });

  it('keeps a branch alone whose other changes it could not carry over', async () => {
    memory = await reviewMemory();
    await memory.dream('d1', [{ entry: 'aaaa' }]);
    memory.change('config.yaml', (text) => `${text}# more\n`);
    memory.test.git('checkout', '--quiet', 'dream/d1');
    memory.test.write('README.md', 'changed\n');
    memory.test.write(`${PREFIX}/playbooks/crane.md`, `${onBranch('d1')}\n## A note of mine\n\nKept by hand.\n`);
    memory.test.git('commit', '--quiet', '--all', '--message=Mine');
    memory.test.git('checkout', '--quiet', 'main');
    const report = await rebuilt('d1');
    expect(report).toMatchObject({ status: 'contradicted', old: null });
    expect(report.by_hand).toEqual(['README.md', `${PREFIX}/playbooks/crane.md`]);
  });
});

describe('contradictions', () => {
  it('an entry edited on both sides is shown with both texts and settled only by a person', async () => {
    memory = await reviewMemory();
    await memory.dream('d0', [{ entry: 'aaaa' }]);
    memory.mergeByHand('d0');
    await memory.dream('d1', [{ entry: 'aaaa', change: 'edit', card: card('aaaa', { claim: 'x', grade: 'B' }) }]);
    const state = await memory.state('d1');
    await edit({
      repo: memory.repo,
      prefix: PREFIX,
      state,
      entry: 'aaaa',
      text: '## Ours\n\nBranch words.\n',
      who,
      now,
    });
    memory.change('playbooks/crane.md', (text) => text.replace(/^## .*/m, '## Theirs'));
    const tip = memory.test.git('rev-parse', 'dream/d1');
    const report = await rebuilt('d1');
    expect(report).toMatchObject({ status: 'contradicted', old: null });
    expect(report.entries[0]).toMatchObject({ outcome: 'contradiction', why: 'it was changed on both sides' });
    expect(report.entries[0]?.ours).toContain('## Ours');
    expect(report.entries[0]?.theirs).toContain('## Theirs');
    expect(memory.test.git('rev-parse', 'dream/d1')).toBe(tip);
    expect((await rebuilt('d1', { drop: ['aaaa'] })).status).toBe('nothing left');
    expect((await rebuilt('d1', { keep: ['aaaa'] })).status).toBe('rebuilt');
    expect(onBranch('d1')).toContain('## Ours');
    expect(onBranch('d1')).not.toContain('## Theirs');
  });

  it('the same error with another remedy, in force since, is shown', async () => {
    memory = await reviewMemory();
    const change = { argument: '/crane', changed: 6, repaired: 7, failed: 8 };
    const rival = card('mast', { fingerprint: 'rival', change });
    const own = nameOf(card('mast'));
    await memory.dream('d3', [{ entry: nameOf(rival), card: rival }]);
    await memory.dream('d4', [{ entry: own, card: card('mast') }]);
    memory.mergeByHand('d3');
    const report = await rebuilt('d4');
    expect(report.entries[0]?.outcome).toBe('contradiction');
    expect(report.entries[0]?.why).toBe(`${nameOf(rival)}, in force since, has another remedy for the same error`);
    expect((await rebuilt('d4', { keep: [own] })).status).toBe('rebuilt');
  });

  it('a lesson accepted here and turned down elsewhere meanwhile is shown', async () => {
    memory = await reviewMemory();
    await memory.dream('d1', [{ entry: 'aaaa' }]);
    await memory.dream('d2', [{ entry: 'aaaa' }]);
    await verdict('d1', ['aaaa'], []);
    await verdict('d2', [], ['aaaa']);
    memory.mergeByHand('d2');
    expect(outcomes(await rebuilt('d1'))).toEqual({ aaaa: 'contradiction' });
  });

  it('a change of a lesson that was taken out of force meanwhile is shown', async () => {
    memory = await reviewMemory();
    await memory.dream('d0', [{ entry: 'aaaa' }, { entry: 'bbbb' }]);
    memory.mergeByHand('d0');
    await memory.dream('d1', [
      { entry: 'aaaa', change: 'edit', card: card('aaaa', { grade: 'B', template: 'Error: no' }) },
    ]);
    memory.change('playbooks/crane.md', (text) => text.replace(/^## [\s\S]*?(?=^## )/m, ''));
    const report = await rebuilt('d1');
    expect(report.entries[0]).toMatchObject({ outcome: 'contradiction', why: 'it was taken out of force meanwhile' });
  });
});
