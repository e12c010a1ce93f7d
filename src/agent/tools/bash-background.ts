// Commands that outlive the call that started them, and the tools `bash_output` and `bash_stop`; none outlives the session.
import { z } from 'zod';
import { clip, oneLine } from '../../base/text.ts';
import { type RunningShell, type ShellOrder, startShell } from '../../host/shell.ts';
import { argumentsOf, define } from './arguments.ts';
import { endNote } from './shell-outcome.ts';
import { failed, said, type Tool, type ToolOutcome } from './tool.ts';

/** The background commands of one session. */
export interface Backgrounds {
  start(order: ShellOrder, command: string): ToolOutcome;
  find(id: string): RunningShell | undefined;
  /** In words, for a model that named an id that is not there. */
  known(): string;
  /** Ends them all; resolves when they have. */
  close(): Promise<void>;
}

const MOST_RUNNING = 10;
const MOST_KEPT = 100;

/** None at first. */
export function backgroundShells(): Backgrounds {
  const all = new Map<string, { running: RunningShell; command: string }>();
  let started = 0;
  return {
    start: (order, command) => {
      const busy = [...all].filter(([, { running }]) => running.end() === undefined);
      if (busy.length >= MOST_RUNNING)
        return failed(
          `${MOST_RUNNING} commands run in the background already: ${list(busy)}. Stop one with bash_stop.`,
        );
      for (const [id, { running }] of all) {
        if (all.size >= MOST_KEPT && running.end() !== undefined) all.delete(id);
      }
      const id = `bg${++started}`;
      all.set(id, { running: startShell(order), command });
      return said(`Runs in the background as ${id}. Read its output with bash_output, end it with bash_stop.`);
    },
    find: (id) => all.get(id)?.running,
    known: () => (all.size === 0 ? 'Nothing was started in the background.' : `There is: ${list([...all])}.`),
    close: async () => {
      for (const { running } of all.values()) running.stop('asked');
      await Promise.all([...all.values()].map(({ running }) => running.ended));
    },
  };
}

const outputSchema = z.strictObject({
  id: z.string().describe('What bash gave back.'),
  wait_seconds: z
    .number()
    .min(0)
    .max(600)
    .optional()
    .describe('Wait up to this long for the command to end; 0 unless told.'),
});
const stopSchema = outputSchema.pick({ id: true });

/** `bash_output` and `bash_stop`. */
export function backgroundTools(backgrounds: Backgrounds): Tool[] {
  const named = (id: string) =>
    backgrounds.find(id) ?? failed(`No background command has the id ${id}. ${backgrounds.known()}`);
  return [
    {
      definition: define(
        'bash_output',
        'Gives what a background command has printed since you last asked, and whether it still runs.',
        outputSchema,
      ),
      readOnly: false, // it takes what it shows: two side by side would tear the output apart
      subject: () => undefined,
      run: async ({ input, signal }) => {
        const checked = argumentsOf(outputSchema, input);
        if ('fault' in checked) return checked.fault;
        const running = named(checked.value.id);
        if ('content' in running) return running;
        await endOrTime(running, (checked.value.wait_seconds ?? 0) * 1000, signal);
        return state(running);
      },
    },
    {
      definition: define('bash_stop', 'Ends a background command with everything that it started.', stopSchema),
      readOnly: false,
      subject: () => undefined,
      run: async ({ input }) => {
        const checked = argumentsOf(stopSchema, input);
        if ('fault' in checked) return checked.fault;
        const running = named(checked.value.id);
        if ('content' in running) return running;
        running.stop('asked');
        await running.ended;
        return state(running);
      },
    },
  ];
}

function state(running: RunningShell): ToolOutcome {
  const text = running.drain();
  const end = running.end();
  const note = end === undefined ? 'still running' : (endNote(end) ?? 'ended, exit code 0');
  const body = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  const outcome = said(`${body}${text === '' ? '[no new output] ' : ''}[${note}]`);
  const badly = end !== undefined && end.stopped === undefined && end.code !== 0;
  return badly ? { ...outcome, isError: true } : outcome;
}

async function endOrTime(running: RunningShell, ms: number, signal: AbortSignal): Promise<void> {
  if (ms === 0 || running.end() !== undefined || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const limit = setTimeout(done, ms);
    function done(): void {
      clearTimeout(limit);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
    running.ended.then(done);
  });
}

function list(shells: readonly (readonly [string, { command: string }])[]): string {
  return shells.map(([id, { command }]) => `${id} (${clip(oneLine(command), 60)})`).join(', ');
}
