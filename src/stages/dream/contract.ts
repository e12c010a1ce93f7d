// What a dream is asked for and what it answers; types only, no behaviour.
import type { DreamStatus, LearnedChange, Silence, Withheld } from '../../domain/dream.ts';
import type { Emit } from '../../domain/emit.ts';
import type { Settings } from '../../domain/settings.ts';
import type { Repository } from '../../git/repository.ts';
import type { NoteFinding } from '../../learning/note-findings.ts';
import type { PredictionTold } from '../../learning/predictions.ts';
import type { ReadingEstimate } from '../../learning/reading/estimate.ts';
import type { ReadingTold } from '../../learning/reading/report-section.ts';
import type { Order } from '../../learning/wishes/orders.ts';
import type { WishTold } from '../../learning/wishes/wish.ts';
import type { DreamWords } from '../../learning/words/dream-words.ts';
import type { WordsEstimate } from '../../learning/words/estimate.ts';
import type { WordsTold } from '../../learning/words/plan-in-words.ts';
import type { Layout } from '../../store/layout.ts';
import type { Redact } from '../../store/redaction.ts';
import type { Stored } from '../../store/session-brief.ts';

export interface DreamRequest {
  layout: Layout;
  repo: Repository;
  settings: Settings;
  /** Path of `.agentmem` in the repository. */
  prefix: string;
  /** The sessions to read, already chosen. Those that are kept for proving are left out, whoever chose them. */
  sessions: Stored[];
  /** The ref to grow from: the memory branch unless told otherwise. */
  base: string;
  /** Whoever words the lessons; without it our own wording stands. */
  words?: DreamWords | undefined;
  /** What the person who dreams wants done with entries by name. */
  orders?: GivenOrders | undefined;
  /** With what the dream's own conversation is stored as a session; without it, it stands in the report alone. */
  keep?: KeptConversation | undefined;
  dryRun: boolean;
  /** Only for the log and the lock, never for the branch. */
  now: () => Date;
  emit: Emit;
  signal?: AbortSignal;
}

export interface KeptConversation {
  redact: Redact;
  random: () => string;
  /** Who dreams, and where, as headers of sessions tell it. */
  by: string;
  project: string;
}

/** A person's orders, and what of their instructions nobody reads because no model is asked. */
export interface GivenOrders {
  orders: readonly Order[];
  unread: string;
}

/** What `agent dream --json` prints. */
export interface DreamReport {
  dream: string | null;
  status: DreamStatus;
  reason?: string;
  branch: string | null;
  base: string | null;
  head: string | null;
  read: { sessions: number; new: number; collapsed: number; from_cache: number; held_out: number };
  cards: number;
  changes: (Pick<
    LearnedChange,
    'entry' | 'playbook' | 'change' | 'kind' | 'grade' | 'title' | 'sessions' | 'tasks' | 'evidence'
  > & { commit: string | null })[];
  quarantined: { claim: string; reason: string; grade: string }[];
  withheld: Withheld[];
  silent: Silence[];
  /** Doubtful places in notes. */
  notes: NoteFinding[];
  /** What came of orders and of a curator's proposals, where there were any. */
  wishes?: WishTold[];
  /** How predictions of lessons in force came out, where they made any. */
  predictions?: PredictionTold[];
  /** What became of a model's words, where one was asked. */
  words?: WordsTold;
  /** The sample that a model read, where one did. */
  reading?: ReadingTold;
  /** What they may cost at most, where only that was asked. */
  estimate?: WordsEstimate & { reading?: ReadingEstimate };
  usage: { usd: number; input_tokens: number; output_tokens: number };
}
