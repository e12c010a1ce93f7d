// `agent grade --calibrate`: people's labels read, compared with the grader's verdicts, and the result kept beside the rubric; grades nothing.
import { join, resolve } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { canonicalJson, sha256 } from '../../base/hash.ts';
import type { SessionEvent } from '../../domain/events.ts';
import { calibrate } from '../../grading/calibrate.ts';
import { type Label, parseLabels } from '../../grading/labels.ts';
import type { GradedSession } from '../../stages/grade.ts';
import { writeCalibration } from '../../store/calibration.ts';
import { readGiven } from '../../store/given-file.ts';
import { readRubric } from '../../store/rubrics.ts';
import { openIndex } from '../../store/session-index.ts';
import { foldUpdates, isHeader, readTranscript } from '../../store/transcript-read.ts';
import type { Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import { printCalibration } from './print.ts';

/** The word that means the labels which came with an import, instead of a file. */
const IMPORTED = 'imported';

export interface Labels {
  labels: Label[];
  sha256: string;
}

/** The labels of a file, or (`imported`) those that sessions of other tools brought along. Throws UserError where there are none. */
export function labelsIn(context: CommandContext, workspace: Workspace, path: string): Labels {
  return path === IMPORTED ? importedLabels(context, workspace) : labelsOfFile(context, path);
}

function labelsOfFile({ world, emit }: CommandContext, path: string): Labels {
  const text = readGiven(resolve(world.cwd, path), 'the labels', path);
  const { labels, bad } = parseLabels(text);
  for (const { line, reason } of bad.slice(0, 10))
    emit({ type: 'warning', stage: 'grade', text: `a label is left out: ${reason}`, where: `${path}:${line}` });
  if (labels.length === 0) throw new UserError({ what: 'there is no label in this file', where: path });
  return { labels, sha256: sha256(text) };
}

function importedLabels({ emit }: CommandContext, { layout }: Workspace): Labels {
  const labels: Label[] = [];
  for (const entry of openIndex(layout, emit)) {
    const events: SessionEvent[] = [];
    for (const line of readTranscript(join(layout.sessions, entry.path)))
      if (line.kind === 'event' && (isHeader(line.event) || line.event.type === 'session.updated'))
        events.push(line.event);
    const header = events.find(isHeader);
    const outcome = header === undefined ? undefined : foldUpdates(header, events).label?.outcome;
    if (outcome !== undefined) labels.push({ session: entry.id, met: outcome === 'pass', line: labels.length + 1 });
  }
  if (labels.length === 0)
    throw new UserError({
      what: 'no stored session brought a label along',
      hint: 'agent import, or name a file of labels',
    });
  return { labels, sha256: sha256(canonicalJson(labels)) };
}

/** Compares, keeps and prints. Exit code 1 where a judge is too weak to be believed. */
export function calibrated(
  { print, world }: CommandContext,
  { layout, settings }: Workspace,
  flags: { rubric?: string; json?: boolean },
  graded: readonly GradedSession[],
  { labels, sha256: labelsSha256 }: Labels,
): number {
  if (flags.rubric === undefined)
    throw new UserError({ what: 'calibrating needs to know which rubric', hint: 'add --rubric <name>' });
  const judged = graded.flatMap((g) => ('evaluation' in g ? [{ session: g.session, evaluation: g.evaluation }] : []));
  const calibration = calibrate({
    rubric: readRubric(layout, flags.rubric, world.cwd),
    labels,
    judged,
    grader: settings.models.grader,
    labelsSha256,
    at: world.now().toISOString(),
  });
  const path = writeCalibration(layout, calibration.record);
  if (flags.json) print.json(calibration);
  else printCalibration(print, calibration);
  print.next(`kept in ${path}; commit it beside the rubric`);
  return calibration.rows.some((row) => row.weak) ? 1 : 0;
}
