// A card as a review branch and a model may see it: of what tools said only what states a failure; decides nothing about the card itself.
import type { Card, Span } from '../domain/card.ts';
import { statementsIn } from '../domain/orders.ts';
import { repeatable } from './outside-words.ts';

const MAX_TEXT = 4000;

/**
 * The same finding without words that a tool may not bring in. Of an outside tool's text stays what a lesson may repeat, of a local
 * tool's text the clauses that order nothing; every quote that is left still stands in its event, letter for letter, and quotes of
 * which nothing is left are gone. Shown twice it is the same. Cards without words of tools are given back as they are.
 */
export function asShown(card: Card): Card {
  if (card.trust === 'outside_tool') return ofOutsider(card);
  return card.trust === 'local_tool' && isAboutError(card) ? ofLocalTool(card) : card;
}

/** Whether anything of a tool's words is missing in what is shown. */
export function isCut(card: Card): boolean {
  const shown = asShown(card);
  if (shown.template !== card.template || shown.change?.to !== card.change?.to) return true;
  const quotes = (c: Card) => quotesIn([...c.examples, ...c.counter_examples]);
  return quotes(shown) !== quotes(card);
}

function quotesIn(spans: readonly Span[]): string {
  return spans.map((span) => span.quote).join('\n');
}

/** True where a local tool's text orders, and states no failure by which it could be named. */
export function onlyOrders(card: Card): boolean {
  return card.trust === 'local_tool' && isAboutError(card) && card.template !== '' && statedIn(card) === '';
}

// Where a mask hides an order that the text itself holds, nothing of the masked text is believed.
function statedIn({ template = '', examples }: Card): string {
  const stated = statementsIn(template);
  const isHidden = stated === template && examples.some(({ quote }) => statementsIn(quote) !== quote);
  return isHidden ? '' : stated;
}

function isAboutError({ kind, template }: Card): boolean {
  return template !== undefined && (kind === 'error_fix' || kind === 'blind_retry');
}

function ofLocalTool(card: Card): Card {
  const stated = statedIn(card);
  const examples = cutSpans(card.examples, statementsIn);
  if (stated === card.template && quotesIn(examples) === quotesIn(card.examples)) return card;
  return { ...card, template: stated, claim: claimWith(card, stated), examples };
}

// An argument's value may have come from outside as well; who gave it is not told, so none is shown.
function ofOutsider(card: Card): Card {
  const { template, change } = card;
  const said = template === undefined ? undefined : maskedTo(template, card);
  const { from: _from, to: _to, ...counted } = change ?? { changed: 0, repaired: 0, failed: 0 };
  const cut = (quote: string) => passageOf(quote, card);
  return {
    ...card,
    claim: claimWith(card, said),
    ...(said !== undefined && { template: said }),
    ...(change && { change: counted }),
    examples: cutSpans(card.examples, cut),
    counter_examples: cutSpans(card.counter_examples, cut),
  };
}

function cutSpans(spans: readonly Span[], cut: (quote: string) => string): Span[] {
  return spans.flatMap((span) => {
    const quote = cut(span.quote);
    return quote === '' ? [] : [{ ...span, quote }];
  });
}

// Around what a tool said stands our own sentence; where a claim may hold more than one text of a stranger, ours is another one.
function claimWith(card: Card, said: string | undefined): string {
  const { tool: about = 'calls', claim } = card;
  if (said === undefined || !isAboutError(card))
    return `Something about ${about} that cannot be told without words from outside.`;
  const open = claim.indexOf('“');
  const close = claim.lastIndexOf('”');
  if (open < 0) return claim;
  return `${claim.slice(0, open)}“${said === '' ? '…' : said}${close < open ? '”…' : claim.slice(close)}`;
}

/** A template in which every word that may not be repeated is a mark. */
function maskedTo(template: string, card: Card): string {
  const judge = repeatable(card);
  const shown = tokensOf(template).map(({ text, word, end }) => {
    if (/^<[a-z_*]+>$/.test(word)) return word + end;
    return judge(word) === undefined ? `<*>${end}` : text;
  });
  return shown.join(' ').replace(/<\*>(?: <\*>)+/g, '<*>');
}

/** The longest run of words, as it stands in the quote, that may be repeated; empty where none of them says anything. */
function passageOf(quote: string, card: Card): string {
  const judge = repeatable(card);
  let best = { text: '', says: 0 };
  let run = { from: 0, to: 0, says: 0 };
  for (const { at, text, word } of [...tokensOf(quote), { at: quote.length, text: '', word: '\u0000' }]) {
    const verdict = judge(word);
    if (verdict === undefined) {
      if (run.says > best.says) best = { text: quote.slice(run.from, run.to), says: run.says };
      run = { from: 0, to: 0, says: 0 };
      continue;
    }
    const from = run.to === 0 ? at : run.from;
    run = { from, to: at + text.length, says: run.says + Number(verdict === 'says') };
  }
  return best.text;
}

interface Token {
  at: number;
  /** The word and the punctuation after it. */
  text: string;
  word: string;
  end: string;
}

function tokensOf(text: string): Token[] {
  return [...text.slice(0, MAX_TEXT).matchAll(/[^\s]+/g)].map((match) => {
    const [whole] = match;
    const lead = /^["'“‘([]*/.exec(whole)?.[0].length ?? 0;
    const rest = whole.slice(lead);
    const end = /[.,;:!?]?$/.exec(rest)?.[0] ?? '';
    const word = rest.slice(0, rest.length - end.length).replace(/["'”’)\]]+$/, '');
    return { at: match.index + lead, text: word + end, word, end };
  });
}
