// One tool call of a stored extract: what is looked at in all calls is here, the rest is read when it is asked for; never changes what it answers.
import type { Action, ActionStatus } from './extract-types.ts';

/** What is read of a single action. */
export type Own = Pick<
  Action,
  'call' | 'result' | 'input' | 'error' | 'values' | 'mcp' | 'borrowed' | 'spent' | 'at' | 'shown'
>;

/** Absent or undefined, which is the same to whoever reads it. */
export type Loose<T> = { [K in keyof T]: T[K] | undefined };

/** The actions of a session side by side. */
export interface Columns {
  tools: string[];
  lanes: string[];
  /** By action: places in `tools` and `lanes`. */
  tool: number[];
  lane: number[];
  /** One letter an action. */
  status: string;
  step: number[];
  answered: (number | null)[];
  inputHash: string[];
  resultHash: (string | null)[];
  /** Bits of what it has of its own, so that asking for what is absent reads nothing. */
  has: number[];
  /** Bytes of what it has of its own. */
  own: number[];
}

const LETTERS: Record<ActionStatus, string> = { ok: 'o', error: 'e', denied: 'd', unanswered: 'u' };
const STATUSES = new Map(Object.entries(LETTERS).map(([status, letter]) => [letter, status as ActionStatus])); // its own keys
const BITS = { result: 1, error: 2, values: 4, mcp: 8, borrowed: 16, spent: 32, at: 64, shown: 128 };
const FLAGS = Object.entries(BITS);

/** What an action has of its own, beside its columns. */
export function ownOf({ call, result, input, error, values, mcp, borrowed, spent, at, shown }: Action): Loose<Own> {
  return { call, result, input, error, values, mcp, borrowed, spent, at, shown };
}

/** @param own bytes of what each action has of its own */
export function columnsOf(actions: readonly Action[], own: number[]): Columns {
  const tools = new Map<string, number>();
  const lanes = new Map<string, number>();
  const place = (places: Map<string, number>, name: string) => {
    const known = places.get(name) ?? places.size;
    places.set(name, known);
    return known;
  };
  return {
    tool: actions.map((a) => place(tools, a.tool)),
    lane: actions.map((a) => place(lanes, a.lane)),
    tools: [...tools.keys()],
    lanes: [...lanes.keys()],
    status: actions.map((a) => LETTERS[a.status]).join(''),
    step: actions.map((a) => a.step),
    answered: actions.map((a) => a.answered ?? null),
    inputHash: actions.map((a) => a.inputHash),
    resultHash: actions.map((a) => a.resultHash ?? null),
    has: actions.map(bitsOf),
    own,
  };
}

function bitsOf(action: Action): number {
  let bits = 0;
  for (const [key, bit] of FLAGS) if (key in action) bits |= bit;
  return bits;
}

/** Where an action's own part lies among those of its session. */
export interface Reader {
  own(from: number, length: number): Own;
}

/** The actions of a session. */
export function storedActions(columns: Columns, reader: Reader): Action[] {
  let from = 0;
  return columns.own.map((length, i) => {
    const action = new StoredAction(reader, columns, i, from);
    from += length;
    return action as Action; // the same fields; one that is absent is undefined
  });
}

class StoredAction implements Loose<Action> {
  readonly tool: string;
  readonly lane: string;
  readonly status: ActionStatus;
  readonly step: number;
  readonly answered: number | undefined;
  readonly inputHash: string;
  readonly resultHash: string | undefined;
  readonly #reader: Reader;
  readonly #has: number;
  readonly #from: number;
  readonly #length: number;

  constructor(reader: Reader, columns: Columns, i: number, from: number) {
    this.tool = columns.tools[columns.tool[i] ?? 0] ?? '';
    this.lane = columns.lanes[columns.lane[i] ?? 0] ?? '';
    this.status = STATUSES.get(columns.status[i] ?? '') ?? 'unanswered';
    this.step = columns.step[i] ?? 0;
    this.answered = columns.answered[i] ?? undefined;
    this.inputHash = columns.inputHash[i] ?? '';
    this.resultHash = columns.resultHash[i] ?? undefined;
    this.#reader = reader;
    this.#has = columns.has[i] ?? 0;
    this.#from = from;
    this.#length = columns.own[i] ?? 0;
  }

  get call() {
    return this.#own().call;
  }

  get input() {
    return this.#own().input;
  }

  get result() {
    return this.#has & BITS.result ? this.#own().result : undefined;
  }

  get error() {
    return this.#has & BITS.error ? this.#own().error : undefined;
  }

  get values() {
    return this.#has & BITS.values ? this.#own().values : undefined;
  }

  get mcp() {
    return this.#has & BITS.mcp ? this.#own().mcp : undefined;
  }

  get borrowed() {
    return this.#has & BITS.borrowed ? this.#own().borrowed : undefined;
  }

  get shown() {
    return this.#has & BITS.shown ? this.#own().shown : undefined;
  }

  get spent() {
    return this.#has & BITS.spent ? this.#own().spent : undefined;
  }

  get at() {
    return this.#has & BITS.at ? this.#own().at : undefined;
  }

  toJSON(): object {
    return { ...this, ...this.#own() };
  }

  #own(): Own {
    return this.#reader.own(this.#from, this.#length);
  }
}
