// What readers may answer, as schemas: places and names, no sentence that anybody is shown.
import { z } from 'zod';

const short = z.string().max(200);
const place = z.strictObject({
  session: z.string().max(20).describe('as the tag calls it, for example s2'),
  event: z.string().max(20).describe('as the line calls it, for example e5'),
  quote: z.string().max(400).describe('copied character for character from the lines of that event'),
});
const places = z.array(place).max(12);

export const findingsSchema = z.strictObject({
  preferences: z
    .array(
      z.strictObject({
        about: short.describe('the wish in your words, for nobody but you'),
        said: places,
        against: places,
      }),
    )
    .max(10),
  workflows: z
    .array(z.strictObject({ steps: z.array(short).max(6).describe('tools in their order'), cited: places }))
    .max(6),
  gaps: z
    .array(
      z.strictObject({
        tool: short,
        argument: short.describe('JSON pointer, or empty'),
        criterion: short.describe('<rubric>/<criterion>, or empty'),
        cited: places,
      }),
    )
    .max(8),
});
export type Findings = z.infer<typeof findingsSchema>;
export type Place = z.infer<typeof place>;

const numbers = z.array(z.number().int().min(1).max(1000)).max(100);

export const sameSchema = z.strictObject({
  reasoning: z.string().max(2000),
  same: z.array(numbers).max(40).describe('numbers of groups that state one and the same wish, one list a wish'),
});

export const voteSchema = z.strictObject({
  reasoning: z.string().max(2000).describe('what the passages have in common, and which do not belong to it'),
  holds: z.boolean().describe('whether several of them state one and the same thing of the kind that is asked about'),
  states: numbers.describe('numbers of the passages that state it'),
});
