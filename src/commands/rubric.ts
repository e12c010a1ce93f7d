// `agent rubric`: what good looks like: new ones, what is wrong with them, how they judge stored sessions; each verb is loaded when it is asked for.
import type { Define } from './context.ts';
import { late } from './late.ts';
import { withSelection } from './selection.ts';

export const define: Define = (command, bind) => {
  defineReading(command, bind);
  defineWriting(command, bind);
  defineTesting(command, bind);
};

const defineReading: Define = (command, bind) => {
  command
    .command('list')
    .description('the rubrics of this memory, and the files that are none')
    .option('--json', 'print the rubrics as JSON')
    .addHelpText('after', '\nExamples:\n  $ agent rubric list')
    .action(bind(late(async () => (await import('./rubric/read.ts')).list)));
  command
    .command('show <rubric>')
    .description('one rubric, by its name or the path of its file')
    .option('--json', 'print the rubric with all defaults as JSON')
    .addHelpText('after', '\nExamples:\n  $ agent rubric show code-change\n  $ agent rubric show ./drafts/landing.yaml')
    .action(bind(late(async () => (await import('./rubric/read.ts')).show)));
  command
    .command('schema')
    .description('print the JSON schema of rubrics, for editors')
    .option('--json', 'the same: it is JSON already')
    .addHelpText('after', '\nExamples:\n  $ agent rubric schema > rubric.schema.json')
    .action(bind(late(async () => (await import('./rubric/read.ts')).schema)));
};

const defineWriting: Define = (command, bind) => {
  command
    .command('new <name>')
    .description('write rubrics/<name>.yaml, from a template or a known-good file')
    .option('--template <template>', 'code-change, report or data (default: code-change)')
    .option('--from <file>', 'have a model draft criteria from a file that is good')
    .option('--json', 'print the path of the new file as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ agent rubric new landing --template data\n  $ agent rubric new weekly --from reports/2026-46.md\n\nNo file is overwritten.',
    )
    .action(bind(late(async () => (await import('./rubric/new.ts')).newRubric)));
};

const defineTesting: Define = (command, bind) => {
  command
    .command('lint [rubric...]')
    .description('what is wrong with rubrics, file and line (default: all of this memory)')
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', LINT)
    .action(bind(late(async () => (await import('./rubric/lint.ts')).lint)));
  withSelection(
    command
      .command('test <rubric> [session...]')
      .description('what a rubric says of stored sessions, beside their outcomes'),
  )
    .option('--json', 'print verdicts and agreement as JSON')
    .addHelpText('after', TEST)
    .action(bind(late(async () => (await import('./rubric/test.ts')).test)));
};

const LINT = `
Examples:
  $ agent rubric lint
  $ agent rubric lint landing drafts/weekly.yaml

Looks for wishes that nobody can measure, checks that can decide nothing (patterns, paths, schemas, tools), criteria that
contradict each other, and a pass that cannot be reached or missed. Exit code 1 where there are problems.`;

const TEST = `
Examples:
  $ agent rubric test landing
  $ agent rubric test landing last --json
  $ agent rubric test landing --last 50 --source tau-bench

Nothing is written into the sessions (agent grade does that). Checks decide; what a judge would decide stays open, and an
open criterion is never met. Compared with the outcomes that sessions have already: labels of imports, earlier grades.
Commands of checks run only after agent trust. Exit code 1 where a session's verdict is not its outcome.`;
