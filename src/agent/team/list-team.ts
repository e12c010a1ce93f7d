// The tool `list_team`: who is there, which threads there are and how they stand, and a long answer page by page; changes nothing.
import { z } from 'zod';
import { clip, oneLine } from '../../base/text.ts';
import { argumentsOf, define } from '../tools/arguments.ts';
import { failed, said, type Tool } from '../tools/tool.ts';
import type { Crew, Lead } from './crew.ts';
import type { ThreadRecord } from './thread-book.ts';

const PAGE = 16_000; // characters
const MOST_THREADS = 200;

const schema = z.strictObject({
  thread: z.string().optional().describe('Shows the last answer of this thread, whole.'),
  offset: z.number().int().min(0).optional().describe('Character to begin at, for long answers.'),
});

const DESCRIPTION =
  'Shows your team: its members, the threads that were started with their state, and with a thread its last answer in full.';

/** The tool `list_team` of a lead. */
export function listTeamTool(crew: Crew, lead: Lead): Tool {
  return {
    definition: define('list_team', DESCRIPTION, schema),
    readOnly: true,
    subject: () => undefined,
    run: async ({ input }) => {
      const checked = argumentsOf(schema, input);
      if ('fault' in checked) return checked.fault;
      const { thread, offset = 0 } = checked.value;
      const threads = crew.session.book.all().filter((record) => record.parent === lead.thread);
      if (thread === undefined) return said(overview(lead, threads));
      const record = threads.find(({ id }) => id === thread);
      if (record === undefined) return failed(`There is no thread ${JSON.stringify(clip(thread, 80))} of yours.`);
      return said(page(record, offset));
    },
  };
}

function overview({ members, agent }: Lead, threads: readonly ThreadRecord[]): string {
  const team = [...members.values()].map(
    ({ name, description, model, workspace }) =>
      `- ${name} (${model}, ${workspace}): ${clip(oneLine(description), 300)}`,
  );
  const critics = agent.critics.map(({ member, at }) => `- ${member}: critic, at ${at}`);
  const shown = threads.slice(-MOST_THREADS).map((record) => `- ${inWords(record)}`);
  const older = threads.length > MOST_THREADS ? [`- and ${threads.length - MOST_THREADS} older ones`] : [];
  return [
    'Members:',
    ...team,
    ...critics,
    '',
    'Threads:',
    ...(shown.length === 0 ? ['- none yet'] : [...older, ...shown]),
  ].join('\n');
}

function inWords({ id, status, stop, title, answer, role, branch }: ThreadRecord): string {
  const facts = [
    status === 'idle' && stop !== undefined ? stop : status,
    ...(role === 'member' ? [] : [role]),
    ...(answer === '' ? [] : [`answer of ${answer.length} characters`]),
    ...(branch === undefined ? [] : [`branch ${branch}`]),
  ];
  return `${id} [${facts.join(', ')}] ${title}`;
}

function page({ id, answer }: ThreadRecord, offset: number): string {
  if (answer === '') return `${id} has not answered yet.`;
  if (offset >= answer.length)
    return `The answer of ${id} has ${answer.length} characters; there is nothing from ${offset} on.`;
  const end = Math.min(answer.length, offset + PAGE);
  const more = end < answer.length ? `; it goes on at offset ${end}` : '';
  return `[${id}, characters ${offset} to ${end} of ${answer.length}${more}]\n${answer.slice(offset, end)}`;
}
