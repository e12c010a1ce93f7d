// Tells what a 200 was that brought no event of this API: an error in disguise, a web page, another protocol; asks nobody.
import { parsedJson } from '../base/json.ts';
import { type Fault, fromBody } from './fault.ts';

/** What of a response is kept for this: the beginning of its body, and what it said it is. */
export interface Beginning {
  text: string;
  contentType: string;
}

/** The fault behind a response without a single event that was understood. */
export function foreignAnswer({ text, contentType }: Beginning): Fault {
  const body = text.replace(/^\uFEFF/, '').trim();
  if (body === '') return { kind: 'empty', message: 'the server answered 200 with nothing in it' };
  // Named events, or the first letters of one: the right server, which broke off too early.
  const streamed = /text\/event-stream/i.test(contentType);
  if (/^event:/m.test(body) || (streamed && !/^data:/m.test(body)))
    return { kind: 'truncated', message: 'the stream ended before the answer began' };
  const data = firstData(body);
  const json = parsedJson(data ?? body);
  if (isError(json)) return fromBody('event', json);
  if (/^\s*</.test(body)) return foreign(fromBody('foreign', body).message);
  if (data !== undefined) return foreign('a stream whose events have no name, as other protocols send it');
  if (json !== undefined) return foreign('plain JSON where an event stream was asked for');
  return foreign(contentType === '' ? 'something that is no event stream' : contentType.slice(0, 100));
}

function foreign(what: string): Fault {
  return { kind: 'foreign', message: `the server does not speak the Messages API here: it answered with ${what}` };
}

/** The payload of the first `data:` line, if the body is made of such lines. */
function firstData(body: string): string | undefined {
  const line = body.split(/\r\n|\n|\r/).find((l) => l.startsWith('data:'));
  return line?.slice('data:'.length).trim();
}

// `{"type":"error","error":{…}}` and `{"error":…}`; a message of this API has no field `error`.
function isError(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'error' in value && Boolean(value.error);
}
