// What the events of a transcript are made of: blocks of content, and the fields that every event has; schemas, no behaviour.
import { z } from 'zod';

/** A piece of content. `injected` names what put the text there (a hook, a reminder, a context file) when nobody said it. */
export const block = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string(), injected: z.string().optional() }),
  z.object({
    type: z.literal('image'),
    media_type: z.string().optional(),
    data: z.string().optional(),
    url: z.string().optional(),
    /** File beside the transcript that holds `data` when it is too long for a line. */
    file: z.string().optional(),
  }),
  z.object({ type: z.literal('json'), value: z.unknown(), injected: z.string().optional() }),
]);

/** What every event has. */
export const common = {
  id: z.string().startsWith('evt_'),
  /** RFC 3339, UTC, milliseconds; absent where the origin has none. */
  at: z.iso.datetime().optional(),
  /** Absent = the main thread. */
  thread: z.string().optional(),
  /** On the first event after a rewind: the event that the conversation went back to. What lay between in the thread is abandoned. */
  rewound_to: z.string().optional(),
};
export const content = z.array(block);
/** Tokens as a server counted them, under its own names. */
export const usage = z.record(z.string(), z.unknown());
