// `agent sessions`: what is stored, how it is shared, and how it is taken away again; each verb is loaded when it is asked for.

import { Argument, Option } from 'commander';
import { JOBS } from '../base/threads.ts';
import type { Define } from './context.ts';
import { late } from './late.ts';
import { wholeNumber, withSelection } from './selection.ts';

export const define: Define = (command, bind) => {
  defineReading(command, bind);
  defineSharing(command, bind);
  defineTakingAway(command, bind);
};

const defineReading: Define = (command, bind) => {
  withSelection(command.command('list').description('stored sessions, newest first'))
    .option('--text <words>', 'only sessions in which these words occur')
    .option('--json', 'print the stored headers as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ agent sessions list --outcome fail --since 7d\n  $ agent sessions list --source tau-bench --json',
    )
    .action(bind(late(async () => (await import('./sessions/list.ts')).list)));
  command
    .command('show [id]')
    .description('one session as a person reads it (default: the newest)')
    .option('--thread <name>', 'only this thread (main, or the name of a subagent)')
    .option('--threads', 'a line an event, threads side by side in the order in which things happened')
    .option('--full', 'whole results instead of their beginnings')
    .option('--ids', 'the id of each event above it, for agent run --fork <session>@<event>')
    .option('--json', 'print the stored events, a line each')
    .addHelpText(
      'after',
      '\nExamples:\n  $ agent sessions show last | less -R\n  $ agent sessions show 0ccf1a --thread main\n  $ agent sessions show last --threads',
    )
    .action(bind(late(async () => (await import('./sessions/show.ts')).show)));
  command
    .command('search <text>')
    .description('find text in the stored sessions')
    .option('--limit <n>', 'stop after so many hits', wholeNumber, 50)
    .option('--json', 'print the hits as JSON')
    .addHelpText('after', '\nExamples:\n  $ agent sessions search "no such file"')
    .action(bind(late(async () => (await import('./sessions/search.ts')).search)));
  command
    .command('verify')
    .description('check every line of every stored session, and the files beside them')
    .option('-j, --jobs <n>', 'threads that read transcripts', wholeNumber, JOBS)
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', '\nExit code 1 if anything is torn or malformed. Nothing is changed.')
    .action(bind(late(async () => (await import('./sessions/verify.ts')).verify)));
};

const defineSharing: Define = (command, bind) => {
  command
    .command('share')
    .addArgument(new Argument('[mode]', 'how').choices(['ignore', 'commit', 'branch']))
    .description('say how sessions are shared, or show how they are')
    .option('--json', 'print the mode and what was changed as JSON')
    .addHelpText('after', SHARE)
    .action(bind(late(async () => (await import('./sessions/share.ts')).share)));
  command
    .command('publish')
    .description('add sessions to the branch agentmem/sessions, redacted by today’s rules')
    .option('--push [remote]', 'and push it (default: the memory branch’s remote, or origin)')
    .option('--sessions <id...>', 'only these (unique beginnings of ids will do)')
    .option('--json', 'print what was published as JSON')
    .addHelpText('after', '\nExamples:\n  $ agent sessions publish\n  $ agent sessions publish --push origin')
    .action(bind(late(async () => (await import('./sessions/publish.ts')).publish)));
  command
    .command('fetch [remote]')
    .description('bring in sessions that others published')
    .option('--again', 'also sessions that were removed here')
    .option('--json', 'print what came in as JSON')
    .addHelpText('after', '\nExamples:\n  $ agent sessions fetch\n  $ agent sessions fetch origin && agent dream')
    .action(bind(late(async () => (await import('./sessions/fetch.ts')).fetch)));
  command
    .command('export <id...>')
    .description('copy sessions into a folder, redacted by today’s rules')
    .option('--out <folder>', 'where to', '.')
    .addOption(new Option('--format <format>', 'as stored, or for reading').choices(['jsonl', 'md']).default('jsonl'))
    .option('--json', 'print what was written as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ agent sessions export last --format md\n  $ agent sessions export 0ccf1a 1bd20f --out /tmp/for-mira\n\nWhoever gets the files: agent import <folder>',
    )
    .action(bind(late(async () => (await import('./sessions/export.ts')).exportSessions)));
};

const defineTakingAway: Define = (command, bind) => {
  command
    .command('redact [id...]')
    .description('apply today’s redaction rules to stored sessions (shows what would change unless --yes)')
    .option('--all', 'every stored session')
    .option('--yes', 'rewrite the lines')
    .option('--json', 'print what changes as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ agent sessions redact --all\n  $ agent sessions redact 0ccf1a --yes\n\nEvidence that cites a rewritten line no longer has its hash; such lessons are listed.',
    )
    .action(bind(late(async () => (await import('./sessions/redact.ts')).redact)));
  command
    .command('rm <id...>')
    .description('remove sessions from this machine for good')
    .option('--yes', 'do it (otherwise it only says what would go)')
    .option('--force', 'also sessions that lessons cite')
    .option('--json', 'print what was removed as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ agent sessions rm 0ccf1a\n  $ agent sessions rm 0ccf1a --yes\n\nExit code 1 where a lesson in force, or one that waits, cites the session: nothing is removed then.',
    )
    .action(bind(late(async () => (await import('./sessions/rm.ts')).rm)));
  command
    .command('retain')
    .description('warn about sessions older than retention.sessions; remove those that were warned about long enough')
    .option('--dry-run', 'only say what would happen')
    .option('--json', 'print the plan as JSON')
    .addHelpText('after', '\nExamples:\n  $ agent sessions retain --dry-run\n\nSessions that a lesson cites stay.')
    .action(bind(late(async () => (await import('./sessions/retain.ts')).retain)));
};

const SHARE = `
Modes:
  ignore   sessions stay on this machine (default)
  commit   sessions are committed with everything else
  branch   sessions go to the branch agentmem/sessions: agent sessions publish, agent sessions fetch

Examples:
  $ agent sessions share
  $ agent sessions share branch`;
