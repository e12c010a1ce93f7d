// What a report says of the words of a model: what was asked, what it cost, what was refused and why; the same for the same answers, cached or not.
import { count, dollars } from '../../base/text.ts';
import { legible } from '../../model/fence.ts';
import { sumUsage } from '../../model/usage.ts';
import type { AskRecord } from '../asking/asker.ts';
import { deltaKinds } from '../curating/deltas.ts';
import { codeSpan, prose } from '../escape.ts';
import type { WordsTold } from './plan-in-words.ts';

export interface WordsReport {
  told: WordsTold;
  asks: readonly AskRecord[];
  /** SHA-256 of the prompts, by name. */
  prompts: Record<string, string>;
}

const MOST_LINES = 50;
const MAX_SHOWN = 8000;

/** The section `## Words`. */
export function wordsSection({ told, asks, prompts }: WordsReport): string {
  const { worded, carried, plain, decoys, withheld } = told;
  const summary = [
    `- ${count(worded.length, 'lesson')} in a model’s words, ${carried.length} in words of an earlier dream, ${plain.length} in our own`,
    `- ${askedLine(asks)}`,
    ...modelsIn(asks).map((line) => `- ${line}`),
    `- prompts: ${Object.entries(prompts)
      .map(([name, hash]) => `${name} \`${hash.slice(0, 12)}\``)
      .join(', ')}`,
    `- ${count(decoys.shown, 'decoy')} shown, ${decoys.accepted.length} let through`,
    ...decoys.accepted.map((claim) => `  - let through: “${prose(claim.slice(0, 300))}”`),
    ...(withheld === undefined ? [] : [`- ${prose(withheld)}`]),
  ];
  return [
    '## Words',
    '',
    'Every sentence of a model was compared with the evidence by code, and read by fresh contexts.',
    '',
    ...summary,
    ...refusals(plain),
    ...conversations(asks, told),
  ].join('\n');
}

function askedLine(asks: readonly AskRecord[]): string {
  const zero = { input_tokens: 0, output_tokens: 0, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 };
  const usage = asks.reduce((sum, ask) => sumUsage(sum, ask.usage), { ...zero, known: false });
  const input = usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens;
  const priced = asks.flatMap((ask) => (ask.usd === undefined ? [] : [ask.usd]));
  const price = dollars(priced.reduce((sum, usd) => sum + usd, 0));
  const more =
    priced.length < asks.length ? `, and ${count(asks.length - priced.length, 'answer')} of unknown price` : '';
  return `${count(asks.length, 'question')}: ${count(input, 'token')} in, ${count(usage.output_tokens, 'token')} out, ${price}${more}`;
}

function modelsIn(asks: readonly AskRecord[]): string[] {
  const pairs = new Set(asks.map(({ role, model }) => `${role}: ${codeSpan(model)}`));
  return [...pairs].sort();
}

function refusals(plain: WordsTold['plain']): string[] {
  if (plain.length === 0) return [];
  const lines = plain.map(({ claim, rule, reason }) => {
    const by = rule === undefined ? 'no answer' : `rule “${rule}”`;
    return `- ${by}: ${prose(reason)} (“${prose(claim.slice(0, 160))}”)`;
  });
  const byRule = new Map<string, number>();
  for (const { rule = 'no answer' } of plain) byRule.set(rule, (byRule.get(rule) ?? 0) + 1);
  const sums = [...byRule].sort(([a], [b]) => (a < b ? -1 : 1)).map(([rule, n]) => `${rule} ${n}`);
  const more = lines.length > MOST_LINES ? [`- and ${lines.length - MOST_LINES} more`] : [];
  return ['', `Kept in our own words, by reason: ${sums.join(' · ')}`, '', ...lines.slice(0, MOST_LINES), ...more];
}

// Who answered first is chance, so the order is made of the questions themselves.
function conversations(asks: readonly AskRecord[], told: WordsTold): string[] {
  const cards = [...new Set(asks.map(({ card = '' }) => card))].sort();
  return cards.flatMap((card) => {
    const own = asks.filter((ask) => (ask.card ?? '') === card);
    const sorted = [...own].sort((a, b) => (key(a) < key(b) ? -1 : 1));
    const parts = sorted.flatMap((ask) => {
      const answer = answerShown(ask, told);
      return [
        `${ask.stage}, ${ask.role}:`,
        '',
        ...block(ask.told ?? ask.user),
        '',
        'answer:',
        '',
        ...block(answer),
        '',
      ];
    });
    return ['', `<details><summary>Asked about ${codeSpan(card)}</summary>`, '', ...parts, '</details>'];
  });
}

// A lesson that passed is shown word for word. Sentences that nobody checked are not: a reader of the branch is nobody to try them on.
function answerShown({ none, stage, card = '', answer }: AskRecord, { worded, plain }: WordsTold): string {
  if (none !== undefined) return `no answer: ${none}`;
  if (stage === 'reflect' && worded.includes(card)) return JSON.stringify(answer, null, 1);
  const rule = plain.find(({ fingerprint }) => fingerprint === card)?.rule;
  const refused = stage === 'reflect' && rule !== undefined ? `refused by rule “${rule}”\n` : '';
  return refused + JSON.stringify(withoutSentences(answer), null, 1);
}

const VERDICTS = new Set(['support', 'contradict', 'undecided', 'helped', 'hurt', 'neither', ...deltaKinds]);

/** Verdicts, numbers and places of an answer; … for everything that it says. */
function withoutSentences(value: unknown): unknown {
  if (typeof value === 'string')
    return VERDICTS.has(value) || /^[se]\d{1,4}$/.test(value) || value === '' ? value : '…';
  if (Array.isArray(value)) return value.map(withoutSentences);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutSentences(part)]));
}

function key({ stage, request }: AskRecord): string {
  return `${stage} ${request}`;
}

// A fence longer than any run in it; what our own parsers look for in markdown gets a blank inside.
function block(text: string): string[] {
  const shown = legible(text)
    .slice(0, MAX_SHOWN)
    .replace(/<(?=\/?(?:details|summary)|!--)/gi, '< ');
  const longest = Math.max(2, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, shown, fence];
}
