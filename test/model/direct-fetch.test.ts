import { getEventListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { Agent } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { directFetch } from '../../src/model/direct-fetch.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Handle = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

async function serving(handle: Handle): Promise<string> {
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => handle(request, response, Buffer.concat(parts)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function fetching(): typeof fetch {
  const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  closing.push(() => agent.destroy());
  return directFetch(agent);
}

/** The body as it comes: these answers have an iterable there, never null. */
function bodyOf(answer: Response): AsyncIterator<Uint8Array> {
  if (answer.body === null) throw new Error('no body');
  return answer.body[Symbol.asyncIterator]();
}

function until(emitter: { once(event: 'close', listener: () => void): unknown }): Promise<void> {
  return new Promise((resolve) => emitter.once('close', resolve));
}

describe('a request', () => {
  it('arrives as it was given: path, query, headers, and text in UTF-8 with its length', async () => {
    const seen: unknown[] = [];
    const url = await serving(({ method, url: path, headers }, response, body) => {
      seen.push([method, path, headers['x-one'], headers['content-length'], headers['transfer-encoding'], `${body}`]);
      response.end();
    });
    const ask = fetching();
    const text = 'é “x” 🐙';
    await (await ask(`${url}/a%20b?c=1`, { method: 'POST', headers: { 'X-One': 'two' }, body: text })).text();
    await (await ask(new URL(`${url}/plain`))).text();
    expect(seen).toEqual([
      ['POST', '/a%20b?c=1', 'two', String(Buffer.byteLength(text)), undefined, text],
      ['GET', '/plain', undefined, undefined, undefined, ''],
    ]);
  });

  it('with a body that is no text is a bug that is told', async () => {
    await expect(fetching()('http://127.0.0.1:9/', { method: 'POST', body: new FormData() })).rejects.toThrow(
      'only text',
    );
  });

  it('that nobody answers fails with the system’s reason, as fetch words it', async () => {
    const url = await serving((_, response) => response.end());
    await closing.pop()?.();
    await expect(fetching()(url)).rejects.toMatchObject({
      name: 'TypeError',
      message: 'fetch failed',
      cause: { code: 'ECONNREFUSED' },
    });
  });

  it('that is called off ends at once: before it began, while the server thinks, and in the midst of the answer', async () => {
    let gone = 0;
    const url = await serving((request, response) => {
      request.socket.once('close', () => gone++);
      if (request.url === '/midst') response.write('first');
    });
    const ask = fetching();
    const reason = new DOMException('stop', 'AbortError');
    await expect(ask(url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const early = new AbortController();
    const queued = ask(url, { signal: early.signal });
    early.abort(reason); // not connected yet
    await expect(queued).rejects.toBe(reason);
    const thinking = new AbortController();
    const asked = ask(url, { signal: thinking.signal });
    setTimeout(() => thinking.abort(reason), 30);
    await expect(asked).rejects.toBe(reason);
    const midst = new AbortController();
    const body = bodyOf(await ask(`${url}/midst`, { signal: midst.signal }));
    expect(`${Buffer.from((await body.next()).value)}`).toBe('first');
    const next = body.next();
    midst.abort(reason);
    await expect(next).rejects.toBe(reason);
    expect(await body.next()).toEqual({ value: undefined, done: true });
    await expect.poll(() => gone).toBeGreaterThanOrEqual(2);
  });

  it('leaves no listener on a signal that many requests share', async () => {
    const url = await serving((_, response) => response.end('x'));
    const ask = fetching();
    const { signal } = new AbortController();
    for (let i = 0; i < 5; i++) await (await ask(url, { signal })).text();
    await ask('http://127.0.0.1:9/', { signal }).catch(() => undefined);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('an answer', () => {
  it('has the status, the headers (also repeated ones) and the text that were sent, whatever they say', async () => {
    const url = await serving((_, response) => {
      response.writeHead(529, 'Busy', { 'retry-after': '3', 'x-two': ['a', 'b'] });
      response.end('{"error":"é"}');
    });
    const answer = await fetching()(`${url}/x`);
    expect([answer.status, answer.ok, answer.statusText, answer.url]).toEqual([529, false, 'Busy', `${url}/x`]);
    expect([answer.headers.get('Retry-After'), answer.headers.get('x-two')]).toEqual(['3', 'a, b']);
    expect(await answer.json()).toEqual({ error: 'é' });
  });

  it('that is announced by hints, and a redirect, are given as they are', async () => {
    const url = await serving((_, response) => {
      response.writeEarlyHints({ link: '</a.css>; rel=preload' });
      response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end();
    });
    const answer = await fetching()(url);
    expect([answer.status, answer.headers.get('location'), answer.headers.get('link')]).toEqual([
      307,
      'http://127.0.0.1:9/',
      null,
    ]);
    expect(await answer.text()).toBe('');
  });

  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('in %s is read as its text, also where it breaks off', async (encoding, compress) => {
    const text = 'event: ping\n\n'.repeat(1000);
    const bytes = compress(text);
    const url = await serving(({ url: path }, response) => {
      response.writeHead(200, { 'content-encoding': encoding, 'content-length': bytes.length });
      if (path === '/whole') response.end(bytes);
      else response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
    });
    const ask = fetching();
    expect(await (await ask(`${url}/whole`)).text()).toBe(text);
    await expect((await ask(`${url}/half`)).text()).rejects.toMatchObject({ message: 'terminated' });
  });

  it('that claims a compression it does not have is a fault of its body', async () => {
    const url = await serving((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('not at all');
    });
    await expect((await fetching()(url)).text()).rejects.toMatchObject({ code: 'Z_DATA_ERROR' });
  });

  it('comes byte for byte, however the server cuts it, and its connection is used again', async () => {
    let pieces: Uint8Array[] = [];
    const ports = new Set<number | undefined>();
    const url = await serving(async (request, response) => {
      ports.add(request.socket.remotePort);
      for (const piece of pieces) await new Promise((resolve) => response.write(piece, resolve));
      response.end();
    });
    const ask = fetching();
    const given = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(given, async (cut) => {
        pieces = cut;
        const parts: Uint8Array[] = [];
        const body = bodyOf(await ask(url));
        for (let step = await body.next(); step.done !== true; step = await body.next()) parts.push(step.value);
        expect(Buffer.concat(parts)).toEqual(Buffer.concat(cut));
      }),
      { numRuns: 100 },
    );
    expect(ports.size).toBeLessThan(5); // free again a moment after the end of an answer
  });

  it('that breaks off is told once, after the bytes that came', async () => {
    const url = await serving((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    });
    const body = bodyOf(await fetching()(url));
    expect(`${Buffer.from((await body.next()).value)}`).toBe('half');
    await expect(body.next()).rejects.toMatchObject({
      message: 'terminated',
      cause: { code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET|HPE/) },
    });
    expect((await body.next()).done).toBe(true);
  });

  it('that nobody reads holds the server up instead of filling the memory', async () => {
    let written = 0;
    const piece = Buffer.alloc(64 * 1024, 'x');
    const whole = 1000 * piece.length;
    const url = await serving(async (_, response) => {
      for (let i = 0; i < 1000 && !response.destroyed; i++) {
        written += piece.length;
        if (!response.write(piece)) await new Promise((resolve) => response.once('drain', resolve));
      }
      response.end();
    });
    const body = bodyOf(await fetching()(url));
    await body.next();
    let before = -1;
    await expect
      .poll(() => {
        const still = before === written;
        before = written;
        return still;
      })
      .toBe(true);
    expect(written).toBeLessThan(whole / 2); // the rest of it waits at the server; sockets have buffers of their own
    let read = 0;
    for (let step = await body.next(); step.done !== true; step = await body.next()) read += step.value.length;
    expect(read).toBeGreaterThan(whole - 2 * piece.length);
  });

  it('that is left before its end takes the connection along', async () => {
    let closed: Promise<void> | undefined;
    const url = await serving((request, response) => {
      closed = until(request.socket);
      response.write('first');
    });
    const body = bodyOf(await fetching()(url));
    await body.next();
    await body.return?.();
    await closed;
    expect((await body.next()).done).toBe(true);
  });

  it('that is no HTTP is a failed request', async () => {
    const server = createTcpServer((socket) => socket.resume().end('SSH-2.0-made-up\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    const { port } = server.address() as AddressInfo;
    await expect(fetching()(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ message: 'fetch failed' });
  });
});
