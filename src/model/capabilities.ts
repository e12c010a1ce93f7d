// What a server turned out not to have, remembered for as long as the process lives; asks nobody, it learns from refusals.
import type { Fault } from './fault.ts';

/** What may be used in a request to one model of one server. */
export interface Abilities {
  /** `adaptive`: the model decides how long it thinks · `budget`: older models want a number of tokens · `none`. */
  thinking: 'adaptive' | 'budget' | 'none';
  effort: boolean;
  caching: boolean;
  toolChoice: boolean;
}

export interface Capabilities {
  /** What is known of a model; everything is tried until it is refused. */
  of(model: string): Abilities;
  /**
   * Learns from a refusal. `sent` says what the refused request made use of. True if something it used is now left out, so
   * that the same question is worth asking again at once; each such step leaves out more, so there are at most five.
   */
  learn(model: string, fault: Fault, sent: Abilities): boolean;
}

/** A memory for one server. Models of one server differ, so each is remembered by itself. */
export function capabilities(): Capabilities {
  const known = new Map<string, Abilities>();
  const of = (model: string): Abilities =>
    known.get(model) ?? { thinking: 'adaptive', effort: true, caching: true, toolChoice: true };
  return {
    of: (model) => ({ ...of(model) }),
    learn(model, fault, sent) {
      if (fault.kind !== 'http' || (fault.status !== 400 && fault.status !== 422)) return false;
      const less = withoutRefused(fault.message, sent);
      if (less === undefined) return false;
      const before = of(model);
      known.set(model, {
        thinking: less.thinking === sent.thinking ? before.thinking : weaker(before.thinking, less.thinking),
        effort: before.effort && (less.effort || !sent.effort),
        caching: before.caching && (less.caching || !sent.caching),
        toolChoice: before.toolChoice && (less.toolChoice || !sent.toolChoice),
      });
      return true;
    },
  };
}

const REFUSED =
  /not support|unsupported|not permitted|not allowed|extra (inputs|fields)|extra_forbidden|unexpected|unknown|unrecogni[sz]ed|no longer|not (available|enabled|valid)|invalid|does not match|must be (one of|'|"|`)/i;
// These are about blocks of the conversation, not about the setting.
const THINKING_BLOCKS = /signature|thinking`? blocks?|redacted_thinking|block_binding|start with a thinking/i;
const UNKNOWN_FIELD =
  /extra (inputs|fields)|extra_forbidden|(unknown|unexpected|unrecogni[sz]ed) (field|key|parameter|argument|property)/i;

function withoutRefused(message: string, sent: Abilities): Abilities | undefined {
  if (!REFUSED.test(message)) return undefined;
  const less = { ...sent };
  const unknown = UNKNOWN_FIELD.test(message);
  if (/thinking/i.test(message) && !THINKING_BLOCKS.test(message)) {
    // A server that does not know the field takes no other form of it either.
    less.thinking = sent.thinking === 'adaptive' && !unknown ? 'budget' : 'none';
  } else if (/cache_control/i.test(message)) less.caching = false;
  else if (/output_config|\beffort\b/i.test(message)) less.effort = false;
  else if (/tool_choice/i.test(message)) less.toolChoice = false;
  else if (unknown && !/messages|tools/i.test(message)) {
    // A field that nobody names: whatever is not in the oldest form of the API.
    Object.assign(less, { thinking: 'none', effort: false, caching: false });
  }
  const changed =
    less.thinking !== sent.thinking ||
    less.effort !== sent.effort ||
    less.caching !== sent.caching ||
    less.toolChoice !== sent.toolChoice;
  return changed ? less : undefined;
}

// Answers to parallel requests come in any order; what was once refused stays left out.
function weaker(a: Abilities['thinking'], b: Abilities['thinking']): Abilities['thinking'] {
  const order = ['adaptive', 'budget', 'none'] as const;
  return order[Math.max(order.indexOf(a), order.indexOf(b))] ?? 'none';
}
