// Orders in a person's instructions that name entries, read without a model: which there are, and what they come to in one memory; follows none.
import type { Playbook } from '../../domain/playbook.ts';
import type { LeftAlone, Wish, WishTold } from './wish.ts';

/** One order as it was written, for example `merge k7f3 into q2m8`. */
export interface Order {
  text: string;
  verb: 'merge' | 'retire' | 'leave' | 'pin';
  names: string[];
}

/** What a person's instructions come to. */
export interface Resolved {
  wishes: Wish[];
  leave: LeftAlone;
  /** Orders to leave alone that were understood, and orders that name nothing there is. */
  told: WishTold[];
}

const MOST_ORDERS = 50;
const NAME = String.raw`(?:"[^"\n]{1,200}"|“[^”\n]{1,200}”|'[^'\n]{1,200}'|‘[^’\n]{1,200}’|\*{1,2}[^*\n]{1,200}\*{1,2}|${'`'}[^${'`'}\n]{1,200}${'`'}|[A-Za-z0-9_-]{1,64})`;
const LEAD = String.raw`^(?:please[ \t]{1,3})?`;
const FORMS: readonly [Order['verb'], RegExp][] = [
  ['merge', new RegExp(`${LEAD}merge[ \\t]{1,3}(${NAME})[ \\t]{1,3}into[ \\t]{1,3}(${NAME})$`, 'i')],
  ['leave', new RegExp(`${LEAD}leave[ \\t]{1,3}(${NAME})[ \\t]{1,3}alone$`, 'i')],
  ['retire', new RegExp(`${LEAD}retire[ \\t]{1,3}(${NAME})$`, 'i')],
  ['pin', new RegExp(`${LEAD}pin[ \\t]{1,3}(${NAME})$`, 'i')],
];

/**
 * The orders in a text, and what is left of it without them. An order is a line or a sentence that holds
 * nothing else, or several joined by commas and "and". Titles stand in quotation marks, asterisks or backticks.
 */
export function ordersIn(instructions: string): { orders: Order[]; rest: string } {
  const orders: Order[] = [];
  const rest: string[] = [];
  for (const sentence of sentencesOf(instructions)) {
    const read = clausesOf(sentence).map(orderIn);
    // A sentence of which only a part reads like an order may mean something else as a whole: that is for a model to see.
    if (read.every((order) => order !== undefined)) orders.push(...read);
    else rest.push(sentence);
  }
  return { orders: orders.slice(0, MOST_ORDERS), rest: rest.join('\n').trim() };
}

/** What orders mean in these playbooks. Entries are named by id or title, playbooks by file name; a playbook can only be left alone. */
export function resolveOrders(orders: readonly Order[], playbooks: readonly Playbook[]): Resolved {
  const wishes: Wish[] = [];
  const told: WishTold[] = [];
  const leave = { entries: [] as string[], playbooks: [] as string[] };
  for (const order of orders) {
    const { text, verb, names } = order;
    const refuse = (refused: string) => told.push({ by: 'person', text, changed: [], refused });
    const shelf = verb === 'leave' ? playbooks.find(({ name }) => name === names[0]) : undefined;
    if (shelf !== undefined) {
      leave.playbooks.push(shelf.name);
      told.push({ by: 'person', text, changed: [] });
      continue;
    }
    const found = names.map((name) => entriesCalled(name, playbooks));
    const missing = found.findIndex((ids) => ids.length !== 1);
    const [first, second] = found.map(([id = '']) => id);
    if (missing >= 0 || first === undefined) refuse(whyNot(names[missing] ?? '', found[missing] ?? [], verb));
    else if (verb === 'leave') {
      leave.entries.push(first);
      told.push({ by: 'person', text, changed: [] });
    } else wishes.push({ by: 'person', text, deeds: [deedOf(verb, first, second ?? '')] });
  }
  return { wishes, leave, told };
}

function deedOf(verb: Exclude<Order['verb'], 'leave'>, entry: string, into: string): Wish['deeds'][number] {
  if (verb === 'merge') return { do: 'merge', entry, into };
  if (verb === 'pin') return { do: 'pin', entry };
  return { do: 'retire', entry, reason: 'Whoever dreamt asked for it.' };
}

// Ids are never ambiguous; two entries may have one title.
function entriesCalled(name: string, playbooks: readonly Playbook[]): string[] {
  const entries = playbooks.flatMap(({ sections }) =>
    sections.flatMap(({ mark, title }) => (mark === undefined ? [] : [{ id: mark.id, title }])),
  );
  if (entries.some(({ id }) => id === name)) return [name];
  return entries.filter(({ title }) => plain(title) === plain(name)).map(({ id }) => id);
}

function whyNot(name: string, ids: readonly string[], verb: Order['verb']): string {
  if (ids.length > 1) return `“${name}” is the title of ${ids.join(', ')}: name the one that you mean`;
  return `no entry${verb === 'leave' ? ' or playbook' : ''} in force is called “${name}”`;
}

function orderIn(clause: string): Order | undefined {
  for (const [verb, form] of FORMS) {
    const match = form.exec(clause);
    if (match !== null) return { text: clause, verb, names: match.slice(1).map(unquoted) };
  }
  return undefined;
}

function sentencesOf(text: string): string[] {
  return text
    .split(/\n|;|(?<=[.!])(?=\s)/)
    .map((sentence) => sentence.replace(/^[\s>*•-]+(?=[A-Za-z])|[\s.!]+$/g, '').trim())
    .filter((sentence) => sentence !== '');
}

function clausesOf(sentence: string): string[] {
  return sentence
    .split(/(?:,|\band\b)(?=[ \t]{1,3}(?:and[ \t]{1,3})?(?:please[ \t]{1,3})?(?:merge|leave|retire|pin)[ \t])/i)
    .map((clause) => clause.replace(/^\s*(?:and\s)?\s*/i, '').trim())
    .filter((clause) => clause !== '');
}

function unquoted(name: string): string {
  return name.replace(/^["“'‘*`]+|["”'’*`]+$/g, '').trim();
}

function plain(title: string): string {
  return title.replace(/\\(?=[!-/:-@[-`{-~])|`/g, '').toLowerCase();
}
