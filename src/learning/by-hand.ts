// A person's own changes to the playbooks as text: pin, retire, add; pure, the caller writes what comes out.
import { UserError } from '../base/errors.ts';
import { shortHash } from '../base/hash.ts';
import type { EntryKind } from '../domain/card.ts';
import { parsePlaybook, parseSection, printMark } from '../domain/playbook.ts';
import type { Settings } from '../domain/settings.ts';
import { printFrontMatter } from '../store/frontmatter.ts';
import { readPlaybooks } from '../store/playbooks.ts';
import { appendSection, type Files, playbookPath, removeEntry, type Touched } from './apply.ts';
import { swallowsWhatFollows } from './edit-section.ts';
import { entryId } from './entry-id.ts';
import { wordsIn } from './rule-sentences.ts';

/** A lesson in the work tree, with the file that holds it. */
export interface HandEntry {
  entry: string;
  path: string;
  playbook: string;
  title: string;
  dream?: string;
  pinned: boolean;
}

/** The lesson that `id` names, or is the unique beginning of. Throws UserError that lists what there is. */
export function entryInFiles(files: Files, id: string): HandEntry {
  const entries = entriesIn(files);
  const exact = entries.filter((e) => e.entry === id);
  const found = exact.length > 0 || id === '' ? exact : entries.filter((e) => e.entry.startsWith(id));
  if (found.length === 1 && found[0] !== undefined) return found[0];
  throw new UserError({
    what: found.length === 0 ? `no lesson ${id} in the work tree` : `${id} names ${found.length} lessons`,
    ...(found.length > 1 && { where: found.map((e) => `${e.path}: ${e.entry}`).join(', ') }),
    hint: `there are: ${entries.map((e) => e.entry).join(', ') || 'none yet'}`,
  });
}

/** Pins a lesson, so that no dream changes it, or lets go of it; only the mark's line changes. */
export function setPinned(files: Files, { entry, path }: HandEntry, pinned: boolean): Touched {
  const text = files.get(path) ?? '';
  const playbook = parsePlaybook('', text);
  const section = playbook.sections.find((s) => s.mark?.id === entry);
  if (section?.mark === undefined || (section.mark.pinned ?? false) === pinned) return new Map();
  const { pinned: _was, ...mark } = section.mark;
  const line = printMark(pinned ? { ...mark, pinned } : mark);
  const at = text.indexOf(section.raw);
  const raw = section.raw.replace(/^([ \t]*)<!-- entry .*-->/m, (_all, indent: string) => indent + line);
  return new Map([[path, text.slice(0, at) + raw + text.slice(at + section.raw.length)]]);
}

/** Takes a lesson's section out; a playbook that holds nothing else goes too. */
export function retireEntry(files: Files, { entry, path }: HandEntry): Touched {
  return new Map([[path, removeEntry(files.get(path) ?? '', entry)]]);
}

export interface OwnLesson {
  playbook: string;
  title: string;
  rule: string;
  kind: EntryKind;
  /** Tools that a playbook which does not exist yet is about. */
  tools: readonly string[];
  expires?: string;
  /** YYYY-MM-DD. */
  since: string;
}

/**
 * A lesson of a person's own. It carries no dream and no evidence; its grade is C because nothing was proven, its trust
 * says who vouches for it. Throws UserError where a cap stands against it or the words would break the playbook.
 * @param taken names of lessons that are or ever were in use
 */
export function addEntry(
  files: Files,
  lesson: OwnLesson,
  taken: ReadonlySet<string>,
  { playbooks: caps }: Settings,
): { touched: Touched; entry: string } {
  const title = lesson.title.trim();
  const rule = lesson.rule.replaceAll('\r\n', '\n').trim();
  if (title === '' || /[\r\n]/.test(title)) throw refused('its title is not one line of text');
  if (rule === '') throw refused('it has no rule');
  if (wordsIn(rule) > caps.max_rule_words)
    throw refused(
      `its rule has ${wordsIn(rule)} words, and the cap is ${caps.max_rule_words}`,
      'playbooks.max_rule_words in config.yaml',
    );
  const path = pathFor(files, lesson.playbook);
  const entry = entryId(shortHash(JSON.stringify(['person', lesson.playbook, lesson.kind, title]), 16), taken);
  const mark = printMark({
    id: entry,
    kind: lesson.kind,
    grade: 'C',
    since: lesson.since,
    ...(lesson.expires !== undefined && { expires: lesson.expires }),
    trust: 'person',
  });
  const section = `## ${title}\n${mark}\n\n${rule}\n`;
  if (parseSection(section).title !== title.replace(/\s+#+$/, '') || parsePlaybook('', section).sections.length !== 1)
    throw refused('its words hold a heading of their own');
  if (swallowsWhatFollows(section)) throw refused('a code fence or a comment in its rule is never closed');
  const before = files.get(path) ?? preambleOf(lesson);
  if (files.has(path) && swallowsWhatFollows(before))
    throw refused('a code fence or comment in that playbook is never closed', path);
  const entries = parsePlaybook('', before).sections.filter((s) => s.mark).length;
  if (entries >= caps.max_entries) throw refused(`the playbook is full: ${caps.max_entries} entries`, path);
  return { touched: new Map([[path, appendSection(before, section)]]), entry };
}

function entriesIn(files: Files): HandEntry[] {
  return [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([path, text]) => {
      const playbook = /^playbooks\/([^/]+)\.md$/.exec(path)?.[1];
      if (playbook === undefined) return [];
      return parsePlaybook(playbook, text).sections.flatMap(({ mark, title }) => {
        if (mark === undefined) return [];
        const { id, dream, pinned = false } = mark;
        return [{ entry: id, path, playbook, title, ...(dream !== undefined && { dream }), pinned }];
      });
    });
}

function pathFor(files: Files, name: string): string {
  const path = playbookPath(name);
  if (!files.has(path) && !/^[a-z0-9_][a-z0-9_-]{0,63}$/.test(name))
    throw refused(`${JSON.stringify(name)} is no name for a playbook`, 'small letters, digits, - and _, at most 64');
  const { broken } = readPlaybooks(new Map([[`${name}.md`, files.get(path) ?? '']]));
  if (broken[0] !== undefined) throw refused(`that playbook cannot be read: ${broken[0].reason}`, path);
  return path;
}

function preambleOf({ playbook, tools }: OwnLesson): string {
  const about = tools.length === 0 ? 'Lessons that people wrote.' : `Lessons about ${tools.join(', ')}.`;
  const data = { playbook, description: about, ...(tools.length > 0 && { applies_to: { tools: [...tools] } }) };
  return printFrontMatter(data, `\n# ${playbook}\n\n`);
}

function refused(why: string, where?: string): UserError {
  return new UserError({ what: `the lesson cannot be added: ${why}`, ...(where !== undefined && { where }) });
}
