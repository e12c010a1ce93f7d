// config.yaml: every setting with its meaning and default; an unknown key is an error, never passed over.
import { z } from 'zod';
import { runSettings } from './run-settings.ts';

const duration = z.string().regex(/^\d+[mhdw]$/, 'a number and m, h, d or w, for example 24h');

export const settingsSchema = z.strictObject({
  version: z.literal(1).default(1),
  memory: z
    .strictObject({
      /** The branch whose tip is in force. */
      branch: z.string().min(1).default('main'),
    })
    .prefault({}),
  dream: z
    .strictObject({
      /** `--if-due`: at least this long after the newest dream … */
      every: duration.default('24h'),
      /** … and at least this many new sessions. */
      min_new_sessions: z.number().int().min(0).default(5),
      /** Changes that one dream may propose. */
      max_changes: z.number().int().min(1).max(100).default(12),
      /** A finding needs this many sessions … */
      min_sessions: z.number().int().min(3).default(3),
      /** … over this many tasks or prompt clusters to be more than an anecdote. */
      min_tasks: z.number().int().min(2).default(2),
      /** A lesson whose mistake was not seen for this long, while its tool was used, is proposed for retirement. */
      stale_after: duration.default('90d'),
      /** Who words lessons: a model where one can be reached, a model and a word of warning where none can, or nobody. */
      words: z.enum(['auto', 'model', 'plain']).default('auto'),
      /** Sessions that a model reads in search of what cannot be counted, where one words lessons; 0 = none. */
      sample: z.number().int().min(0).max(1000).default(40),
    })
    .prefault({}),
  playbooks: z
    .strictObject({
      max_entries: z.number().int().min(1).default(40),
      max_tokens: z.number().int().min(100).default(4000),
      max_rule_words: z.number().int().min(10).default(60),
    })
    .prefault({}),
  /** The share of sessions that each chosen lesson is kept out of by a draw, so that what it does can be told; 0 = none. */
  holdout: z.number().min(0).max(0.5).default(0),
  review: z
    .strictObject({
      /** Whether `agent merge` refuses what no proof on held-out tasks has validated. */
      require_proof: z.boolean().default(false),
    })
    .prefault({}),
  /** Whether transcripts go into git: hidden from it, committed with everything else, or published on a branch of their own. */
  sessions: z.enum(['ignore', 'commit', 'branch']).default('ignore'),
  retention: z
    .strictObject({
      /** Sessions older than this may be removed by `agent sessions retain`, and by nothing else; `never` keeps all. */
      sessions: z.union([z.literal('never'), duration]).default('365d'),
      /** The time between the warning and the removal. */
      warn: duration.default('14d'),
    })
    .prefault({}),
  nightly: z
    .strictObject({
      /** Lines for /bin/sh before each nightly dream, for example `git fetch`; they run only after `agent trust`. */
      before: z
        .array(
          z
            .string()
            .min(1)
            .max(2000)
            .regex(/^[^\n\r\0]*$/, 'one line'),
        )
        .max(20)
        .default([]),
    })
    .prefault({}),
  redaction: z
    .strictObject({
      /** Rules beside the built-in ones. */
      rules: z
        .array(
          z.strictObject({ name: z.string().regex(/^[a-z0-9-]+$/), pattern: z.string(), literal: z.string().min(3) }),
        )
        .default([]),
    })
    .prefault({}),
  ...runSettings,
});
export type Settings = z.infer<typeof settingsSchema>;
