// The contract of a model: one conversation in, one whole answer or one classified failure out; never half an answer.

/** A block of a message in the shape of the Messages API. Assistant blocks are kept exactly as they arrived, whatever their type. */
export interface ApiBlock {
  type: string;
  [key: string]: unknown;
}

/** One message of a conversation, in the shape of the Messages API. */
export interface ApiMessage {
  role: 'user' | 'assistant';
  content: ApiBlock[];
}

/** A tool as the model is told of it. `name` matches [a-zA-Z0-9_-]{1,64}; `input_schema` is a JSON schema of type object. */
export interface ToolDefinition {
  name: string;
  description: string;
  input_schema: Record<string, unknown>;
}

export const efforts = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof efforts)[number];

/** What the model is asked. The same value gives the same bytes on the wire. */
export interface ModelRequest {
  model: string;
  /** System prompt, as text blocks in order; none if empty. */
  system: string[];
  tools: ToolDefinition[];
  messages: ApiMessage[];
  /** Most tokens that the answer may have. */
  maxTokens: number;
  effort?: Effort;
  /** Let the model think where server and model can. */
  thinking: boolean;
  /** Forces a call of this tool (a grader's verdict); absent = the model decides. */
  forceTool?: string;
  /** Chances of the trial. Scripted models alone are told. */
  seed?: string;
  /** Tells equal questions of one batch apart, where more than one opinion is wanted. No model is told. */
  copy?: number;
}

/** Tokens as the server counted them; a server that does not say leaves 0 and `known` false. */
export interface Usage {
  input_tokens: number;
  output_tokens: number;
  cache_read_input_tokens: number;
  cache_creation_input_tokens: number;
  known: boolean;
}

/** A tool call of an answer whose arguments are no JSON object: it must not run, and the model is told so. */
export interface BrokenCall {
  id: string;
  /** What came, cut to 2,000 characters. */
  raw: string;
  reason: string;
}

/** A whole answer: `message_stop` arrived (or, from servers that never send it, at least a stop reason). */
export interface ModelAnswer {
  kind: 'answer';
  /** Blocks in order, verbatim. The `input` of a broken call is `{}`. */
  content: ApiBlock[];
  broken: BrokenCall[];
  /** As the server said it; null where it said nothing. */
  stopReason: string | null;
  /** True where the server closed the stream in order, after a stop reason, but never sent `message_stop`. */
  unclosed?: true;
  /** The refusal's details or the stop sequence, where there are any. */
  stopDetails?: unknown;
  model: string;
  requestId?: string;
  usage: Usage;
  /** Dollars, or undefined where the model has no known price. */
  usd: number | undefined;
  /** Milliseconds from the last attempt's start to its end. */
  ms: number;
  /** Attempts that it took, 1 or more. */
  attempts: number;
}

/**
 * Why there is no answer.
 * `config`: key, permission, model name or address is wrong (401, 403, 404) · `spend`: the account may not spend (402, spend limits) ·
 * `context`: the conversation is too long · `too_large`: the request's bytes are (413) · `thinking`: signed thinking no longer fits
 * what comes before it · `pairing`: calls and results do not match · `invalid`, another 400 · `exhausted`: retries or their time
 * ran out · `interrupted`: our own signal · `unheard`: a cassette or script has no answer to this.
 */
export type FailureKind =
  | 'config'
  | 'spend'
  | 'context'
  | 'too_large'
  | 'thinking'
  | 'pairing'
  | 'invalid'
  | 'exhausted'
  | 'interrupted'
  | 'unheard';

export interface ModelFailure {
  kind: 'failure';
  failure: FailureKind;
  /** One sentence for people: what happened, with the server's own words where it gave any. */
  message: string;
  status?: number;
  /** The API's error type or code, for example `overloaded_error`. */
  code?: string;
  requestId?: string;
  attempts: number;
  /** What partial answers cost before they broke off, as far as the server said. */
  usage: Usage;
  usd: number | undefined;
  ms: number;
}

/** What can be seen while an answer arrives. None of these may throw. */
export interface ModelWatcher {
  /** Text or thinking as it streams; for showing only, since an attempt may still fail. */
  onText?: (piece: { type: 'text' | 'thinking'; text: string }) => void;
  /** A tool call has begun to arrive. */
  onTool?: (name: string) => void;
  /** An attempt failed and another one follows after `waitMs`; what was shown of it is void. */
  onRetry?: (retry: { attempt: number; waitMs: number; message: string; status?: number; code?: string }) => void;
}

export interface Model {
  /** What answers, for people: `api.anthropic.com`, `http://127.0.0.1:8080`, `script demo.yaml`. */
  readonly where: string;
  /** Asks once, with as many attempts as the policy allows. Never throws for what the server does; throws only on bugs. */
  ask(request: ModelRequest, signal: AbortSignal, watcher?: ModelWatcher): Promise<ModelAnswer | ModelFailure>;
}
