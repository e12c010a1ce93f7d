// `agent status`: what is in force, what waits, and when the next dream is due; changes nothing.
import { count, dollars } from '../base/text.ts';
import { ago, parseDuration } from '../base/time.ts';
import { isForProof } from '../domain/run-marks.ts';
import { commitDate } from '../git/history.ts';
import { readFiles } from '../git/read.ts';
import { memoryAt } from '../learning/memory-at.ts';
import { proofsIn, provenWords } from '../learning/proof-files.ts';
import { BRANCH_PREFIX, waitingBranches } from '../learning/review-branch.ts';
import { dueFrom, isNew, lastCompleted, readDreamLog, readWatermark } from '../store/dream-log.ts';
import { openIndex } from '../store/session-index.ts';
import { ledgerPath, openSpendLedger, type Spent } from '../store/spend.ts';
import { memoryCommit, type Workspace } from '../workspace.ts';
import type { CommandContext, Define } from './context.ts';
import type { Printer } from './print.ts';
import { chooseSessions } from './projects.ts';

/** What `agent status --json` prints. `age` in days; `next_due` RFC 3339, or null when too few sessions are new. */
interface StatusReport {
  memory_branch: string;
  playbooks: number;
  entries: number;
  sessions: { total: number; ungraded: number; new_since_dream: number };
  /** `proof`: what the newest proof on held-out tasks said; absent where none was made. */
  pending: { branch: string; entries: number; age: number; proof?: string }[];
  next_due: string | null;
  last_dream: string | null;
  /** Dollars of this UTC day and month; `unpriced` requests of the month are not in them. */
  spend: { day: number; month: number; unpriced: number };
}

export const define: Define = (command, bind) => {
  command
    .option('--json', 'print the state as JSON')
    .addHelpText('after', '\nExamples:\n  $ agent status\n  $ agent status --json | jq .pending')
    .action(
      bind(async (context: CommandContext, flags: { json?: boolean }) => {
        const report = await statusOf(await context.open(), context);
        context.stop();
        if (flags.json) context.print.json(report);
        else printStatus(context.print, report, context.world.now());
        return 0;
      }),
    );
};

async function statusOf(workspace: Workspace, context: CommandContext): Promise<StatusReport> {
  const { emit, world } = context;
  const { repo, layout, prefix, settings } = workspace;
  const memory = await memoryCommit(workspace);
  const at = await memoryAt(repo, memory, prefix);
  const index = openIndex(layout, emit);
  const mark = readWatermark(layout);
  // What a dream would read if nothing else is said.
  const { sessions } = chooseSessions(index, {}, workspace);
  const fresh = sessions.filter((s) => !isForProof(s) && isNew(mark, s)).length;
  const made = new Map(readDreamLog(layout).map((record) => [record.branch, record.at]));
  const pending = [];
  for (const { name, commit, lessons } of await waitingBranches(repo, prefix, memory)) {
    // A dream's commits carry the date of its newest session; how long it waits is known only where it was dreamed.
    const since = made.get(name) ?? (await commitDate(repo, commit));
    const days = (world.now().getTime() - Date.parse(since)) / 86_400_000;
    const proof = await verdictOn(workspace, name, commit);
    pending.push({ branch: name, entries: lessons.length, age: Math.max(0, Math.floor(days)), ...proof });
  }
  const last = lastCompleted(layout)?.at ?? null;
  const now = world.now().getTime();
  const due = Math.max(now, last === null ? 0 : dueFrom(last, parseDuration(settings.dream.every) ?? 0, now));
  return {
    memory_branch: settings.memory.branch,
    playbooks: at.playbooks.length,
    entries: at.playbooks.reduce((sum, p) => sum + p.sections.filter((s) => s.mark !== undefined).length, 0),
    sessions: {
      total: index.length,
      ungraded: index.filter((s) => s.evaluations === 0).length,
      new_since_dream: fresh,
    },
    pending,
    next_due: fresh >= settings.dream.min_new_sessions ? new Date(due).toISOString() : null,
    last_dream: last,
    spend: spendOf(workspace, context),
  };
}

// A branch is called after its dream, also where only a server has it.
async function verdictOn({ repo, prefix }: Workspace, name: string, commit: string): Promise<{ proof?: string }> {
  const dream = name.slice(name.indexOf(BRANCH_PREFIX) + BRANCH_PREFIX.length);
  const path = `dreams/${dream}.proof.json`;
  const text = (await readFiles(repo, commit, `${prefix}/${path}`)).get(`${prefix}/${path}`)?.toString('utf8');
  const proof = proofsIn(new Map([[path, text ?? '']]))
    .get(dream)
    ?.at(-1);
  return proof === undefined ? {} : { proof: provenWords({ proof, current: true }) };
}

function spendOf({ layout }: Workspace, { emit, world }: CommandContext): StatusReport['spend'] {
  const { day, month, unpriced, bad, firstBad }: Spent = openSpendLedger(layout).spent(world.now());
  if (bad > 0) {
    const text = `${count(bad, 'line')} of the ledger of spending cannot be read and count nothing`;
    emit({ type: 'warning', stage: 'status', text, where: `${ledgerPath(layout)}:${firstBad ?? 1}` });
  }
  return { day, month, unpriced };
}

function printStatus(print: Printer, report: StatusReport, now: Date): void {
  const { sessions } = report;
  print.line(
    `in force on ${print.paint.bold(report.memory_branch)}: ${count(report.entries, 'lesson')} in ${count(report.playbooks, 'playbook')}`,
  );
  print.line(
    `sessions: ${sessions.total.toLocaleString('en-US')} stored, ${sessions.ungraded} ungraded, ${sessions.new_since_dream} new since the last dream`,
  );
  for (const { branch, entries, age, proof } of report.pending) {
    const verdict = proof === undefined ? '' : `, ${proof}`;
    print.line(
      `waits for review: ${print.paint.bold(branch)}, ${count(entries, 'lesson')}, ${count(age, 'day')} old${verdict}`,
    );
  }
  if (report.pending.length === 0) print.line('nothing waits for review');
  const last = report.last_dream === null ? 'no dream yet' : `last dream ${ago(report.last_dream, now)}`;
  const due =
    report.next_due === null
      ? 'none due: too few new sessions'
      : Date.parse(report.next_due) <= now.getTime()
        ? 'one is due now'
        : `next due ${report.next_due}`;
  print.line(`${last}; ${due}`);
  const { day, month, unpriced } = report.spend;
  const unknown = unpriced === 0 ? '' : `, and ${count(unpriced, 'request')} without a known price`;
  if (month > 0 || unpriced > 0)
    print.line(`spent: ${dollars(day)} today, ${dollars(month)} this month (UTC)${unknown}`);
  print.next(
    report.pending.length > 0
      ? 'next: agent review'
      : report.sessions.total === 0
        ? 'next: agent import'
        : 'next: agent dream',
  );
}
