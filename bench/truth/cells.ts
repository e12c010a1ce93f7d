// The table's rows: which worlds are made for each, how many, and which cards are judged there.
import type { Scope } from './score.ts';
import type { World } from './truth.ts';
import { type Mistake, mistakes, mistakeWorld, ways, wayWorld } from './world-mechanical.ts';
import { nullKinds, nullWorld } from './world-nulls.ts';
import { patternWorld } from './world-patterns.ts';
import { type RuleOptions, ruleWorld } from './world-rules.ts';

export interface Cell {
  name: string;
  part: 'null' | 'mechanical' | 'rule' | 'pattern';
  scope: Scope;
  make(seed: string): World;
  /** Worlds in a full run and in a quick one. */
  worlds: { full: number; quick: number };
}

const errors: Scope = ['error_fix', 'blind_retry', 'dead_end'];
const scopes: Record<Mistake, Scope> = {
  'fixed by an argument': errors,
  'fixed by an argument that varies anyway': errors,
  'fixed by an argument, errors without a flag': errors,
  'fixed by another tool first': errors,
  'heals by waiting': errors,
  'dead end': errors,
  'blind retry': errors,
  loop: ['loop'],
  'polling, no loop': ['loop'],
  thrash: ['thrash'],
  'wish of a person': ['preference'],
  'wish of a team': ['preference'],
  'wish taken back': ['preference'],
  'chatter, no wish': ['preference'],
};

const nulls: Record<(typeof nullKinds)[number], string> = {
  shuffled: 'outcomes shuffled within task',
  longer: 'failures go on longer',
  unique: 'each task once, of hidden difficulty',
  alike: 'the same, no task ids, prompts alike',
  judge: 'a judge that errs in 15 %',
  handover: 'easy tasks share a pattern',
};

const rules: [string, RuleOptions][] = [
  ['threshold, 60 sessions', { sessions: 60, runs: 6, kind: 'threshold' }],
  ['threshold, 240 sessions', { sessions: 240, runs: 6, kind: 'threshold' }],
  ['threshold of one criterion, 240', { sessions: 240, runs: 6, kind: 'threshold', perCriterion: true }],
  ['category, 240 sessions', { sessions: 240, runs: 6, kind: 'category' }],
  ['threshold if a reading is high, 480', { sessions: 480, runs: 6, kind: 'threshold', condition: 'run' }],
  ['threshold if the task is such, 480', { sessions: 480, runs: 6, kind: 'threshold', condition: 'task' }],
];

const sizes = [1000, 5000, 20_000];

export const cells: readonly Cell[] = [
  ...nullKinds.map((kind): Cell => {
    const make = (seed: string) => nullWorld(seed, kind);
    return { name: nulls[kind], part: 'null', scope: 'effect', make, worlds: { full: 34, quick: 4 } };
  }),
  ...Object.keys(mistakes).map((name): Cell => {
    const kind = name as Mistake; // a key of the table
    const make = (seed: string) => mistakeWorld(seed, kind);
    return { name, part: 'mechanical', scope: scopes[kind], make, worlds: { full: 12, quick: 6 } };
  }),
  ...ways.map((kind): Cell => {
    const make = (seed: string) => wayWorld(seed, kind);
    const scope = kind === 'workflow' ? ['workflow'] : ['gap'];
    return { name: kind, part: 'mechanical', scope, make, worlds: { full: 12, quick: 6 } };
  }),
  ...rules.map(([name, options]): Cell => {
    const make = (seed: string) => ruleWorld(seed, options);
    return { name, part: 'rule', scope: 'effect', make, worlds: { full: 15, quick: 5 } };
  }),
  ...sizes.flatMap((sessions) =>
    [4, 8].map((runs): Cell => {
      const make = (seed: string) => patternWorld(seed, sessions, runs);
      const full = sessions === 20_000 ? 2 : 8;
      const name = `patterns, ${sessions.toLocaleString('en')} sessions, ${runs} runs a task`;
      return { name, part: 'pattern', scope: 'effect', make, worlds: { full, quick: sessions === 1000 ? 1 : 0 } };
    }),
  ),
];
