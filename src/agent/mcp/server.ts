// One MCP server over a whole session: started, asked, started anew after it broke off; never asked the same call twice.
import { canonicalJson } from '../../base/hash.ts';
import { clip, count } from '../../base/text.ts';
import { failed, type ToolCall, type ToolOutcome } from '../tools/tool.ts';
import { type Link, type Listing, type OpenWire, openLink } from './link.ts';
import type { LinkAnswer } from './link-answer.ts';
import type { CallResult, ListedTool } from './protocol.ts';
import { mcpOutcome } from './result.ts';

export interface ServerOrder {
  name: string;
  open: OpenWire;
  timeoutSeconds: number;
  /** True for a program, which costs something to start: one that dies twice without an answer is left alone. */
  givesUp: boolean;
  /** Told what a person should know; must not throw. */
  say: (text: string) => void;
}

const MOST_FAILURES = 2;

/** A server that is not started yet. */
export class McpServer {
  readonly #order: ServerOrder;
  readonly #timeoutMs: number;
  readonly #opened: Link[] = [];
  #link: Promise<LinkAnswer<Link>> | undefined;
  #first: Listing | undefined;
  /** How often in a row it ended, or could not be reached, without an answer. */
  #failures = 0;
  #toldChange = false;
  #toldGarbage = 0;

  constructor(order: ServerOrder) {
    this.#order = order;
    this.#timeoutMs = order.timeoutSeconds * 1000;
  }

  /** Connects and asks for the tools; in words why not, where that fails. */
  async start(signal: AbortSignal): Promise<Listing | { failed: string }> {
    const seconds = this.#order.timeoutSeconds;
    this.#link = this.#connect(signal);
    const answer = await this.#link;
    if (answer.kind !== 'answer') return { failed: inWords(answer, seconds) };
    const listing = await answer.value.tools({ timeoutMs: this.#timeoutMs, signal });
    this.#reportGarbage();
    if (listing.kind !== 'answer') return { failed: inWords(listing, seconds) };
    this.#first = listing.value;
    return listing.value;
  }

  /** Calls a tool by the server's own name of it. */
  async call(tool: string, call: Pick<ToolCall, 'input' | 'signal' | 'progress'>): Promise<ToolOutcome> {
    const { name, timeoutSeconds } = this.#order;
    const { input, signal, progress } = call;
    const there = await this.#current(signal);
    if (there.kind !== 'answer') {
      if (there.kind !== 'interrupted') this.#failures++;
      return failed(`The call was not made: MCP server ${name} cannot be reached (${inWords(there, timeoutSeconds)}).`);
    }
    const answer = await there.value.call(tool, input, { timeoutMs: this.#timeoutMs, signal, progress });
    if (answer.kind === 'answer' || answer.kind === 'refused') this.#failures = 0;
    if (answer.kind === 'gone') {
      this.#failures++;
      await there.value.close();
    }
    return outcomeOf(name, answer, timeoutSeconds);
  }

  /** Ends it. */
  async close(): Promise<void> {
    await this.#link; // one that is being made must be ended too
    await Promise.all(this.#opened.map((link) => link.close()));
    this.#reportGarbage();
  }

  // The link that is there, or a new one; whoever comes while it is being made waits for the same.
  async #current(signal: AbortSignal): Promise<LinkAnswer<Link>> {
    const seen = this.#link;
    const last = await seen;
    if (this.#link !== seen) return await this.#current(signal);
    if (last?.kind === 'answer' && !last.value.isOver()) return last;
    if (this.#order.givesUp && this.#failures >= MOST_FAILURES) return { kind: 'gone', why: GIVEN_UP };
    this.#link = this.#reconnect(signal);
    return await this.#link;
  }

  async #reconnect(signal: AbortSignal): Promise<LinkAnswer<Link>> {
    const answer = await this.#connect(signal);
    if (answer.kind !== 'answer') return answer;
    this.#order.say(`${this.#order.name} had broken off and was connected to anew`);
    const listing = await answer.value.tools({ timeoutMs: this.#timeoutMs, signal });
    const before = this.#first?.tools;
    if (listing.kind === 'answer' && before !== undefined && !sameTools(before, listing.value.tools)) this.#changed();
    return answer;
  }

  async #connect(signal: AbortSignal): Promise<LinkAnswer<Link>> {
    const { open } = this.#order;
    const answer = await openLink(open, { timeoutMs: this.#timeoutMs, signal }, () => this.#changed());
    if (answer.kind === 'answer') this.#opened.push(answer.value);
    return answer;
  }

  // Signed thinking holds only for the tools that it was made with, so a session keeps those that it began with.
  #changed(): void {
    const { name, say } = this.#order;
    if (!this.#toldChange) say(`${name} has changed its tools; this session keeps those that it began with`);
    this.#toldChange = true;
  }

  #reportGarbage(): void {
    const { name, say } = this.#order;
    const counts = this.#opened.map((link) => link.garbage());
    const lines = counts.reduce((sum, each) => sum + each.lines, 0);
    const newest = counts.findLast((each) => each.newest !== '')?.newest ?? '';
    if (lines > this.#toldGarbage)
      say(`${name} printed to stdout what is no message (${count(lines, 'line')}, passed over): ${newest}`);
    this.#toldGarbage = lines;
  }
}

const GIVEN_UP = 'it ended twice without an answer, and is not started again in this session';

function outcomeOf(name: string, answer: LinkAnswer<CallResult>, seconds: number): ToolOutcome {
  if (answer.kind === 'answer') return mcpOutcome(answer.value);
  if (answer.kind === 'refused') return failed(clip(answer.why, 10_000));
  const unknown = answer.kind === 'gone' || answer.kind === 'late' || answer.kind === 'interrupted';
  const note = unknown ? '; the call may have been carried out in part or whole, and is not repeated' : '';
  return failed(`[MCP server ${name}: ${inWords(answer, seconds)}${note}]`);
}

function inWords(answer: Exclude<LinkAnswer<unknown>, { kind: 'answer' }>, seconds: number): string {
  switch (answer.kind) {
    case 'refused':
    case 'gone':
      return answer.why;
    case 'unreadable':
      return `what it answered cannot be understood: ${answer.why}`;
    case 'late':
      return `no answer within ${seconds} seconds`;
    case 'interrupted':
      return 'interrupted';
    case 'huge':
      return 'it answered more than 10 MB, which is not shown';
  }
}

function sameTools(before: readonly ListedTool[], after: readonly ListedTool[]): boolean {
  const key = (tools: readonly ListedTool[]) =>
    canonicalJson(tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })));
  return key(before) === key(after);
}
