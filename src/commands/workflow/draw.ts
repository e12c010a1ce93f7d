// A workflow as a small text graph: each step below the one that it waits for longest, with its state and cost; prints nothing.
import type { StepReport } from '../../agent/workflow/report.ts';
import { clip, count, dollars, oneLine } from '../../base/text.ts';

export interface DrawnStep {
  /** Branches and the step's id. */
  graph: string;
  agent: string;
  state: string;
  /** Runs and cost. */
  facts: string;
  /** What it needs beside the step that it hangs below, and what went wrong. */
  notes: string;
}

/** A row for each step, those that need nothing first. `plan`: nothing has run, so no state is told. */
export function drawSteps(steps: readonly StepReport[], plan = false): DrawnStep[] {
  const depth = depths(steps);
  const parent = new Map(
    steps.map((step) => [step.id, [...step.needs].sort((a, b) => (depth.get(b) ?? 0) - (depth.get(a) ?? 0))[0]]),
  );
  const below = (id: string | undefined) => steps.filter((step) => parent.get(step.id) === id);
  const walk = (step: StepReport, lead: string, branch: string, next: string): DrawnStep[] => {
    const children = below(step.id);
    const own = row(step, `${lead}${branch}${step.id}`, parent.get(step.id), plan);
    const rows = children.flatMap((child, i) =>
      i === children.length - 1 ? walk(child, lead + next, '└─ ', '   ') : walk(child, lead + next, '├─ ', '│  '),
    );
    return [own, ...rows];
  };
  return below(undefined).flatMap((step) => walk(step, '', '', ''));
}

// How many steps lie before each, at most.
function depths(steps: readonly StepReport[]): Map<string, number> {
  const known = new Map<string, number>();
  const of = (id: string): number => {
    const before = known.get(id);
    if (before !== undefined) return before;
    known.set(id, 0); // ends a circle, were there one
    const needs = steps.find((step) => step.id === id)?.needs ?? [];
    const depth = needs.length === 0 ? 0 : 1 + Math.max(...needs.map(of));
    known.set(id, depth);
    return depth;
  };
  for (const { id } of steps) of(id);
  return known;
}

function row(step: StepReport, graph: string, parent: string | undefined, plan: boolean): DrawnStep {
  const { units, usd, needs, agent, status } = step;
  const others = needs.filter((need) => need !== parent);
  const ran = units.filter((unit) => unit.status !== 'not_begun' && unit.status !== 'skipped').length;
  const many = units.some((unit) => unit.item !== undefined);
  const facts = [
    ...(many ? [`${units.filter((unit) => unit.status === 'done').length} of ${count(units.length, 'item')}`] : []),
    ...(usd > 0 ? [dollars(usd)] : []),
    ...(!many && ran === 1 ? time(units[0]?.seconds) : []),
  ];
  const notes = [...(others.length > 0 ? [`also needs ${others.join(', ')}`] : []), ...reasons(step)];
  const shown = status.replace('_', ' ');
  return { graph, agent, state: plan ? '' : shown, facts: facts.join(', '), notes: notes.join(' · ') };
}

function reasons({ status, why, units }: StepReport): string[] {
  const failed = units.find((unit) => unit.status === 'failed');
  const said = failed?.why ?? (status === 'failed' || status === 'skipped' ? why : undefined);
  if (said === undefined) return [];
  const which = failed?.item === undefined ? '' : `item ${failed.item}: `;
  return [clip(oneLine(`${which}${said}`), 120)];
}

function time(seconds: number | undefined): string[] {
  if (seconds === undefined) return [];
  return [seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`];
}
