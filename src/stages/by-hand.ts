// A person's own edits of playbooks in the work tree: pin, retire, add; commits nothing, the person does.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode, UserError } from '../base/errors.ts';
import { shortHash } from '../base/hash.ts';
import type { Decision } from '../domain/decision.ts';
import type { Settings } from '../domain/settings.ts';
import type { Files, Touched } from '../learning/apply.ts';
import { addEntry, entryInFiles, type OwnLesson, retireEntry, setPinned } from '../learning/by-hand.ts';
import { cardOfEntry, type MemoryAt } from '../learning/memory-at.ts';
import { writeAtomic } from '../store/atomic.ts';
import { parseDecisions, printDecision } from '../store/decisions.ts';
import type { Layout } from '../store/layout.ts';

/** What an edit came to; `files` are absolute paths that were written or deleted, none where nothing had to change. */
export interface HandReport {
  entry: string;
  title: string;
  playbook: string;
  did: 'pinned' | 'unpinned' | 'retired' | 'added';
  files: string[];
}

/** Texts of the playbooks and decisions in the work tree, by path below `.agentmem`; links are not followed. */
export function workTreeFiles(layout: Layout): Map<string, string> {
  const files = new Map<string, string>();
  try {
    const names = existsSync(layout.playbooks) ? readdirSync(layout.playbooks, { withFileTypes: true }) : [];
    for (const entry of names.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.isFile() && entry.name.endsWith('.md'))
        files.set(`playbooks/${entry.name}`, readFileSync(join(layout.playbooks, entry.name), 'utf8'));
    }
    if (existsSync(layout.decisions)) files.set('decisions.jsonl', readFileSync(layout.decisions, 'utf8'));
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    throw new UserError({ what: `the work tree cannot be read (${systemCode(error)})`, where: layout.dir });
  }
  return files;
}

/** Pins or unpins a lesson. */
export function pin(layout: Layout, id: string, pinned: boolean): HandReport {
  const files = workTreeFiles(layout);
  const found = entryInFiles(files, id);
  const touched = setPinned(files, found, pinned);
  return { ...named(found), did: pinned ? 'pinned' : 'unpinned', files: place(layout, touched) };
}

export interface RetireRequest {
  layout: Layout;
  entry: string;
  because: string;
  by: string;
  now: () => Date;
  /** What is in force: the cards behind the lessons, and so what a later dream must not learn again. */
  memory: MemoryAt;
}

/** Takes a lesson's section out and writes down why, so that no dream brings it back before its evidence doubled. */
export function retire({ layout, entry, because, by, now, memory }: RetireRequest): HandReport {
  const files = workTreeFiles(layout);
  const found = entryInFiles(files, entry);
  const card = cardOfEntry(memory, found.entry);
  const decision: Decision = {
    entry: found.entry,
    fingerprint: card?.fingerprint ?? '',
    verdict: 'retired',
    by,
    at: now().toISOString(),
    because,
    ...(found.dream !== undefined && { dream: found.dream }),
    playbook: found.playbook,
    title: found.title,
    ...(card !== undefined && { sessions: card.counts.sessions }),
  };
  const before = files.get('decisions.jsonl') ?? '';
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  // The verdict first: a section that is gone without one would be learned again.
  const touched: Touched = new Map([['decisions.jsonl', `${before}${gap}${printDecision(decision)}\n`]]);
  for (const [path, text] of retireEntry(files, found)) touched.set(path, text);
  return { ...named(found), did: 'retired', files: place(layout, touched) };
}

/** Adds a lesson of the person's own. */
export function add(layout: Layout, lesson: OwnLesson, settings: Settings, memory: MemoryAt): HandReport {
  const files = workTreeFiles(layout);
  const { touched, entry } = addEntry(files, lesson, namesInUse(files, memory), settings);
  return { entry, title: lesson.title, playbook: lesson.playbook, did: 'added', files: place(layout, touched) };
}

// In force, in the work tree, decided about, or the name of a finding that a dream may still learn.
function namesInUse(files: Files, memory: MemoryAt): Set<string> {
  const texts = [...files, ...memory.files].flatMap(([path, text]) => (path.startsWith('playbooks/') ? [text] : []));
  const marks = texts.flatMap((text) => [...text.matchAll(/<!-- entry ([a-z0-9]{4,16}) /g)].map((m) => m[1] ?? ''));
  const decided = [...memory.decisions, ...parseDecisions(files.get('decisions.jsonl') ?? '').decisions];
  const names = new Set([...marks, ...decided.map((d) => d.entry)]);
  for (const { fingerprint } of memory.cards.values()) {
    const whole = shortHash(fingerprint, 16);
    for (let length = 4; length <= whole.length; length++) names.add(whole.slice(0, length));
  }
  return names;
}

function named({ entry, title, playbook }: { entry: string; title: string; playbook: string }) {
  return { entry, title, playbook };
}

function place(layout: Layout, touched: Touched): string[] {
  for (const [path, text] of touched) {
    if (text === null) rmSync(join(layout.dir, path), { force: true });
    else writeAtomic(join(layout.dir, path), text);
  }
  return [...touched.keys()].map((path) => join(layout.dir, path));
}
