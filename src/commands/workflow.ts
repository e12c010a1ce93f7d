// `agent workflow`: plans of several steps as files, checked before they run and resumed where they broke off; each verb is loaded when it is asked for.
import type { Command } from 'commander';
import type { Define } from './context.ts';
import { collect } from './flag-values.ts';
import { late } from './late.ts';
import { wholeNumber } from './selection.ts';

export const define: Define = (command, bind) => {
  defineRunning(command, bind);
  defineReading(command, bind);
};

const defineRunning: Define = (command, bind) => {
  withRunFlags(
    command
      .command('run <workflow>')
      .description('run workflows/<name>.yaml, or the file at a path')
      .option('-i, --input <name=value>', 'a value for the workflow; may be repeated', collect)
      .option('--model <id>', 'a model id, scripted:<file> or cassette:<file>, in place of the agents’ own')
      .option('--memory <ref>', 'load lessons from this branch, tag or commit instead of the memory branch')
      .option('--no-memory', 'start every session without any lesson'),
  )
    .addHelpText('after', RUN)
    .action(bind(late(async () => (await import('./workflow/run.ts')).run)));
  withRunFlags(
    command
      .command('resume [run]')
      .description('go on with a run: what has ended is left alone (default: the newest that is not done)')
      .option('--failed', 'begin anew what had failed')
      .option('--anyway', 'go on although the workflow or an answer has changed since')
      .option('--model <id>', 'in place of the model that the run began with'),
  )
    .addHelpText('after', RESUME)
    .action(bind(late(async () => (await import('./workflow/run.ts')).resume)));
};

const defineReading: Define = (command, bind) => {
  command
    .command('show <workflow-or-run>')
    .description('the plan of a workflow, or where a run is (last: the newest)')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExamples:\n  $ agent workflow show review\n  $ agent workflow show last')
    .action(bind(late(async () => (await import('./workflow/show.ts')).show)));
  command
    .command('list')
    .description('the workflows of this memory and their newest runs')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExamples:\n  $ agent workflow list')
    .action(bind(late(async () => (await import('./workflow/read.ts')).list)));
  command
    .command('check <workflow>')
    .description('what is wrong with a workflow, all of it, file and line')
    .option('--json', 'print the problems as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ agent workflow check review\n  $ agent workflow check ./drafts/review.yaml\n\nExit code 1 where there are problems.',
    )
    .action(bind(late(async () => (await import('./workflow/read.ts')).check)));
};

function withRunFlags(command: Command): Command {
  return command
    .option('-j, --jobs <n>', 'sessions at once, at most 64', wholeNumber, 4)
    .option('--workspace <folder>', 'where the agents work (default: here)')
    .option('--budget <limits>', 'for each session, for example 0.50, or usd=0.5,turns=40,minutes=20')
    .option('--allow <pattern>', 'allow calls, for example "bash(npm test *)"; may be repeated', collect)
    .option('--deny <pattern>', 'refuse calls, whatever else is said; may be repeated', collect)
    .option('--no-context', 'leave out AGENTS.md, CLAUDE.md, GEMINI.md and skills of the project')
    .option('--record <file>', 'record the exchange with the models, to be played with --model cassette:<file>')
    .option('--json', 'print the report as JSON');
}

const CODES =
  'Exit codes: 0 every step is done or skipped · 1 a step failed or waits for a person · 2 it could not start · 130 interrupted';

const RUN = `
Examples:
  $ agent workflow run review --input base=main --allow "bash(git diff *)"
  $ agent workflow run ./plans/migrate.yaml -j 8 --budget usd=0.50
  $ agent workflow run review --input base=main --json | jq .steps

Nobody is asked: what no rule allows is refused, so give rules with --allow or in config.yaml.
All steps work in one folder. With more than one at once, let them write different files.

${CODES}`;

const RESUME = `
Examples:
  $ agent workflow resume                      after Ctrl-C, kill -9, an outage
  $ agent workflow resume last --failed        another try for what failed
  $ agent run --resume <session> "<answer>"    where a step waits for you; then resume

${CODES}`;
