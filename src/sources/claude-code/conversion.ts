// What is known of a record while it is turned into events, and the stamp that each event gets; decides nothing about content.
import type { SessionEvent } from '../../domain/events.ts';
import type { Line } from './line.ts';
import type { Threads } from './threads.ts';

/** What an event has in common with the others of its record. */
export interface Stamp {
  id: string;
  at?: string;
  thread?: string;
}

/** A record on its way to becoming events. */
export interface Conversion {
  line: Line;
  /** Id, time and thread for the event at a position: the index of the block it comes from, or one of `POSITION`. */
  stamp(position: number): Stamp;
  /** Calls by the origin's id. */
  calls: Map<string, KnownCall>;
  threads: Threads;
}

export interface KnownCall {
  event: string;
  mcp: boolean;
  /** Its message, tool and arguments: they tell a record that was written twice from two calls with one id. */
  made: readonly [message: unknown, name: string, input: unknown];
}

/** Positions beyond any block, for events that stand for the record as a whole. */
export const POSITION = { record: 100_000, usage: 100_001, thread: 100_002 } as const;

/** The record itself, whole. */
export function asIs({ line, stamp }: Conversion, position: number = POSITION.record): SessionEvent {
  return { ...stamp(position), type: 'source.record', record: line.record };
}
