// What the playbooks in force tell an agent before it starts: which lessons, in what words, for the system prompt; never evidence, and the same input gives the same bytes.
import { byCodeUnit } from '../base/collections.ts';
import { clip, roughTokens } from '../base/text.ts';
import type { Agent } from '../domain/agent.ts';
import { grades } from '../domain/card.ts';
import type { EntryMark, Playbook, Section } from '../domain/playbook.ts';
import { isToolOf } from '../domain/tool-name.ts';
import { audienceOf, type BrokenPlaybook } from '../store/playbooks.ts';
import { type Lesson, lessonText, sectionText } from './briefing-text.ts';
import { wordScores } from './word-scores.ts';

export interface BriefingRequest {
  /** The commit that the playbooks were read from. */
  commit: string;
  playbooks: readonly Playbook[];
  /** Playbooks that could not be read, so that nobody takes their silence for consent. */
  broken?: readonly Pick<BrokenPlaybook, 'name' | 'reason'>[];
  agent: Pick<Agent, 'name' | 'memory'>;
  /** Names of the tools that the agent has. */
  tools: readonly string[];
  /** The task in the person's words. */
  task: string;
  /** The day (YYYY-MM-DD, UTC) on which entries must not have expired. */
  today: string;
  caps?: BriefingCaps;
  /** Entries (ids) that must not be loaded, with the reason. */
  without?: ReadonlyMap<string, string>;
  /** True for an entry that chance keeps out of this session, although it was chosen; pinned ones are never asked about. */
  holdOut?: (entry: string) => boolean;
}

/** Caps of one briefing; tokens are counted as four characters each, over all that goes into the prompt. */
export interface BriefingCaps {
  entries: number;
  tokens: number;
  playbooks: number;
}

/** What `memory.loaded` says: exactly what the prompt holds, and what was meant for it but left out. */
export interface MemoryLoaded {
  commit: string;
  entries: string[];
  playbooks: string[];
  /** Entries that were chosen and kept out by a draw: what tells whether they help. No other takes their place. */
  held_out?: string[];
  left_out?: { entry: string; why: string }[];
  /** How many more were left out than `left_out` names. */
  more_left_out?: number;
  broken?: { playbook: string; why: string }[];
  /** True where neutral text of the same length stood in the place of the lessons: none was loaded. */
  placebo?: boolean;
}

export interface Briefing {
  /** A section for the system prompt; empty where there is nothing to say. */
  text: string;
  loaded: MemoryLoaded;
}

const CAPS: BriefingCaps = { entries: 8, tokens: 1500, playbooks: 3 };
const MOST_NAMED = 40; // entries left out that one event names

/** Chooses and words the lessons for one session. Only sections with a mark are lessons; introductions and a person's other sections are not. */
export async function briefingFor(request: BriefingRequest): Promise<Briefing> {
  const { commit, agent, broken = [] } = request;
  const loaded: MemoryLoaded = { commit, entries: [], playbooks: [] };
  if (agent.memory.playbooks === 'none') return { text: '', loaded };
  if (broken.length > 0) loaded.broken = broken.map(({ name, reason }) => ({ playbook: name, why: clip(reason, 300) }));
  const { candidates, unfit } = candidatesOf(request);
  const { chosen: meant, left } = withinCaps(await ranked(candidates, request.task), request);
  const held = meant.filter((lesson) => !lesson.pinned && request.holdOut?.(lesson.id) === true);
  const chosen = meant.filter((lesson) => !held.includes(lesson));
  if (held.length > 0) loaded.held_out = held.map((lesson) => lesson.id);
  loaded.entries = chosen.map((lesson) => lesson.id);
  loaded.playbooks = [...new Set(chosen.map((lesson) => lesson.playbook))];
  const out = [...left, ...unfit];
  if (out.length > 0) loaded.left_out = out.slice(0, MOST_NAMED);
  if (out.length > MOST_NAMED) loaded.more_left_out = out.length - MOST_NAMED;
  return { text: chosen.length === 0 ? '' : sectionText(commit, chosen), loaded };
}

interface Candidate {
  mark: EntryMark;
  section: Section;
  playbook: string;
  /** True where the playbook is for one of the agent's tools, or for this very agent. */
  meant: boolean;
}

interface Chosen extends Lesson {
  pinned: boolean;
}

interface LeftOut {
  entry: string;
  why: string;
}

// A playbook for other agents, or for tools that this one has not, would only take the place of what can be used.
function candidatesOf(request: BriefingRequest): { candidates: Candidate[]; unfit: LeftOut[] } {
  const candidates: Candidate[] = [];
  const unfit: LeftOut[] = [];
  for (const playbook of request.playbooks) {
    const { tools, agents } = audienceOf(playbook);
    if (agents !== undefined && !agents.some((name) => isToolOf(name, request.agent.name))) continue;
    if (tools !== undefined && !tools.some((pattern) => request.tools.some((name) => isToolOf(pattern, name))))
      continue;
    for (const section of playbook.sections) {
      const { mark } = section;
      if (mark === undefined) continue;
      const why = request.without?.get(mark.id) ?? unfitness(mark, request.today);
      if (why !== undefined) unfit.push({ entry: mark.id, why });
      else
        candidates.push({ mark, section, playbook: playbook.name, meant: tools !== undefined || agents !== undefined });
    }
  }
  return { candidates, unfit: unfit.sort((a, b) => byCodeUnit(a.entry, b.entry)) };
}

function unfitness({ expires, grade }: EntryMark, today: string): string | undefined {
  if (expires !== undefined && expires.slice(0, 10) < today) return `expired: expires=${expires}`;
  return grade === 'D' ? 'grade D: an anecdote is no advice' : undefined;
}

/** Pinned ones first, then those with words of the task, then those that are meant for the agent's tools; the rest has no business here. */
async function ranked(candidates: readonly Candidate[], task: string): Promise<Candidate[]> {
  if (candidates.length === 0) return [];
  const texts = candidates.map(({ section, playbook }) => ({
    title: section.title,
    rule: section.rule,
    name: playbook,
  }));
  const scores = await wordScores(texts, task);
  return candidates
    .map((candidate, i) => ({ candidate, score: scores[i] ?? 0 }))
    .filter(({ candidate, score }) => candidate.mark.pinned === true || score > 0 || candidate.meant)
    .sort(
      (a, b) =>
        Number(b.candidate.mark.pinned ?? false) - Number(a.candidate.mark.pinned ?? false) ||
        b.score - a.score ||
        grades.indexOf(a.candidate.mark.grade) - grades.indexOf(b.candidate.mark.grade) ||
        byCodeUnit(a.candidate.mark.id, b.candidate.mark.id) ||
        byCodeUnit(a.candidate.playbook, b.candidate.playbook),
    )
    .map(({ candidate }) => candidate);
}

function withinCaps(candidates: readonly Candidate[], request: BriefingRequest): { chosen: Chosen[]; left: LeftOut[] } {
  const caps = request.caps ?? CAPS;
  const chosen: Chosen[] = [];
  const left: LeftOut[] = [];
  const playbooks = new Set<string>();
  for (const { mark, section, playbook } of candidates) {
    const lesson = { id: mark.id, playbook, text: lessonText(mark.id, section), pinned: mark.pinned === true };
    const why =
      chosen.length >= caps.entries
        ? `over the cap of ${caps.entries} entries`
        : !playbooks.has(playbook) && playbooks.size >= caps.playbooks
          ? `over the cap of ${caps.playbooks} playbooks`
          : roughTokens(sectionText(request.commit, [...chosen, lesson])) > caps.tokens
            ? `over the cap of ${caps.tokens} tokens`
            : undefined;
    if (why !== undefined) {
      left.push({ entry: mark.id, why });
      continue;
    }
    chosen.push(lesson);
    playbooks.add(playbook);
  }
  return { chosen, left };
}
