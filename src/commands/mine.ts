// `agent mine`: prints what the stored sessions show, as cards with counts and evidence; writes only the cache.
import { keepHeapSmall } from '../base/heap.ts';
import { count } from '../base/text.ts';
import { JOBS } from '../base/threads.ts';
import { comparedWords } from '../domain/compared.ts';
import { sourcesText } from '../domain/source-names.ts';
import { suspicionWords } from '../domain/suspicion.ts';
import { keptOf } from '../mining/kept-parts.ts';
import { loadExtracts } from '../mining/load.ts';
import { type Mined, mineGroundInThreads } from '../mining/mine.ts';
import { weakCriteria } from '../store/calibration.ts';
import { listIndex } from '../store/session-list.ts';
import type { Workspace } from '../workspace.ts';
import type { CommandContext, Define } from './context.ts';
import type { Printer } from './print.ts';
import { chooseSessions, type ProjectFlags, printProjects, withProjects } from './projects.ts';
import { wholeNumber, withSelection } from './selection.ts';

interface Flags extends ProjectFlags {
  json?: boolean;
  all?: boolean;
  jobs: number;
}

export const define: Define = (command, bind) => {
  withProjects(withSelection(command))
    .option('--all', 'show anecdotes (grade D) too')
    .option('-j, --jobs <n>', 'threads that read and search; the cards are the same with any number', wholeNumber, JOBS)
    .option('--json', 'print every card as JSON')
    .addHelpText('after', "\nExamples:\n  $ agent mine\n  $ agent mine --since 30d --json | jq '.cards[0]'")
    .action(bind(run));
};

async function run(context: CommandContext, flags: Flags): Promise<number> {
  keepHeapSmall();
  const workspace = await context.open();
  const { print } = context;
  const { extracts, heldOut, projects } = await load(context, flags, workspace);
  const threads = { jobs: flags.jobs, signal: context.signal, kept: keptOf(workspace.layout) };
  const { mined } = await mineGroundInThreads(extracts, workspace.settings.dream, threads);
  context.stop();
  const { left } = projects;
  if (flags.json) print.json({ ...mined, held_out: heldOut, ...(left.length > 0 && { other_projects: left }) });
  else {
    printProjects(print, projects);
    printCards(print, mined, flags.all === true, heldOut);
  }
  return 0;
}

// Apart, so that what the index knows of every session is given up before it is mined.
async function load({ emit, signal }: CommandContext, flags: Flags, workspace: Workspace) {
  const { layout } = workspace;
  const index = await listIndex(layout, emit, { each: true, jobs: flags.jobs, signal });
  const { sessions, ...projects } = chooseSessions(index, flags, workspace);
  const weak = weakCriteria(layout);
  const loaded = await loadExtracts({ layout, sessions, emit, signal, stage: 'mine', jobs: flags.jobs, weak });
  return { ...loaded, projects };
}

function printCards(print: Printer, mined: Mined, all: boolean, heldOut: number): void {
  const cards = mined.cards.filter((c) => all || c.grade !== 'D');
  print.line(
    `${count(mined.sessions, 'session')}, ${count(mined.strata, 'stratum', 'strata')} (${mined.informative_strata} with both outcomes)`,
  );
  if (mined.suspect.length > 0) print.line(suspicionWords(mined.suspect));
  if (mined.compared !== undefined) print.line(comparedWords(mined.compared));
  if (heldOut > 0) print.line(`${count(heldOut, 'session')} left out: held out for proving`);
  for (const card of cards) {
    const { sessions, tasks, days } = card.counts;
    const from = sourcesText(card.sources);
    print.line();
    print.line(`${print.paint.bold(`${card.grade} ${card.kind}`)}  ${print.outside(card.claim)}`);
    print.line(
      print.paint.dim(
        `  ${count(sessions, 'session')} · ${count(tasks, 'task')} · ${days === 0 ? 'undated' : count(days, 'day')} · ${from === '' ? '' : `from ${from} · `}${card.id}`,
      ),
    );
    for (const span of card.examples) print.line(`  ${span.session} ${span.event} “${print.outside(span.quote)}”`);
    for (const span of card.counter_examples)
      print.line(`  against: ${span.session} ${span.event} “${print.outside(span.quote)}”`);
  }
  const hidden = mined.cards.length - cards.length;
  print.line();
  if (hidden > 0) print.line(`${count(hidden, 'anecdote')} not shown (--all shows them)`);
  for (const { family, reason } of mined.silent) print.line(print.paint.dim(`silent: ${family}: ${reason}`));
  print.next('next: agent dream');
}
