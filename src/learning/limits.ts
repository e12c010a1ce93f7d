// The caps of a dream, checked by applying each change to a copy; decides about room, never about truth.
import type { LearnedChange } from '../domain/dream.ts';
import { type Playbook, parsePlaybook, printPlaybook } from '../domain/playbook.ts';
import type { Settings } from '../domain/settings.ts';
import { toolsOf } from '../store/playbooks.ts';
import { applyChange, playbookPath } from './apply.ts';
import type { Shelf } from './placement.ts';
import { promptTokens } from './section.ts';

const MOST_LOST = 0.25; // a dream that takes more than a quarter of a playbook is more likely wrong than the playbook

/** The memory as it would be after the changes admitted so far. */
export interface Ledger {
  files: Map<string, string>;
  playbooks: Playbook[];
  /** The same playbooks with their tools, whose front matter is read once. */
  shelves: Shelf[];
  occupied: string[];
  admitted: number;
  settings: Settings;
  /** Entries in force when the dream began, and entries lost since, by playbook. */
  before: Map<string, number>;
  lost: Map<string, number>;
}

export function openLedger(inForce: readonly Playbook[], broken: readonly Playbook[], settings: Settings): Ledger {
  return {
    files: new Map(inForce.map((p) => [playbookPath(p.name), printPlaybook(p)])),
    playbooks: [...inForce],
    shelves: inForce.map(shelfOf),
    occupied: broken.map((p) => p.name),
    admitted: 0,
    settings,
    before: new Map(inForce.map((p) => [p.name, entriesOf(p).length])),
    lost: new Map(),
  };
}

/** Why a change is not admitted; `full` where its playbook has no room for it. */
export interface Refused {
  why: string;
  full?: true;
}

/** Admits a change, or says which cap stands against it and leaves the ledger as it was. */
export function admit(ledger: Ledger, change: LearnedChange): Refused | undefined {
  const over = overCap(ledger);
  if (over !== undefined) return { why: over };
  const files = new Map(ledger.files);
  for (const [path, text] of applyChange(files, change)) text === null ? files.delete(path) : files.set(path, text);
  const playbooks = [...files].map(([path, text]) => parsePlaybook(nameOf(path), text));
  const losses = lossesBetween(ledger.playbooks, playbooks);
  const swallowed = holds(playbooks, change);
  if (swallowed !== undefined) return { why: swallowed };
  const full = roomIn(ledger, playbooks, change.playbook);
  if (full !== undefined) return { why: full, full: true };
  const lost = tooMuchLost(ledger, losses);
  if (lost !== undefined) return { why: lost };
  for (const [name, gone] of losses) ledger.lost.set(name, (ledger.lost.get(name) ?? 0) + gone);
  const shelves = [
    ...ledger.shelves,
    ...playbooks.filter((p) => !ledger.shelves.some((s) => s.name === p.name)).map(shelfOf),
  ];
  Object.assign(ledger, { files, playbooks, shelves, admitted: ledger.admitted + 1 });
  return undefined;
}

/** Why no further change fits into this dream; undefined where one does. */
export function overCap({ admitted, settings }: Ledger): string | undefined {
  const most = settings.dream.max_changes;
  return admitted < most ? undefined : `over the cap of ${most} changes a dream; it ranks lower than those`;
}

/** Admits both changes or neither, in this order. */
export function admitBoth(ledger: Ledger, first: LearnedChange, second: LearnedChange): Refused | undefined {
  const before = { ...ledger, lost: new Map(ledger.lost) };
  const refused = admit(ledger, first) ?? admit(ledger, second);
  if (refused !== undefined) Object.assign(ledger, before);
  return refused;
}

function shelfOf(playbook: Playbook): Shelf {
  return { name: playbook.name, tools: toolsOf(playbook) };
}

// An open code fence or comment at the end of a playbook would swallow whatever is added.
function holds(playbooks: readonly Playbook[], change: LearnedChange): string | undefined {
  const copies = playbooks.flatMap(entriesOf).filter((s) => s.mark?.id === change.entry).length;
  if (copies === (change.section === undefined ? 0 : 1)) return undefined;
  return `the playbook ${change.playbook} cannot take it: a code fence or comment in it is never closed`;
}

function roomIn(ledger: Ledger, playbooks: readonly Playbook[], name: string): string | undefined {
  const { max_entries, max_tokens } = ledger.settings.playbooks;
  const now = playbooks.find((p) => p.name === name);
  const was = ledger.playbooks.find((p) => p.name === name);
  if (!now) return undefined;
  const entries = entriesOf(now).length;
  if (entries > max_entries && entries > (was ? entriesOf(was).length : 0))
    return `the playbook ${name} is full: ${max_entries} entries`;
  const tokens = tokensOf(now);
  if (tokens > max_tokens && tokens > (was ? tokensOf(was) : 0))
    return `the playbook ${name} is full: ${max_tokens} tokens`;
  return undefined;
}

function tooMuchLost(ledger: Ledger, losses: ReadonlyMap<string, number>): string | undefined {
  for (const [name, lost] of losses) {
    // Of one, two or three entries a quarter is none, and such a playbook could never lose what is no longer true.
    const allowed = Math.max(1, Math.floor((ledger.before.get(name) ?? 0) * MOST_LOST));
    if (lost > 0 && lost + (ledger.lost.get(name) ?? 0) > allowed) {
      return `the playbook ${name} would lose more than a quarter of its entries in one dream`;
    }
  }
  return undefined;
}

function lossesBetween(before: readonly Playbook[], after: readonly Playbook[]): Map<string, number> {
  const losses = new Map<string, number>();
  for (const playbook of before) {
    const left = after.find((p) => p.name === playbook.name);
    const lost = entriesOf(playbook).length - (left ? entriesOf(left).length : 0);
    if (lost > 0) losses.set(playbook.name, lost);
  }
  return losses;
}

function entriesOf(playbook: Playbook) {
  return playbook.sections.filter((s) => s.mark !== undefined);
}

function tokensOf(playbook: Playbook): number {
  return entriesOf(playbook).reduce((sum, section) => sum + promptTokens(section), 0);
}

function nameOf(path: string): string {
  return path.replace(/^playbooks\//, '').replace(/\.md$/, '');
}
