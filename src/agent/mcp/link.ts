// One connection to an MCP server from its handshake to its end; repeats no call, and is not used again once it has ended.
import type { Client } from '@modelcontextprotocol/client';
import { VERSION } from '../../base/version.ts';
import { answerOf, inWords, type Limits, type LinkAnswer, type Patience } from './link-answer.ts';
import { type CallResult, callResult, type ListedTool, listedTool, toolPage } from './protocol.ts';
import type { Sdk, Wire, WireEvents } from './wire.ts';

export interface Listing {
  tools: ListedTool[];
  /** What was left out, in words. */
  notes: string[];
}

export interface Link {
  /** True once it has ended: a call would reach nobody. */
  isOver(): boolean;
  tools(patience: Patience): Promise<LinkAnswer<Listing>>;
  call(tool: string, input: Record<string, unknown>, patience: CallPatience): Promise<LinkAnswer<CallResult>>;
  garbage: Wire['garbage'];
  close(): Promise<void>;
}

export interface CallPatience extends Patience {
  progress: (text: string) => void;
}

/** Makes a wire that is not opened yet; called once a try. */
export type OpenWire = (sdk: Sdk, events: WireEvents) => Promise<Wire>;

const MOST_PAGES = 64;
const MOST_TOOLS = 128;
const NO_SUCH_METHOD = -32601;

/**
 * Connects. First with the handshake that every server up to the revision of 2025-11-25 knows and newer ones understand; a
 * server that answers it with a refusal is asked once more in the newest way.
 */
export async function openLink(
  open: OpenWire,
  patience: Patience,
  onToolsChanged: () => void,
): Promise<LinkAnswer<Link>> {
  const sdk = await import('@modelcontextprotocol/client');
  const first = await connect(sdk, open, patience, { mode: 'legacy', onToolsChanged });
  if (first.kind !== 'refused') return first;
  const second = await connect(sdk, open, patience, { mode: 'auto', onToolsChanged });
  return second.kind === 'answer' ? second : first;
}

interface How {
  mode: 'legacy' | 'auto';
  onToolsChanged: () => void;
}

async function connect(sdk: Sdk, open: OpenWire, patience: Patience, how: How): Promise<LinkAnswer<Link>> {
  const waiting = new Set<(why: 'huge') => void>();
  const wire = await open(sdk, {
    onHuge: () => {
      for (const tell of waiting) tell('huge');
    },
  });
  let over = false;
  wire.transport.onclose = () => {
    over = true;
  };
  // No capability is declared: a server can make us do nothing (no sampling, no questions to the person, no roots).
  const options = { capabilities: {}, versionNegotiation: { mode: how.mode } };
  const client = new sdk.Client({ name: 'agentmem', version: VERSION }, options);
  client.setNotificationHandler('notifications/tools/list_changed', () => how.onToolsChanged());
  const ask = <T>(limits: Patience, request: (limits: Limits) => Promise<T>) =>
    answerOf(sdk, { wire, waiting, isOver: () => over, limits }, request);
  const connected = await ask(patience, (limits) => client.connect(wire.transport, limits));
  if (connected.kind !== 'answer') {
    await wire.close();
    return connected;
  }
  const value: Link = {
    isOver: () => over,
    tools: (limits) => ask(limits, (each) => allTools(sdk, client, each)),
    call: (name, input, limits) =>
      ask(limits, (each) => {
        const onprogress = ({ message }: { message?: string | undefined }) => {
          if (message !== undefined) limits.progress(inWords(message));
        };
        const request = { method: 'tools/call', params: { name, arguments: input } } as const;
        return client.request(request, callResult, { ...each, onprogress });
      }),
    garbage: wire.garbage,
    close: async () => {
      over = true;
      await wire.close();
      await client.close();
    },
  };
  return { kind: 'answer', value };
}

async function allTools(sdk: Sdk, client: Client, limits: Limits): Promise<Listing> {
  const listing: Listing = { tools: [], notes: [] };
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const found = await pageOf(sdk, client, cursor, limits);
    for (const tool of found.tools) take(listing, tool);
    if (typeof found.nextCursor !== 'string' || listing.tools.length >= MOST_TOOLS) break;
    cursor = found.nextCursor;
  }
  if (listing.tools.length > MOST_TOOLS) {
    listing.tools.length = MOST_TOOLS;
    listing.notes.push(`it has more than ${MOST_TOOLS} tools; name those that are needed under tools`);
  }
  return listing;
}

// A server without tools need not know the question.
async function pageOf(sdk: Sdk, client: Client, cursor: string | undefined, limits: Limits) {
  try {
    const params = cursor === undefined ? {} : { cursor };
    return await client.request({ method: 'tools/list', params }, toolPage, limits);
  } catch (error) {
    if (error instanceof sdk.ProtocolError && error.code === NO_SUCH_METHOD)
      return { tools: [], nextCursor: undefined };
    throw error;
  }
}

function take({ tools, notes }: Listing, raw: unknown): void {
  const parsed = listedTool.safeParse(raw);
  if (parsed.success) tools.push(parsed.data);
  else if (notes.length < 10) notes.push(`a tool is left out, its description is malformed: ${malformed(raw)}`);
}

function malformed(raw: unknown): string {
  const name = raw !== null && typeof raw === 'object' && 'name' in raw ? raw.name : raw;
  return inWords(typeof name === 'string' ? name : typeof name);
}
