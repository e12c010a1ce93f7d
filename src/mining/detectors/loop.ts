// Detects calls that went round in a circle with equal results; polling whose results differ is none, nor are repeated errors (see blind-retry).
import { count } from '../../base/text.ts';
import type { Action, Extract } from '../extract-types.ts';
import { quoteCall } from '../quotes.ts';
import { type Context, type Detector, type Finding, inGroup, lanesOf, type Sighting, timeOf } from './detector.ts';

const MAX_PERIOD = 4;
const ROUNDS = 3;

export const loop: Detector = {
  family: 'loop',
  nothing: 'no call, and no cycle of up to four calls, was made three times in a row with equal results',
  detect,
};

interface Round {
  actions: Action[];
  period: number;
}

function detect(context: Context): Finding[] {
  const groups = new Map<string, { tools: string[]; sightings: Sighting[] }>();
  for (const session of context.sessions) {
    const bySession = new Map<string, Round[]>();
    for (const round of lanesOf(session)
      .flatMap((lane) => stretches(session, lane))
      .flatMap(roundsIn)) {
      inGroup(bySession, JSON.stringify(toolsOf(round)), () => []).push(round);
    }
    for (const [key, rounds] of bySession) {
      const sighting = sightingOf(session, rounds);
      if (sighting !== undefined)
        inGroup(groups, key, () => ({ tools: rounds[0] ? toolsOf(rounds[0]) : [], sightings: [] })).sightings.push(
          sighting,
        );
    }
  }
  return [...groups.values()].map(({ tools, sightings }) => findingOf(tools, sightings));
}

// What a person says between two calls is a reason to make the second one.
function stretches(session: Extract, lane: readonly Action[]): Action[][] {
  const turns = session.turns.filter((t) => t.lane === lane[0]?.lane).map((t) => t.step);
  const out: Action[][] = [];
  let next = 0;
  let current: Action[] = [];
  for (const action of lane) {
    const before = next;
    while (next < turns.length && (turns[next] ?? 0) < action.step) next++;
    if (next > before && current.length > 0) {
      out.push(current);
      current = [];
    }
    current.push(action);
  }
  return current.length > 0 ? [...out, current] : out;
}

// For each period a run of actions equal to those one period before; shorter periods first, so that a cycle is named by its smallest one.
function roundsIn(actions: readonly Action[]): Round[] {
  const tokens = actions.map((a, i) =>
    a.resultHash === undefined ? `unanswered ${i}` : `${a.inputHash} ${a.resultHash} ${a.tool}`,
  );
  const taken = new Array<boolean>(actions.length).fill(false);
  const rounds: Round[] = [];
  for (let period = 1; period <= MAX_PERIOD; period++) {
    let run = 0;
    for (let i = period; i <= actions.length; i++) {
      if (i < actions.length && tokens[i] === tokens[i - period] && !taken[i] && !taken[i - period]) run++;
      else {
        if (run >= period * (ROUNDS - 1)) rounds.push(take(actions, taken, i - run - period, i, period));
        run = 0;
      }
    }
  }
  return rounds.filter((r) => r.actions.some((a) => a.status !== 'error'));
}

function take(actions: readonly Action[], taken: boolean[], from: number, to: number, period: number): Round {
  taken.fill(true, from, to);
  return { actions: actions.slice(from, to), period };
}

// A cycle begins wherever it was noticed first, so it is named from its smallest rotation.
function toolsOf({ actions, period }: Round): string[] {
  const tools = actions.slice(0, period).map((a) => a.tool);
  const rotations = tools.map((_, i) => [...tools.slice(i), ...tools.slice(0, i)]);
  return rotations.map((r) => ({ r, key: JSON.stringify(r) })).sort((a, b) => (a.key < b.key ? -1 : 1))[0]?.r ?? tools;
}

function sightingOf(session: Extract, rounds: readonly Round[]): Sighting | undefined {
  const first = rounds[0]?.actions[0];
  if (first === undefined) return undefined;
  const wasted = rounds.reduce((sum, r) => sum + r.actions.length - r.period, 0);
  return { session, quote: quoteCall(first), events: rounds.length, wasted, action: first, ...timeOf(session, first) };
}

function findingOf(tools: readonly string[], sightings: Sighting[]): Finding {
  const [tool] = tools;
  const what = tools.length === 1 ? `The same call of ${tool}` : `The same cycle of ${tools.join(', ')}`;
  return {
    kind: 'loop',
    ...(tools.length === 1 && tool !== undefined && { tool }),
    claim: `${what} was made three or more times in a row with equal results in ${count(sightings.length, 'session')}.`,
    normalised: `cycle ${JSON.stringify(tools)}`,
    sightings,
    against: [],
    words: 'nobody',
    // The claim names the tools, so a name that is a sentence would stand in it as one.
    ...(tools.every((name) => /^[\w.:@/-]{1,128}$/.test(name))
      ? {}
      : { doubt: 'a tool has a name that no program would use' }),
  };
}
