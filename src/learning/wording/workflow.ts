// The title of a workflow: its steps in order; names no value and no count.
import { clip } from '../../base/text.ts';
import type { Card } from '../../domain/card.ts';
import type { Style } from '../style.ts';

const MAX_NAME = 40; // six of them in a line

/** Undefined for cards that name no steps. */
export function workflowTitle({ workflow }: Card, { code }: Style): string | undefined {
  if (workflow === undefined || workflow.steps.length === 0) return undefined;
  return `Steps that went with passing: ${workflow.steps.map((step) => code(clip(step, MAX_NAME))).join(', ')}`;
}
