// `agent playbooks`: what is in force, where it came from, and a person's own edits; each verb is loaded when it is asked for.
import { Option } from 'commander';
import { entryKinds } from '../domain/card.ts';
import type { Define } from './context.ts';
import { late } from './late.ts';

export const define: Define = (command, bind) => {
  defineReading(command, bind);
  defineEditing(command, bind);
};

const MEMORY = ['--memory <ref>', 'read this ref instead of the memory branch'] as const;

const defineReading: Define = (command, bind) => {
  command
    .command('list')
    .description('every lesson in force')
    .option(...MEMORY)
    .option('--stats', 'what became of the sessions that loaded each lesson')
    .option('--json', 'print the entries as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ agent playbooks list\n  $ agent playbooks list --memory dream/d20261120-8c1f\n  $ agent playbooks list --stats',
    )
    .action(bind(late(async () => (await import('./playbooks/in-force.ts')).list)));
  command
    .command('show <playbook>')
    .description('one playbook as it is in force')
    .option(...MEMORY)
    .addHelpText('after', '\nExamples:\n  $ agent playbooks show edit')
    .action(bind(late(async () => (await import('./playbooks/in-force.ts')).show)));
  command
    .command('why <entry>')
    .description('from a lesson to its commit, its card and the very lines it was learned from')
    .option(...MEMORY)
    .option('--json', 'print the trail as JSON')
    .addHelpText('after', '\nExamples:\n  $ agent playbooks why k7f3')
    .action(bind(late(async () => (await import('./playbooks/in-force.ts')).why)));
  command
    .command('history <name>')
    .description('every commit that touched a playbook or a lesson, and every verdict on it')
    .option(...MEMORY)
    .option('--json', 'print the history as JSON')
    .addHelpText('after', '\nExamples:\n  $ agent playbooks history edit\n  $ agent playbooks history k7f3')
    .action(bind(late(async () => (await import('./playbooks/history.ts')).history)));
};

const NOTHING_COMMITTED = '\nThe file in your work tree is changed; the commit is yours to make.';

const defineEditing: Define = (command, bind) => {
  command
    .command('lint')
    .description('check the playbooks in your work tree')
    .option('--json', 'print what was found as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ agent playbooks lint\n\nExit code 1 if there are problems. Nothing is changed.',
    )
    .action(bind(late(async () => (await import('./playbooks/lint.ts')).lint)));
  command
    .command('pin <entry>')
    .description('keep a lesson as it is: no dream changes or retires it')
    .addHelpText('after', `\nExamples:\n  $ agent playbooks pin k7f3\n${NOTHING_COMMITTED}`)
    .action(bind(late(async () => (await import('./playbooks/edits.ts')).pinned)));
  command
    .command('unpin <entry>')
    .description('let dreams change a lesson again')
    .addHelpText('after', `\nExamples:\n  $ agent playbooks unpin k7f3\n${NOTHING_COMMITTED}`)
    .action(bind(late(async () => (await import('./playbooks/edits.ts')).unpinned)));
  command
    .command('retire <entry>')
    .description('take a lesson out, and keep it from being learned again')
    .requiredOption('--because <reason>', 'why, kept in decisions.jsonl')
    .addHelpText(
      'after',
      `\nExamples:\n  $ agent playbooks retire k7f3 --because "the tool is gone"\n${NOTHING_COMMITTED}`,
    )
    .action(bind(late(async () => (await import('./playbooks/edits.ts')).retired)));
  command
    .command('add')
    .description('write a lesson of your own')
    .requiredOption('--playbook <name>', 'the playbook; it is made if it is not there')
    .requiredOption('--title <text>', 'the heading: when, and what to do')
    .requiredOption('--rule <text>', 'what an agent should know, in a few sentences')
    .addOption(new Option('--kind <kind>', 'what kind of lesson it is').choices([...entryKinds]).default('preference'))
    .option('--tool <name...>', 'tools that a new playbook is about')
    .option('--expires <day>', 'the day (YYYY-MM-DD) from which dreams may propose to retire it')
    .addHelpText('after', ADD_EXAMPLES + NOTHING_COMMITTED)
    .action(bind(late(async () => (await import('./playbooks/edits.ts')).added)));
};

const ADD_EXAMPLES = `
Examples:
  $ agent playbooks add --playbook preferences --title "Answer in English" --rule "Whatever the language of the issue."
`;
