// Proofs in a memory's files: marks raised where earned and nothing else touched, reports that keep their other sections, and proofs that no longer fit.
import { describe, expect, it } from 'vitest';
import type { Proof } from '../../src/domain/proof.ts';
import {
  isValidated,
  memoryHash,
  proofFiles,
  proofsIn,
  provenOf,
  provenWords,
  textsOf,
} from '../../src/learning/proof-files.ts';
import { proofSection, withProofSection } from '../../src/learning/proof-section.ts';
import type { ReviewBranch } from '../../src/learning/review-branch.ts';
import { reviewMemory } from '../stages/review-memory.ts';

const none: Proof['whole'] = {
  ...{ tasks: 8, before: 0.5, after: 0.75, difference: 0.25, interval: [0.1, 0.4], better: 0.01, worse: 1 },
  ...{ exact: true, wins: 4, losses: 1, ties: 3 },
};

function proofOf(state: ReviewBranch, parts: Partial<Proof> = {}): Proof {
  return {
    ...{ version: 1, run: 'r1', dream: state.dream, verdict: 'validated', reasons: ['Better than `x`.'] },
    ...{ at: '2026-11-21T09:00:00.000Z', suite: 'masts', base: state.base, head: state.head },
    memory: memoryHash(state),
    entries: textsOf(state.entries).map((e) => ({ ...e, grade: 'C' as const })),
    ...{ method: 'fixed', trials: 4, models: ['made-up'], whole: none, placebo: none, criteria: [], evasion: none },
    ...{ cost: { unit: 'usd', before: 0.1, after: 0.1, ratio: 1 }, arms: {}, effects: [], predictions: [] },
    tasks: [
      {
        ...{ task: 'a|b`c', key: '0'.repeat(16), p: { passed: 0, of: 4 }, collapsed: true },
        ...{ a: { passed: 4, of: 4 }, b: { passed: 1, of: 4 }, explained: '<b>wind</b>' },
      },
    ],
    ...{ proven: ['aaaa'], dropped: [] },
    ...parts,
  };
}

async function branch(work: (state: ReviewBranch, again: () => Promise<ReviewBranch>) => Promise<void> | void) {
  const memory = await reviewMemory();
  try {
    await memory.dream('d1', [{ entry: 'aaaa' }, { entry: 'bbbb' }]);
    await work(await memory.state('d1'), () => memory.state('d1'));
  } finally {
    memory.test.remove();
  }
}

const withFiles = (state: ReviewBranch, touched: ReadonlyMap<string, string | null>): ReviewBranch => {
  const files = new Map(state.at.files);
  for (const [path, text] of touched) if (text !== null) files.set(path, text);
  return { ...state, at: { ...state.at, files } };
};

describe('the files of a proof', () => {
  it('raise the marks of proven entries and change no other byte of the playbook', async () => {
    await branch((state) => {
      const before = state.at.files.get('playbooks/crane.md') ?? '';
      const touched = proofFiles(state, proofOf(state), '<svg/>');
      expect([...touched.keys()].sort()).toEqual([
        'dreams/d1.md',
        'dreams/d1.proof.json',
        'dreams/d1.proof.svg',
        'playbooks/crane.md',
      ]);
      expect(touched.get('playbooks/crane.md')).toBe(
        before.replace('entry aaaa kind=mistake grade=C', 'entry aaaa kind=mistake grade=A'),
      );
      expect(proofFiles(state, proofOf(state, { proven: [] }), '<svg/>').has('playbooks/crane.md')).toBe(false);
    });
  });

  it('take a grade back that a newer proof does not confirm, and replace what the same run said before', async () => {
    await branch((state) => {
      const first = withFiles(state, proofFiles(state, proofOf(state), '<svg/>'));
      const touched = proofFiles(first, proofOf(first, { run: 'r2', verdict: 'harmful', proven: [] }), '<svg/>');
      expect(touched.get('playbooks/crane.md')).toBe(state.at.files.get('playbooks/crane.md'));
      const second = withFiles(first, touched);
      expect(
        proofsIn(second.at.files)
          .get('d1')
          ?.map((p) => [p.run, p.verdict]),
      ).toEqual([
        ['r1', 'validated'],
        ['r2', 'harmful'],
      ]);
      const third = withFiles(second, proofFiles(second, proofOf(second, { run: 'r2', proven: [] }), '<svg/>'));
      expect(
        proofsIn(third.at.files)
          .get('d1')
          ?.map((p) => p.verdict),
      ).toEqual(['validated', 'validated']);
    });
  });

  it('pass over a record that is torn, or that says something else', () => {
    const files = new Map([
      ['dreams/d1.proof.json', '<<<<<<< ours'],
      ['dreams/d2.proof.json', '{"version":1,"proofs":[{"verdict":"validated"}]}'],
    ]);
    expect([...proofsIn(files).values()]).toEqual([[], []]);
  });
});

describe('what is known of a branch', () => {
  it('is about the lessons and the memory that were compared, and about nothing else', async () => {
    await branch((state) => {
      expect(provenOf(state)).toBeUndefined();
      const proven = withFiles(state, proofFiles(state, proofOf(state), '<svg/>'));
      expect(provenOf(proven)?.current).toBe(true);
      expect(isValidated(provenOf(proven))).toBe(true);
      const [first, ...rest] = proven.entries;
      if (first === undefined) throw new Error('no entry');
      const edited = { ...proven, entries: [{ ...first, section: `${first.section}More.\n` }, ...rest] };
      expect(isValidated(provenOf(edited))).toBe(false);
      expect(provenOf({ ...proven, entries: [{ ...first, verdict: 'rejected' as const }, ...rest] })?.current).toBe(
        false,
      );
      expect(provenOf({ ...proven, entries: [{ ...first, verdict: 'accepted' as const }, ...rest] })?.current).toBe(
        true,
      );
      const elsewhere = { ...proven.atBase, files: new Map([...proven.atBase.files, ['playbooks/x.md', '# x\n']]) };
      const found = provenOf({ ...proven, atBase: elsewhere });
      expect(found === undefined ? '' : provenWords(found)).toBe('validated, but changed since');
    });
  });

  it('counts as validated by a used held-out set only where a person wanted that', async () => {
    await branch((state) => {
      const used = { exploratory: { tasks: 3, by: ['d0 on 2026-11-20'] } };
      const known = (parts: Partial<Proof>) => ({ proof: proofOf(state, parts), current: true });
      expect(isValidated(known(used))).toBe(false);
      expect(isValidated(known({ ...used, again: true }))).toBe(true);
      expect(isValidated(known({ verdict: 'no proven harm' }))).toBe(false);
      expect(provenWords(known(used))).toBe('validated (exploratory)');
    });
  });
});

describe('the section of a report', () => {
  it('stands in the place of an older one and leaves the others as they are', () => {
    const report = '# Dream d1\n\n## What was learned\n\nA.\n\n## Settings that mattered\n\n- x\n';
    const once = withProofSection(report, '## Proof\n\nOne.\n');
    expect(once).toBe(`${report}\n## Proof\n\nOne.\n`);
    const middle = '# Dream d1\n\n## Proof\n\nOld.\n\n### Losses\n\nNone.\n\n## After\n\nB.\n';
    expect(withProofSection(middle, '## Proof\n\nNew.\n')).toBe('# Dream d1\n\n## Proof\n\nNew.\n\n## After\n\nB.\n');
    expect(withProofSection(withProofSection(report, '## Proof\n\nOne.\n'), '## Proof\n\nOne.\n')).toBe(once);
  });

  it('shows losses and warns of a used set, and no name in it becomes markup', async () => {
    await branch((state) => {
      const used = { tasks: 3, by: ['d0 on 2026-11-20'] };
      const text = proofSection(proofOf(state, { exploratory: used }), new Map([['aaaa', 'A `title` | here']]));
      expect(text).toContain(
        '**Validated (exploratory)**: +25 points (95 %: +10 to +40) on 1 held-out task of `masts`',
      );
      expect(text).toContain('3 held-out tasks decided before: d0 on 2026-11-20. So this verdict is for looking at');
      expect(text).toContain('- ``a|b`c``: 4 of 4 before, 1 of 4 after **from all to nearly none**: &lt;b>wind&lt;/b>');
      expect(text).toContain('| `aaaa` | A `title` \\| here | not measured |');
      expect(text.split('\n').filter((line) => line.startsWith('## '))).toEqual(['## Proof']);
    });
  });
});
