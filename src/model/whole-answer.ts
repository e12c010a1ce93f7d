// A whole message, as the API gives it outside of streams, read by the same rules as a streamed one; asks nobody.
import { isObject } from '../base/json.ts';
import { type Accumulated, accumulator } from './accumulator.ts';

/** The message as if it had been streamed block by block. Whatever is no message comes out with no event understood, and not `stopped`. */
export function wholeAnswer(message: unknown): Accumulated {
  const sum = accumulator();
  if (!isObject(message) || !Array.isArray(message.content)) return sum.result();
  const { content, stop_reason, stop_sequence, stop_details, usage } = message;
  sum.take({ type: 'message_start', message: { ...message, content: [] } });
  content.forEach((block: unknown, index) => {
    sum.take({ type: 'content_block_start', index, content_block: block });
    sum.take({ type: 'content_block_stop', index });
  });
  sum.take({ type: 'message_delta', delta: { stop_reason, stop_sequence, stop_details }, usage });
  sum.take({ type: 'message_stop' });
  return sum.result();
}
