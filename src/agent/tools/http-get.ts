// One GET to an address that was checked first, with caps on time and size; connects to no other address, sends no cookie and no password.
import { lookup } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { systemCode } from '../../base/errors.ts';

export interface GetRules {
  /** Whether a connection to this IP address may be made. */
  mayReach: (address: string) => boolean;
  /** Most bytes of a body, after decompression. */
  maxBytes: number;
  /** For everything from the first look-up to the last byte. */
  deadlineMs: number;
}

export interface Page {
  status: number;
  contentType: string;
  /** Where a redirect leads, as the server wrote it. */
  location: string | undefined;
  body: Buffer;
}

/** Fetches `url` once, following no redirect. A failure is a sentence for the model; only bugs throw. */
export async function httpGet(url: URL, rules: GetRules, signal: AbortSignal): Promise<Page | { fault: string }> {
  const deadline = AbortSignal.timeout(rules.deadlineMs);
  const either = AbortSignal.any([signal, deadline]);
  try {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const address = await withSignal(checkedAddress(host, rules), either);
    if (typeof address !== 'string') return address;
    return await exchange(url, address, rules, either);
  } catch (error) {
    if (signal.aborted) return { fault: 'The request was interrupted.' };
    if (deadline.aborted) return { fault: `${url.host} took longer than ${rules.deadlineMs / 1000} s.` };
    const code = systemCode(error);
    if (code === undefined) throw error;
    return { fault: `${url.host} could not be reached or broke off (${code}).` };
  }
}

// Every address of the name must be allowed: a name with a public and a private address is a trick, not a service.
async function checkedAddress(host: string, { mayReach }: GetRules): Promise<string | { fault: string }> {
  const addresses = isIP(host) !== 0 ? [host] : (await lookup(host, { all: true })).map(({ address }) => address);
  const [first] = addresses;
  if (first === undefined || !addresses.every(mayReach))
    return { fault: `${host} is not on the public internet; private, local and metadata addresses are not fetched.` };
  return first;
}

function withSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

// The name is not looked up again: the answer could be another one by now (DNS rebinding).
function exchange(url: URL, address: string, rules: GetRules, signal: AbortSignal): Promise<Page | { fault: string }> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const outgoing = request(url, {
      method: 'GET',
      agent: false,
      signal,
      lookup: (_host, options, done) => {
        const family = isIP(address);
        if (options.all === true) done(null, [{ address, family }]);
        else done(null, address, family);
      },
      headers: {
        accept: 'text/html,text/*;q=0.9,application/json;q=0.9,*/*;q=0.1',
        'accept-encoding': 'gzip, br, deflate',
        'user-agent': 'agentmem (web_fetch)',
      },
    });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      bodyOf(response, rules.maxBytes).then((body) => resolve(pageOf(response, body)), reject);
    });
    outgoing.end();
  });
}

function pageOf(response: IncomingMessage, body: Buffer | { fault: string }): Page | { fault: string } {
  if ('fault' in body) return body;
  const { location, 'content-type': contentType = '' } = response.headers;
  return { status: response.statusCode ?? 0, contentType, location, body };
}

async function bodyOf(response: IncomingMessage, maxBytes: number): Promise<Buffer | { fault: string }> {
  const stream = decompressed(response);
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) throw new Error('a response without an encoding gives bytes');
    total += chunk.length;
    if (total > maxBytes) {
      response.destroy();
      return { fault: `The page is larger than ${maxBytes / 1_000_000} MB.` };
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function decompressed(response: IncomingMessage): Readable {
  const encoding = (response.headers['content-encoding'] ?? 'identity').toLowerCase().trim();
  const decoder =
    encoding === 'gzip' || encoding === 'x-gzip'
      ? createGunzip()
      : encoding === 'br'
        ? createBrotliDecompress()
        : encoding === 'deflate'
          ? createInflate()
          : undefined;
  if (decoder === undefined) return response;
  // A response that breaks off ends the decoder with it, or the reader would wait for ever.
  response.on('error', (error) => decoder.destroy(error));
  decoder.on('close', () => response.destroy());
  return response.pipe(decoder);
}
