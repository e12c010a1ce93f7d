// What mining keeps of one session: its actions and turns, small enough to hold a hundred thousand of; never whole results.

/** Extracts of another version in the cache are made anew. */
export const EXTRACT_VERSION = 16;

/** How a tool call ended. `denied`: a person or rule refused it, so it never ran. */
export type ActionStatus = 'ok' | 'error' | 'denied' | 'unanswered';

/** A stored line that can be cited. */
export interface Cite {
  event: string;
  /** SHA-256 of the stored line's bytes without the newline. */
  sha256: string;
}

/** One tool call with its answer. */
export interface Action {
  call: Cite;
  /** Only where it did not end well. */
  result?: Cite;
  /** The thread, and the branch of a rewound conversation: actions follow each other only within a lane. */
  lane: string;
  tool: string;
  /** The arguments; texts over 2,000 characters keep their head and carry a hash of the whole, so equality stays exact. */
  input: unknown;
  /** Hash of the whole canonical input: equal calls have equal hashes. */
  inputHash: string;
  status: ActionStatus;
  /** The error's text as the tool gave it, at most 4,000 characters. Only for `error`. */
  error?: string;
  /** Hash of the whole result, to tell polling from looping. */
  resultHash?: string;
  /** Single values that the result showed (JSON, or `name: value` lines), by JSON pointer: what the agent could know from here on. */
  values?: Record<string, ObservedValue>;
  /** Place of the call in the session's canonical order; turns and results count too. */
  step: number;
  /** Place of its result: calls made before it could not know how this one ended. */
  answered?: number;
  /** True for a call to an MCP server, whose words are not those of a local tool. */
  mcp?: true;
  /** JSON pointers of text arguments with words that an outside tool, or an order in a tool's result, said before anybody else in the session did. */
  borrowed?: string[];
  /** JSON pointers of text arguments whose whole value an earlier answer of a tool showed; only where its tool failed in the session. */
  shown?: string[];
  /** Its share of the request that made it; absent where the transcript does not tell. */
  spent?: Spent;
  at?: string;
}

/** Tokens in and out, without those that were read from a cache; dollars where the transcript has them. */
export interface Spent {
  tokens: number;
  usd?: number;
}

/** A number, a truth value or a short word. */
export type ObservedValue = number | boolean | string;

/** One grade of the session, in its order: what each criterion came to, as far as it could be told. */
export interface Evaluated {
  cite: Cite;
  rubric: string;
  iteration: number;
  result: string;
  /** Criterion → met or not; one that could not be told is absent. */
  criteria: Record<string, boolean>;
  /** Those of them that a model decided. */
  judged?: string[];
  /** Place in the session's canonical order, as for actions. */
  step: number;
  at?: string;
}

/** Something that a person said; injected text is already taken out. */
export interface Turn {
  cite: Cite;
  lane: string;
  /** At most 4,000 characters. */
  text: string;
  /** How many actions of the session came before it. */
  afterActions: number;
  /** True if the turn followed a refused or interrupted action. */
  afterInterrupt: boolean;
  /** Place in the session's canonical order, as for actions. */
  step: number;
  /** True where a sentence of it stood word for word in what an outside tool had said: pasted, not said. */
  borrowed?: true;
  at?: string;
}

/** A session as the miner sees it; a pure function of the stored lines, whatever order they were imported in. */
export interface Extract {
  version: typeof EXTRACT_VERSION;
  session: string;
  /** Hash over the sorted hashes of all event lines but header and updates. */
  content: string;
  tool: string;
  project?: string;
  task?: string;
  prompt?: string;
  agent?: string;
  model?: string;
  by?: string;
  /** First dated event, RFC 3339; absent for undated sessions. */
  at?: string;
  /** Last dated event, RFC 3339. */
  last?: string;
  outcome: 'pass' | 'fail' | null;
  /** Every grade; absent where there is none. */
  evaluations?: Evaluated[];
  /** Name of the imported label, where one decided the outcome. */
  label?: string;
  /** Entries of playbooks that the session had in its prompt. */
  loaded?: string[];
  /** Entries that were chosen for it and kept out by a draw. */
  heldOut?: string[];
  actions: Action[];
  turns: Turn[];
  /** Event ids, hashed to 32 bits and sorted, a bottom-128 sketch: copies and forks share them. */
  sketch: number[];
}
