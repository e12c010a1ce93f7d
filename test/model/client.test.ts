import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { attempt, type Outcome } from '../../src/model/attempt.ts';
import { type ClientOptions, openClient } from '../../src/model/client.ts';
import { findServer, isServer, type Server } from '../../src/model/server.ts';
import { usualPatience } from '../../src/model/silence.ts';
import { answering, refusal, rich, saying, sse, stream } from './sse.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function serverFor(env: NodeJS.ProcessEnv, baseUrl?: string): Server {
  const server = findServer(env, baseUrl);
  if (!isServer(server)) throw new Error('no server');
  return server;
}

async function ask(server: Server, options: Partial<ClientOptions> = {}): Promise<Outcome> {
  const { client, close } = await openClient({ server, env: {}, ...options });
  closing.push(close);
  return attempt({
    client,
    body: { model: 'm', max_tokens: 5, messages: [], stream: true },
    signal: new AbortController().signal,
    watcher: {},
    patience: usualPatience,
    now: () => new Date(0),
    lenient: false,
  });
}

async function sent(env: NodeJS.ProcessEnv, baseUrl?: string) {
  const { fetch, asked } = answering(stream(rich));
  await ask(serverFor(env, baseUrl), { fetch });
  const first = asked[0];
  if (first === undefined) throw new Error('nothing was asked');
  const { headers, url } = first;
  return {
    url,
    version: headers.get('anthropic-version'),
    authorization: headers.get('authorization'),
    key: headers.get('x-api-key'),
    trace: headers.get('traceparent'),
  };
}

describe('what goes out', () => {
  it('to Anthropic is what its SDK sends', async () => {
    expect(await sent({ ANTHROPIC_API_KEY: 'made-up' })).toEqual({
      url: 'https://api.anthropic.com/v1/messages',
      version: '2026-10-21',
      authorization: 'Bearer made-up',
      key: null,
      trace: null,
    });
    expect(await sent({ ANTHROPIC_AUTH_TOKEN: 'token' })).toMatchObject({ authorization: 'Bearer token', key: null });
  });

  it('to other servers has the older version, and the key in both places', async () => {
    expect(await sent({ ANTHROPIC_API_KEY: 'made-up' }, 'https://gate.example/anthropic/v1/')).toEqual({
      url: 'https://gate.example/anthropic/v1/messages',
      version: '2023-06-01',
      authorization: 'Bearer made-up',
      key: 'made-up',
      trace: null,
    });
    expect(await sent({ ANTHROPIC_AUTH_TOKEN: 'token' }, 'https://gate.example')).toMatchObject({
      authorization: 'Bearer token',
      key: null,
    });
  });

  it('to a server that needs no key shows none, and no profile file is looked at', async () => {
    const home = mkdtempSync(join(tmpdir(), 'agentmem-profile-'));
    closing.push(() => rmSync(home, { recursive: true }));
    mkdirSync(join(home, 'configs'));
    const profile = { base_url: 'https://evil.example', authentication: { type: 'user_oauth' } };
    writeFileSync(join(home, 'configs', 'default.json'), JSON.stringify(profile));
    const before = process.env.ANTHROPIC_CONFIG_DIR;
    process.env.ANTHROPIC_CONFIG_DIR = home;
    try {
      expect(await sent({}, 'http://127.0.0.1:11434')).toEqual({
        url: 'http://127.0.0.1:11434/v1/messages',
        version: '2023-06-01',
        authorization: null,
        key: null,
        trace: null,
      });
    } finally {
      if (before === undefined) delete process.env.ANTHROPIC_CONFIG_DIR;
      else process.env.ANTHROPIC_CONFIG_DIR = before;
    }
  });

  it('is not taken from the environment of the process behind our back', async () => {
    const names = ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_BASE_URL'];
    const before = names.map((name) => process.env[name]);
    for (const name of names) process.env[name] = 'https://evil.example';
    try {
      expect(await sent({ ANTHROPIC_AUTH_TOKEN: 'token' })).toMatchObject({
        url: 'https://api.anthropic.com/v1/messages',
        authorization: 'Bearer token',
      });
    } finally {
      names.forEach((name, i) => {
        if (before[i] === undefined) delete process.env[name];
        else process.env[name] = before[i];
      });
    }
  });

  it('is asked once: the SDK retries nothing itself', async () => {
    const { fetch, asked } = answering(
      refusal(529, 'overloaded_error', 'Overloaded', { headers: { 'retry-after': '0' } }),
    );
    expect(await ask(serverFor({ ANTHROPIC_API_KEY: 'k' }), { fetch })).toMatchObject({ fault: { status: 529 } });
    expect(asked).toHaveLength(1);
  });
});

describe('the log of the SDK', () => {
  it('goes where it is told to if the environment asks for it, without the key, and nowhere else', async () => {
    const lines: string[] = [];
    const server = serverFor({ ANTHROPIC_API_KEY: 'made-up-key' }, 'https://gate.example');
    const options = { fetch: answering(stream(rich)).fetch, log: (line: string) => lines.push(line) };
    await ask(server, options);
    expect(lines).toEqual([]);
    await ask(server, { ...options, env: { ANTHROPIC_LOG: 'debug' } });
    expect(lines.join('\n')).toContain('gate.example');
    expect(lines.join('\n')).not.toContain('made-up-key');
    const told = lines.length;
    await ask(server, { fetch: options.fetch, env: { ANTHROPIC_LOG: 'debug' } });
    await ask(server, { ...options, env: { ANTHROPIC_LOG: 'shout' } });
    expect(lines).toHaveLength(told);
  });
});

async function listen(server: HttpServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('over the network', () => {
  const answer = (_: IncomingMessage, response: import('node:http').ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(sse(rich));
  };

  it('a server answers through the dispatcher, and its connection is used again', async () => {
    const ports = new Set<number | undefined>();
    const url = await listen(
      createServer((request, response) => {
        ports.add(request.socket.remotePort);
        answer(request, response);
      }),
    );
    const { client, close } = await openClient({ server: serverFor({}, url), env: {} });
    closing.push(close);
    const body = { model: 'm', max_tokens: 5, messages: [], stream: true };
    for (let i = 0; i < 3; i++) {
      const outcome = await attempt({
        client,
        body,
        signal: new AbortController().signal,
        watcher: {},
        patience: usualPatience,
        now: () => new Date(0),
        lenient: false,
      });
      expect(outcome.kind).toBe('answer');
      // A connection is free again a moment after its answer has ended.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(ports.size).toBe(1);
  });

  it('a socket that is reset is a broken connection, before headers and within a block', async () => {
    let after = '';
    const url = await listen(
      createServer((request, response) => {
        request.resume();
        if (after === '') return request.socket.destroy();
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(after, () => request.socket.resetAndDestroy());
      }),
    );
    expect(await ask(serverFor({}, url))).toMatchObject({ fault: { kind: 'connection' } });
    after = sse(saying('half')).slice(0, 300);
    expect(await ask(serverFor({}, url))).toMatchObject({
      fault: { kind: 'connection', message: expect.stringMatching(/terminated|closed|reset|ECONNRESET/i) },
    });
  });

  it('nobody listening is said as it is', async () => {
    const url = await listen(createServer(answer));
    await closing.pop()?.();
    expect(await ask(serverFor({}, url))).toMatchObject({ fault: { kind: 'connection', code: 'ECONNREFUSED' } });
  });

  it('a redirect is not followed, so the key stays where it belongs', async () => {
    let visited = 0;
    const thief = await listen(
      createServer((request, response) => {
        visited++;
        answer(request, response);
      }),
    );
    const url = await listen(
      createServer((_, response) => response.writeHead(307, { location: `${thief}/v1/messages` }).end()),
    );
    expect(await ask(serverFor({ ANTHROPIC_API_KEY: 'k' }, url))).toMatchObject({
      fault: { kind: 'http', status: 307 },
    });
    expect(visited).toBe(0);
  });
});

describe('a proxy in the environment', () => {
  /** A proxy that sends everything to one server, and says what it was asked for. */
  async function proxyTo(url: string): Promise<{ proxy: string; asked: string[] }> {
    const { port } = new URL(url);
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      const onward = httpRequest({ port, host: '127.0.0.1', path: '/v1/messages', method: 'POST' }, (r) =>
        r.pipe(response),
      );
      request.pipe(onward);
    });
    server.on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      const onward = connect(Number(port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      onward.on('error', () => socket.destroy());
      socket.on('error', () => onward.destroy());
    });
    return { proxy: await listen(server), asked };
  }

  const origin = () =>
    listen(
      createServer((_, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(sse(rich))),
    );

  it('is used for servers on the network', async () => {
    const { proxy, asked } = await proxyTo(await origin());
    const server = serverFor({}, 'http://model.example');
    expect(await ask(server, { env: { HTTP_PROXY: proxy } })).toMatchObject({ kind: 'answer' });
    expect(asked.join()).toContain('model.example');
  });

  it('is not used for this machine, nor for what NO_PROXY names', async () => {
    const url = await origin();
    const { proxy, asked } = await proxyTo(url);
    expect(await ask(serverFor({}, url), { env: { http_proxy: proxy } })).toMatchObject({ kind: 'answer' });
    const elsewhere = serverFor({}, 'http://model.invalid');
    const outcome = await ask(elsewhere, { env: { http_proxy: proxy, NO_PROXY: 'other.example,.invalid' } });
    expect(outcome).toMatchObject({ fault: { kind: 'connection' } });
    expect(asked).toEqual([]);
  });

  it('that is no address is an error that says which variable it is', async () => {
    const server = serverFor({}, 'http://model.example');
    await expect(openClient({ server, env: { HTTPS_PROXY: 'proxy:8080' } })).rejects.toMatchObject({
      problem: { where: 'HTTPS_PROXY' },
    });
  });
});
