// `agent suite`: lists of tasks: which there are, what became of their runs, new ones out of tables and sessions; each verb is loaded when it is asked for.
import type { Define } from './context.ts';
import { late } from './late.ts';
import { withSelection } from './selection.ts';

export const define: Define = (command, bind) => {
  command
    .command('list')
    .description('the suites of this memory, the files that are none, and their runs on this machine')
    .option('--json', 'print suites and runs as JSON')
    .addHelpText('after', '\nExamples:\n  $ agent suite list')
    .action(bind(late(async () => (await import('./suite/read.ts')).list)));
  command
    .command('show <suite|run>')
    .description('the tasks of a suite, or the table of one run of it')
    .option('--json', 'print the suite with all defaults, or the table, as JSON')
    .addHelpText('after', SHOW)
    .action(bind(late(async () => (await import('./suite/read.ts')).show)));
  command
    .command('import <file>')
    .description('make a suite out of a CSV or JSONL file')
    .requiredOption('--as <name>', 'the name of the suite')
    .option('--force', 'write over a suite of that name')
    .option('--json', 'print what was made as JSON')
    .addHelpText('after', IMPORT)
    .action(bind(late(async () => (await import('./suite/make.ts')).importSuite)));
  withSelection(command.command('from-sessions').description('make a suite out of what was asked in stored sessions'))
    .requiredOption('--as <name>', 'the name of the suite')
    .option('--failed', 'only sessions that failed (the same as --outcome fail)')
    .option('--tool <name>', 'only sessions in which this tool was called')
    .option('--force', 'write over a suite of that name')
    .option('--json', 'print what was made as JSON')
    .addHelpText('after', FROM_SESSIONS)
    .action(bind(late(async () => (await import('./suite/make.ts')).fromSessions)));
};

const SHOW = `
Examples:
  $ agent suite show six-sites
  $ agent suite show 20261121-080012-k3v9 --json | jq .table.whole

The table is made from the stored sessions: grades that were given later (agent grade --suite <run>) are in it.`;

const IMPORT = `
Examples:
  $ agent suite import questions.csv --as questions
  $ agent suite import tasks.jsonl --as nightly --force

Columns of the CSV, or fields of each line of JSON: prompt (or task, question), and where there are any id, tags, seed,
held_out, expected. A row without a prompt is left out and named. Exit code 1 if any was.`;

const FROM_SESSIONS = `
Examples:
  $ agent suite from-sessions --failed --since 30d --as what-failed
  $ agent suite from-sessions --tool bash --source claude-code --as shell-work

The first words of the person in each session, each text once, ids of tasks kept. Sessions that are held out for proving
are left out. Read the file before you run it: nobody has checked that a prompt makes sense in an empty folder.`;
