// One message worked on in a thread: told, worked on by the ordinary loop, its answer handed back; every step is an event of the session.
import type { Agent } from '../../domain/agent.ts';
import type { EventDraft, SessionEvent, StopReason } from '../../domain/events.ts';
import { readSpilled } from '../../store/spilled-files.ts';
import { resultOf } from '../calls.ts';
import { Conversation } from '../conversation.ts';
import { type Journal, threadJournal } from '../journal.ts';
import { closeOpenCalls, type LoopEnd, type LoopRequest, runLoop } from '../loop.ts';
import { type OpenSession, textBlocks } from '../session.ts';
import { said, type Tool, type ToolOutcome } from '../tools/tool.ts';
import { type AnswerSchema, answerOf, complaint, demand } from './answer-schema.ts';
import type { TeamGround } from './ground.ts';
import type { JointBudget } from './joint-budget.ts';
import type { Member, Mind } from './member.ts';
import type { ThreadBook, ThreadRecord } from './thread-book.ts';

/** A thread that is open in this process. */
export interface OpenThread {
  record: ThreadRecord;
  journal: Journal;
  conversation: Conversation;
}

/** Opens a thread over its session; `past` are the session's events from before. */
export function openThread(
  session: Pick<OpenSession, 'journal' | 'path'>,
  book: ThreadBook,
  record: ThreadRecord,
  past: readonly SessionEvent[],
): OpenThread {
  const conversation = new Conversation({ thread: record.id, load: (file) => readSpilled(session.path, file) });
  for (const event of past) conversation.add(event);
  const journal = threadJournal(session.journal, record.id);
  const append = (...drafts: EventDraft[]) => {
    const events = journal.append(...drafts);
    for (const event of events) {
      conversation.add(event);
      book.take(event);
    }
    return events;
  };
  return { record, conversation, journal: { ...journal, append } };
}

export interface Work extends Mind, Pick<LoopRequest, 'signal' | 'redact' | 'warn' | 'onlooker'> {
  thread: OpenThread;
  /** The journal of whoever delegated, who is told as well. */
  parent: Journal;
  /** Its system prompt, for a thread that has none yet, and what people keep for agents. */
  system: Pick<Agent, 'prompt'> & Pick<Member, 'context' | 'briefing'>;
  tools: ReadonlyMap<string, Tool>;
  budget: JointBudget;
  message: string;
  /** Id of the call that delegated. */
  call: string | undefined;
  schema?: AnswerSchema;
  /** Where it works, for the record and for going on later. */
  ground?: Pick<TeamGround, 'folder' | 'branch' | 'base'>;
}

/** How the work on a message ended. `text` is what was handed back, as it is stored. */
export interface WorkEnd {
  stop: StopReason;
  text: string;
  why?: string;
  /** What it asks whoever delegated. */
  questions: string[];
  /** Why the answer is not what the schema asks for, after it was told once. */
  faults?: string[];
}

/** Works until the thread has answered, or something stopped it. Throws only for bugs and for a disk that refuses. */
export async function workOn(work: Work): Promise<WorkEnd> {
  const { thread, parent, call, budget } = work;
  const { record, journal } = thread;
  begin(work);
  const end = await answered(work);
  closeOpenCalls(thread.conversation, journal, new Set(end.waiting.map(({ event }) => event)));
  const questions = end.waiting.map(({ need }) => need);
  const text = [end.text, ...questions].filter((part) => part !== '').join('\n\n');
  const to = record.parent ?? 'main';
  const stop = { stop_reason: end.stop, ...(end.why !== undefined && { why: end.why }) };
  journal.append({ type: 'agent.thread_message_sent', to, content: textBlocks(text), ...stop });
  parent.append({
    type: 'agent.thread_message_received',
    from: record.id,
    agent: record.member,
    ...(call !== undefined && { call }),
    content: textBlocks(text),
  });
  const waiting = end.waiting.map(({ event }) => event);
  const last = waiting.length > 0 ? { waiting_for: waiting } : {};
  journal.append({ type: 'session.thread_status_idle', ...stop, ...last, usage: budget.spent() });
  return {
    stop: end.stop,
    text: record.answer,
    questions,
    ...(end.why !== undefined && { why: end.why }),
    ...(end.faults !== undefined && { faults: end.faults }),
  };
}

function begin(work: Work): void {
  const { thread, modelId, effort, tools, message, schema, call, ground } = work;
  const { conversation, journal, record } = thread;
  const names = [...tools.keys()];
  const [model, before] = [record.model, record.tools];
  const told = schema === undefined ? message : `${message}\n\n${demand(schema)}`;
  introduce(work);
  journal.append(
    {
      type: 'session.thread_status_running',
      model: modelId,
      ...(effort !== undefined && { effort }),
      tools: names,
      ...(ground !== undefined && groundFacts(ground)),
    },
    {
      type: 'agent.thread_message_received',
      from: record.parent ?? 'main',
      ...(call !== undefined && { call }),
      content: textBlocks(told),
    },
  );
  const waiting = new Set(record.waiting);
  const open = conversation.calls().filter(({ use, result }) => result === undefined && waiting.has(use.id));
  // What it asked is answered by what it is told now.
  if (open.length > 0) journal.append(...open.map(({ use }) => resultOf(use, said(`The answer to this: ${told}`))));
  closeOpenCalls(conversation, journal, new Set());
  const changed = model !== undefined && (model !== modelId || JSON.stringify(before) !== JSON.stringify(names));
  if (changed && conversation.hasThinking())
    journal.append({
      type: 'agent.thread_context_compacted',
      thinking_dropped: true,
      reason: 'the model or its tools changed',
    });
  // Nobody but an agent said this: readers must not take it for a person's words.
  if (open.length === 0) journal.append({ type: 'user.message', content: textBlocks(told, 'delegate') });
}

function groundFacts({ folder, branch, base }: Pick<TeamGround, 'folder' | 'branch' | 'base'>) {
  return { folder, ...(branch !== undefined && { branch }), ...(base !== undefined && { base }) };
}

function introduce({ thread: { conversation, journal }, system }: Work): void {
  const { prompt, context = [], briefing } = system;
  if (conversation.system().length > 0) return;
  const lessons = briefing === undefined || briefing.text === '' ? [] : textBlocks(briefing.text, 'playbooks');
  journal.append(...(briefing === undefined ? [] : [{ type: 'memory.loaded', ...briefing.loaded } as const]), {
    type: 'system.message',
    content: [...textBlocks(prompt), ...context, ...lessons],
  });
}

type AnsweredEnd = LoopEnd & { faults?: string[] };

// Where a schema asks for something, an answer that does not fit is told so once.
async function answered(work: Work): Promise<AnsweredEnd> {
  const { schema, thread } = work;
  let end = await loop(work);
  for (let tries = 0; schema !== undefined && end.stop === 'end_turn'; tries++) {
    const answer = answerOf(end.text, schema);
    if ('json' in answer) return { ...end, text: answer.json };
    if (tries > 0) return { ...end, faults: answer.faults };
    const content = textBlocks(complaint(answer.faults, schema), 'delegate');
    thread.journal.append({ type: 'user.message', content });
    end = await loop(work);
  }
  return end;
}

async function loop({ thread, ...work }: Work): Promise<LoopEnd> {
  const { conversation, journal } = thread;
  return await runLoop({ ...work, conversation, journal });
}

/** The same tools, and the files that their calls changed. */
export function watched(tools: ReadonlyMap<string, Tool>, changed: Set<string>): Map<string, Tool> {
  const run =
    (tool: Tool) =>
    async (call: Parameters<Tool['run']>[0]): Promise<ToolOutcome> => {
      const outcome = await tool.run(call);
      for (const path of outcome.changed ?? []) changed.add(path);
      return outcome;
    };
  return new Map([...tools].map(([name, tool]) => [name, { ...tool, run: run(tool) }]));
}
