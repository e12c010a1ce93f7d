// `agent demo`: the whole loop in about a minute, told by a startup that lands on the moon; every number is computed in that run, and the repository stays behind.
import type { DreamReport } from '../stages/dream.ts';
import type { ProveReport } from '../stages/prove.ts';
import type { SuiteReport } from '../stages/suite.ts';
import type { Workspace } from '../workspace.ts';
import type { CommandContext, Define } from './context.ts';
import { assertSeed, freshFolder, layOutDemo } from './demo/lay-out.ts';
import { confirmLive, type DemoPlan, planOf } from './demo/plan.ts';
import { dreamOf, mergeOf, missionsOf, proofOf } from './demo/steps.ts';
import { type Teller, tellerOf } from './demo/tell.ts';
import { wholeNumber } from './selection.ts';

interface Flags {
  seed: string;
  live?: string | true;
  yes?: boolean;
  shuffleGrades?: boolean;
  gravity?: number;
  jobs: number;
  json?: boolean;
}

/** What `agent demo --json` prints. */
interface Story {
  folder: string;
  seed: string;
  before: SuiteReport['table'];
  learned: DreamReport;
  proof?: ProveReport;
  after?: SuiteReport['table'];
}

const HELP = `
Examples:
  $ agent demo
  $ agent demo ~/moon --seed 7           other sites, other habits
  $ agent demo --gravity 3.71            Mars: other lessons
  $ agent demo --live claude-haiku-5-5   a model flies instead of the stand-ins; says first what it may cost

Without --live nobody thinks: the crew are stand-ins, code that works by habit and follows the predicates of the lessons in its
prompt. The simulator, the loop, the grades, the dream, the proof and git are the real ones. Needs no key and no network.
Exit codes: 0 the story was told to its end · 1 nothing was learned, or it was harmful · 2 it could not start`;

export const define: Define = (command, bind) => {
  command
    .argument('[folder]', 'where the repository goes (default: a new folder for temporary files)')
    .option('--seed <word>', 'decides sites, habits and chances', 'lumara-1')
    .option('--live [model]', 'let a model fly; costs money')
    .option('-y, --yes', 'do not ask before money is spent')
    .option(
      '--shuffle-grades',
      'grade each mission by the flight of somebody who was never there: nothing can be learned',
    )
    .option('--gravity <m/s2>', 'of another place than the moon', Number)
    .option('-j, --jobs <n>', 'missions at once', wholeNumber, 4)
    .option('--json', 'print what came of it as JSON')
    .addHelpText('after', HELP)
    .action(bind(run));
};

async function run(context: CommandContext, named: string | undefined, flags: Flags): Promise<number> {
  assertSeed(flags);
  const plan = planOf(flags);
  if (plan.model !== undefined && !(await confirmLive(context, plan, flags.yes === true))) return 1;
  const folder = freshFolder(context.world.cwd, named);
  const workspace = await layOutDemo(context, folder, flags);
  const tell = tellerOf(context, flags.json === true);
  tell.laidOut(folder, plan);
  const story = await storyOf(quiet(context, workspace), workspace, plan, tell, { folder, seed: flags.seed });
  context.stop();
  if (flags.json) context.print.json(story);
  tell.end(folder, story.after !== undefined);
  // Where the grades mean nothing, learning nothing is the good end.
  return story.after !== undefined || (flags.shuffleGrades === true && story.learned.changes.length === 0) ? 0 : 1;
}

async function storyOf(
  context: CommandContext,
  workspace: Workspace,
  plan: DemoPlan,
  tell: Teller,
  about: Pick<Story, 'folder' | 'seed'>,
): Promise<Story> {
  const before = await missionsOf(context, workspace, plan, plan.trials);
  tell.flown(before.table);
  const learned = await dreamOf(context, workspace);
  tell.dreamed(learned);
  const told = { ...about, before: before.table, learned };
  if (learned.branch === null || learned.changes.length === 0) return told;
  await tell.branch(workspace, learned);
  const proof = await proofOf(context, workspace, plan, learned.branch);
  tell.proved(proof, plan);
  if (proof.verdict === 'harmful') return { ...told, proof };
  tell.merged(await mergeOf(context, workspace, learned.branch), proof);
  const after = await missionsOf(context, workspace, plan, plan.again);
  tell.again(before.table, after.table);
  return { ...told, proof, after: after.table };
}

// A line for every single mission would bury the story; its table says it all.
function quiet(context: CommandContext, workspace: Workspace): CommandContext {
  const emit: CommandContext['emit'] = (signal) => {
    if (signal.type !== 'note') context.emit(signal);
  };
  return { ...context, interactive: false, open: async () => workspace, emit };
}
