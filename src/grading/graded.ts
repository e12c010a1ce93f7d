// What graders are shown of a session and what they answer for one criterion; plain data, in which the agent's reasoning has no place.
import type { ToolResult, ToolUse } from '../domain/events.ts';
import type { CriterionVerdict } from '../domain/rubric.ts';
import type { Usage } from '../model/model.ts';

/** What a grader sees of a session: never the agent's reasoning. */
export interface Work {
  session: string;
  /** Path of the transcript. */
  sessionFile: string;
  task: string;
  /** The final message of the agent in the main thread; no event where it never said anything. */
  output: { text: string; event: string | undefined };
  /** Calls that ran (not denied), in order, with their results. */
  calls: { use: ToolUse; result: ToolResult | undefined }[];
  /** Folder that holds the artefacts (the workspace at the end of the run, or a kept copy); undefined where none was kept. */
  artefacts: string | undefined;
  /** Whether a quote occurs in an event that a grader may cite; never true for thinking or an earlier grade. */
  quoteOccurs(event: string, quote: string): boolean;
}

/** A place in the session that supports a verdict. */
export interface Evidence {
  event: string;
  quote: string;
}

/** What was decided of one criterion, by whom and why. */
export interface CriterionGrade {
  id: string;
  verdict: CriterionVerdict;
  by: 'check' | 'judge';
  reason: string;
  evidence?: Evidence[];
  /** Opinions by verdict, where a judge voted. */
  votes?: Record<string, number>;
  /** What a reader should know before trusting the verdict. */
  notes?: string[];
  usage?: Usage;
  usd?: number;
}

/** What a check decides: a grade without its criterion's name. */
export type CheckResult = Pick<CriterionGrade, 'verdict' | 'reason' | 'evidence'>;
