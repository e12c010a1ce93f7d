// `agent sessions verify`: checks every stored line and every file beside it; repairs nothing.
import { count } from '../../base/text.ts';
import { verifyInThreads } from '../../store/verify.ts';
import type { CommandContext } from '../context.ts';

/** `agent sessions verify`: exit code 1 where anything is wrong. */
export async function verify(context: CommandContext, flags: { json?: boolean; jobs: number }): Promise<number> {
  const { layout } = await context.open();
  const report = await verifyInThreads(layout, context.emit, { jobs: flags.jobs, signal: context.signal });
  const { print } = context;
  context.stop();
  if (flags.json) print.json(report);
  else {
    for (const { file, line, reason } of report.problems)
      print.line(`${print.outside(file)}${line === undefined ? '' : `:${line}`}: ${reason}`);
    print.line(
      `${count(report.files, 'file')}, ${count(report.lines, 'line')}: ${report.problems.length === 0 ? 'all sound' : count(report.problems.length, 'problem')}`,
    );
  }
  return report.problems.length === 0 ? 0 : 1;
}
