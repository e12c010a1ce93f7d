// Builds stored lines and extracts of hand-made sessions for the tests of mining; reads no file.
import { sha256 } from '../../src/base/hash.ts';
import type { Header, SessionEvent } from '../../src/domain/events.ts';
import { extractSession } from '../../src/mining/extract.ts';
import type { Extract } from '../../src/mining/extract-types.ts';
import type { StoredLine } from '../../src/store/transcript-read.ts';

/** A step of a told session: what a person said, or a call and how it ended (no ending: never answered). */
export type Step =
  | { user: string; thread?: string; rewound_to?: string }
  | { call: string; input?: unknown; ok?: string; error?: string; denied?: string; thread?: string; mcp?: boolean }
  /** Calls made in one go: all calls first, then all results. */
  | { parallel: ParallelCall[] };
type ParallelCall = { call: string; input?: unknown; ok?: string; error?: string };

export interface Told {
  id: string;
  steps: Step[];
  task?: string;
  by?: string;
  /** First day, YYYY-MM-DD; events follow a second apart. Undated without it. */
  day?: string;
  header?: Partial<Header>;
}

/** The events of a told session, header first; event n has the id `evt_<session>-<n>`. */
export function eventsOf({ id, steps, task, by, day, header }: Told): SessionEvent[] {
  let n = 0;
  const time = () =>
    day === undefined ? {} : { at: new Date(Date.parse(`${day}T08:00:00Z`) + n * 1000).toISOString() };
  const next = () => ({ ...time(), id: `evt_${id}-${n++}` });
  const events: SessionEvent[] = [
    {
      ...next(),
      type: 'session.created',
      version: 1,
      session: id,
      source: { tool: 'made-up' },
      ...(task !== undefined && { task: { id: task } }),
      ...(by !== undefined && { by }),
      ...header,
    },
  ];
  for (const step of steps) {
    if ('user' in step) {
      const { user, ...rest } = step;
      events.push({ ...next(), type: 'user.message', content: [{ type: 'text', text: user }], ...rest });
      continue;
    }
    const calls = 'parallel' in step ? step.parallel : [step];
    const uses = calls.map((c) => callEvent(c, next()));
    const results = calls.flatMap((c, i) => resultEvent(c, uses[i]?.id ?? '', next));
    events.push(...uses, ...results);
  }
  return events;
}

function callEvent(
  step: { call: string; input?: unknown; thread?: string; mcp?: boolean },
  common: { id: string },
): SessionEvent {
  const type = step.mcp === true ? 'agent.mcp_tool_use' : 'agent.tool_use';
  return {
    ...common,
    type,
    name: step.call,
    input: step.input ?? {},
    ...(step.thread !== undefined && { thread: step.thread }),
  };
}

function resultEvent(
  step: { ok?: string; error?: string; denied?: string; thread?: string },
  use: string,
  next: () => { id: string },
): SessionEvent[] {
  const text = step.ok ?? step.error ?? step.denied;
  if (text === undefined) return [];
  return [
    {
      ...next(),
      type: 'agent.tool_result',
      tool_use_id: use,
      content: [{ type: 'text', text }],
      ...(step.error !== undefined && { is_error: true }),
      ...(step.denied !== undefined && { is_error: true, denied: true }),
      ...(step.thread !== undefined && { thread: step.thread }),
    },
  ];
}

/** Events as the reader would give them. */
export function stored(events: readonly SessionEvent[]): StoredLine[] {
  return events.map((event, i) => ({
    kind: 'event',
    event,
    sha256: sha256(JSON.stringify(event)),
    line: i + 1,
    offset: 0,
  }));
}

export function tell(told: Told): Extract {
  return extractSession(stored(eventsOf(told)));
}

/** The actions of one session told by these steps. */
export function actionsOf(...steps: Step[]): Extract['actions'] {
  return tell({ id: 's', steps }).actions;
}
