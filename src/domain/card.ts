// A card: one finding of the miner with its counts and its evidence; the contract between mining and learning.
import { z } from 'zod';
import { shortHash } from '../base/hash.ts';

/** A passage of a stored session. `sha256` is of the stored line's bytes without the newline; `quote` occurs in that event. */
export const spanSchema = z.object({
  session: z.string(),
  event: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  quote: z.string(),
});
export type Span = z.infer<typeof spanSchema>;

export const cardKinds = [
  'error_fix',
  'blind_retry',
  'loop',
  'thrash',
  'gap',
  'workflow',
  'preference',
  'argument_rule',
  'association',
] as const;
export type CardKind = (typeof cardKinds)[number];

export const entryKinds = ['mistake', 'workflow', 'preference', 'fact'] as const;
export type EntryKind = (typeof entryKinds)[number];

/** What a card of each kind becomes in a playbook. */
export const entryKindOf: Record<CardKind, EntryKind> = {
  error_fix: 'mistake',
  blind_retry: 'mistake',
  loop: 'mistake',
  thrash: 'mistake',
  gap: 'mistake',
  workflow: 'workflow',
  preference: 'preference',
  argument_rule: 'fact',
  association: 'fact',
};

/** Who supplied the words of a span, most trusted first. */
export const trustLevels = ['policy', 'person', 'agent', 'local_tool', 'outside_tool'] as const;
export type Trust = (typeof trustLevels)[number];

/** A proven · B confirmed association · C mechanical pattern · D anecdote or quarantined. */
export const grades = ['A', 'B', 'C', 'D'] as const;
export type Grade = (typeof grades)[number];

const condition = z.object({
  tool: z.string(),
  op: z.string(),
  value: z.unknown(),
  arg: z.string().optional(),
  result: z.string().optional(),
});
export const predicateSchema = z.object({ when: z.array(condition), then: condition });
export type Predicate = z.infer<typeof predicateSchema>;

/** How a failing call and the call that worked differed, over all sessions of a card. */
export const changeSchema = z.object({
  /** JSON pointer of the argument that changed most often, for example `/path`; absent where none stands out. */
  argument: z.string().optional(),
  /** Sessions whose repair changed that argument, of `repaired`. */
  changed: z.number().int(),
  /** Sessions with the error that the same tool later got past. */
  repaired: z.number().int(),
  /** Sessions with the error. */
  failed: z.number().int(),
  /** A shortened before and after from the clearest example. */
  from: z.string().optional(),
  to: z.string().optional(),
  /** Another tool that came first in the repairs, for example a read before an edit. */
  first: z.object({ tool: z.string(), sessions: z.number().int() }).optional(),
  /** Sessions in which the very same call was repeated straight away, and in how many of them that worked. */
  repeated: z.object({ sessions: z.number().int(), worked: z.number().int() }).optional(),
  /** The same call made again later, at whatever distance; `steps` and `seconds` are medians from the error to the call that worked. */
  waited: z
    .object({
      sessions: z.number().int(),
      worked: z.number().int(),
      steps: z.number().int(),
      seconds: z.number().int().optional(),
    })
    .optional(),
  /** Where nothing that the sessions tried got past it (`repaired` 0, or one or two of very many): how many went on trying, and the calls that all of them spent on it. */
  dead_end: z
    .object({
      sessions: z.number().int(),
      calls: z.number().int(),
      /** Of those calls, where the transcripts tell it of every one. */
      tokens: z.number().int().optional(),
      usd: z.number().optional(),
    })
    .optional(),
  /** Exact two-sided binomial p on discordant pairs, one pair a session: changed-and-worked against unchanged-and-worked. */
  p: z.number().optional(),
});
export type Change = z.infer<typeof changeSchema>;

/** What lay between a first attempt and an accepted one: sessions, one vote each. */
export const gapSchema = z.object({
  /** `<rubric>/<criterion>`; absent where people had the work changed. */
  criterion: z.string().optional(),
  /** Sessions in which the first verdict was told, those that fell short of it, and those of them that were right after a revision. */
  told: z.number().int(),
  unmet: z.number().int(),
  met: z.number().int(),
  /** Argument (JSON pointer) of the card's tool that was changed in `did` of `met`; without it, the tool was newly called. */
  argument: z.string().optional(),
  /** The new value that most gave. */
  to: z.string().optional(),
  did: z.number().int().optional(),
  /** Sessions with revisions that did not help with this, and how many of them did it too. */
  others: z.object({ revisions: z.number().int(), did: z.number().int() }).optional(),
});

/** Steps that successful sessions have in common, in their order. */
export const workflowSchema = z.object({
  /** Tools, one a step. */
  steps: z.array(z.string()),
  /** Values that are passed on: argument `to` of step `at` is what step `from` was given (`input`) or showed (`result`), by JSON pointer. */
  links: z.array(
    z.object({
      from: z.number().int(),
      input: z.string().optional(),
      result: z.string().optional(),
      at: z.number().int(),
      to: z.string(),
    }),
  ),
  /** Compared sessions that took the steps and that did not, and how many of each passed. */
  taken: z.object({ sessions: z.number().int(), passed: z.number().int() }),
  others: z.object({ sessions: z.number().int(), passed: z.number().int() }),
});

/** What sessions did that went with their outcomes: steps, what each came to, and how often in a row. */
export const patternSchema = z.object({
  /** One after the other · the second within so many different steps of the first · the last step · among so many last ones. */
  place: z.enum(['sequence', 'pair', 'last', 'tail']),
  within: z.number().int(),
  steps: z.array(
    z.object({
      tool: z.string(),
      status: z.enum(['ok', 'error', 'denied']),
      times: z.union([z.literal(1), z.literal(2), z.literal(4)]),
    }),
  ),
});
export type Pattern = z.infer<typeof patternSchema>;

/** What is said to happen less or more often once a lesson is followed; each is counted by code in later sessions. */
export const predictions = [
  'error_falls',
  'blind_retries_fall',
  'loops_fall',
  'put_backs_fall',
  'criterion_rises',
  'corrections_fall',
  'outcome_rises',
] as const;
export type Prediction = (typeof predictions)[number];

const findingShape = {
  id: z.string(),
  kind: z.enum(cardKinds),
  /** One sentence that states only what was counted. */
  claim: z.string(),
  tool: z.string().optional(),
  /** Masked error text, `<num>` and the like for what varied. */
  template: z.string().optional(),
  change: changeSchema.optional(),
  predicate: predicateSchema.optional(),
  gap: gapSchema.optional(),
  workflow: workflowSchema.optional(),
  pattern: patternSchema.optional(),
  /** Whose preference it is: `team`, or `person:` and the hashes of their names, where one alone asked for it. */
  scope: z.string().optional(),
  counts: z.object({
    sessions: z.number().int(),
    tasks: z.number().int(),
    people: z.number().int(),
    days: z.number().int(),
    events: z.number().int(),
  }),
  /** Its sessions by the tool that they come from, the most first; absent where all sessions that were read come from one. */
  sources: z.array(z.object({ tool: z.string(), sessions: z.number().int() })).optional(),
  effect: z
    .object({
      criterion: z.string(),
      or: z.number(),
      rd: z.number(),
      ci: z.tuple([z.number(), z.number()]),
      p: z.number(),
      q: z.number().optional(),
      route: z.enum(['exact', 'cmh']),
      confirmed: z.boolean(),
    })
    .optional(),
  examples: z.array(spanSchema),
  counter_examples: z.array(spanSchema),
  trust: z.enum(trustLevels),
  grade: z.enum(grades),
  /** Why the grade is D, or what else a reader must know. */
  reason: z.string().optional(),
  /** Expected cost avoided per 1,000 sessions, in tool calls, before anything is taken off for age or trust. */
  score: z.number(),
  fingerprint: z.string(),
  /** Newest day (YYYY-MM-DD) on which it was seen; absent where no session is dated. */
  last_seen: z.string().optional(),
  /** Days of the newest dated sessions that showed it, one a session, newest first, at most 32. */
  recent: z.array(z.string()).optional(),
  /** Events of the one session and of the one day (UTC) that gave most of them, and how many events are dated at all. */
  spread: z.object({ session: z.number().int(), day: z.number().int(), dated: z.number().int() }).optional(),
  /** Words of the template that name arguments of the failing calls too, where an outside tool supplied the template. */
  own_words: z.array(z.string()).optional(),
};

const absorbedSchema = z.object(findingShape);
/** A finding that another one's entry tells too, as it was counted last. */
export type Absorbed = z.infer<typeof absorbedSchema>;

export const cardSchema = z.object({
  ...findingShape,
  /** The lesson as a model worded it and code and a fresh reader let it pass, word for word; without it our own wording stands. */
  words: z.object({ title: z.string(), rule: z.string(), predicts: z.enum(predictions) }).optional(),
  /** On the card that a retirement records: the day of the newest session then read, and why no reviewer asked for it. */
  retired: z
    .object({ on: z.string(), because: z.enum(['stale', 'expired', 'room', 'policy', 'hurts', 'curated']) })
    .optional(),
  /** Findings whose entries were merged into this one's, on the card that a dream records. */
  absorbs: z.array(absorbedSchema).optional(),
});
export type Card = z.infer<typeof cardSchema>;

/**
 * The name of a finding, the same from dream to dream and from machine to machine: 16 base32 digits of a hash over kind,
 * tool, template and normalised claim. Counts are not part of it.
 */
export function fingerprintOf(
  kind: CardKind,
  tool: string | undefined,
  template: string | undefined,
  normalisedClaim: string,
): string {
  return shortHash(JSON.stringify([kind, tool ?? '', template ?? '', normalisedClaim]), 16);
}

/** The least trusted of several levels. */
export function leastTrust(levels: readonly Trust[]): Trust {
  return trustLevels[Math.max(0, ...levels.map((l) => trustLevels.indexOf(l)))] ?? 'outside_tool';
}
