// The contract of a tool: what the model is told, what permissions look at, and a run that ends in a result whatever happens.
import type { Block } from '../../domain/events.ts';
import type { ToolDefinition } from '../../model/model.ts';

/** What a call came to. A failure of the work is an error result, never an exception. */
export interface ToolOutcome {
  content: Block[];
  isError?: boolean;
  /** Files that it changed, below the workspace, for the record. */
  changed?: string[];
  /** The run ends here and waits for a person: what the agent needs to go on. */
  blocked?: string;
}

export interface ToolCall {
  /** Id of the `agent.tool_use` event. */
  id: string;
  input: Record<string, unknown>;
  /** Fires when the turn is interrupted: end what was started, and say so in the result. */
  signal: AbortSignal;
  /** Shows a line of progress to people; must not throw. */
  progress: (text: string) => void;
}

/** What permissions match a pattern in brackets against. */
export interface ToolSubject {
  /** `command`: a shell line, judged command by command · `path`: below the workspace, with `/` · `text`: as it is. */
  kind: 'command' | 'path' | 'text';
  value: string;
}

export interface Tool {
  definition: ToolDefinition;
  /** True where calls of it change nothing, so that several of one turn may run side by side. */
  readOnly: boolean;
  /** True where calls of it that stand side by side in one turn also run side by side, although they change something. */
  parallel?: boolean;
  /** What the call is about, for permissions and for people; undefined where only the tool's name counts. Never throws. */
  subject(input: Record<string, unknown>): ToolSubject | undefined;
  /** Checks the arguments itself: what does not fit is an error result that says what was expected. Never throws but for bugs. */
  run(call: ToolCall): Promise<ToolOutcome>;
  /** Ends whatever outlives a call (a serving process, background commands). Called once, at the session's end. */
  close?(): Promise<void>;
}

/** A result that tells the model what went wrong. */
export function failed(text: string): ToolOutcome {
  return { content: [{ type: 'text', text }], isError: true };
}

/** A result of plain text. */
export function said(text: string): ToolOutcome {
  return { content: [{ type: 'text', text }] };
}
