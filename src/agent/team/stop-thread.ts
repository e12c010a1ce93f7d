// The tool `stop_thread`: ends one thread that is at work in the background and leaves the others; what it did so far is kept.
import { z } from 'zod';
import { clip } from '../../base/text.ts';
import { argumentsOf, define, textSubject } from '../tools/arguments.ts';
import { failed, said, type Tool } from '../tools/tool.ts';
import type { Crew } from './crew.ts';

const schema = z.strictObject({ thread: z.string().describe('Thread that was started with wait: false.') });

const DESCRIPTION =
  'Interrupts one thread that you did not wait for. The others go on, and it can be told something again later with delegate.';

/** The tool `stop_thread` of the session's lead. */
export function stopThreadTool(crew: Crew): Tool {
  return {
    definition: define('stop_thread', DESCRIPTION, schema),
    readOnly: false,
    subject: textSubject('thread'),
    run: async ({ input }) => {
      const checked = argumentsOf(schema, input);
      if ('fault' in checked) return checked.fault;
      const { thread } = checked.value;
      if (await crew.background.stop(thread)) return said(`${thread} is stopped.`);
      return failed(`No thread ${JSON.stringify(clip(thread, 80))} of yours is at work in the background.`);
    },
  };
}
