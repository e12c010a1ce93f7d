// MCP servers over streamable HTTP, against a real server on loopback: answers as JSON and as streams, and each way to fail.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mcpNotes } from '../../../src/agent/mcp/servers.ts';
import { call, type Ground, makeGround, textOf } from '../tools/ground.ts';
import { type Exchange, type McpHttp, mcpHttp, words } from './mcp-http.ts';
import { type OpenedMcp, openServers } from './open.ts';

let ground: Ground;
const ends: (() => Promise<void>)[] = [];
beforeEach(() => {
  ground = makeGround();
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  ground.remove();
});

async function serve(...args: Parameters<typeof mcpHttp>): Promise<McpHttp> {
  const server = await mcpHttp(...args);
  ends.push(server.close);
  return server;
}
async function open(settings: object, env: NodeJS.ProcessEnv = {}): Promise<OpenedMcp> {
  const opened = await openServers(ground, { web: settings }, { env });
  ends.push(opened.close);
  return opened;
}
const event = (message: object) => `event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`;
const stream = ({ response }: Exchange) => response.writeHead(200, { 'content-type': 'text/event-stream' });

describe('an MCP server over HTTP', () => {
  it('answers with JSON, is sent its headers with variables filled in, and is told when the session ends', async () => {
    const server = await serve(({ answer, message }) => answer(words(JSON.stringify(message.params?.arguments))));
    const headers = { Authorization: `Bearer $\{WEB_TOKEN}`, 'X-Team': 'kiln' };
    const opened = await open({ url: server.url, headers }, { WEB_TOKEN: 'granted' });
    expect(opened.tools.map((t) => t.definition.name)).toEqual(['mcp__web__echo']);
    expect(textOf(await call(opened.tools[0], { a: 1 }))).toBe('{"a":1}');
    await opened.close();
    expect(server.seen.map((s) => s.method)).toEqual([
      ...['initialize', 'notifications/initialized', 'tools/list', 'tools/call', 'DELETE'],
    ]);
    expect(
      server.seen.every((s) => s.headers.authorization === 'Bearer granted' && s.headers['x-team'] === 'kiln'),
    ).toBe(true);
    expect(server.seen.at(-1)?.headers['mcp-session-id']).toBe('session-1');
  });

  it('answers with a stream, and its progress is shown', async () => {
    const server = await serve((exchange) => {
      const { id, params } = exchange.message;
      const progressToken = (params as { _meta?: { progressToken?: unknown } })._meta?.progressToken;
      const progress = { progressToken, progress: 1, message: 'half way' };
      stream(exchange);
      exchange.response.write(event({ method: 'notifications/progress', params: progress }));
      exchange.response.end(event({ id, result: words('streamed') }));
    });
    const { tools } = await open({ url: server.url });
    const seen: string[] = [];
    expect(textOf(await call(tools[0], {}, { progress: (said) => seen.push(said) }))).toBe('streamed');
    expect(seen).toEqual(['half way']);
  });

  it('whose header names a variable that is not set is left out, and nothing is sent', async () => {
    const server = await serve(() => {});
    const { reports, tools } = await open({ url: server.url, headers: { Authorization: `$\{NOT_THERE}` } });
    expect(tools).toEqual([]);
    expect(mcpNotes(reports).join()).toContain('not set in the environment: NOT_THERE');
    expect(server.seen).toEqual([]);
  });

  it('that wants to know who asks, or is not there, is left out with the reason', async () => {
    const closed = await serve(
      () => {},
      ({ response }) => {
        response.writeHead(401).end('who are you?');
        return true;
      },
    );
    expect(mcpNotes((await open({ url: closed.url })).reports).join()).toContain('HTTP 401');
    await closed.close();
    expect(mcpNotes((await open({ url: closed.url })).reports).join()).toMatch(/cannot be used: .*ECONNREFUSED/);
  });

  it('that fails a call, or speaks no MCP, fails that call only', async () => {
    const bad = [
      ({ response }: Exchange) => response.writeHead(500).end('out of clay'),
      ({ response }: Exchange) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      ({ response }: Exchange) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"half'),
      ({ response }: Exchange) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":1}'),
      ({ response }: Exchange) => response.destroy(),
      ({ response }: Exchange) => {
        response.writeHead(200, { 'content-type': 'application/json' }).write('{"half');
        setTimeout(() => response.destroy(), 50);
      },
    ];
    let n = 0;
    const server = await serve((exchange) => {
      const next = bad[n++];
      if (next === undefined) exchange.answer(words('fine'));
      else next(exchange);
    });
    const { tools } = await open({ url: server.url, timeout_seconds: 10 });
    for (const _ of bad) expect((await call(tools[0], {})).isError).toBe(true);
    expect(textOf(await call(tools[0], {}))).toBe('fine');
    expect(server.seen.filter((s) => s.method === 'tools/call')).toHaveLength(bad.length + 1);
  });

  it('that breaks off in the middle of a stream fails the call at once', async () => {
    const server = await serve((exchange) => {
      stream(exchange);
      exchange.response.write(event({ method: 'notifications/message', params: { level: 'info', data: 'x' } }));
      setTimeout(() => exchange.response.destroy(), 20);
    });
    const { tools } = await open({ url: server.url, timeout_seconds: 60 });
    const cut = await call(tools[0], {});
    expect(cut.isError).toBe(true);
    expect(textOf(cut)).toContain('not repeated');
  });

  it('that forgot the session gets a new one for the next call', async () => {
    let forgot = true;
    const server = await serve(
      ({ answer }) => answer(words('fine')),
      ({ message, response }) => {
        if (message.method !== 'tools/call' || !forgot) return false;
        forgot = false;
        response.writeHead(404).end();
        return true;
      },
    );
    const { tools, told } = await open({ url: server.url });
    expect((await call(tools[0], {})).isError).toBe(true);
    expect(textOf(await call(tools[0], {}))).toBe('fine');
    expect(server.seen.filter((s) => s.method === 'initialize')).toHaveLength(2);
    expect(told.join()).toContain('connected to anew');
  });

  it('that never answers, or answers without an end, costs its time limit and 10 MB at most', async () => {
    const server = await serve((exchange) => {
      const { how } = exchange.message.params?.arguments ?? {};
      if (how === 'silent') return;
      if (how === 'stream') stream(exchange).write('data: ');
      else exchange.response.writeHead(200, { 'content-type': 'application/json' }).write('"');
      const chunk = Buffer.alloc(1_000_000, 'x');
      const more = () => {
        if (!exchange.response.destroyed) exchange.response.write(chunk, () => setTimeout(more));
      };
      more();
    });
    const { tools } = await open({ url: server.url, timeout_seconds: 20 });
    for (const how of ['json', 'stream']) {
      expect(textOf(await call(tools[0], { how }))).toContain('more than 10 MB');
    }
    const short = await open({ url: server.url, timeout_seconds: 0.5 });
    expect(textOf(await call(short.tools[0], { how: 'silent' }))).toContain('no answer within 0.5 seconds');
  });

  it('that sends its callers elsewhere is not followed, and no header leaves for there', async () => {
    const other = await serve(({ answer }) => answer(words('stolen')));
    const server = await serve(
      () => {},
      ({ response }) => {
        response.writeHead(307, { location: other.url }).end();
        return true;
      },
    );
    const headers = { Authorization: `$\{WEB_TOKEN}` };
    const { reports } = await open({ url: server.url, headers }, { WEB_TOKEN: 'granted' });
    expect(reports).toMatchObject([{ state: 'failed' }]);
    expect(other.seen).toEqual([]);
  });

  it('of the newest protocol, which knows no handshake, is asked in its own way', async () => {
    const server = await serve(
      ({ message, answer }) =>
        answer({ resultType: 'complete', ...words(`new ${JSON.stringify(message.params?.arguments)}`) }),
      ({ message, response, answer }) => {
        if (message.method === 'initialize') {
          const error = { code: -32601, message: 'no handshake here' };
          response.setHeader('content-type', 'application/json');
          response.end(JSON.stringify({ jsonrpc: '2.0', id: message.id, error }));
          return true;
        }
        const common = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
        if (message.method === 'server/discover')
          answer({
            ...common,
            supportedVersions: ['2026-07-28'],
            capabilities: { tools: {} },
            serverInfo: { name: 'new', version: '1' },
          });
        else if (message.method === 'tools/list')
          answer({ ...common, tools: [{ name: 'echo', inputSchema: { type: 'object' } }] });
        else return false;
        return true;
      },
    );
    const { tools, reports } = await open({ url: server.url });
    expect(mcpNotes(reports)).toEqual([]);
    expect(textOf(await call(tools[0], { a: 1 }))).toBe('new {"a":1}');
  });
});
