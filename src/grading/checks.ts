// Decides a criterion's check about a session: one of five kinds, each in its own file; asks no model and trusts no command by itself.
import { clip, oneLine, safeForTerminal } from '../base/text.ts';
import type { Check } from '../domain/rubric.ts';
import type { CheckDeps } from './check-deps.ts';
import { fileCheck } from './checks/file.ts';
import { jsonCheck } from './checks/json.ts';
import { outputCheck } from './checks/output.ts';
import { runCommandCheck } from './checks/run.ts';
import { toolCheck } from './checks/tool.ts';
import type { CheckResult, Work } from './graded.ts';

/** Decides one check. Never throws for what the session, the artefacts or a command hold or do. */
export async function runCheck(check: Check, work: Work, deps: CheckDeps): Promise<CheckResult> {
  const { verdict, reason, evidence } = await decide(check, work, deps);
  const cited = evidence?.filter(({ event, quote }) => work.quoteOccurs(event, quote)) ?? [];
  const plain = clip(oneLine(safeForTerminal(deps.redact(reason))), MOST_REASON);
  return { verdict, reason: plain === '' ? verdict : plain, ...(cited.length > 0 && { evidence: cited }) };
}

const MOST_REASON = 500;

async function decide(check: Check, work: Work, deps: CheckDeps): Promise<CheckResult> {
  if ('run' in check) return await runCommandCheck(check, work, deps);
  if ('file' in check) return fileCheck(check, work);
  if ('output' in check) return outputCheck(check, work);
  if ('tool' in check) return toolCheck(check, work);
  return jsonCheck(check, work);
}
