import { describe, expect, it } from 'vitest';
import { judge } from '../../src/model/failure.ts';
import { type Fault, faultOf, fromBody } from '../../src/model/fault.ts';
import { retryAfter } from '../../src/model/retry-after.ts';

const now = new Date('2026-03-01T12:00:00Z');

/** An error of the SDK as it is thrown for an answer with this status. */
function thrown(status: number | undefined, body: unknown, headers: Record<string, string> = {}): Fault {
  const error = Object.assign(new Error(typeof body === 'string' ? `${status} ${body}` : 'x'), {
    status,
    headers: new Headers(headers),
    error: typeof body === 'string' ? undefined : body,
  });
  return faultOf(error, now);
}

function api(type: string, message: string, code?: string): unknown {
  return {
    type: 'error',
    error: { type, message, ...(code && { details: { error_code: code } }) },
    request_id: 'req_9',
  };
}

function verdict(fault: Fault): string {
  const judged = judge(fault);
  return judged.retry ? `again${judged.shared ? ', all wait' : ''}` : judged.failure;
}

const invalid = 'invalid_request_error';

describe('an answer with a status', () => {
  it.each<[number, unknown, string]>([
    // Configuration
    [401, api('authentication_error', 'invalid x-api-key'), 'config'],
    [403, api('permission_error', 'no access to this model'), 'config'],
    [404, api('not_found_error', 'model: nope-1'), 'config'],
    [404, '404 page not found', 'config'],
    [405, { detail: 'Method Not Allowed' }, 'config'],
    [407, 'proxy wants a name', 'config'],
    [307, '', 'config'],
    // Money
    [402, api('billing_error', 'payment needed'), 'spend'],
    [400, api(invalid, 'Your credit balance is too low to access the API.'), 'spend'],
    [
      400,
      api(invalid, 'You have reached your specified API usage limits. You will regain access on 2026-04-01.'),
      'spend',
    ],
    [429, api('rate_limit_error', 'Stop', 'workspace_spend_limit_reached'), 'spend'],
    [429, api('rate_limit_error', 'Stop', 'organization_spend_limit_reached'), 'spend'],
    [429, api('rate_limit_error', 'Stop', 'ramp_limit_exceeded'), 'spend'],
    [403, api('permission_error', 'Stop', 'organization_on_hold'), 'spend'],
    [429, { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } }, 'spend'],
    [400, { error: { message: 'Budget has been exceeded! Current cost: 3', type: 'budget_exceeded' } }, 'spend'],
    // Busy
    [
      429,
      api('rate_limit_error', 'This request would exceed your rate limit of 30,000 input tokens per minute'),
      'again, all wait',
    ],
    [429, 'Too Many Requests', 'again, all wait'],
    [529, api('overloaded_error', 'Overloaded'), 'again, all wait'],
    [503, api('overloaded_error', 'Overloaded'), 'again, all wait'],
    [408, '', 'again'],
    [409, api('conflict_error', 'again please'), 'again'],
    [500, api('api_error', 'Internal server error'), 'again'],
    [502, '<html><head><title>502 Bad Gateway</title></head></html>', 'again'],
    [503, { error: 'model is loading' }, 'again'],
    [504, '<html>', 'again'],
    [520, 'web server returned an unknown error', 'again'],
    // Length
    [413, api('request_too_large', 'Request exceeds the maximum size'), 'too_large'],
    [413, '<html><title>413 Request Entity Too Large</title></html>', 'too_large'],
    [400, api(invalid, 'prompt is too long: 215000 tokens > 200000 maximum'), 'context'],
    [400, api(invalid, 'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000'), 'context'],
    [
      400,
      { object: 'error', message: "This model's maximum context length is 4096 tokens. However, you requested 5000" },
      'context',
    ],
    [
      400,
      {
        error: {
          code: 400,
          message: 'the request exceeds the available context size',
          type: 'exceed_context_size_error',
        },
      },
      'context',
    ],
    [400, { error: { message: 'Too long', code: 'context_length_exceeded' } }, 'context'],
    [500, { error: 'the input length exceeds the context length' }, 'context'],
    [400, api(invalid, 'max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens'), 'invalid'],
    // Pairing
    [
      400,
      api(invalid, 'messages.2: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1'),
      'pairing',
    ],
    [400, api(invalid, 'messages.3: unexpected `tool_use_id` found in `tool_result` blocks: toolu_1'), 'pairing'],
    [400, api(invalid, 'messages: `tool_use` ids must be unique'), 'pairing'],
    [
      400,
      { error: { message: "An assistant message with 'tool_calls' must be followed by tool messages" } },
      'pairing',
    ],
    // Thinking
    [400, api(invalid, 'messages.1.content.0: Invalid `signature` in `thinking` block'), 'thinking'],
    [
      400,
      api(invalid, 'messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`.'),
      'thinking',
    ],
    [
      400,
      api(invalid, '`thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified'),
      'thinking',
    ],
    [400, api(invalid, 'thinking block does not match its prefix'), 'thinking'],
    // The rest
    [400, api(invalid, 'tools.0.name: String should match pattern'), 'invalid'],
    [422, { detail: [{ loc: ['body', 'x'], msg: 'field required' }] }, 'invalid'],
    [431, '', 'invalid'],
  ])('%s %j is %s', (status, body, expected) => {
    expect(verdict(thrown(status, body))).toBe(expected);
  });

  it('is tried again, or not, as x-should-retry says', () => {
    expect(verdict(thrown(500, api('api_error', 'x'), { 'x-should-retry': 'false' }))).toBe('exhausted');
    expect(verdict(thrown(400, api(invalid, 'x'), { 'x-should-retry': 'true' }))).toBe('again');
    expect(verdict(thrown(500, api('api_error', 'x'), { 'x-should-retry': 'perhaps' }))).toBe('again');
    expect(verdict(thrown(402, api('billing_error', 'x'), { 'x-should-retry': 'true' }))).toBe('spend');
    expect(verdict(thrown(413, 'x', { 'x-should-retry': 'true' }))).toBe('too_large');
  });

  it('brings along how long to wait, which request it was, and the words and codes of the server', () => {
    expect(judge(thrown(429, '', { 'retry-after': '2' }))).toEqual({
      retry: true,
      shared: true,
      slow: false,
      afterMs: 2000,
    });
    const fault = thrown(429, api('rate_limit_error', 'Slow\n down', 'ramp_limit_exceeded'), { 'request-id': 'req_1' });
    expect(fault).toEqual({
      kind: 'http',
      status: 429,
      type: 'rate_limit_error',
      code: 'ramp_limit_exceeded',
      message: 'Slow down',
      requestId: 'req_1',
    });
  });
});

describe('an error within a stream or in disguise', () => {
  it.each<[unknown, string]>([
    [api('overloaded_error', 'Overloaded'), 'again, all wait'],
    [api('rate_limit_error', 'Slow down'), 'again, all wait'],
    [api('api_error', 'oh'), 'again'],
    [api('timeout_error', 'late'), 'again'],
    [api('some_new_error', 'hm'), 'again'],
    [api('billing_error', 'pay'), 'spend'],
    [api('authentication_error', 'who?'), 'config'],
    [api('permission_error', 'no'), 'config'],
    [api('not_found_error', 'no model'), 'config'],
    [api('request_too_large', 'big'), 'too_large'],
    [api(invalid, 'prompt is too long: 9 tokens > 8 maximum'), 'context'],
    [api(invalid, 'messages: `tool_use` ids must be unique'), 'pairing'],
    [api(invalid, 'no'), 'invalid'],
    [api('agentmem_unheard', 'the script has ended'), 'unheard'],
    [{ error: { message: 'busy', code: 429 } }, 'again, all wait'],
    [{ error: { message: 'no key', code: '401' } }, 'config'],
    [{ error: 'broken' }, 'again'],
    ['upstream failed', 'again'],
  ])('%j is %s', (body, expected) => {
    expect(verdict(thrown(undefined, body === 'upstream failed' ? { error: body } : body))).toBe(expected);
    expect(verdict(fromBody('event', body))).toBe(expected);
  });
});

describe('a connection', () => {
  const failed = (message: string, cause?: unknown) => faultOf(new TypeError(message, { cause }), now);
  const coded = (code: string) => Object.assign(new Error(`it was ${code}`), { code });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'UND_ERR_SOCKET', 'EPIPE'])(
    'that ends with %s is worth another attempt',
    (code) => {
      expect(verdict(failed('fetch failed', coded(code)))).toBe('again');
    },
  );

  it.each([
    'CERT_HAS_EXPIRED',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'ERR_INVALID_URL',
  ])('that ends with %s does not mend itself', (code) => {
    expect(verdict(failed('fetch failed', coded(code)))).toBe('config');
  });

  it('says what happened beneath the words of fetch', () => {
    const several = Object.assign(new AggregateError([coded('ECONNREFUSED')], ''), { code: 'ECONNREFUSED' });
    expect(failed('fetch failed', several)).toEqual({
      kind: 'connection',
      code: 'ECONNREFUSED',
      message: 'it was ECONNREFUSED',
    });
    expect(failed('terminated')).toEqual({ kind: 'connection', message: 'terminated' });
    const round: { cause?: unknown; message: string } = { message: 'round' };
    round.cause = round;
    expect(faultOf(round, now).message).toBe('round');
  });
});

describe('other faults', () => {
  it.each<[Fault['kind'], string]>([
    ['silent', 'again'],
    ['truncated', 'again'],
    ['garbled', 'again'],
    ['empty', 'again'],
    ['too_long', 'invalid'],
    ['foreign', 'config'],
  ])('%s: %s', (kind, expected) => {
    expect(verdict({ kind, message: 'x' })).toBe(expected);
  });

  it('say that time was lost where a server fell silent', () => {
    expect(judge({ kind: 'silent', message: 'x' })).toMatchObject({ slow: true });
  });
});

describe('the words of a server', () => {
  it('are one line, without terminal escapes, and not longer than a person reads', () => {
    const { message } = fromBody('http', { error: { message: `\u001b[31mred\u001b[0m\n${'x'.repeat(5000)}` } });
    expect(message).toMatch(/^red x+…$/);
    expect(message).toHaveLength(500);
  });

  it.each<[unknown, string]>([
    ['<!doctype html><html><head><title> Sign in </title>', 'a web page, “Sign in”'],
    ['<h1>oh</h1>', 'a web page'],
    [{ error: 'plain' }, 'plain'],
    [{ message: 'top' }, 'top'],
    [{ detail: 'fast' }, 'fast'],
    [{ detail: [{ loc: ['body', 'thinking'] }] }, '[{"loc":["body","thinking"]}]'],
    [{ strange: 1 }, '{"strange":1}'],
    ['{"error":{"message":"inside"}}', 'inside'],
    ['[1]', '[1]'],
    [null, ''],
  ])('%j says %s', (body, message) => {
    expect(fromBody('http', body).message).toBe(message);
  });

  it('take no time to judge, however they are made', () => {
    const hostile = `tool_use ${'thinking without tool_result '.repeat(10_000)}<title ${'<title '.repeat(10_000)}`;
    expect(verdict(thrown(400, hostile))).toBeTypeOf('string');
    expect(fromBody('http', `<${hostile}`).message).toBe('a web page');
  });
});

describe('retry-after', () => {
  it.each<[Record<string, string>, number | undefined]>([
    [{ 'retry-after': '2' }, 2000],
    [{ 'retry-after': '3600' }, 3_600_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
    [{ 'retry-after-ms': 'soon', 'retry-after': '9' }, 9000],
    [{ 'retry-after': 'Sun, 01 Mar 2026 12:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Sun, 01 Mar 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': '-5' }, undefined],
    [{ 'retry-after': 'junk' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{ 'retry-after': 'Infinity' }, undefined],
    [{ 'retry-after': '9'.repeat(400) }, undefined],
    [{}, undefined],
  ])('%j means %s ms', (headers, expected) => {
    expect(retryAfter(new Headers(headers), now)).toBe(expected);
  });
});
