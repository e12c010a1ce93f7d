// A lesson as the reflector gives it, and what of it a playbook shows; a schema, judges nothing.
import { z } from 'zod';
import { type Card, predictions } from '../../domain/card.ts';

const line = (most: number, meaning: string) => z.string().max(most).describe(meaning);

export const lessonSchema = z.strictObject({
  worth: z.boolean().describe('false where the evidence carries no lesson; then the other texts are empty'),
  title: line(160, 'the lesson in one line, without counts'),
  when: line(400, 'the situation, as a sentence'),
  do: line(400, 'what to do then, as a sentence'),
  dont: line(400, 'what not to do, as a sentence; may be empty'),
  why: line(400, 'what the evidence shows, as a sentence; may be empty'),
  quotes: z
    .array(z.strictObject({ session: z.string().max(300), event: z.string().max(300), text: z.string().max(1000) }))
    .max(5)
    .describe('passages of the evidence that carry the lesson, character for character'),
  predicts: z.enum(predictions).describe('what will be counted in later sessions if the lesson is right'),
});
export type Lesson = z.infer<typeof lessonSchema>;

export type Words = NonNullable<Card['words']>;

/** What a playbook would show: the model's sentences, word for word, one after the other. */
export function wordsOf({ title, when, do: advice, dont, why, predicts }: Lesson): Words {
  return { title, rule: [when, advice, dont, why].filter((text) => text !== '').join(' '), predicts };
}
