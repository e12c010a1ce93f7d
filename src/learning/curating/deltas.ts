// What a curator may propose: one flat shape for every kind of change, so that small models can fill it too; a schema, judges nothing.
import { z } from 'zod';

export const deltaKinds = ['merge', 'settle', 'sharpen', 'retire', 'split', 'move_note'] as const;

const deltaSchema = z.strictObject({
  do: z.enum(deltaKinds),
  entries: z
    .array(z.string().max(16))
    .min(1)
    .max(10)
    .describe(
      'merge, settle, retire: the entries that go. sharpen: the one to word anew. split: those that move. move_note: the one note',
    ),
  into: z
    .string()
    .max(64)
    .describe(
      'merge, settle: the entry that stays. split: name of the new playbook. move_note: the entry that takes it. Else empty',
    ),
  title: z
    .string()
    .max(160)
    .describe('sharpen, move_note, and merge where the words must change: the title. Else empty'),
  rule: z.string().max(1200).describe('sharpen, and merge where the words must change: the rule. Else empty'),
  why: z.string().max(400).describe('one sentence for the person who reviews'),
});
export type Delta = z.infer<typeof deltaSchema>;

/** Proposals that are looked at in one dream; the rest is dropped and counted. */
export const MOST_DELTAS = 6;

export const curationSchema = z.strictObject({
  deltas: z.array(deltaSchema).max(12).describe('the changes worth a reviewer’s time, the best first; often none'),
});
