// What `agent dream` says of a model's words and of what they may cost; prints nothing where none was asked.
import { count, dollars } from '../../base/text.ts';
import type { Settings } from '../../domain/settings.ts';
import type { WordsEstimate } from '../../learning/words/estimate.ts';
import { costOf } from '../../model/prices.ts';
import type { DreamReport } from '../../stages/dream.ts';
import type { Printer } from '../print.ts';

/** The most that wording may cost, in tokens and dollars. */
export function printEstimate(print: Printer, estimate: WordsEstimate, { models, prices }: Settings): void {
  const { cards, reflector, verifier } = estimate;
  print.line(`${count(cards, 'lesson')} to word; at most:`);
  const parts = [
    { name: models.reflector, ...reflector },
    { name: models.verifier, ...verifier },
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

/** One line on who worded the lessons, and one on what was spent. */
export function printWords(print: Printer, { words, usage }: DreamReport): void {
  if (words === undefined) return;
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
