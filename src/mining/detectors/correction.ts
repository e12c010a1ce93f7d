// Detects corrections that people repeat from session to session; where they contradict each other the latest wins and the conflict is shown.
import { groupBy, inGroup } from '../../base/collections.ts';
import { clip, count, oneLine } from '../../base/text.ts';
import { groupAlike } from '../alike.ts';
import type { Extract } from '../extract-types.ts';
import { CERTAIN } from '../facts/corrective.ts';
import type { Context, Detector, Finding, Sighting } from './detector.ts';
import { heardIn } from './heard.ts';
import { inTime, type Said } from './said.ts';
import { supersede, type Wish } from './superseded.ts';

const ALIKE = 0.5;
const MAX_WASTE = 8; // actions; what was done longer ago is rarely what the correction was about

export const correction: Detector = {
  family: 'preference',
  nothing: 'no correction by a person was repeated in at least two sessions on two days',
  detect,
  silence,
};

function detect({ sessions }: Context): Finding[] {
  const groups = groupAlike(heardIn(sessions).sayings, (one) => one.words, ALIKE)
    .filter(isWish)
    .map(inTime);
  return supersede(groups).flatMap((wish) => wishFinding(wish));
}

// What nobody is certain to have meant as a correction is one where it is said again: a protest and as much besides, by session.
function isWish(said: readonly Said[]): boolean {
  const most = [...groupBy(said, (s) => s.session).values()].map((of) => Math.max(...of.map((s) => s.points)));
  return most.some((p) => p >= 1) && most.reduce((sum, p) => sum + Math.min(p, CERTAIN), 0) >= CERTAIN;
}

/** The finding of one wish, in order of time; none under two sessions on two days. `how`: what people did, for the claim. */
export function wishFinding({ said: ordered, earlier, later }: Wish, how = 'corrected the agent'): Finding[] {
  const latest = ordered.at(-1);
  if (latest === undefined) return [];
  const agreeing = ordered.filter((s) => !contradicts(s, latest));
  const opposed = ordered.filter((s) => contradicts(s, latest));
  const sightings = sightingsOf(agreeing);
  const days = new Set(agreeing.flatMap((s) => (s.at === '' ? [] : [s.at.slice(0, 10)])));
  if (sightings.length < 2 || days.size < 2) return [];
  const against = speakersOf([...opposed, ...earlier, ...later]);
  const share = speakersOf(opposed).length / (speakersOf(opposed).length + sightings.length);
  return [
    {
      kind: 'preference',
      claim: `People ${how} in ${count(sightings.length, 'session')}, last with the words “${clip(oneLine(latest.sentence), 200)}”.`,
      normalised: commonWords(agreeing).join(' '),
      sightings,
      against,
      words: 'person',
      ...scopeOf(agreeing, share),
      ...(later.length > 0 && { doubt: takenBack(later) }),
      ...(against.length > 0 &&
        later.length === 0 && { note: `${count(against.length, 'session')} said the opposite; the latest wins` }),
    },
  ];
}

function speakersOf(said: readonly Said[]): Finding['against'] {
  return [...new Map(said.map((s) => [s.session.session, s])).values()];
}

function takenBack(later: readonly Said[]): string {
  const words = clip(oneLine(later.at(-1)?.sentence ?? ''), 100);
  return `taken back: ${count(speakersOf(later).length, 'later session')} asked otherwise about the same, last with the words “${words}”; the latest wins`;
}

const TEAM = 3; // people
const MAX_CONTRADICTION = 0.1; // of the sessions that say anything about it
const SHORT = 12; // digits of a person's hash that a mark carries

/**
 * The team's where three people asked for it and at most a tenth of the sessions said the opposite; otherwise that of those who asked in
 * two sessions on two days. Sessions that do not say who spoke are those of one person without a name, and carry no scope.
 */
function scopeOf(agreeing: readonly Said[], contradiction: number): Pick<Finding, 'scope' | 'doubt'> {
  const people = groupBy(agreeing, (s) => s.session.by);
  if ([...people.keys()].filter((by) => by !== undefined).length >= TEAM && contradiction <= MAX_CONTRADICTION)
    return { scope: 'team' };
  const persistent = [...people].filter(
    ([, said]) =>
      new Set(said.map((s) => s.session)).size >= 2 &&
      new Set(said.flatMap((s) => (s.at === '' ? [] : [s.at.slice(0, 10)]))).size >= 2,
  );
  if (persistent.length === 0)
    return { doubt: `no one asked for it in two sessions on two days, and it is not the wish of ${TEAM} people` };
  const names = persistent.flatMap(([by]) => (by === undefined ? [] : [by.slice(0, SHORT)])).sort();
  return names.length === persistent.length ? { scope: `person:${names.join(',')}` } : {};
}

// Two corrections about the same words contradict each other where most of those words changed from wanted to unwanted.
function contradicts(a: Said, b: Said): boolean {
  let same = 0;
  let opposite = 0;
  for (const [word, sign] of a.words) {
    const other = b.words.get(word);
    if (other === sign) same++;
    else if (other !== undefined) opposite++;
  }
  return opposite > same;
}

function sightingsOf(said: readonly Said[]): Sighting[] {
  const bySession = new Map<Extract, Said[]>();
  for (const one of said) inGroup(bySession, one.session, () => []).push(one);
  return [...bySession]
    .sort(([a], [b]) => (a.session < b.session ? -1 : 1))
    .flatMap(([, [first, ...more]]) => {
      if (first === undefined) return [];
      const wasted = [first, ...more].reduce((sum, s) => sum + costOf(s), 0);
      return [saidIn(first, { events: 1 + more.length, wasted })];
    });
}

// Of thousands a few are shown, and only those are read.
function saidIn(said: Said, { events, wasted }: Pick<Sighting, 'events' | 'wasted'>): Sighting {
  return {
    session: said.session,
    events,
    wasted,
    ...(said.at !== '' && { at: said.at }),
    get quote() {
      return said.quote;
    },
  };
}

// What was done since the person spoke last, which the correction asks to do otherwise.
function costOf({ since }: Said): number {
  return Math.min(MAX_WASTE, Math.max(1, since));
}

// Words of more than half of the corrections, wanted and unwanted apart: a name that stays when one more session says the same.
function commonWords(said: readonly Said[]): string[] {
  const tally = new Map<string, number>();
  for (const { words } of said) {
    for (const [word, sign] of words) {
      const key = sign < 0 ? `-${word}` : word;
      tally.set(key, (tally.get(key) ?? 0) + 1);
    }
  }
  return [...tally].flatMap(([word, n]) => (n * 2 > said.length ? [word] : [])).sort();
}

function silence({ sessions }: Context): string {
  const said = heardIn(sessions).sayings.filter((s) => s.points >= 1);
  const corrected = new Set(said.map((s) => s.session)).size;
  const undated = new Set(said.flatMap((s) => (s.at === '' ? [s.session] : []))).size;
  const dates = undated === 0 ? '' : `, ${undated} of them without a date, where days cannot be told apart`;
  return `${correction.nothing} (${count(sessions.length, 'session')} searched, a person may have corrected the agent in ${corrected}${dates})`;
}
