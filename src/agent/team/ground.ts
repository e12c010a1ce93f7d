// Where a thread works: the folder of whoever delegated, a copy of it, or a git work tree of its own; a contract that all three keep, no behaviour.
import type { WorkspaceKind } from '../../domain/agent.ts';
import type { Identity } from '../../git/signature.ts';
import type { ThreadRecord } from './thread-book.ts';

export interface TeamGround {
  kind: WorkspaceKind;
  /** Where the thread works, with links resolved. */
  folder: string;
  branch?: string;
  /** The commit that the branch grew from. */
  base?: string;
  /** What the thread should know about it before it begins. */
  note?: string;
  /** After each delegation: what is changed by now, and what whoever delegated should know. */
  settle(title: string): Promise<{ changed: string[]; notes: string[] }>;
  /** Brings chosen files into the folder `into`; absent where there is nothing to bring. */
  take?(paths: readonly string[], into: string): Promise<Taken[]>;
  /** Cleans up, and says what is left for a person to look at. Nothing that is nowhere else is removed. */
  close(): Promise<string[]>;
}

/** What became of one file that was to be taken over. */
export interface Taken {
  path: string;
  taken: boolean;
  /** What was done, or why not, with the lines on which both sides differ. */
  text: string;
}

export interface GroundOrder {
  kind: WorkspaceKind;
  thread: string;
  session: string;
  /** The folder of whoever delegates. */
  from: string;
  /** Folder outside of every workspace for copies and work trees. */
  grounds: string;
  identity: Identity;
  now: () => Date;
  /** Where the thread worked before this process, if it did. */
  before?: Pick<ThreadRecord, 'folder' | 'branch' | 'base'>;
}
