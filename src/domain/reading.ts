// What a model is shown of a sample of sessions, and what code believes of its answers; plain data, judges nothing.

/** Most tokens of one digest, by `roughTokens`. */
export const DIGEST_TOKENS = 4000;

/** A passage of a digest that may be cited. */
export interface Passage {
  event: string;
  /** SHA-256 of the stored line's bytes without the newline. */
  sha256: string;
  /** `person`: said about work that had begun. `task`: said before anything was done. `agent`: a call. */
  by: 'person' | 'task' | 'agent';
  /** The tool, for a call. */
  tool?: string;
  /** What of it was shown. */
  shown: string;
  /** The stored event, in which a quote must occur. */
  stored: unknown;
}

/** One session told in at most 4,000 tokens. */
export interface Digest {
  session: string;
  text: string;
  /** By the name that the text gives them: `e1`, `e2` and so on. */
  passages: ReadonlyMap<string, Passage>;
}

/** A place that a model cited and code found: the event exists, its hash is right and the quote stands in it. */
export interface Cited {
  session: string;
  event: string;
  quote: string;
}

/** What a model saw in several sessions, every place of it checked; nothing here but quotes and names is its own. */
export type Candidate =
  | { kind: 'preference'; said: Cited[]; against: Cited[] }
  | { kind: 'workflow'; steps: string[]; cited: Cited[] }
  | { kind: 'gap'; tool: string; argument?: string; criterion?: string; cited: Cited[] };

/** Something that was proposed and is not believed, or only in part. */
export interface RefusedReading {
  kind: Candidate['kind'];
  /** The rule that stands against it. */
  rule: string;
  /** A sentence of ours; holds nothing of what the model said. */
  reason: string;
  /** Sessions that were shown when it was proposed. */
  sessions: string[];
}
