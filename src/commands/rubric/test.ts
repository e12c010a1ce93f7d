// `agent rubric test`: what a rubric's checks say of stored sessions, beside the outcomes they have already; writes into no session and asks no model.
import { join } from 'node:path';
import { throwIfInterrupted } from '../../base/errors.ts';
import { clip, count } from '../../base/text.ts';
import type { SessionEvent } from '../../domain/events.ts';
import type { CriterionVerdict } from '../../domain/rubric.ts';
import { artefactsOf } from '../../grading/artefacts.ts';
import type { CheckDeps } from '../../grading/check-deps.ts';
import { openCheckServers } from '../../grading/checks/servers.ts';
import { runCheck } from '../../grading/checks.ts';
import { type EvaluationDraft, gradeWork } from '../../grading/grade.ts';
import { workOf } from '../../grading/work.ts';
import { cleanEnvironment } from '../../host/clean-env.ts';
import { cohenKappa } from '../../statistics/kappa.ts';
import { type FoundRubric, readRubric } from '../../store/rubrics.ts';
import { type IndexEntry, openIndex } from '../../store/session-index.ts';
import { readTranscript } from '../../store/transcript-read.ts';
import { trustedCommands } from '../../store/trust.ts';
import type { Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import { trustRequest } from '../nightly.ts';
import { type SelectionFlags, select } from '../selection.ts';

type Outcome = 'pass' | 'fail' | null;

interface Tested {
  session: string;
  /** What the session has already: a label of its import, or an earlier grade. */
  outcome: Outcome;
  /** What the rubric says; null where open criteria decide it. */
  verdict: Outcome;
  result: EvaluationDraft['result'];
  score?: number;
  criteria: { id: string; verdict: CriterionVerdict; reason: string }[];
}

const NO_JUDGE = 'agent rubric test asks no model';
const MOST_SHOWN = 5;

/** `agent rubric test`; exit code 1 where a verdict is not the outcome. */
export async function test(
  context: CommandContext,
  name: string,
  refs: string[],
  flags: SelectionFlags & { json?: boolean },
): Promise<number> {
  const { print, world } = context;
  const workspace = await context.open();
  const rubric = readRubric(workspace.layout, name, world.cwd);
  const sessions = refs.length === 0 ? flags.sessions : [...(flags.sessions ?? []), ...refs];
  const selection = { ...flags, ...(sessions !== undefined && { sessions }) };
  const chosen = select(openIndex(workspace.layout, context.emit), selection, world.now());
  const tested = await testAll(context, workspace, rubric, chosen);
  const agreement = agreementOf(tested);
  context.stop();
  if (flags.json) print.json({ rubric: rubric.rubric, sha256: rubric.sha256, agreement, sessions: tested });
  else describe(context, rubric, tested);
  print.next(tested.length === 0 ? 'next: agent import' : `next: agent grade --rubric ${name}`);
  return agreement.false_passes + agreement.false_fails === 0 ? 0 : 1;
}

async function testAll(
  context: CommandContext,
  workspace: Workspace,
  rubric: FoundRubric,
  sessions: readonly IndexEntry[],
): Promise<Tested[]> {
  const { world, emit, signal } = context;
  const { layout, settings, redact } = workspace;
  const trusted = trustedCommands(trustRequest(world, layout)) ?? [];
  const servers = openCheckServers();
  const deps: CheckDeps = {
    env: cleanEnvironment(world.env, settings.pass_env),
    folder: layout.root,
    memory: layout.dir,
    trusted: (command) => trusted.includes(command),
    servers,
    redact,
    signal,
  };
  const tested: Tested[] = [];
  try {
    for (const entry of sessions) {
      throwIfInterrupted(signal);
      tested.push(await testOne(workspace, rubric, entry, deps));
      emit({ type: 'progress', stage: 'rubric', done: tested.length, total: sessions.length, unit: 'sessions' });
    }
  } finally {
    await servers.close();
  }
  throwIfInterrupted(signal);
  return tested;
}

async function testOne(
  { layout }: Workspace,
  rubric: FoundRubric,
  entry: IndexEntry,
  deps: CheckDeps,
): Promise<Tested> {
  const sessionFile = join(layout.sessions, entry.path);
  const events: SessionEvent[] = [];
  for (const line of readTranscript(sessionFile)) if (line.kind === 'event') events.push(line.event);
  const artefacts = await artefactsOf(events, { sessionFile, root: layout.root });
  try {
    const { folder } = artefacts;
    const work = workOf(events, { sessionFile, ...(folder !== undefined && { artefacts: folder }) });
    const check: Parameters<typeof gradeWork>[2]['check'] = (each, of) => runCheck(each, of, deps);
    const graded = await gradeWork(rubric, work, { check, judge: { why: NO_JUDGE }, signal: deps.signal });
    return {
      session: entry.id,
      outcome: entry.outcome,
      verdict: verdictOf(graded.result),
      result: graded.result,
      ...(graded.score !== undefined && { score: graded.score }),
      criteria: graded.criteria.map(({ id, verdict, reason }) => ({ id, verdict, reason })),
    };
  } finally {
    artefacts.close();
  }
}

function verdictOf(result: EvaluationDraft['result']): Outcome {
  if (result === 'satisfied') return 'pass';
  return result === 'needs_revision' || result === 'max_iterations_reached' ? 'fail' : null;
}

interface AgreementCounts {
  sessions: number;
  /** With an outcome and a verdict. */
  compared: number;
  agreed: number;
  /** The rubric passes what failed, and fails what passed. */
  false_passes: number;
  false_fails: number;
  /** Cohen's kappa with its 95 % interval; absent where it says nothing. */
  kappa?: { estimate: number; lower: number; upper: number };
}

function agreementOf(tested: readonly Tested[]): AgreementCounts {
  const cell = (verdict: Outcome, outcome: Outcome) =>
    tested.filter((t) => t.verdict === verdict && t.outcome === outcome).length;
  const table = [
    [cell('pass', 'pass'), cell('pass', 'fail')],
    [cell('fail', 'pass'), cell('fail', 'fail')],
  ] as const;
  const [[both, wrong], [missed, neither]] = table;
  const kappa = cohenKappa(table);
  return {
    sessions: tested.length,
    compared: both + wrong + missed + neither,
    agreed: both + neither,
    false_passes: wrong,
    false_fails: missed,
    ...(kappa !== undefined && { kappa: { estimate: kappa.estimate, lower: kappa.lower, upper: kappa.upper } }),
  };
}

function describe({ print }: CommandContext, rubric: FoundRubric, tested: readonly Tested[]): void {
  const { compared, agreed, false_passes, false_fails, kappa } = agreementOf(tested);
  print.line(`${rubric.rubric} on ${count(tested.length, 'stored session')}`);
  if (tested.length === 0) return;
  print.table(
    ['criterion', 'met', 'not met', 'open', 'met where passed', 'met where failed'],
    rubric.criteria.map(({ id }) => criterionRow(id, tested)),
  );
  if (compared === 0) print.line('none of them has an outcome and a verdict to compare');
  else {
    print.line(
      `agrees with ${agreed} of ${count(compared, 'outcome')}; passes ${false_passes} that failed, fails ${false_fails} that passed`,
    );
    if (kappa !== undefined)
      print.line(`Cohen’s kappa ${kappa.estimate.toFixed(2)} (${kappa.lower.toFixed(2)} to ${kappa.upper.toFixed(2)})`);
  }
  const odd = tested.filter((t) => t.verdict !== null && t.outcome !== null && t.verdict !== t.outcome);
  for (const { session, verdict, outcome, criteria } of odd.slice(0, MOST_SHOWN)) {
    const why = criteria.find((c) => c.verdict === 'not_met')?.reason ?? 'every criterion that counts is met';
    print.line(print.outside(`  ${session}: ${verdict}, its outcome is ${outcome}: ${clip(why, 160)}`));
  }
  if (odd.length > MOST_SHOWN) print.line(`  and ${odd.length - MOST_SHOWN} more (--json shows all)`);
}

function criterionRow(id: string, tested: readonly Tested[]): string[] {
  const having = (verdict: CriterionVerdict, among = tested) =>
    among.filter((t) => t.criteria.some((c) => c.id === id && c.verdict === verdict)).length;
  const share = (outcome: Outcome) => {
    const among = tested.filter((t) => t.outcome === outcome);
    return among.length === 0 ? '' : `${having('met', among)} of ${among.length}`;
  };
  return [
    id,
    String(having('met')),
    String(having('not_met')),
    String(having('cannot_tell')),
    share('pass'),
    share('fail'),
  ];
}
