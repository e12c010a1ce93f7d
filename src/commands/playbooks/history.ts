// `agent playbooks history`: the commits and verdicts behind a playbook or a lesson; changes nothing.
import { UserError } from '../../base/errors.ts';
import { versionsOf } from '../../git/versions.ts';
import { type Happened, historyOf } from '../../learning/entry-history.ts';
import type { CommandContext } from '../context.ts';
import { inForce, type ReadFlags } from './in-force.ts';

/** Exit code 0; a name that nothing ever had is a UserError. */
export async function history(context: CommandContext, name: string, flags: ReadFlags): Promise<number> {
  const { workspace, at } = await inForce(context, flags);
  const { repo, prefix } = workspace;
  const versions = await versionsOf(repo, at.commit, `${prefix}/playbooks`);
  const happened = historyOf(versions, at.decisions, name.replace(/\.md$/, ''));
  const { print } = context;
  if (happened.length === 0) {
    throw new UserError({
      what: `no playbook and no lesson was ever named ${name} on ${flags.memory ?? workspace.settings.memory.branch}`,
      hint: 'agent playbooks list names what is in force',
    });
  }
  if (flags.json) print.json(happened);
  else for (const event of happened) print.line(lineOf(event, context));
  print.next('next: git show <commit>');
  return 0;
}

function lineOf(event: Happened, { print }: CommandContext): string {
  const day = event.at.slice(0, 10);
  if (event.type === 'verdict') {
    const why = event.because === undefined ? '' : ` because ${print.outside(event.because)}`;
    return `${day} ${print.paint.cyan(event.verdict)} ${event.entry}${why}`;
  }
  const what = event.entries.map((e) => `${e.entry} ${e.how}`).join(', ');
  const short = print.paint.yellow(event.commit.slice(0, 8));
  return `${day} ${short} ${print.outside(event.author)}: ${print.outside(event.subject)}${what === '' ? '' : print.paint.dim(` (${what})`)}`;
}
