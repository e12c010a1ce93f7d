// One message delegated to a member: its thread found or started, its turn awaited, its work settled; whatever goes wrong with it is a result.
import { UserError } from '../../base/errors.ts';
import { clip, oneLine } from '../../base/text.ts';
import type { Agent } from '../../domain/agent.ts';
import type { StopReason } from '../../domain/events.ts';
import type { Reply } from '../budget.ts';
import { textBlocks } from '../session.ts';
import type { Tool } from '../tools/tool.ts';
import type { Crew, Lead, LiveThread } from './crew.ts';
import { onlookerFor } from './critics.ts';
import { type JointBudget, jointBudget, type Spent } from './joint-budget.ts';
import { openTeamGround } from './open-ground.ts';
import { started } from './start-thread.ts';
import type { Delivered, Task } from './task.ts';
import { type ThreadRecord, threadUsed } from './thread-book.ts';
import { openThread, type WorkEnd, watched, workOn } from './thread-work.ts';

export interface DeliverOrder {
  task: Task;
  /** Id of the call that delegates. */
  call: string;
  signal: AbortSignal;
}

/** The tools of a lead, which a member gets where it has a team itself. */
export type ToolsFor = (lead: Lead) => Tool[];

const NOTHING: Spent = { requests: 0, usd: 0, unpriced: 0 };

/** Has the task worked on. Throws only for bugs and for a disk that refuses. */
export async function deliver(crew: Crew, lead: Lead, toolsFor: ToolsFor, order: DeliverOrder): Promise<Delivered> {
  const begun = begin(crew, lead, order);
  return 'refused' in begun ? begun.refused : await finish(crew, lead, toolsFor, order, begun);
}

/** Finds or starts the thread of a task and tells it, at once; it is at work from here on. Whoever begins must finish. */
export function begin(crew: Crew, lead: Lead, { task, call }: DeliverOrder): Begun | { refused: Delivered } {
  const found = threadFor(crew, lead, task, call);
  if ('refused' in found) return { refused: notStarted(task, found.refused) };
  const { record } = found;
  crew.busy.add(record.id);
  crew.journalOf(lead).append({
    type: 'agent.thread_message_sent',
    to: record.id,
    agent: record.member,
    call,
    content: textBlocks(task.message),
  });
  return found;
}

/** Waits for the thread's turn, and has it work. */
export async function finish(
  crew: Crew,
  lead: Lead,
  toolsFor: ToolsFor,
  given: DeliverOrder,
  begun: Begun,
): Promise<Delivered> {
  // A signal of its own: Node takes many listeners on one for a leak.
  const order = { ...given, signal: AbortSignal.any([given.signal]) };
  try {
    if (!(await crew.gate.enter(order.signal))) return stopped(crew, begun, 'interrupted', 'it waited for its turn');
    try {
      return await worked(crew, lead, toolsFor, order, begun);
    } finally {
      crew.gate.leave();
    }
  } finally {
    crew.busy.delete(begun.record.id);
  }
}

/** A thread that a task was given to. */
export interface Begun {
  record: ThreadRecord;
  agent: Agent;
}

function threadFor(crew: Crew, lead: Lead, task: Task, call: string): Begun | { refused: string } {
  const { book } = crew.session;
  if (task.thread !== undefined) {
    const record = book.find(task.thread);
    const mine = record !== undefined && record.parent === lead.thread && record.role === 'member';
    const agent = mine ? lead.members.get(record.member) : undefined;
    if (!mine)
      return { refused: `There is no thread ${shown(task.thread)} of yours. list_team shows those there are.` };
    if (agent === undefined) return { refused: `${record.member} is no member of your team any more.` };
    if (crew.busy.has(record.id))
      return { refused: `${record.id} is at work; it can be told something once it is done.` };
    return { record, agent };
  }
  const agent = lead.members.get(task.member ?? '');
  if (agent === undefined) {
    const names = [...lead.members.keys()].join(', ');
    return { refused: `${shown(task.member ?? '')} is no member of your team. The members are: ${names}.` };
  }
  return { record: started(crew, lead, { agent, title: task.message, call }), agent };
}

async function worked(
  crew: Crew,
  lead: Lead,
  toolsFor: ToolsFor,
  { task, call, signal }: DeliverOrder,
  found: Begun,
): Promise<Delivered> {
  const { record } = found;
  const known = crew.live.get(record.id);
  const opened = known === undefined ? await opening(crew, lead, toolsFor, found, task.message) : { live: known };
  if ('failed' in opened) return stopped(crew, found, 'retries_exhausted', opened.failed);
  const { live } = opened;
  const budget = jointBudget(record.id, live.member.budget, lead.budget);
  const { redact, warn } = crew.request;
  const { note } = live.ground;
  live.changed.clear();
  live.member.budget.resume();
  try {
    const { close: _close, budget: _own, context, briefing, tools, ...mind } = live.member;
    const end = await workOn({
      ...mind,
      thread: live.open,
      parent: crew.journalOf(lead),
      system: {
        prompt: live.agent.prompt,
        ...(context !== undefined && { context }),
        ...(briefing !== undefined && { briefing }),
      },
      tools: watched(tools, live.changed),
      budget,
      message: known === undefined && note !== undefined ? `${task.message}\n\n(${note})` : task.message,
      call,
      ...(task.schema !== undefined && { schema: task.schema }),
      ground: live.ground,
      signal,
      redact,
      warn,
      ...(live.onlooker !== undefined && { onlooker: live.onlooker }),
    });
    return await settled(live, task, end, budget);
  } finally {
    live.member.budget.pause();
    crew.lockOf(live.ground.folder).release(record.id);
  }
}

async function settled(live: LiveThread, task: Task, end: WorkEnd, budget: JointBudget): Promise<Delivered> {
  const { record } = live.open;
  const own = await live.ground.settle(task.message);
  const { stop, text, questions, why, faults } = end;
  return {
    thread: record.id,
    member: record.member,
    stop,
    answer: text,
    questions,
    ...(why !== undefined && { why }),
    ...(faults !== undefined && { faults }),
    changed: live.ground.kind === 'shared' ? [...live.changed].sort() : own.changed,
    notes: [...own.notes, ...(live.ground.branch === undefined ? [] : [`branch ${live.ground.branch}`])],
    spent: budget.spent(),
  };
}

async function opening(
  crew: Crew,
  lead: Lead,
  toolsFor: ToolsFor,
  found: Begun,
  message: string,
): Promise<{ live: LiveThread } | { failed: string }> {
  try {
    return { live: await openLive(crew, lead, toolsFor, found, message) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { what, where, hint } = error.problem;
    return { failed: [what, where, hint].filter((part) => part !== undefined).join(' · ') };
  }
}

async function openLive(
  crew: Crew,
  lead: Lead,
  toolsFor: ToolsFor,
  { record, agent }: Begun,
  message: string,
): Promise<LiveThread> {
  const { request, session } = crew;
  const { grounds, identity, now } = request;
  const open = openThread(session.open, session.book, record, session.past);
  const kind = record.workspace;
  const order = { kind, thread: record.id, session: session.open.id, from: lead.folder, grounds, identity, now };
  const ground = await openTeamGround({ ...order, before: record });
  try {
    const claim = kind === 'shared' ? crew.lockOf(lead.folder).claimFor(record.id, lead.above) : undefined;
    const place = { agent, ground };
    const leads = agent.team.length > 0 && lead.level < request.limits.depth;
    const member = await request.openMember({
      agent,
      thread: record.id,
      folder: ground.folder,
      more: leads ? toolsFor(withMembers(crew, subLead(crew, lead, record.id, place))) : [],
      ...(claim !== undefined && { claim }),
      hands: true,
      ...(open.conversation.system().length === 0 && { task: message }),
      used: threadUsed(session.past, record.id),
    });
    member.budget.pause();
    const onlooker = onlookerFor(crew, subLead(crew, lead, record.id, place), open.conversation);
    const live = {
      open,
      agent,
      ground,
      member,
      changed: new Set<string>(),
      ...(onlooker !== undefined && { onlooker }),
    };
    crew.live.set(record.id, live);
    return live;
  } catch (error) {
    for (const text of await ground.close()) request.warn(text);
    throw error;
  }
}

function subLead(
  crew: Crew,
  lead: Lead,
  thread: string,
  { agent, ground }: Pick<LiveThread, 'agent' | 'ground'>,
): Lead {
  // What its own members use counts against its limits too; they are known once it is open.
  const own = () => crew.live.get(thread)?.member.budget;
  const limits = { check: () => own()?.check(), charge: (reply: Reply) => own()?.charge(reply) };
  return {
    thread,
    above: [...lead.above, thread],
    agent,
    members: new Map(),
    folder: ground.folder,
    level: lead.level + 1,
    budget: jointBudget(thread, limits, lead.budget),
  };
}

/** A lead with the files of its members read. Throws UserError where one cannot be. */
export function withMembers({ request }: Crew, lead: Lead): Lead {
  return { ...lead, members: new Map(lead.agent.team.map((name) => [name, request.readMember(name)])) };
}

// Told in the transcript as well: a thread that was started has an end.
function stopped(crew: Crew, { record }: Begun, stop: StopReason, why: string): Delivered {
  const { journal } = openThread(crew.session.open, crew.session.book, record, []);
  journal.append({ type: 'session.thread_status_idle', stop_reason: stop, why });
  return {
    ...{ thread: record.id, member: record.member, stop, answer: '', why },
    ...{ questions: [], changed: [], notes: [], spent: NOTHING },
  };
}

function notStarted(task: Task, why: string): Delivered {
  const member = task.member ?? task.thread ?? '';
  return { member, stop: 'not_started', answer: '', why, questions: [], changed: [], notes: [], spent: NOTHING };
}

function shown(name: string): string {
  return JSON.stringify(clip(oneLine(name), 80));
}
