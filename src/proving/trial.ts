// What one trial of a proof came to, as comparisons need it: passed or not, at what cost, and whether it dodged the task; judges no work itself.
import { isToolUse, type SessionEvent } from '../domain/events.ts';
import type { PlannedTrial } from '../domain/proof.ts';

export interface Trial extends Pick<PlannedTrial, 'task' | 'arm' | 'trial' | 'without'> {
  /** Empty for a trial that could not begin. */
  session: string;
  model: string;
  /** Null where the trial says neither, with `missing` saying why. */
  passed: boolean | null;
  missing?: string;
  /** By id; null where it could not be told. */
  criteria: ReadonlyMap<string, boolean | null>;
  /** Null where a request had no known price. */
  usd: number | null;
  tokens: number;
  /** Tool calls. */
  steps: number;
  minutes: number;
  /** It ended with a question to a person, or asked one. */
  handed_off: boolean;
  /** The model refused, or ended without a pass and without having tried any of its tools. */
  gave_up: boolean;
  /** Entries that a prompt of it held: the agent's own, or that of a member of its team. */
  loaded: string[];
}

/** What a suite's record of a trial says of it. */
export interface Recorded {
  session: string;
  result: 'passed' | 'failed' | 'ungraded' | 'ended' | 'stopped' | 'broke_off';
  stop_reason?: string;
  why?: string;
  grade?: { criteria: readonly { id: string; verdict: 'met' | 'not_met' | 'cannot_tell' }[] };
  usd: number;
  unpriced: number;
  calls: number;
  tokens: number;
  seconds: number;
  model?: string;
}

/** A trial out of its record and its session's events, in stored order. */
export function trialOf(planned: PlannedTrial, record: Recorded, events: readonly SessionEvent[]): Trial {
  const { result, stop_reason: stop, grade, usd, unpriced, calls, tokens, seconds } = record;
  const told = result === 'passed' || result === 'failed';
  return {
    ...pick(planned),
    session: record.session,
    model: record.model ?? '',
    passed: told ? result === 'passed' : null,
    ...(!told && { missing: record.why ?? (result === 'broke_off' ? 'it broke off' : 'it was not graded') }),
    criteria: new Map(
      (grade?.criteria ?? []).map(({ id, verdict }) => [id, verdict === 'cannot_tell' ? null : verdict === 'met']),
    ),
    usd: unpriced > 0 ? null : usd,
    tokens,
    steps: calls,
    minutes: seconds / 60,
    handed_off: stop === 'requires_action' || events.some((e) => isToolUse(e) && e.name === 'ask'),
    gave_up: stop === 'refusal' || (stop === 'end_turn' && result !== 'passed' && calls === 0 && hadTools(events)),
    loaded: loadedIn(events),
  };
}

/** A trial that never began, and why. */
export function missedTrial(planned: PlannedTrial, why: string): Trial {
  return {
    ...pick(planned),
    ...{ session: '', model: '', passed: null, missing: why, criteria: new Map(), loaded: [] },
    ...{ usd: 0, tokens: 0, steps: 0, minutes: 0, handed_off: false, gave_up: false },
  };
}

function pick({ task, arm, trial, without }: PlannedTrial): Pick<Trial, 'task' | 'arm' | 'trial' | 'without'> {
  return { task, arm, trial, without };
}

function hadTools(events: readonly SessionEvent[]): boolean {
  return events.some((e) => e.type === 'session.status_running' && Array.isArray(e.tools) && e.tools.length > 0);
}

function loadedIn(events: readonly SessionEvent[]): string[] {
  const [header] = events;
  const own = header?.type === 'session.created' ? (header.memory?.entries ?? []) : [];
  const members = events.flatMap((event) => {
    if (event.type !== 'memory.loaded' || !('entries' in event) || !Array.isArray(event.entries)) return [];
    return event.entries.filter((entry): entry is string => typeof entry === 'string');
  });
  return [...new Set([...own, ...members])];
}
