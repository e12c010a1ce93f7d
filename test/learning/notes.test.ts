// Tests of notes: what is said twice is proposed for removal, what is doubtful is listed, and everything else stays byte for byte.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChange, restoreEntry } from '../../src/learning/apply.ts';
import { changeMessage } from '../../src/learning/commit-message.ts';
import { noteEdits } from '../../src/learning/note-edits.ts';
import { noteFindings } from '../../src/learning/note-findings.ts';
import { makeCard, makeSettings } from './make-card.ts';
import { decision, plan } from './make-plan.ts';

const A = '# Crates\n\n## Packing\n\n- Weigh every crate before it leaves\n- Keep the lids dry\n';
const notes = (b: string, a = A) =>
  new Map([
    ['notes/a.md', a],
    ['notes/sub/b.md', b],
  ]);
const edited = (b: string, a = A) => noteEdits(notes(b, a))[0]?.text;

describe('a statement made twice', () => {
  it('is taken out of the later note, under the same heading and in whatever case and spacing', () => {
    const b = '# More\n\n## Packing\n\n- weigh every  crate before it leaves.\n- Call the yard\n';
    expect(edited(b)).toBe('# More\n\n## Packing\n\n- Call the yard\n');
    const [edit] = noteEdits(notes(b));
    expect(edit?.path).toBe('notes/sub/b.md');
    expect(edit?.body).toContain('stands in notes/a.md:5 already (line 5)');
  });

  it.each([
    ['under another heading, where it is short', '## Shipping\n\n- Weigh every crate before it leaves\n'],
    ['in a code block', '## Packing\n\n```\n- Weigh every crate before it leaves\n```\n'],
    ['in a quotation', '## Packing\n\n> Weigh every crate before it leaves\n'],
    ['in a table', '## Packing\n\n| Weigh every crate before it leaves |\n'],
    ['in a comment', '## Packing\n\n<!--\n- Weigh every crate before it leaves\n-->\n'],
    ['as a numbered step', '## Packing\n\n1. Weigh every crate before it leaves\n'],
    ['with more hanging below it', '## Packing\n\n- Weigh every crate before it leaves\n  - twice on Mondays\n'],
    ['in other words', '## Packing\n\n- Weigh all crates before they leave\n'],
  ])('stays %s', (_, b) => {
    expect(noteEdits(notes(b))).toEqual([]);
  });

  it('goes with what hangs below it where that is the same too, and under any heading where it is long', () => {
    const long = 'The yard closes at noon on the last Friday of every month';
    const a = `## One\n\n- Keep the lids dry now\n  or they rot\n\n${long}.\n`;
    expect(edited(`## One\n\n- Keep the lids dry now\n  or they rot\n- x\n`, a)).toBe('## One\n\n- x\n');
    expect(edited(`## Two\n\n${long}\n\nAnother thing.\n`, a)).toBe('## Two\n\nAnother thing.\n');
  });

  it('takes its heading along where nothing is left below, but never the title', () => {
    const b = '# More\n\nIntro.\n\n## Packing\n\n- Weigh every crate before it leaves\n\n## Yard\n\nOpen late.\n';
    expect(edited(b)).toBe('# More\n\nIntro.\n\n## Yard\n\nOpen late.\n');
    expect(edited('# Packing\n\n- Weigh every crate before it leaves\n')).toBe('# Packing\n');
  });

  it('keeps line ends, and every other byte', () => {
    const b = '## Packing\r\n\r\n- Weigh every crate before it leaves\r\n- Call  the yard \r\n\ttab\r\n';
    expect(edited(b)).toBe('## Packing\r\n\r\n- Call  the yard \r\n\ttab\r\n');
  });

  it('leaves nothing twice, and loses no line that was there once', () => {
    const line = fc.constantFrom(
      '- one two three four',
      '- five six seven eight',
      '',
      '## H',
      '## K',
      'nine ten eleven twelve',
      '```',
      '  more',
    );
    const note = fc.array(line, { maxLength: 12 }).map((lines) => `${lines.join('\n')}\n`);
    fc.assert(
      fc.property(note, note, (a, b) => {
        const before = notes(b, a);
        const result = new Map(before);
        for (const edit of noteEdits(before)) result.set(edit.path, edit.text);
        expect(noteEdits(result)).toEqual([]);
        const said = (m: Map<string, string>) =>
          new Set(
            [...m.values()]
              .join('')
              .split('\n')
              .filter((l) => /^(- |nine)/.test(l)),
          );
        expect(said(result)).toEqual(said(before));
      }),
    );
  });
});

describe('the dream', () => {
  const b = '## Packing\n\n- Weigh every crate before it leaves\n- Call the yard\n';
  const both = notes(b);
  const { changes } = plan([], { notes: both });
  const entry = changes[0]?.entry ?? '';

  it('proposes one edit a note, as a commit of its own', () => {
    expect(changes).toMatchObject([{ change: 'edit', playbook: 'notes/sub/b.md', sessions: 0, evidence: [] }]);
    expect(changes.flatMap((c) => [...applyChange(both, c)])).toEqual([
      ['notes/sub/b.md', '## Packing\n\n- Call the yard\n'],
    ]);
    const message = changes[0] ? changeMessage('d1', changes[0]) : '';
    expect(message).toMatch(/^Revise: notes\/sub\/b\.md, 1 statement made twice\n\n“Weigh every crate/);
    expect(message).toContain(
      `Agentmem-Entry: ${entry}\nAgentmem-Change: edit\nAgentmem-Grade: C\nAgentmem-File: notes/sub/b.md`,
    );
  });

  it('puts the note back when the edit is turned down, and does not ask again', () => {
    const onBranch = new Map([...both, ['notes/sub/b.md', 'x']]);
    expect([...restoreEntry(onBranch, both, entry)]).toEqual([['notes/sub/b.md', b]]);
    const verdict = decision(makeCard(), { entry, fingerprint: '' });
    const again = plan([], { notes: both, decisions: [verdict] });
    expect(again.changes).toEqual([]);
    expect(again.withheld[0]?.reason).toContain('turned down');
    const more = notes(`${b}- Keep the lids dry\n`);
    expect(plan([], { notes: more, decisions: [verdict] }).changes).toEqual([]);
  });

  it('waits while a change of the note waits, and keeps to the cap', () => {
    const waiting = {
      branch: 'dream/x',
      entries: [],
      cards: new Map(),
      decisions: [],
      notes: new Map([['notes/sub/b.md', 'x']]),
    };
    expect(plan([], { notes: both, pending: [waiting] }).withheld[0]?.reason).toBe(
      'a change of notes/sub/b.md waits on dream/x',
    );
    const one = plan([makeCard()], { notes: both, settings: makeSettings({ dream: { max_changes: 1 } }) });
    expect(one.changes.map((c) => c.change)).toEqual(['add']);
    expect(one.withheld[0]?.reason).toContain('cap of 1 changes');
  });
});

describe('doubtful places', () => {
  const tree = {
    files: new Set(['src/pack.ts', 'src/old/weigh.ts', '.agentmem/notes/a.md', 'README.md']),
    prefix: '.agentmem',
  };
  const found = (b: string, a = A) => noteFindings(notes(b, a), tree);

  it('are statements of two notes that are nearly the same, or say the opposite', () => {
    expect(found('- Weigh every single crate before it leaves\n')).toEqual([
      {
        kind: 'repetition',
        where: 'notes/a.md:5',
        text: 'Weigh every crate before it leaves',
        other: 'notes/sub/b.md:1',
        other_text: 'Weigh every single crate before it leaves',
      },
    ]);
    expect(found('Intro.\n\n- Never weigh crates before they leave\n')).toMatchObject([
      { kind: 'contradiction', where: 'notes/a.md:5', other: 'notes/sub/b.md:3' },
    ]);
    expect(found('- The yard closes at noon\n')).toEqual([]);
  });

  it('are links and paths to what is not in the commit, seen from the note or from the top', () => {
    const b = [
      '[a](../a.md) [top](/README.md) [src](src/pack.ts#L3) [web](https://example.org/x) [here](#packing) [out](../../../../up.md)',
      '[gone](../gone.md) and `src/pack.ts`, `src/lost.ts:12`, `elsewhere/x.ts`, `src/old`, [dir](/src/old/)',
      '```\n[code](nowhere.md)\n```',
    ].join('\n\n');
    expect(found(b)).toEqual([
      { kind: 'dead reference', where: 'notes/sub/b.md:3', text: '../gone.md' },
      { kind: 'dead reference', where: 'notes/sub/b.md:3', text: 'src/lost.ts' },
    ]);
  });
});
