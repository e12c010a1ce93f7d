// A branch that was proven and then fell behind: its record comes along, the grade that the proof gave does not.
import { expect, it } from 'vitest';
import { buildCommits } from '../../src/git/fast-import.ts';
import { editedSection } from '../../src/learning/edit-section.ts';
import { rebuild } from '../../src/stages/rebuild.ts';
import { now, PREFIX, reviewMemory, who } from './review-memory.ts';

it('is rebuilt with the grade that its dream gave, and the used held-out set is not forgotten', async () => {
  const memory = await reviewMemory();
  try {
    await memory.dream('d1', [{ entry: 'aaaa' }]);
    const before = await memory.state('d1');
    const playbook = before.at.files.get('playbooks/crane.md') ?? '';
    const files = new Map([
      [`${PREFIX}/playbooks/crane.md`, playbook.replace('grade=C', 'grade=A')],
      [`${PREFIX}/dreams/d1.proof.json`, '{"version":1,"proofs":[]}\n'],
      [`${PREFIX}/dreams/d1.proof.svg`, '<svg/>\n'],
    ]);
    const commit = { message: 'Proof: validated\n\nAgentmem-Dream: d1\n', author: who, atMs: now().getTime(), files };
    await buildCommits(memory.repo, { branch: 'dream/d1', from: before.head, parent: before.head, commits: [commit] });
    expect((await memory.state('d1')).entries[0]?.grade).toBe('A');
    memory.change('config.yaml', (text) => `${text}# more\n`);
    const report = await rebuild({
      ...{ repo: memory.repo, prefix: PREFIX, memoryCommit: memory.test.git('rev-parse', 'main') },
      ...{ state: await memory.state('d1'), maxRuleWords: 60, keep: [], drop: [], dryRun: false, who, now },
    });
    expect(report.status).toBe('rebuilt');
    const after = await memory.state('d1');
    expect(after.at.files.get('playbooks/crane.md')).toBe(playbook);
    expect(after.at.files.get('dreams/d1.proof.json')).toBe('{"version":1,"proofs":[]}\n');
    const subjects = memory.test.git('log', '--format=%s', 'main..dream/d1').split('\n');
    expect(subjects).toEqual(['Report: dream d1', 'Learn: aaaa']);
  } finally {
    memory.test.remove();
  }
});

it('a person’s new words take the grade of a proof away, and other pins do not', () => {
  const section = '## T\n<!-- entry aaaa kind=mistake grade=A -->\n\nA rule.\n';
  expect(editedSection(section, section.replace('A rule', 'Another rule'))).toContain('grade=C');
  expect(editedSection(section, section.replace('grade=A', 'grade=A pinned'))).toContain('grade=A pinned');
});
