// `agent demo`: one turn of the cycle over the example's transcripts, in a fresh repository that stays for the user to look around.
import { existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { UserError } from '../base/errors.ts';
import { count } from '../base/text.ts';
import { diffText } from '../git/read.ts';
import { commitPaths } from '../git/setup.ts';
import { type DreamReport, dream } from '../stages/dream.ts';
import { importSessions } from '../stages/import.ts';
import { initMemory } from '../stages/init.ts';
import { openLogCache } from '../store/log-cache.ts';
import { openIndex } from '../store/session-index.ts';
import { openWorkspace, packageRoot, starterFiles, type Workspace } from '../workspace.ts';
import type { CommandContext, Define } from './context.ts';
import type { Printer } from './print.ts';

const DEMO_IDENTITY = { name: 'agentmem demo', email: 'demo@agentmem.invalid' };

export const define: Define = (command, bind) => {
  command
    .argument('[folder]', 'where the repository goes (default: a new folder for temporary files)')
    .option('--json', 'print the dream’s report as JSON')
    .addHelpText('after', '\nExamples:\n  $ agent demo\n  $ agent demo ~/agentmem-demo')
    .action(bind(run));
};

async function run(context: CommandContext, named: string | undefined, flags: { json?: boolean }): Promise<number> {
  const { world, emit, signal, print } = context;
  const folder = freshFolder(world.cwd, named);
  const say = flags.json ? () => {} : print.line;
  say(`${print.paint.bold('1. init')}    a fresh repository in ${folder}`);
  await initMemory({ folder, files: starterFiles(), branch: 'main' });
  const workspace = await openWorkspace(world, folder);
  await commitPaths(workspace.repo, ['.agentmem'], 'Lay out agent memory', DEMO_IDENTITY);

  const imported = await bringIn(workspace, context);
  say(
    `${print.paint.bold('2. import')}  ${count(imported.sessions.length, 'session')} of an invented tea shop, written by hand for this demo`,
  );

  const sessions = openIndex(workspace.layout, emit);
  const report = await dream({
    ...workspace,
    sessions,
    base: 'main',
    dryRun: false,
    now: world.now,
    emit,
    signal,
  });
  context.stop();
  say(
    `${print.paint.bold('3. dream')}   ${count(report.changes.length, 'lesson')} on ${report.branch ?? 'no branch'}, from ${count(report.read.sessions, 'session')}, without a model`,
  );
  if (flags.json) print.json({ folder, ...report });
  else await showLessons(print, workspace, report);
  return report.changes.length > 0 ? 0 : 1;
}

function freshFolder(cwd: string, named: string | undefined): string {
  if (named === undefined) return mkdtempSync(join(tmpdir(), 'agentmem-demo-'));
  const folder = resolve(cwd, named);
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new UserError({
      what: 'the folder for the demo is not empty',
      where: folder,
      hint: 'name a folder that is empty or not there yet',
    });
  }
  mkdirSync(folder, { recursive: true });
  return folder;
}

function bringIn({ layout, by, redact }: Workspace, { emit, signal }: CommandContext) {
  const paths = [join(packageRoot(), '.agentmem.example', 'transcripts')];
  return importSessions({ layout, paths, by, redact, emit, signal, cache: openLogCache(layout.cache, 'imports', 1) });
}

async function showLessons(print: Printer, { repo, layout, prefix }: Workspace, report: DreamReport): Promise<void> {
  const diff = await diffText(repo, report.base, report.head ?? '', [`${prefix}/playbooks`]);
  print.line();
  for (const line of diff.split('\n').filter(isLesson)) print.line(`  ${print.paint.green(print.outside(line))}`);
  print.line();
  for (const { claim, reason } of report.quarantined)
    print.line(`  ${print.paint.dim(`not learned: ${print.outside(claim)} (${reason})`)}`);
  print.line();
  print.line('Nothing is in force before a person merges it. Look around, then decide:');
  print.line(`  cd ${layout.root}`);
  for (const step of [
    'agent diff',
    'agent review',
    'agent review --reject <entry> --because "…"',
    'agent merge',
    'agent playbooks why <entry>',
  ])
    print.line(`  ${step}`);
  print.line('(`agent` is on your PATH after `npm link` in this package; else it is bin/agent.js)');
}

// The diff's added headings and rules; marks and folded evidence are for `agent diff`.
function isLesson(line: string): boolean {
  return line.startsWith('+## ') || /^\+[A-Z“]/.test(line);
}
