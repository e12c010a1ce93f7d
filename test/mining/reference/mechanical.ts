// Errors and their repairs, loops and sequences by their definitions, plain and slow; the reference of the fast detectors.
import type { Action, Extract } from '../../../src/mining/extract-types.ts';

/** What sessions did about one error text of one tool. */
export interface Repairs {
  failed: number;
  repaired: number;
  /** Sessions whose repair changed the argument at the top of the input. */
  changed: Map<string, number>;
  /** Sessions that called the tool again within reach. */
  tried: number;
  /** Sessions that made the very same call later, and those in which it worked. */
  again: number;
  healed: number;
}

const key = (action: Action) => JSON.stringify([action.tool, action.input]);

/** One lane, nothing in parallel, nobody speaks; by tool and text. */
export function repairsOf(sessions: readonly Extract[]): Map<string, Repairs> {
  const all = new Map<string, Repairs>();
  for (const { actions } of sessions) {
    const texts = new Set(actions.flatMap((a) => (a.status === 'error' ? [`${a.tool} ${a.error}`] : [])));
    for (const text of texts) {
      const places = actions.flatMap((a, i) => (a.status === 'error' && `${a.tool} ${a.error}` === text ? [i] : []));
      const r = all.get(text) ?? { failed: 0, repaired: 0, changed: new Map(), tried: 0, again: 0, healed: 0 };
      all.set(text, r);
      r.failed++;
      const speaking = places.find((p) => fixAfter(actions, p) !== undefined) ?? places[0] ?? 0;
      const fix = fixAfter(actions, speaking);
      if (fix !== undefined) {
        r.repaired++;
        for (const argument of changedBetween(actions[speaking]?.input, fix.input))
          r.changed.set(argument, (r.changed.get(argument) ?? 0) + 1);
      }
      if (actions.slice(speaking + 1, speaking + 9).some((a) => a.tool === actions[speaking]?.tool)) r.tried++;
      const later = places.map((p) => sameLater(actions, p));
      if (later.some((l) => l !== 'none')) r.again++;
      if (later.includes('worked')) r.healed++;
    }
  }
  return all;
}

function fixAfter(actions: readonly Action[], place: number): Action | undefined {
  const tries = actions.slice(place + 1, place + 9).filter((a) => a.tool === actions[place]?.tool);
  return tries.slice(0, 5).find((a) => a.status === 'ok');
}

function changedBetween(before: unknown, after: unknown): string[] {
  const [a, b] = [before as Record<string, unknown>, after as Record<string, unknown>]; // the generator makes nothing but objects
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((k) => a[k] !== b[k]).map((k) => `/${k}`);
}

// Up to 40 actions on, unless the same job (half of its arguments kept, and one at least) worked otherwise before.
function sameLater(actions: readonly Action[], place: number): 'none' | 'in vain' | 'worked' {
  const error = actions[place];
  let result: 'none' | 'in vain' | 'worked' = 'none';
  for (const a of actions.slice(place + 1, place + 41)) {
    if (error === undefined || a.tool !== error.tool) continue;
    if (key(a) === key(error)) {
      if (a.status === 'ok') return 'worked';
      result = 'in vain';
    } else if (a.status === 'ok') {
      const keys = new Set([...Object.keys(error.input as object), ...Object.keys(a.input as object)]);
      const kept = [...keys].length - changedBetween(error.input, a.input).length;
      if (kept > 0 && kept * 2 >= keys.size) return result;
    }
  }
  return result;
}

/** Whether one to four calls with equal results were made three times in a row. */
export function loops({ actions }: Extract): boolean {
  const tokens = actions.map((a, i) => (a.resultHash === undefined ? `open ${i}` : `${key(a)} ${a.resultHash}`));
  for (let period = 1; period <= 4; period++) {
    for (let from = 0; from + 3 * period <= tokens.length; from++) {
      const round = (n: number) => tokens.slice(from + n * period, from + (n + 1) * period).join('\n');
      if (round(0) === round(1) && round(1) === round(2)) return true;
    }
  }
  return false;
}

/** Every sequence of up to six tokens with at most two others between neighbours, with the place where each run first completes it. */
export function sequences(runs: readonly (readonly number[])[]): Map<string, Map<number, number>> {
  const all = new Map<string, Map<number, number>>();
  runs.forEach((tokens, run) => {
    const walk = (sequence: number[], end: number): void => {
      const name = sequence.join();
      const ends = all.get(name) ?? new Map<number, number>();
      all.set(name, ends);
      ends.set(run, Math.min(end, ends.get(run) ?? end));
      if (sequence.length === 6) return;
      for (const [place, token] of tokens.entries())
        if (place > end && place <= end + 3) walk([...sequence, token], place);
    };
    for (const [place, token] of tokens.entries()) walk([token], place);
  });
  return all;
}
