// What `agent dream` says of a model's words and of what they may cost; prints nothing where none was asked.
import { count, dollars } from '../../base/text.ts';
import type { Settings } from '../../domain/settings.ts';
import { costOf } from '../../model/prices.ts';
import type { DreamReport } from '../../stages/dream.ts';
import type { Printer } from '../print.ts';

/** The most that wording may cost, in tokens and dollars. */
export function printEstimate(
  print: Printer,
  estimate: NonNullable<DreamReport['estimate']>,
  { models, prices }: Settings,
): void {
  const { cards, reflector, verifier, curator, reading } = estimate;
  const read = reading === undefined ? '' : `${count(reading.sessions, 'session')} to read, `;
  print.line(`${read}${count(cards, 'lesson')} to word; at most:`);
  const parts = [
    ...(reading === undefined
      ? []
      : [
          { name: models.reflector, ...reading.reader },
          { name: models.verifier, ...reading.verifier },
        ]),
    { name: models.reflector, ...reflector },
    { name: models.verifier, ...verifier },
    ...(curator === undefined ? [] : [{ name: models.curator ?? models.verifier, ...curator }]),
  ];
  let sum: number | undefined = 0;
  for (const { name, requests, input_tokens, output_tokens } of parts) {
    const usage = {
      input_tokens,
      output_tokens,
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
      known: true,
    };
    // Some prices change with the length of one prompt, so one request is priced and taken so many times.
    const usd = requests === 0 ? 0 : costOf(name, shareOf(usage, requests), prices);
    sum = sum === undefined || usd === undefined ? undefined : sum + usd * requests;
    const price = usd === undefined ? 'price unknown' : dollars(usd * requests);
    print.line(
      `  ${print.outside(name)}: ${count(requests, 'request')}, ${count(input_tokens, 'token')} in, ${count(output_tokens, 'token')} out, ${price}`,
    );
  }
  print.line(sum === undefined ? 'in dollars: not known' : `in all at most ${dollars(sum)}; nothing was asked`);
}

/** What came of orders, of what a curator proposed, and of earlier predictions. */
export function printWishes(print: Printer, { wishes = [], predictions = [], words }: DreamReport): void {
  for (const { by, text, changed, refused } of wishes) {
    const what = by === 'person' ? `you: “${text}”` : `curator: ${text}`;
    const fate = refused !== undefined ? `not done: ${refused}` : changed.length === 0 ? 'kept to' : 'done';
    print.line(print.outside(`${what}: ${fate}`));
  }
  const { none, refused = [] } = words?.curator ?? {};
  if (none !== undefined) print.line(print.outside(`the curator was of no help: ${none}`));
  if (refused.length > 0)
    print.line(`${count(refused.length, 'proposal')} of the curator refused: the report says why`);
  const judged = predictions.flatMap(({ came }) => came ?? []);
  if (judged.length > 0)
    print.line(
      `${count(judged.length, 'prediction')} of lessons in force counted, ${judged.filter((came) => came).length} seen as said (seen with, not shown to come of it)`,
    );
}

/** One line on who worded the lessons, and one on what was spent. */
export function printWords(print: Printer, { words, reading, usage }: DreamReport): void {
  if (words === undefined) return;
  if (reading !== undefined) {
    const { chosen, cards, refused, unread } = reading;
    const gone = unread.length === 0 ? '' : `, ${unread.length} not read`;
    print.line(
      `a model read ${count(chosen.length - unread.length, 'session')}${gone}: ${count(cards.length, 'finding')}, ${refused.length} refused: the report says why`,
    );
  }
  const { worded, carried, plain, decoys, withheld } = words;
  print.line(
    `${count(worded.length, 'lesson')} in a model’s words, ${carried.length} in earlier words that hold, ${plain.length} in our own: the report says why`,
  );
  if (decoys.accepted.length > 0)
    print.line(`${decoys.accepted.length} of ${count(decoys.shown, 'decoy')} let through`);
  if (withheld !== undefined) print.line(print.outside(withheld));
  const { usd, input_tokens, output_tokens } = usage;
  print.line(
    print.paint.dim(`${count(input_tokens, 'token')} in, ${count(output_tokens, 'token')} out, ${dollars(usd)}`),
  );
}

type Tokens = Parameters<typeof costOf>[1];

function shareOf(usage: Tokens, requests: number): Tokens {
  const { input_tokens, output_tokens } = usage;
  return { ...usage, input_tokens: input_tokens / requests, output_tokens: output_tokens / requests };
}
