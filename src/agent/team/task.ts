// A piece of work as a lead gives it to a member, and what came of it; types, no behaviour.
import type { StopReason } from '../../domain/events.ts';
import type { AnswerSchema } from './answer-schema.ts';
import type { Spent } from './joint-budget.ts';

/** What is delegated: to a new thread of `member`, or to a thread that is there. */
export interface Task {
  member?: string | undefined;
  thread?: string | undefined;
  message: string;
  schema?: AnswerSchema | undefined;
}

/** What came of it. */
export interface Delivered {
  /** Absent where nothing was started. */
  thread?: string;
  member: string;
  stop: StopReason | 'not_started';
  answer: string;
  why?: string;
  questions: string[];
  faults?: string[];
  /** Files that it changed: in this stretch in a shared folder, since its beginning in a folder of its own. */
  changed: string[];
  notes: string[];
  spent: Spent;
}
