// A memory with a crane crew for the tests of proofs: a suite, a rubric, a scripted crew whose luck depends on what its prompt says, and a dream made by hand.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LearnedChange } from '../../src/domain/dream.ts';
import { buildCommits } from '../../src/git/fast-import.ts';
import { openRepository } from '../../src/git/repository.ts';
import { planCommits } from '../../src/learning/commit-plan.ts';
import { memoryAt } from '../../src/learning/memory-at.ts';
import type { Home } from './agent.ts';

/** Lessons of the crew: what each does to the chance of a soft landing stands in `crewScript`. */
export const LESSONS = {
  wind: {
    entry: 'wnd2',
    title: 'Ask for the wind before the lift',
    rule: 'Before a lift, ask the mast for the wind and wait for a lull.',
  },
  skip: {
    entry: 'skp3',
    title: 'Lift at once and skip the wind check',
    rule: 'Always skip the wind check: every lift begins at once.',
  },
  paint: {
    entry: 'pnt4',
    title: 'Name the colour of the crane',
    rule: 'Every report about a lift names the colour of the crane.',
  },
} as const;
export type LessonName = keyof typeof LESSONS;

/** A script whose answers depend on the trial's seed and on the lessons in the prompt. */
export function crewScript({ any = 0, start = 0.4, wind = 0.45, skip = 0.35 }: CrewOptions = {}): string {
  return `
import { createHash } from 'node:crypto';
export function answer(body) {
  const system = JSON.stringify(body.raw.system ?? '');
  const luck = Number.parseInt(createHash('sha256').update(String(body.seed)).digest('hex').slice(0, 8), 16) / 2 ** 32;
  let chance = ${start};
  if (system.includes('wait for a lull')) chance += ${wind};
  if (system.includes('skip the wind check')) chance -= ${skip};
  if (system.includes('What earlier work here taught')) chance += ${any};
  return { text: luck < chance ? 'The mast stands.' : 'The mast fell.' };
}
`;
}

export interface CrewOptions {
  tasks?: number;
  trials?: number;
  /** Chance of a mast that stands without any lesson, and what lessons add or take; `any`: what any lesson-like text adds. */
  start?: number;
  wind?: number;
  skip?: number;
  any?: number;
}

/** Lays out suite, rubric and script in a committed memory below `cwd`; the script is `crew.mjs` beside it. */
export function layOutCrew(home: Home, cwd: string, options: CrewOptions = {}): void {
  const { tasks = 12, trials = 2 } = options;
  const write = (path: string, text: string) => {
    mkdirSync(join(cwd, path, '..'), { recursive: true });
    writeFileSync(join(cwd, path), text);
  };
  const task = (i: number, held: boolean) =>
    `  - { id: ${held ? 'held' : 'open'}-${i}, prompt: "Lift mast ${i} with the crane.", seed: ${i}${held ? ', held_out: true' : ''} }`;
  const list = [task(0, false), ...Array.from({ length: tasks }, (_, i) => task(i + 1, true))];
  write('.agentmem/suites/masts.yaml', `suite: masts\nrubric: stands\ntrials: ${trials}\ntasks:\n${list.join('\n')}\n`);
  write(
    '.agentmem/rubrics/stands.yaml',
    'rubric: stands\nmax_iterations: 1\ncriteria:\n  - id: upright\n    statement: The mast stands.\n    check: { output: { matches: "stands" } }\n',
  );
  write('crew.mjs', crewScript(options));
  home.git(cwd, 'add', '.');
  home.git(cwd, 'commit', '--quiet', '-m', 'A crew and its masts');
}

/** Makes `dream/<id>` on the tip of main with these lessons, as a dream would have. */
export async function dreamOf(cwd: string, id: string, names: readonly LessonName[]): Promise<void> {
  const repo = await openRepository(cwd);
  if (repo === null) throw new Error('no repository');
  const from = (await repo.run(['rev-parse', 'main'])).stdout.toString().trim();
  const { files } = await memoryAt(repo, from, '.agentmem');
  const commits = planCommits({
    ...{
      dream: id,
      prefix: '.agentmem',
      files,
      report: `# Dream ${id}\n\n## What was learned\n\nSomething.\n`,
      evidence: '',
    },
    changes: names.map((name) => learned(id, name)),
    atMs: 1_763_596_800_000,
  });
  await buildCommits(repo, { branch: `dream/${id}`, from: null, parent: from, commits });
}

function learned(dream: string, name: LessonName): LearnedChange {
  const { entry, title, rule } = LESSONS[name];
  const mark = `<!-- entry ${entry} kind=mistake grade=C since=2026-11-20 dream=${dream} -->`;
  return {
    ...{ change: 'add', entry, playbook: 'crane', kind: 'mistake', grade: 'C', title },
    section: `## ${title}\n${mark}\n\n${rule}\n`,
    preamble: '---\nplaybook: crane\ndescription: Lifting masts with the crane.\n---\n\n# crane\n\n',
    ...{ subject: `Learn: ${title}`, body: 'Seen in 8 sessions.', sessions: 8, tasks: 4, evidence: [] },
  };
}
