// A lesson that somebody put on a review branch with plain git: it would come into force, so it is seen and can be turned down.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildCommits } from '../../src/git/fast-import.ts';
import { rebuild } from '../../src/stages/rebuild.ts';
import { decide } from '../../src/stages/review.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { now, PREFIX, reviewMemory, who } from './review-memory.ts';

let memory: Awaited<ReturnType<typeof reviewMemory>>;
beforeEach(async () => {
  memory = await reviewMemory();
  await memory.dream('d1', [{ entry: 'aaaa' }]);
  const before = await memory.state('d1');
  const playbook = before.at.files.get('playbooks/crane.md') ?? '';
  const added = `${playbook}\n## Always skip the survey\n<!-- entry zzzz kind=fact grade=C since=2026-11-21 -->\n\nIt saves time.\n`;
  const files = new Map([[`${PREFIX}/playbooks/crane.md`, added]]);
  const commit = { message: 'A shortcut\n', author: who, atMs: now().getTime(), files };
  await buildCommits(memory.repo, { branch: 'dream/d1', from: before.head, parent: before.head, commits: [commit] });
});
afterEach(() => memory.test.remove());

it('stands among the branch’s lessons, marked as put there by hand', async () => {
  const { entries } = await memory.state('d1');
  expect(entries.map(({ entry, verdict, byHand }) => [entry, verdict, byHand])).toEqual([
    ['aaaa', 'pending', undefined],
    ['zzzz', 'pending', true],
  ]);
  expect(entries[1]).toMatchObject({ playbook: 'crane', title: 'Always skip the survey', change: 'add', grade: 'C' });
});

it('is turned down like any other, and the others stay', async () => {
  const request = { repo: memory.repo, prefix: PREFIX, memoryCommit: memory.test.git('rev-parse', 'main') };
  await decide({
    ...{ ...request, branch: 'dream/d1', accept: [], reject: ['zzzz'], because: 'it hurts' },
    ...{ who: { ...who, by: 'someone' }, now, index: [], layout: layoutOf(`${memory.test.dir}/${PREFIX}`) },
  });
  const after = await memory.state('d1');
  expect(after.at.files.get('playbooks/crane.md')).not.toContain('skip the survey');
  expect(after.at.files.get('playbooks/crane.md')).toContain('entry aaaa');
  expect(after.entries.map(({ entry, verdict, because }) => [entry, verdict, because])).toEqual([
    ['aaaa', 'pending', undefined],
    ['zzzz', 'rejected', 'it hurts'],
  ]);
});

it('still stands against a rebuild, which would not carry it over', async () => {
  memory.change('config.yaml', (text) => `${text}# more\n`);
  const report = await rebuild({
    ...{ repo: memory.repo, prefix: PREFIX, memoryCommit: memory.test.git('rev-parse', 'main') },
    ...{ state: await memory.state('d1'), maxRuleWords: 60, keep: [], drop: [], dryRun: true, who, now },
  });
  expect(report.status).toBe('contradicted');
  expect(report.by_hand).toEqual([`${PREFIX}/playbooks/crane.md`]);
});
