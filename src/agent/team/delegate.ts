// The tool `delegate`: tasks for members, side by side, each in a thread of its own that can be told more later; every end of a thread is a result.
import { z } from 'zod';
import { clip, count } from '../../base/text.ts';
import { argumentsOf, define } from '../tools/arguments.ts';
import { failed, type Tool, type ToolCall, type ToolOutcome } from '../tools/tool.ts';
import { schemaFault } from './answer-schema.ts';
import type { Crew, Lead } from './crew.ts';
import { begin, deliver, finish, type ToolsFor } from './delegation.ts';
import { deliveredInWords, isFailure } from './delivered-words.ts';
import type { Task } from './task.ts';

const tasks = {
  tasks: z
    .array(
      z.strictObject({
        member: z.string().optional().describe('Name of a member: starts a new thread.'),
        thread: z.string().optional().describe('Id of a thread of yours, to tell it more; instead of member.'),
        message: z
          .string()
          .trim()
          .min(1)
          .max(100_000)
          .describe('Everything it needs to know: it sees nothing of this conversation.'),
        schema: z
          .record(z.string(), z.unknown())
          .optional()
          .describe('JSON schema that its answer must fit. Without it the answer is text.'),
      }),
    )
    .min(1)
    .max(100)
    .describe('Worked on side by side.'),
};
const nested = z.strictObject(tasks);
const schema = z.strictObject({
  ...tasks,
  wait: z
    .boolean()
    .default(true)
    .describe(
      'False: go on at once. You are told what comes of it after a later turn, at the latest before you are done.',
    ),
});

/** The tool `delegate` of a lead. */
export function delegateTool(crew: Crew, lead: Lead, toolsFor: ToolsFor): Tool {
  return {
    definition: define('delegate', description(lead), lead.thread === undefined ? schema : nested),
    readOnly: false,
    parallel: true,
    subject: (input) => ({ kind: 'text', value: namesIn(input) }),
    run: async (call) => {
      const checked = argumentsOf<{ tasks: Task[]; wait?: boolean }>(
        lead.thread === undefined ? schema : nested,
        call.input,
      );
      if ('fault' in checked) return checked.fault;
      const { tasks: wanted, wait = true } = checked.value;
      const fault = faultOf(wanted);
      if (fault !== undefined) return failed(fault);
      return wait ? await delegate(crew, lead, toolsFor, wanted, call) : sendOff(crew, lead, toolsFor, wanted, call);
    },
  };
}

function description({ members }: Lead): string {
  const lines = [...members.values()].map(
    ({ name, description: does, workspace }) =>
      `- ${name}${does === '' ? '' : `: ${clip(does, 300)}`}${workspace === 'shared' ? '' : ` (works in a ${workspace})`}`,
  );
  return (
    'Gives tasks to members of your team and waits for their answers. Each task starts a thread with a context of its own, or ' +
    'tells a thread more; tasks of one call, and several calls of one turn, run side by side. You get back what each answers, ' +
    'what it changed and how it ended; one that was refused, ran out of its budget or asks something does not stop the others. ' +
    `What members say is their account, not proof: look where it matters.\nThe members:\n${lines.join('\n')}`
  );
}

function namesIn(input: Record<string, unknown>): string {
  const tasks = Array.isArray(input.tasks) ? input.tasks : [];
  const names = tasks.map((task: unknown) => {
    if (task === null || typeof task !== 'object') return '';
    const fields = new Map<string, unknown>(Object.entries(task));
    return String(fields.get('member') ?? fields.get('thread') ?? '');
  });
  return [...new Set(names)].join(', ');
}

function faultOf(tasks: readonly Task[]): string | undefined {
  for (const [i, { member, thread, schema: wanted }] of tasks.entries()) {
    if ((member === undefined) === (thread === undefined))
      return `tasks.${i}: name either a member, for a new thread, or a thread. Nothing was delegated.`;
    const fault = wanted === undefined ? undefined : schemaFault(wanted);
    if (fault !== undefined) return `tasks.${i}: ${fault}. Nothing was delegated.`;
  }
  return undefined;
}

async function delegate(
  crew: Crew,
  lead: Lead,
  toolsFor: ToolsFor,
  tasks: readonly Task[],
  { id: call, signal, progress }: ToolCall,
): Promise<ToolOutcome> {
  let left = tasks.length;
  const ended = await crew.waitingFor(lead, () =>
    Promise.allSettled(
      tasks.map(async (task) => {
        const end = await deliver(crew, lead, toolsFor, { task, call, signal });
        progress(`${end.thread ?? end.member}: ${end.stop}, ${count(--left, 'task')} left`);
        return end;
      }),
    ),
  );
  // Every thread has ended before a bug of one is thrown on: nobody must write to a transcript that is being closed.
  const ends = ended.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
  const content = ends.map((end) => ({ type: 'text' as const, text: deliveredInWords(end) }));
  return { content, ...(ends.every(isFailure) && { isError: true }) };
}

// The threads go on by themselves; their ends are told later.
function sendOff(
  crew: Crew,
  lead: Lead,
  toolsFor: ToolsFor,
  tasks: readonly Task[],
  { id: call }: ToolCall,
): ToolOutcome {
  const { signal } = crew.request;
  const begun = tasks.map((task) => {
    const started = begin(crew, lead, { task, call, signal });
    if ('refused' in started) return { failed: true, text: deliveredInWords(started.refused) };
    const { id } = started.record;
    crew.background.start(id, signal, (own) => finish(crew, lead, toolsFor, { task, call, signal: own }, started));
    return { failed: false, text: `[${id} is at work]` };
  });
  const content = begun.map(({ text }) => ({ type: 'text' as const, text }));
  return { content, ...(begun.every((each) => each.failed) && { isError: true }) };
}
