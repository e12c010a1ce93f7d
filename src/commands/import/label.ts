// `agent import --label`: joins outcomes out of a file to stored sessions and says which rows found none.
import { resolve } from 'node:path';
import { count } from '../../base/text.ts';
import { readLabelRows } from '../../sources/label-rows.ts';
import { type LabelReport, labelSessions } from '../../stages/label.ts';
import { openIndex } from '../../store/session-index.ts';
import type { Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import type { Printer } from '../print.ts';

/** Labels what is stored; rows that say no outcome stand among those that were left. */
export function labelFrom(context: CommandContext, { layout, redact }: Workspace, file: string): LabelReport {
  const { emit, signal, world } = context;
  const { rows, bad } = readLabelRows(resolve(world.cwd, file));
  const report = labelSessions({ layout, redact, sessions: openIndex(layout, emit), rows, signal });
  return { ...report, left: [...bad.map(({ line, reason }) => ({ line, id: '', reason })), ...report.left] };
}

/** One line, and up to ten rows that found no session. */
export function printLabels(print: Printer, { labelled, unchanged, left }: LabelReport, verbose: boolean): void {
  print.line(`${count(labelled, 'session')} labelled, ${unchanged} unchanged`);
  const shown = verbose ? left : left.slice(0, 10);
  if (left.length > 0) print.line(`${count(left.length, 'row')} left:`);
  for (const { line, id, reason } of shown)
    print.line(`  line ${line}${id === '' ? '' : `, ${print.outside(id)}`}: ${print.outside(reason)}`);
  if (shown.length < left.length) print.line(`  … and ${left.length - shown.length} more (--verbose names them)`);
}
