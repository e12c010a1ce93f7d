// `agent playbooks lint`: what is wrong with the playbooks in the work tree, file and line; changes nothing.
import { count } from '../../base/text.ts';
import { resolveCommit } from '../../git/refs.ts';
import { type Finding, lintPlaybooks } from '../../learning/lint.ts';
import { cardOfEntry, memoryAt } from '../../learning/memory-at.ts';
import { workTreeFiles } from '../../stages/by-hand.ts';
import { openIndex } from '../../store/session-index.ts';
import type { CommandContext } from '../context.ts';

/** Exit code 1 where there are problems; evidence that lies on other machines is only worth a note. */
export async function lint(context: CommandContext, flags: { json?: boolean }): Promise<number> {
  const { print } = context;
  const workspace = await context.open();
  const found = lintPlaybooks(workTreeFiles(workspace.layout), workspace.settings);
  const findings = [...found, ...(await absentEvidence(context))];
  const problems = findings.filter((f) => f.level === 'problem');
  const notes = findings.filter((f) => f.level === 'note');
  context.stop();
  if (flags.json) print.json({ problems: problems.map(bare), notes: notes.map(bare) });
  else {
    for (const { level, file, line, what, entry } of findings) {
      const place = `${print.outside(file)}${line === undefined ? '' : `:${line}`}`;
      const about = entry === undefined ? '' : `${entry}: `;
      print.line(`${place}: ${level === 'note' ? print.paint.dim('note: ') : ''}${about}${print.outside(what)}`);
    }
    print.line(problems.length === 0 ? 'the playbooks are sound' : count(problems.length, 'problem'));
  }
  print.next(
    problems.length === 0 ? 'next: agent playbooks list' : 'next: mend these lines, then agent playbooks lint',
  );
  return problems.length === 0 ? 0 : 1;
}

// Evidence that no session here can confirm: the lesson may be sound, but nobody here can look.
async function absentEvidence(context: CommandContext): Promise<Finding[]> {
  const workspace = await context.open();
  const commit = await resolveCommit(workspace.repo, `refs/heads/${workspace.settings.memory.branch}`);
  if (commit === null) return []; // nothing was ever in force
  const at = await memoryAt(workspace.repo, commit, workspace.prefix);
  const here = new Set(openIndex(workspace.layout, context.emit).map((s) => s.id));
  return at.playbooks.flatMap(({ name, sections }) =>
    sections.flatMap((section): Finding[] => {
      const id = section.mark?.id;
      const card = id === undefined ? undefined : cardOfEntry(at, id);
      if (id === undefined || card === undefined) return [];
      const absent = new Set(card.examples.map((s) => s.session).filter((session) => !here.has(session)));
      if (absent.size === 0) return [];
      const what = `${count(absent.size, 'session')} of its evidence ${absent.size === 1 ? 'is' : 'are'} not on this machine`;
      return [{ level: 'note', file: `playbooks/${name}.md`, entry: id, what }];
    }),
  );
}

function bare({ level: _level, ...finding }: Finding): Omit<Finding, 'level'> {
  return finding;
}
