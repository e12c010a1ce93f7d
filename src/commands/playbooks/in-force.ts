// `agent playbooks list | show | why`: what is in force, and the way from a lesson back to the very lines it was learned from; changes nothing.
import { UserError } from '../../base/errors.ts';
import { count } from '../../base/text.ts';
import { commitsBetween } from '../../git/history.ts';
import { sectionFaults } from '../../learning/edit-section.ts';
import { cardOfEntry, type MemoryAt, memoryAt } from '../../learning/memory-at.ts';
import { findEntry } from '../../learning/review-branch.ts';
import { checkSpans } from '../../store/evidence.ts';
import { openIndex } from '../../store/session-index.ts';
import { memoryCommit, type Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import { counterWords, entryCounters } from './stats.ts';

export interface ReadFlags {
  memory?: string;
  json?: boolean;
}

export async function inForce(
  context: CommandContext,
  flags: ReadFlags,
): Promise<{ workspace: Workspace; at: MemoryAt }> {
  const workspace = await context.open();
  const commit = await memoryCommit(workspace, flags.memory);
  return { workspace, at: await memoryAt(workspace.repo, commit, workspace.prefix) };
}

export async function list(context: CommandContext, flags: ReadFlags & { stats?: boolean }): Promise<number> {
  const { at, workspace } = await inForce(context, flags);
  const { print, emit } = context;
  for (const { name, reason } of at.broken) emit({ type: 'warning', stage: 'playbooks', text: reason, where: name });
  const unread = at.playbooks.flatMap(({ name, sections }) =>
    sections
      .filter(({ mark }) => mark === undefined)
      .flatMap((s) => sectionFaults(s).map((fault) => ({ name, text: `“${s.title}”: ${fault}` }))),
  );
  for (const { name, text } of unread) emit({ type: 'warning', stage: 'playbooks', text, where: `${name}.md` });
  const isWhole = unread.length === 0 && at.broken.length === 0;
  const entries = at.playbooks.flatMap((playbook) =>
    playbook.sections.flatMap(({ mark, title, rule, predicate }) =>
      mark === undefined
        ? []
        : [{ entry: mark.id, playbook: playbook.name, ...mark, title, rule, ...(predicate && { predicate }) }],
    ),
  );
  const counters = flags.stats ? await entryCounters(context, workspace) : undefined;
  context.stop();
  if (flags.json)
    print.json(
      entries.map(({ id, ...entry }) => ({ ...entry, ...(counters && { counter: counters.get(id) ?? null }) })),
    );
  else if (entries.length === 0)
    print.line(isWhole ? 'nothing is in force yet' : 'what there is cannot be read, and no agent is given it');
  else if (counters !== undefined)
    print.table(
      ['entry', 'playbook', 'grade', 'sessions (newer ones count more)', 'lesson'],
      entries.map((e) => [e.id, e.playbook, e.grade, counterWords(counters.get(e.id)), e.title]),
    );
  else
    print.table(
      ['entry', 'playbook', 'kind', 'grade', 'since', 'lesson'],
      entries.map((e) => [e.id, e.playbook, e.kind, e.grade, e.since ?? '', e.title]),
    );
  if (!isWhole) print.next('next: agent playbooks lint');
  else print.next(entries.length === 0 ? 'next: agent dream' : 'next: agent playbooks why <entry>');
  return 0;
}

export async function show(context: CommandContext, name: string, flags: ReadFlags): Promise<number> {
  const { at } = await inForce(context, flags);
  const text = at.files.get(`playbooks/${name.replace(/\.md$/, '')}.md`);
  if (text === undefined) {
    throw new UserError({
      what: `no playbook ${name} is in force`,
      hint: `there are: ${at.playbooks.map((p) => p.name).join(', ') || 'none yet'}`,
    });
  }
  for (const line of text.trimEnd().split('\n')) context.print.line(context.print.outside(line));
  return 0;
}

export async function why(context: CommandContext, ref: string, flags: ReadFlags): Promise<number> {
  const { workspace, at } = await inForce(context, flags);
  const id = wholeName(at, ref);
  const { print, emit } = context;
  const found = findEntry(at.playbooks, id);
  if (found === undefined)
    throw new UserError({
      what: `no lesson ${id} is in force`,
      hint: 'agent playbooks list names them; --memory <branch> reads a branch that waits',
    });
  const commits = (await commitsBetween(workspace.repo, null, at.commit)).filter(
    (c) => c.trailers['Agentmem-Entry'] === id,
  );
  const card = cardOfEntry(at, id);
  const spans = [...(card?.examples ?? []), ...(card?.counter_examples ?? [])];
  const evidence = checkSpans(workspace.layout, openIndex(workspace.layout, emit), spans);
  const counter = (await entryCounters(context, workspace)).get(id);
  context.stop();
  if (flags.json) {
    print.json({
      entry: id,
      playbook: found.playbook,
      title: found.section.title,
      mark: found.section.mark,
      commits,
      card: card ?? null,
      evidence,
      counter: counter ?? null,
    });
    return 0;
  }
  print.line(`${print.paint.bold(id)}  ${print.outside(found.section.title)}`);
  print.line(`in playbooks/${found.playbook}.md, ${found.section.mark?.kind}, grade ${found.section.mark?.grade}`);
  for (const commit of commits)
    print.line(
      `${print.paint.yellow(commit.commit.slice(0, 8))} ${commit.date.slice(0, 10)} ${print.outside(commit.author.name)}: ${print.outside(commit.subject)}`,
    );
  if (commits.length === 0) print.line('no commit of a dream names it: a person wrote it');
  if (card !== undefined)
    print.line(
      `${card.id}: ${print.outside(card.claim)} (${count(card.counts.sessions, 'session')}, ${count(card.counts.tasks, 'task')})`,
    );
  print.line(counterWords(counter));
  for (const span of evidence) {
    print.line(
      `  ${span.verified}: ${span.file ?? span.session}${span.line === undefined ? '' : `:${span.line}`} ${span.event}`,
    );
    print.line(`    “${print.outside(span.quote).replace(/\s+/g, ' ')}”`);
  }
  print.next(`next: agent playbooks history ${id} | agent revert ${id} --because "…"`);
  return 0;
}

// A unique beginning will do, as it does for every other id.
function wholeName({ playbooks }: MemoryAt, ref: string): string {
  const names = playbooks.flatMap((p) => p.sections.flatMap((s) => s.mark?.id ?? []));
  if (names.includes(ref)) return ref;
  const [only, ...others] = names.filter((name) => ref !== '' && name.startsWith(ref));
  if (others.length === 0) return only ?? ref;
  throw new UserError({ what: `${ref} is the beginning of several lessons: ${[only, ...others].join(', ')}` });
}
