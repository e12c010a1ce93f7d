// A person's own edits as text: a pin changes one line, a lesson of one's own fits in or is refused, lint names what is wrong.
import { describe, expect, it } from 'vitest';
import { parsePlaybook } from '../../src/domain/playbook.ts';
import { addEntry, entryInFiles, type OwnLesson, retireEntry, setPinned } from '../../src/learning/by-hand.ts';
import { historyOf } from '../../src/learning/entry-history.ts';
import { lintPlaybooks } from '../../src/learning/lint.ts';
import { makeSettings } from './make-card.ts';

const FRONT = '---\nplaybook: crane\n---\n\n# crane\n\n';
const section = (id: string, rule = 'Do this.') =>
  `## About ${id}\n<!-- entry ${id} kind=mistake grade=C -->\n\n${rule}\n\n`;
const CRANE = `${FRONT}${section('aaaa')}${section('abcd')}`;
const files = new Map([['playbooks/crane.md', CRANE]]);

describe('pin and retire', () => {
  it('a pin changes the mark’s line alone, and taking it off gives back the same bytes', () => {
    const pinned = setPinned(files, entryInFiles(files, 'aaaa'), true).get('playbooks/crane.md') ?? '';
    expect(pinned).toBe(CRANE.replace('entry aaaa kind=mistake grade=C', 'entry aaaa kind=mistake grade=C pinned'));
    const now = new Map([['playbooks/crane.md', pinned]]);
    expect(setPinned(now, entryInFiles(now, 'aaaa'), true).size).toBe(0);
    expect(setPinned(now, entryInFiles(now, 'aaaa'), false).get('playbooks/crane.md')).toBe(CRANE);
  });

  it('a lesson may be named by a unique beginning', () => {
    expect(entryInFiles(files, 'ab').entry).toBe('abcd');
    expect(() => entryInFiles(files, 'a')).toThrow('2 lessons');
    expect(() => entryInFiles(files, '')).toThrow('no lesson');
  });

  it('the last lesson takes its playbook with it', () => {
    const one = new Map([['playbooks/crane.md', `${FRONT}${section('aaaa')}`]]);
    expect(retireEntry(one, entryInFiles(one, 'aaaa'))).toEqual(new Map([['playbooks/crane.md', null]]));
  });
});

describe('a lesson of one’s own', () => {
  const lesson: OwnLesson = {
    playbook: 'crane',
    title: 'Look up',
    rule: 'Nobody stands below.',
    kind: 'preference',
    tools: [],
    since: '2026-11-21',
  };
  const added = (parts: Partial<OwnLesson>, taken = new Set<string>(), settings = makeSettings()) =>
    addEntry(files, { ...lesson, ...parts }, taken, settings);

  it('is appended with a mark that says a person vouches for it', () => {
    const { touched, entry } = added({});
    const text = touched.get('playbooks/crane.md') ?? '';
    expect(text.startsWith(CRANE)).toBe(true);
    expect(parsePlaybook('crane', text).sections.at(-1)).toMatchObject({
      title: 'Look up',
      rule: 'Nobody stands below.',
      mark: { id: entry, kind: 'preference', grade: 'C', since: '2026-11-21', trust: 'person' },
    });
    expect(lintPlaybooks(new Map([['playbooks/crane.md', text]]), makeSettings())).toEqual([]);
  });

  it('never gets a name that is taken, and makes a playbook where there is none', () => {
    const { entry } = added({});
    expect(added({}, new Set([entry])).entry).not.toBe(entry);
    const text = added({ playbook: 'harbour', tools: ['load'] }).touched.get('playbooks/harbour.md') ?? '';
    expect(lintPlaybooks(new Map([['playbooks/harbour.md', text]]), makeSettings())).toEqual([]);
    expect(text).toContain('load');
  });

  it.each([
    ['a title of two lines', { title: 'a\n## b' }, /one line/],
    ['no rule', { rule: ' ' }, /no rule/],
    ['a heading in its rule', { rule: 'Do.\n\n## Other\n' }, /heading/],
    ['an open fence', { rule: 'Do.\n```\n' }, /never closed/],
    ['a rule over the cap', { rule: 'word '.repeat(61) }, /61 words/],
    ['a path as its playbook', { playbook: '../x' }, /name for a playbook/],
  ])('refuses %s', (_what, parts, why) => {
    expect(() => added(parts)).toThrow(why);
  });

  it('refuses a playbook that is full', () => {
    expect(() => added({}, new Set(), makeSettings({ playbooks: { max_entries: 2 } }))).toThrow('full: 2 entries');
  });
});

describe('lint', () => {
  const findings = (text: string, more: [string, string][] = []) =>
    lintPlaybooks(
      new Map([['playbooks/crane.md', text], ...more]),
      makeSettings({ playbooks: { max_rule_words: 10 } }),
    ).map((f) => `${f.level} ${f.file}:${f.line ?? ''} ${f.entry ?? ''} ${f.what}`);

  it('finds nothing in sound playbooks', () => {
    expect(findings(CRANE)).toEqual([]);
  });

  it('names file, line and entry of what is wrong', () => {
    const text = `${FRONT}${section('aaaa', 'word '.repeat(11).trim())}${section('bbbb').replace('grade=C', 'grade=D')}## Mine\n\nText.\n\n## Odd\n<!-- entry x -->\n\nHm.\n`;
    expect(findings(text)).toEqual([
      'problem playbooks/crane.md:7 aaaa its rule has 11 words, and the cap is 10',
      'problem playbooks/crane.md:12 bbbb grade D never belongs in a playbook',
      'note playbooks/crane.md:17  this section has no mark: it is text, and no agent is given it',
      'problem playbooks/crane.md:21  its mark cannot be read',
    ]);
  });

  it('finds names used twice, broken fronts, open fences, bad days and bad verdicts', () => {
    const twice = findings(CRANE, [['playbooks/other.md', `${FRONT}${section('aaaa')}`]]).join('\n');
    expect(twice).toContain('playbooks/other.md:7 aaaa aaaa is the name of an entry of crane too');
    expect(findings(`---js\nx\n---\n`).join()).toContain('front matter');
    expect(findings(`${CRANE}\`\`\`\n`).join()).toContain('never closed');
    expect(findings(CRANE.replace('grade=C', 'grade=C expires=soon')).join()).toContain('expires=soon is no day');
    expect(findings(CRANE, [['decisions.jsonl', '{"entry":1}\n']]).join()).toContain('decisions.jsonl:1');
  });
});

describe('history', () => {
  const commit = (id: string, date: string, subject: string) => ({
    commit: id,
    subject,
    body: '',
    trailers: {},
    author: { name: 'Rita', email: 'r@x' },
    date,
  });

  it('tells what each commit did to a lesson, with the verdicts between', () => {
    const path = '.agentmem/playbooks/crane.md';
    const versions = [
      { commit: commit('c1', '2026-01-01T00:00:00Z', 'Learn'), before: new Map(), after: new Map([[path, CRANE]]) },
      {
        commit: commit('c2', '2026-01-03T00:00:00Z', 'Edit'),
        before: new Map([[path, CRANE]]),
        after: new Map([[path, `${FRONT}${section('abcd', 'New.')}`]]),
      },
    ];
    const verdict = {
      entry: 'aaaa',
      fingerprint: '',
      verdict: 'retired' as const,
      by: 'me',
      at: '2026-01-02T00:00:00Z',
      playbook: 'crane',
    };
    const told = (name: string) =>
      historyOf(versions, [verdict], name).map((h) =>
        h.type === 'verdict' ? h.verdict : h.entries.map((e) => `${e.entry} ${e.how}`).join(),
      );
    expect(told('aaaa')).toEqual(['aaaa added', 'retired', 'aaaa removed']);
    expect(told('abcd')).toEqual(['abcd added', 'abcd changed']);
    expect(told('crane')).toEqual(['aaaa added,abcd added', 'retired', 'aaaa removed,abcd changed']);
    expect(told('nothing')).toEqual([]);
  });
});
