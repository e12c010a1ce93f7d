// Decides what a fault means: try again, or why it is of no use; knows nothing of sessions, and waits for nothing.
import type { Fault } from './fault.ts';
import type { FailureKind } from './model.ts';
import { UNHEARD } from './scripted.ts';

/** `shared`: the server is too busy for anyone, so everybody who talks to it should wait. `slow`: much time was lost already. */
export type Judgement =
  | { retry: true; afterMs?: number; shared: boolean; slow: boolean }
  | { retry: false; failure: FailureKind };

/** What to do about a fault. An account that may not spend is never asked again, whatever the headers say. */
export function judge(fault: Fault): Judgement {
  if (fault.type === UNHEARD) return { retry: false, failure: 'unheard' };
  if (isSpend(fault)) return { retry: false, failure: 'spend' };
  const failure = fault.kind === 'http' || fault.kind === 'event' ? byServer(fault) : byConnection(fault);
  if (fault.shouldRetry === true && failure !== 'too_large') return again(fault);
  if (failure !== undefined) return { retry: false, failure };
  return fault.shouldRetry === false ? { retry: false, failure: 'exhausted' } : again(fault);
}

function again(fault: Fault): Judgement {
  const status = statusOf(fault);
  const shared =
    status === 429 || status === 529 || fault.type === 'overloaded_error' || fault.type === 'rate_limit_error';
  return {
    retry: true,
    shared,
    slow: fault.kind === 'silent',
    ...(fault.retryAfterMs !== undefined && { afterMs: fault.retryAfterMs }),
  };
}

const SPEND_CODES =
  /spend_limit_reached$|^ramp_limit_exceeded$|^organization_on_hold$|^insufficient_quota$|^budget_exceeded$/;
const SPEND_WORDS =
  /credit balance is too low|spend(ing)? limit|specified API usage limits|exceeded your current quota|budget has been exceeded/i;

function isSpend(fault: Fault): boolean {
  if (fault.kind !== 'http' && fault.kind !== 'event') return false;
  if (statusOf(fault) === 402 || fault.type === 'billing_error') return true;
  return SPEND_CODES.test(fault.code ?? '') || SPEND_CODES.test(fault.type ?? '') || SPEND_WORDS.test(fault.message);
}

// Gateways that answer 200 and then fail write the status into the error's code.
function statusOf(fault: Fault): number | undefined {
  if (fault.status !== undefined || fault.kind !== 'event') return fault.status;
  return /^[45]\d\d$/.test(fault.code ?? '') ? Number(fault.code) : undefined;
}

/** The failure that a server's error stands for; undefined where trying again may help. */
function byServer(fault: Fault): FailureKind | undefined {
  const status = statusOf(fault);
  if (status === undefined) return byType(fault);
  if ([408, 409, 425, 429, 499].includes(status)) return undefined;
  if (status === 413) return 'too_large';
  // Some servers answer 500 to a conversation that is too long for them; asking again would never end well.
  if (status >= 500)
    return CONTEXT.test(fault.message) || fault.code === 'context_length_exceeded' ? 'context' : undefined;
  if ([401, 403, 404, 405, 407].includes(status) || status < 400) return 'config';
  return byWords(fault);
}

// An error within a stream comes after a 200, so its type is all there is to go by.
function byType(fault: Fault): FailureKind | undefined {
  switch (fault.type) {
    case 'authentication_error':
    case 'permission_error':
    case 'not_found_error':
      return 'config';
    case 'request_too_large':
      return 'too_large';
    case 'invalid_request_error':
    case 'BadRequestError':
      return byWords(fault);
    default:
      return CONTEXT.test(fault.message) ? 'context' : undefined;
  }
}

const CONTEXT =
  /prompt is too long|context[ _-]?(length|window|size)|maximum context|input is too long|too many (input )?tokens|exceeds? the (available )?context|context limit|input length exceeds|reduce the length of the (messages|prompt)/i;
// “max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens” is about the request's own number.
const OUTPUT = /maximum allowed number of output tokens/i;
const PAIRING =
  /tool_use_id|tool_call_id|`?tool_use`?[^.]{0,80} without [^.]{0,40}tool_result|tool_result[^.]{0,120}(corresponding|preceding|previous|without)|`?tool_use`? ids must be unique|roles must alternate|tool_calls?[^.]{0,40} must be followed by/i;
const THINKING =
  /invalid `?signature|signature in `?thinking|thinking[^.]{0,120}(cannot be modified|must remain|prefix|mismatch|block_binding|signature)|expected `?thinking`? or|must start with a thinking block|block_binding|signature[^.]{0,60}thinking/i;

function byWords(fault: Fault): FailureKind {
  if (fault.type === 'request_too_large') return 'too_large';
  if (OUTPUT.test(fault.message)) return 'invalid';
  if (fault.code === 'context_length_exceeded' || fault.type === 'exceed_context_size_error') return 'context';
  if (THINKING.test(fault.message)) return 'thinking';
  if (PAIRING.test(fault.message)) return 'pairing';
  return CONTEXT.test(fault.message) ? 'context' : 'invalid';
}

// Certificates and addresses do not mend themselves; everything else about a connection may.
const LASTING = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT|ERR_SSL_|ERR_INVALID_URL|EPROTO$)/;

function byConnection(fault: Fault): FailureKind | undefined {
  if (fault.kind === 'too_long') return 'invalid';
  if (fault.kind === 'foreign') return 'config';
  if (fault.kind !== 'connection') return undefined;
  return LASTING.test(fault.code ?? '') || fault.message === 'bad port' ? 'config' : undefined;
}
