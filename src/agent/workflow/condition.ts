// Conditions of steps (`when`): a small language of comparisons, read by code of ours; nothing is evaluated as a program.
import { readName, type ValueName } from './value.ts';

export type Condition =
  | { is: 'literal'; value: unknown }
  | { is: 'value'; name: ValueName; written: string }
  | { is: 'not'; of: Condition }
  | { is: 'and' | 'or'; parts: Condition[] }
  | { is: 'compare'; how: Comparison; left: Condition; right: Condition };

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in';

interface Token {
  kind: 'symbol' | 'word' | 'text' | 'number' | 'end';
  text: string;
  /** 1-based column. */
  at: number;
}

/** What is wrong with a condition; only thrown and caught in this file. */
class Wrong extends Error {}

const MOST_DEPTH = 40;
// Sticky and without nested repetition: reading is linear whatever the text.
const TOKEN =
  /\s*(?:(==|!=|<=|>=|<|>|\(|\)|\[|\]|,)|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(-?\d+(?:\.\d+)?)(?![\w.])|([A-Za-z_][\w.-]*(?:\/[^\s()[\],<>=!"'{}]*)?))/y;

/**
 * `a or b`, `a and b`, `not a`, `(a)`, comparisons `== != < <= > >= in` and `not in` over values (`steps.plan.json/risk`),
 * texts in quotes, numbers, `true`, `false`, `null` and lists. `{{…}}` around a value, or the whole, is allowed.
 */
export function readCondition(text: string): Condition | { wrong: string } {
  try {
    const reader = new Reader(tokens(text.replace(/\{\{|\}\}/g, ' ')));
    return reader.whole();
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    return { wrong: error.message };
  }
}

/** Every value that a condition names. */
export function namesIn(condition: Condition): { name: ValueName; written: string }[] {
  switch (condition.is) {
    case 'literal':
      return [];
    case 'value':
      return [condition];
    case 'not':
      return namesIn(condition.of);
    case 'and':
    case 'or':
      return condition.parts.flatMap(namesIn);
    case 'compare':
      return [...namesIn(condition.left), ...namesIn(condition.right)];
  }
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null)
      throw new Wrong(`“${text.slice(from).trim().slice(0, 20)}” is not understood (column ${from + 1})`);
    const [, symbol, double, single, number, word] = match;
    const at = TOKEN.lastIndex - match[0].trimStart().length + 1;
    if (symbol !== undefined) found.push({ kind: 'symbol', text: symbol, at });
    else if (number !== undefined) found.push({ kind: 'number', text: number, at });
    else if (word !== undefined) found.push({ kind: 'word', text: word, at });
    else found.push({ kind: 'text', text: (double ?? single ?? '').replace(/\\(.)/gs, '$1'), at });
  }
  return [...found, { kind: 'end', text: 'the end', at: end + 1 }];
}

class Reader {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(found: readonly Token[]) {
    this.#tokens = found;
  }

  whole(): Condition {
    const condition = this.#either();
    const { kind, text, at } = this.#peek();
    if (kind !== 'end') throw new Wrong(`“${text}” is not expected there (column ${at})`);
    return condition;
  }

  #either(): Condition {
    const parts = [this.#both()];
    while (this.#take('word', 'or')) parts.push(this.#both());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { is: 'or', parts };
  }

  #both(): Condition {
    const parts = [this.#negated()];
    while (this.#take('word', 'and')) parts.push(this.#negated());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { is: 'and', parts };
  }

  #negated(): Condition {
    if (!this.#take('word', 'not')) return this.#comparison();
    return this.#deeper(() => ({ is: 'not', of: this.#negated() }));
  }

  #comparison(): Condition {
    const left = this.#operand();
    const how = this.#operator();
    return how === undefined ? left : { is: 'compare', how, left, right: this.#operand() };
  }

  #operator(): Comparison | undefined {
    for (const how of ['==', '!=', '<=', '>=', '<', '>'] as const) if (this.#take('symbol', how)) return how;
    if (this.#take('word', 'in')) return 'in';
    if (!this.#take('word', 'not')) return undefined;
    if (this.#take('word', 'in')) return 'not in';
    throw new Wrong(`after a value, “not” goes with “in” (column ${this.#peek().at})`);
  }

  #operand(): Condition {
    if (this.#take('symbol', '(')) {
      const inner = this.#deeper(() => this.#either());
      this.#expect(')');
      return inner;
    }
    if (this.#take('symbol', '[')) return { is: 'literal', value: this.#deeper(() => this.#list()) };
    const { kind, text, at } = this.#peek();
    this.#next++;
    if (kind === 'text') return { is: 'literal', value: text };
    if (kind === 'number') return { is: 'literal', value: Number(text) };
    if (kind !== 'word' || ['and', 'or', 'in'].includes(text))
      throw new Wrong(`a value is missing before “${text}” (column ${at})`);
    if (LITERALS.has(text)) return { is: 'literal', value: LITERALS.get(text) };
    const name = readName(text);
    if ('wrong' in name) throw new Wrong(name.wrong);
    return { is: 'value', name, written: text };
  }

  // A list holds literals only.
  #list(): unknown[] {
    const items: unknown[] = [];
    while (!this.#take('symbol', ']')) {
      if (items.length > 0) this.#expect(',');
      const { at } = this.#peek();
      const item = this.#operand();
      if (item.is !== 'literal') throw new Wrong(`a list holds texts, numbers, true, false and null (column ${at})`);
      items.push(item.value);
    }
    return items;
  }

  #deeper<T>(read: () => T): T {
    if (++this.#depth > MOST_DEPTH) throw new Wrong(`it has more than ${MOST_DEPTH} levels`);
    const found = read();
    this.#depth--;
    return found;
  }

  #expect(symbol: string): void {
    const { text, at } = this.#peek();
    if (!this.#take('symbol', symbol)) throw new Wrong(`${symbol} is missing before “${text}” (column ${at})`);
  }

  #take(kind: Token['kind'], text: string): boolean {
    const next = this.#peek();
    if (next.kind !== kind || next.text !== text) return false;
    this.#next++;
    return true;
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: 'the end', at: 1 };
  }
}

const LITERALS = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
