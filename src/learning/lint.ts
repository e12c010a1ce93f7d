// What is wrong with playbooks that people edit by hand: fronts, marks, names, caps, predicates; reports, never mends; pure.
import { grades } from '../domain/card.ts';
import { type Playbook, parsePlaybook, type Section } from '../domain/playbook.ts';
import type { Settings } from '../domain/settings.ts';
import { parseDecisions } from '../store/decisions.ts';
import { readPlaybooks } from '../store/playbooks.ts';
import type { Files } from './apply.ts';
import { sectionFaults, swallowsWhatFollows } from './edit-section.ts';
import { wordsIn } from './rule-sentences.ts';
import { promptTokens } from './section.ts';

/** Something wrong (`problem`) or worth knowing (`note`), at a line of a file below `.agentmem`. */
export interface Finding {
  level: 'problem' | 'note';
  file: string;
  /** 1-based. */
  line?: number;
  entry?: string;
  what: string;
}

/** Findings by file and line. `files` are the texts below `.agentmem`, by path. */
export function lintPlaybooks(files: Files, settings: Settings): Finding[] {
  const texts = new Map<string, string>();
  for (const [path, text] of files) {
    const name = /^playbooks\/([^/]+\.md)$/.exec(path)?.[1];
    if (name !== undefined) texts.set(name, text);
  }
  const { playbooks, broken } = readPlaybooks(texts);
  const findings = [
    ...broken.map((b): Finding => ({ level: 'problem', file: `playbooks/${b.name}`, line: 1, what: b.reason })),
    ...[...playbooks, ...broken.map((b) => b.playbook)].flatMap((p) =>
      lintPlaybook(p, texts.get(`${p.name}.md`) ?? '', settings),
    ),
    ...repeatedNames([...playbooks, ...broken.map((b) => b.playbook)], texts),
    ...badDecisions(files.get('decisions.jsonl') ?? ''),
  ];
  return findings.sort((a, b) => (a.file === b.file ? (a.line ?? 0) - (b.line ?? 0) : a.file < b.file ? -1 : 1));
}

function lintPlaybook(playbook: Playbook, text: string, settings: Settings): Finding[] {
  const file = `playbooks/${playbook.name}.md`;
  const { max_entries, max_tokens, max_rule_words } = settings.playbooks;
  const findings: Finding[] = [];
  const entries = playbook.sections.filter((s) => s.mark !== undefined);
  const tokens = entries.reduce((sum, section) => sum + promptTokens(section), 0);
  const say = (what: string, section?: Section, level: Finding['level'] = 'problem') => {
    const entry = section?.mark?.id;
    const line = section === undefined ? {} : { line: lineOf(text, section) };
    findings.push({ level, file, ...line, ...(entry !== undefined && { entry }), what });
  };
  if (entries.length > max_entries) say(`it holds ${entries.length} entries, and the cap is ${max_entries}`);
  if (tokens > max_tokens) say(`its entries take ${tokens} tokens of a prompt, and the cap is ${max_tokens}`);
  if (swallowsWhatFollows(text)) say('a code fence or comment in it is never closed, and would swallow what is added');
  for (const section of playbook.sections) {
    for (const fault of sectionFaults(section)) say(fault, section);
    if (section.mark === undefined) {
      if (sectionFaults(section).length === 0)
        say('this section has no mark: it is text, and no agent is given it', section, 'note');
      continue;
    }
    const words = wordsIn(section.rule);
    if (words > max_rule_words) say(`its rule has ${words} words, and the cap is ${max_rule_words}`, section);
    if (section.rule === '') say('it has no rule', section);
    const { grade, expires } = section.mark;
    if (grade === grades.at(-1)) say('grade D never belongs in a playbook', section);
    if (expires !== undefined && !isDay(expires)) say(`expires=${expires} is no day such as 2027-01-31`, section);
  }
  return findings;
}

function repeatedNames(playbooks: readonly Playbook[], texts: ReadonlyMap<string, string>): Finding[] {
  const first = new Map<string, string>();
  return playbooks.flatMap(({ name, sections }) =>
    sections.flatMap((section): Finding[] => {
      const id = section.mark?.id;
      if (id === undefined) return [];
      const before = first.get(id);
      if (before === undefined) first.set(id, name);
      // Twice in one file is what makes that file unreadable, and is reported there.
      if (before === undefined || before === name) return [];
      const line = lineOf(texts.get(`${name}.md`) ?? '', section);
      return [
        {
          level: 'problem',
          file: `playbooks/${name}.md`,
          line,
          entry: id,
          what: `${id} is the name of an entry of ${before} too`,
        },
      ];
    }),
  );
}

function badDecisions(text: string): Finding[] {
  return parseDecisions(text).bad.map(({ line, reason }) => ({
    level: 'problem',
    file: 'decisions.jsonl',
    line,
    what: reason,
  }));
}

function lineOf(text: string, section: Section): number {
  let at = parsePlaybook('', text).preamble.length;
  for (const { raw } of parsePlaybook('', text).sections) {
    if (raw === section.raw) break;
    at += raw.length;
  }
  return text.slice(0, at).split('\n').length;
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}
