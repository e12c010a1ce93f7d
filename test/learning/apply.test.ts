// Tests of changes on playbook text: one section moves, every other byte stays.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LearnedChange } from '../../src/domain/dream.ts';
import { parsePlaybook } from '../../src/domain/playbook.ts';
import { appendSection, applyChange, removeEntry, replaceEntry, restoreEntry } from '../../src/learning/apply.ts';

const section = (id: string, words = 'rule') =>
  `## Title ${id}\n<!-- entry ${id} kind=mistake grade=C -->\n\n${words}\n`;
const HEAD = '---\nplaybook: crates\n---\n\n# crates\n\n';
const path = 'playbooks/crates.md';

function change(parts: Partial<LearnedChange>): LearnedChange {
  const base = {
    change: 'add',
    entry: 'aaaa',
    playbook: 'crates',
    kind: 'mistake',
    grade: 'C',
    title: 't',
    subject: 's',
    body: 'b',
    sessions: 3,
    tasks: 2,
    evidence: [],
  } as const;
  return { ...base, evidence: [], ...parts };
}
const add = (id: string, parts: Partial<LearnedChange> = {}) =>
  change({ entry: id, section: section(id), preamble: HEAD, ...parts });

describe('adding', () => {
  it('makes the playbook where there is none', () => {
    expect(applyChange(new Map(), add('aaaa'))).toEqual(new Map([[path, HEAD + section('aaaa')]]));
  });

  it('appends, one blank line apart, and keeps every byte before', () => {
    const first = HEAD + section('aaaa');
    expect(applyChange(new Map([[path, first]]), add('bbbb')).get(path)).toBe(`${first}\n${section('bbbb')}`);
  });

  it('sets sections one blank line apart however the text ends', () => {
    for (const end of ['', '\n', '\n\n'])
      expect(appendSection(`# x${end}`, section('aaaa'))).toBe(`# x\n\n${section('aaaa')}`);
    expect(appendSection('# x\n\n\n', section('aaaa'))).toBe(`# x\n\n\n${section('aaaa')}`);
  });

  it('keeps to the line ends of the file', () => {
    const text = applyChange(new Map([[path, '# crates\r\n\r\nwords\r\n']]), add('bbbb')).get(path) ?? '';
    expect(text).not.toMatch(/[^\r]\n/);
    expect(parsePlaybook('x', text).sections[0]?.mark?.id).toBe('bbbb');
  });

  it('then removing gives the same bytes back', () => {
    const bodies = fc
      .array(fc.constantFrom('## By hand\n', 'words\n', '\n', '```\n## x\n```\n', '<!-- c -->\n', section('cccc')), {
        maxLength: 6,
      })
      .map((p) => `# x\n\nintro\n${p.join('')}end\n`);
    fc.assert(
      fc.property(bodies, fc.boolean(), (text, crlf) => {
        const before = crlf ? text.replaceAll('\n', '\r\n') : text;
        expect(removeEntry(appendSection(before, section('aaaa')), 'aaaa')).toBe(before);
      }),
    );
  });
});

describe('editing', () => {
  it('replaces the section where it stands, in the file that holds it', () => {
    const text = `${HEAD}${section('aaaa')}\n${section('bbbb')}\n\n## By hand\n\nmine\n`;
    const files = new Map([['playbooks/other.md', text]]);
    const touched = applyChange(files, change({ change: 'edit', entry: 'bbbb', section: section('bbbb', 'new rule') }));
    expect(touched).toEqual(
      new Map([['playbooks/other.md', text.replace(section('bbbb'), section('bbbb', 'new rule'))]]),
    );
  });

  it('leaves all other sections byte for byte, whatever they hold', () => {
    const ids = ['aaaa', 'bbbb', 'cccc'];
    fc.assert(
      fc.property(
        fc.constantFrom(...ids),
        fc.array(fc.constantFrom('\n', '\n\n', '\n\n\n'), { minLength: 3, maxLength: 3 }),
        (id, gaps) => {
          const text = HEAD + ids.map((i, n) => section(i).trimEnd() + (gaps[n] ?? '\n')).join('');
          const edited = replaceEntry(text, id, section(id, 'changed'));
          expect(edited).toBe(text.replace(section(id).trimEnd(), section(id, 'changed').trimEnd()));
        },
      ),
    );
  });
});

describe('merging and retiring', () => {
  const text = `${HEAD}${section('aaaa')}\n${section('bbbb')}\n${section('cccc')}`;

  it('puts the new entry in the place of the first one that it replaces', () => {
    const touched = applyChange(
      new Map([[path, text]]),
      change({ change: 'merge', entry: 'dddd', section: section('dddd'), replaces: ['aaaa', 'cccc'] }),
    );
    expect(touched.get(path)).toBe(`${HEAD}${section('dddd')}\n${section('bbbb')}`);
  });

  it('keeps a playbook whose only entry is replaced', () => {
    const touched = applyChange(
      new Map([[path, HEAD + section('aaaa')]]),
      change({ change: 'merge', entry: 'dddd', section: section('dddd'), replaces: ['aaaa'] }),
    );
    expect(touched.get(path)).toBe(HEAD + section('dddd'));
  });

  it('reaches entries in other playbooks', () => {
    const files = new Map([
      [path, text],
      ['playbooks/b.md', `# b\n\n## Hand\n\nx\n\n${section('eeee')}`],
    ]);
    const touched = applyChange(
      files,
      change({ change: 'merge', entry: 'aaaa', section: section('aaaa', 'both'), replaces: ['eeee'] }),
    );
    expect(touched.get('playbooks/b.md')).toBe('# b\n\n## Hand\n\nx\n');
    expect(touched.get(path)).toContain('both');
  });

  it('takes a retired entry out cleanly', () => {
    expect(applyChange(new Map([[path, text]]), change({ change: 'retire', entry: 'bbbb' })).get(path)).toBe(
      `${HEAD}${section('aaaa')}\n${section('cccc')}`,
    );
  });
});

describe('removeEntry', () => {
  it('gives null where only front matter and a title would be left', () => {
    expect(removeEntry(HEAD + section('aaaa'), 'aaaa')).toBeNull();
    expect(removeEntry(section('aaaa'), 'aaaa')).toBeNull();
  });

  it('keeps a file in which a person wrote something', () => {
    expect(removeEntry(`${HEAD}Mine.\n\n${section('aaaa')}`, 'aaaa')).toBe(`${HEAD}Mine.\n`);
  });

  it('says so when the entry is not there', () => {
    expect(() => removeEntry(HEAD, 'aaaa')).toThrow('no entry aaaa');
  });
});

describe('restoreEntry', () => {
  const base = new Map([[path, `${HEAD}${section('aaaa')}\n${section('bbbb')}\n${section('cccc')}`]]);
  const applied = (files: ReadonlyMap<string, string>, touched: ReadonlyMap<string, string | null>) => {
    const out = new Map<string, string | null>(files);
    for (const [p, t] of touched) t === null ? out.delete(p) : out.set(p, t);
    return out;
  };
  const branch = (c: LearnedChange, from: ReadonlyMap<string, string> = base) =>
    applied(from, applyChange(from, c)) as Map<string, string>;

  it('takes back an addition, with its playbook if that was new', () => {
    const files = branch(add('dddd'));
    expect(applied(files, restoreEntry(files, base, 'dddd'))).toEqual(base);
    const fresh = branch(add('dddd', { playbook: 'fresh' }));
    expect(applied(fresh, restoreEntry(fresh, base, 'dddd'))).toEqual(base);
  });

  it('takes back an edit and leaves the neighbours’ changes', () => {
    let files = branch(change({ change: 'edit', entry: 'aaaa', section: section('aaaa', 'new') }));
    files = branch(change({ change: 'edit', entry: 'bbbb', section: section('bbbb', 'new') }), files);
    const restored = applied(files, restoreEntry(files, base, 'aaaa')).get(path);
    expect(restored).toBe(base.get(path)?.replace(section('bbbb'), section('bbbb', 'new')));
  });

  it('takes back a retirement, in its old place', () => {
    const files = branch(change({ change: 'retire', entry: 'bbbb' }));
    expect(applied(files, restoreEntry(files, base, 'bbbb'))).toEqual(base);
    const last = branch(change({ change: 'retire', entry: 'cccc' }));
    expect(applied(last, restoreEntry(last, base, 'cccc'))).toEqual(base);
  });

  it('takes back a merge with the entries that it replaced', () => {
    const files = branch(
      change({ change: 'merge', entry: 'dddd', section: section('dddd'), replaces: ['aaaa', 'cccc'] }),
    );
    expect(applied(files, restoreEntry(files, base, 'dddd', ['aaaa', 'cccc']))).toEqual(base);
  });

  it('does nothing for an entry that neither side knows', () => {
    expect(restoreEntry(base, base, 'zzzz')).toEqual(new Map());
  });
});
