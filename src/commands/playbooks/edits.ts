// `agent playbooks pin | unpin | retire | add`: edits files of the work tree and prints the command that commits them; never commits.
import { relative } from 'node:path';
import { UserError } from '../../base/errors.ts';
import type { EntryKind } from '../../domain/card.ts';
import { currentBranch } from '../../git/refs.ts';
import { type MemoryAt, memoryAt } from '../../learning/memory-at.ts';
import { add, type HandReport, pin, retire } from '../../stages/by-hand.ts';
import { memoryCommit, type Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';

export async function pinned(context: CommandContext, id: string): Promise<number> {
  const workspace = await context.open();
  return say(context, workspace, pin(workspace.layout, id, true), 'Pin');
}

export async function unpinned(context: CommandContext, id: string): Promise<number> {
  const workspace = await context.open();
  return say(context, workspace, pin(workspace.layout, id, false), 'Unpin');
}

export async function retired(context: CommandContext, entry: string, flags: { because: string }): Promise<number> {
  if (flags.because.trim() === '')
    throw new UserError({ what: '--because is empty', hint: 'say why, for whoever meets the lesson again' });
  const workspace = await context.open();
  const { layout, by } = workspace;
  const memory = await inForce(workspace);
  const report = retire({ layout, entry, because: flags.because.trim(), by, now: context.world.now, memory });
  return say(context, workspace, report, 'Retire');
}

export interface AddFlags {
  playbook: string;
  title: string;
  rule: string;
  kind: EntryKind;
  tool?: string[];
  expires?: string;
}

export async function added(context: CommandContext, flags: AddFlags): Promise<number> {
  const { expires } = flags;
  if (expires !== undefined && (!/^\d{4}-\d{2}-\d{2}$/.test(expires) || Number.isNaN(Date.parse(expires))))
    throw new UserError({ what: `--expires ${expires} is no day`, hint: 'for example --expires 2027-01-31' });
  const workspace = await context.open();
  const lesson = {
    playbook: flags.playbook.replace(/\.md$/, ''),
    title: flags.title,
    rule: flags.rule,
    kind: flags.kind,
    tools: flags.tool ?? [],
    ...(expires !== undefined && { expires }),
    since: context.world.now().toISOString().slice(0, 10),
  };
  const report = add(workspace.layout, lesson, workspace.settings, await inForce(workspace));
  return say(context, workspace, report, 'Add');
}

async function inForce(workspace: Workspace): Promise<MemoryAt> {
  return memoryAt(workspace.repo, await memoryCommit(workspace), workspace.prefix);
}

async function say(context: CommandContext, workspace: Workspace, report: HandReport, verb: string): Promise<number> {
  const { print, emit, world } = context;
  const { entry, title, playbook, did, files } = report;
  if (files.length === 0) {
    print.line(`${entry} is ${did} already`);
    print.next('next: agent playbooks list');
    return 0;
  }
  print.line(`${did} ${print.paint.bold(entry)} in playbooks/${print.outside(playbook)}.md: ${print.outside(title)}`);
  const branch = await currentBranch(workspace.repo);
  const memory = workspace.settings.memory.branch;
  if (branch !== memory) {
    const text = `you are on ${branch ?? 'no branch'}; it is in force once it is on ${memory}`;
    emit({ type: 'warning', stage: 'playbooks', text });
  }
  const paths = files.map((file) => quoted(relative(world.cwd, file) || file)).join(' ');
  print.next(`next: git add -- ${paths} && git commit -m ${quoted(`${verb} lesson ${entry}`)} -- ${paths}`);
  return 0;
}

// For /bin/sh: a plain word stays as it is.
function quoted(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
