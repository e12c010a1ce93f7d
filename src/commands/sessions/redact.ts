// `agent sessions redact`: today's rules applied to what is stored; shows what would change, and rewrites lines only with --yes.
import { UserError } from '../../base/errors.ts';
import { count } from '../../base/text.ts';
import { type Citation, lessonsOf } from '../../learning/citations.ts';
import { forgetExtracts } from '../../store/removal.ts';
import { applyRewrite, planRewrite, type Rewrite } from '../../store/rewrite.ts';
import { openIndex } from '../../store/session-index.ts';
import type { CommandContext } from '../context.ts';
import { select } from '../selection.ts';
import { citationsOf } from './cited.ts';

interface Flags {
  all?: boolean;
  yes?: boolean;
  json?: boolean;
}

export async function redact(context: CommandContext, ids: string[], flags: Flags): Promise<number> {
  if (ids.length > 0 === (flags.all === true))
    throw new UserError({
      what: 'name sessions, or say --all',
      hint: 'agent sessions redact --all shows what would change',
    });
  const workspace = await context.open();
  const { layout } = workspace;
  const { world, emit, print } = context;
  const chosen = select(openIndex(layout, emit), flags.all ? {} : { sessions: ids }, world.now());
  const run = flags.yes ? applyRewrite : planRewrite;
  const rewrites = chosen
    .map((session) => run(layout, session, workspace.redact))
    .filter(({ lines, damaged, files }) => lines.length + damaged.length + files.length > 0);
  if (flags.yes && rewrites.length > 0) {
    forgetExtracts(layout);
    openIndex(layout, emit);
  }
  const changed = new Set(rewrites.flatMap(({ session, lines }) => lines.map(({ event }) => `${session} ${event}`)));
  const cited = (await citationsOf(workspace)).filter(({ session, event }) => changed.has(`${session} ${event}`));
  context.stop();
  if (flags.json) print.json({ applied: flags.yes === true, sessions: rewrites, cited });
  else show(context, rewrites, cited, flags.yes === true);
  if (flags.yes && rewrites.length > 0 && workspace.settings.sessions !== 'ignore') {
    const text =
      'what was committed or published before stays in the history of git; the next publish redacts the copies';
    emit({ type: 'warning', stage: 'redact', text });
  }
  if (rewrites.length > 0) print.next(flags.yes ? 'next: agent sessions verify' : 'next: the same with --yes');
  return 0;
}

function show(
  { print }: CommandContext,
  rewrites: readonly Rewrite[],
  cited: readonly Citation[],
  applied: boolean,
): void {
  for (const { session, lines, damaged, files } of rewrites) {
    for (const { line, event, rules } of lines)
      print.line(`${session}:${line} ${print.outside(event)} ${rules.join(', ') || 'written anew'}`);
    for (const line of damaged) print.line(`${session}:${line} (a damaged line)`);
    for (const file of files) print.line(`${print.outside(file)}`);
  }
  const lines = rewrites.reduce((sum, { lines: l, damaged }) => sum + l.length + damaged.length, 0);
  const files = rewrites.reduce((sum, r) => sum + r.files.length, 0);
  if (rewrites.length === 0) print.line('today’s rules find nothing in what is stored');
  else
    print.line(
      `${applied ? 'changed' : 'would change'}: ${count(lines, 'line')} and ${count(files, 'file')} of ${count(rewrites.length, 'session')}`,
    );
  if (cited.length > 0) {
    print.line(`evidence that ${applied ? 'no longer has' : 'would lose'} its hash (it reads “mismatch”):`);
    for (const lesson of lessonsOf(cited)) print.line(`  ${print.outside(lesson)}`);
  }
}
