// What all delegations of one session share: its threads, the line before the gate, who holds which file, whose folders are open; delegates nothing itself.
import type { Agent } from '../../domain/agent.ts';
import type { SessionEvent } from '../../domain/events.ts';
import type { Identity } from '../../git/signature.ts';
import type { Redact } from '../../store/redaction.ts';
import type { SessionBudget } from '../budget.ts';
import type { Journal } from '../journal.ts';
import type { Onlooker } from '../onlooker.ts';
import type { OpenSession } from '../session.ts';
import { Background } from './background.ts';
import { type Gate, openGate } from './gate.ts';
import type { TeamGround } from './ground.ts';
import type { Member, TeamSources } from './member.ts';
import { ThreadBook } from './thread-book.ts';
import type { OpenThread } from './thread-work.ts';
import { MAIN, openWriteLock, type WriteLock } from './write-lock.ts';

export interface TeamRequest extends TeamSources {
  /** Who leads: the agent of the session. */
  lead: Pick<Agent, 'name' | 'team' | 'critics'>;
  /** Where it works, with links resolved. */
  folder: string;
  /** The session's budget, which everything counts against. */
  budget: Pick<SessionBudget, 'check' | 'charge'>;
  /** `team` of the settings. */
  limits: { threads: number; depth: number };
  /** Folder outside of every workspace for copies and work trees. */
  grounds: string;
  /** Whose name stands on commits of work trees. */
  identity: Identity;
  now: () => Date;
  redact: Redact;
  /** Told what a person should know; must not throw. */
  warn: (text: string) => void;
  /** Ends everything. */
  signal: AbortSignal;
}

/** A session as the team needs it. */
export type TeamSession = Pick<OpenSession, 'id' | 'path' | 'journal' | 'conversation'>;

/** A thread that is open in this process: where it works, and who in it. */
export interface LiveThread {
  open: OpenThread;
  agent: Agent;
  ground: TeamGround;
  member: Member;
  /** Files that its calls changed since it was last told something. */
  changed: Set<string>;
  onlooker?: Onlooker;
}

/** Whoever delegates: the session's agent, or a member with a team of its own. */
export interface Lead {
  /** Id of its thread; absent = the main conversation. */
  thread?: string;
  /** It and the threads that it works for itself: what they hold is open to its members. */
  above: readonly string[];
  agent: Pick<Agent, 'name' | 'team' | 'critics'>;
  members: ReadonlyMap<string, Agent>;
  folder: string;
  /** 1 for the session's agent. */
  level: number;
  budget: Pick<SessionBudget, 'check' | 'charge'>;
}

export class Crew {
  readonly request: TeamRequest;
  readonly gate: Gate;
  readonly live = new Map<string, LiveThread>();
  /** What the session's lead does not wait for. */
  readonly background = new Background();
  /** Threads that are at work, or wait for it. */
  readonly busy = new Set<string>();
  readonly #locks = new Map<string, WriteLock>();
  /** How many calls of a thread wait for others: it needs no place meanwhile. */
  readonly #away = new Map<string, number>();
  #session: { open: TeamSession; past: readonly SessionEvent[]; book: ThreadBook } | undefined;

  constructor(request: TeamRequest) {
    this.request = request;
    this.gate = openGate(request.limits.threads);
  }

  attach(open: TeamSession, past: readonly SessionEvent[]): void {
    this.#session = { open, past, book: new ThreadBook(past) };
  }

  /** The session that the team works in. A call before it is there would be a bug. */
  get session(): { open: TeamSession; past: readonly SessionEvent[]; book: ThreadBook } {
    if (this.#session === undefined) throw new Error('a team was asked before its session was open');
    return this.#session;
  }

  journalOf({ thread }: Pick<Lead, 'thread'>): Journal {
    if (thread === undefined) return this.session.open.journal;
    const live = this.live.get(thread);
    if (live === undefined) throw new Error(`thread ${thread} delegates and is not open`);
    return live.open.journal;
  }

  lockOf(folder: string): WriteLock {
    const lock = this.#locks.get(folder) ?? openWriteLock();
    this.#locks.set(folder, lock);
    return lock;
  }

  /** Runs `work`, for which a thread waits: its place at the gate is free meanwhile, or those it waits for might never get one. */
  async waitingFor<T>({ thread = MAIN }: Pick<Lead, 'thread'>, work: () => Promise<T>): Promise<T> {
    const away = this.#away.get(thread) ?? 0;
    this.#away.set(thread, away + 1);
    if (thread !== MAIN && away === 0) this.gate.leave();
    try {
      return await work();
    } finally {
      const left = (this.#away.get(thread) ?? 1) - 1;
      this.#away.set(thread, left);
      if (thread !== MAIN && left === 0) await this.gate.enter(NEVER);
    }
  }
}

const NEVER = new AbortController().signal;
