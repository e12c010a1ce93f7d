// A suite: a list of tasks that are worked on one trial after another, and in what workspace; a schema and its defaults, runs nothing.
import { z } from 'zod';
import { budgetSchema } from './run-settings.ts';

const name = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'small letters, digits, - and _, at most 64');
const chance = z.union([z.string().min(1).max(100), z.number().int()]).transform(String);
const rubric = z.union([name, z.literal(false)]);

/** Ids stand in names of folders and in headers. */
export const TASK_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Where a trial works: a copy of a folder, the files of a commit, or (neither) an empty folder. */
export const suiteWorkspaceSchema = z
  .strictObject({
    /** A folder below the one that holds `.agentmem`. */
    copy: z
      .string()
      .max(500)
      .regex(
        /^(?!.*\\)(?:(?!\.\.?(?:\/|$))[^/\0]+)(?:\/(?!\.\.?(?:\/|$))[^/\0]+)*\/?$/,
        'a path below the project’s folder',
      )
      .optional(),
    /** A branch, tag or commit of the project's repository; its files, without links, submodules and the memory. */
    git: z.string().min(1).max(200).optional(),
    /** A line for /bin/sh, run in the fresh folder before the agent begins; only after `agent trust`. */
    setup: z
      .string()
      .min(1)
      .max(2_000)
      .regex(/^[^\n\r\0]*$/, 'one line')
      .optional(),
    setup_timeout_seconds: z.number().positive().max(3_600).default(600),
  })
  .refine((w) => w.copy === undefined || w.git === undefined, 'copy or git, not both');
export type SuiteWorkspace = z.infer<typeof suiteWorkspaceSchema>;

export const suiteTaskSchema = z.strictObject({
  id: z.string().regex(TASK_ID, 'letters, digits, . - and _, at most 100'),
  prompt: z.string().min(1).max(100_000),
  /** Chances of the task's world; trials of it differ all the same. */
  seed: chance.optional(),
  tags: z
    .array(z.string().regex(/^[\w.:/-]{1,64}$/, 'a word'))
    .max(50)
    .default([]),
  /** Kept for proving: no dream ever reads its sessions. */
  held_out: z.boolean().optional(),
  /** In place of the suite's. */
  agent: name.optional(),
  rubric: rubric.optional(),
  workspace: suiteWorkspaceSchema.optional(),
  budget: budgetSchema.optional(),
  /** The answer, for checks to look up; no agent is shown it. */
  expected: z.string().max(20_000).optional(),
});
export type SuiteTask = z.infer<typeof suiteTaskSchema>;

export const MOST_TRIALS = 100;

export const suiteSchema = z.strictObject({
  suite: name,
  description: z.string().max(8_000).default(''),
  /** Who works, where a task names nobody. */
  agent: name.default('default'),
  /** What the work is graded by; absent = the agent's own rubric, false = none. */
  rubric: rubric.optional(),
  /** How often each task is tried. */
  trials: z.number().int().min(1).max(MOST_TRIALS).default(1),
  /** Chances of the whole suite; its name where it is left out. */
  seed: chance.optional(),
  /** True for a suite that is for proving only: all its tasks are held out. */
  held_out: z.boolean().default(false),
  workspace: suiteWorkspaceSchema.optional(),
  /** Limits of each trial; none lifts one of the settings or the agent's file. */
  budget: budgetSchema.optional(),
  tasks: z.array(suiteTaskSchema).min(1).max(10_000),
});
export type Suite = z.infer<typeof suiteSchema>;

/** A task with what the suite says for all of them. */
export interface WholeTask {
  id: string;
  prompt: string;
  seed: string;
  tags: string[];
  held_out: boolean;
  agent: string;
  rubric?: string | false;
  workspace?: SuiteWorkspace;
  budget?: z.infer<typeof budgetSchema>;
}

/** What holds for this task: its own words first, then the suite's. */
export function wholeTask(suite: Suite, task: SuiteTask): WholeTask {
  const rubric = task.rubric ?? suite.rubric;
  const workspace = task.workspace ?? suite.workspace;
  const budget = { ...suite.budget, ...task.budget };
  return {
    id: task.id,
    prompt: task.prompt,
    seed: task.seed ?? '',
    tags: task.tags,
    held_out: task.held_out ?? suite.held_out,
    agent: task.agent ?? suite.agent,
    ...(rubric !== undefined && { rubric }),
    ...(workspace !== undefined && { workspace }),
    ...(Object.keys(budget).length > 0 && { budget }),
  };
}

/** Every set-up line of a suite with the key that holds it. */
export function setupLines(suite: Pick<Suite, 'workspace' | 'tasks'>): { at: string; command: string }[] {
  const own = suite.workspace?.setup;
  return [
    ...(own === undefined ? [] : [{ at: 'workspace.setup', command: own }]),
    ...suite.tasks.flatMap(({ id, workspace }) =>
      workspace?.setup === undefined ? [] : [{ at: `${id} workspace.setup`, command: workspace.setup }],
    ),
  ];
}
