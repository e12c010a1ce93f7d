// An MCP server on loopback that speaks streamable HTTP itself; what it does with each message is the test's to say.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Message {
  id?: number | string;
  method?: string;
  params?: { name?: string; arguments?: Record<string, unknown>; protocolVersion?: string };
}

export interface Exchange {
  message: Message;
  request: IncomingMessage;
  response: ServerResponse;
  /** Answers with JSON. */
  answer(result: unknown): void;
}

export interface McpHttp {
  url: string;
  /** Every message that came, with its headers. */
  seen: { method: string | undefined; headers: IncomingMessage['headers'] }[];
  close(): Promise<void>;
}

/** `onCall` answers a call, and `first` gets to see every message before; true means that it has answered it. */
export async function mcpHttp(
  onCall: (exchange: Exchange) => void,
  first: (exchange: Exchange) => boolean = () => false,
): Promise<McpHttp> {
  const seen: McpHttp['seen'] = [];
  const server = createServer(async (request, response) => {
    if (request.method === 'DELETE') seen.push({ method: 'DELETE', headers: request.headers });
    if (request.method !== 'POST') return response.writeHead(405).end();
    const message = JSON.parse(await text(request)) as Message;
    seen.push({ method: message.method, headers: request.headers });
    const answer = (result: unknown) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ jsonrpc: '2.0', id: message.id, result }));
    };
    const exchange = { message, request, response, answer };
    if (first(exchange)) return;
    if (message.id === undefined) return response.writeHead(202).end();
    if (message.method === 'initialize') {
      response.setHeader('mcp-session-id', `session-${seen.length}`);
      const { protocolVersion } = message.params ?? {};
      return answer({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'test', version: '1' } });
    }
    if (message.method === 'tools/list') return answer({ tools: [{ name: 'echo', inputSchema: { type: 'object' } }] });
    return onCall(exchange);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    seen,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A result of one text. */
export function words(said: string) {
  return { content: [{ type: 'text', text: said }] };
}
