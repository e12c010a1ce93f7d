// What a run may cost and what it did: the limits of its session out of settings, agent and flags, and the ledger of what was spent; asks no model.
import { openBudget, type SessionBudget, type Used } from '../../agent/budget.ts';
import { layeredBudget, parseBudget, unpricedBudget } from '../../agent/budget-limits.ts';
import { UserError } from '../../base/errors.ts';
import type { SessionEvent } from '../../domain/events.ts';
import type { Budget } from '../../domain/run-settings.ts';
import type { FoundAgent } from '../../store/agents.ts';
import type { OpenedModel } from '../model-for.ts';
import type { Workshop } from './workshop.ts';

export interface BudgetOrder {
  agent: Pick<FoundAgent, 'budget'>;
  model: Pick<OpenedModel, 'id' | 'priced'>;
  /** Limits beside those of settings, agent and flags; none lifts another. */
  budget?: Budget | undefined;
  /** What the session used before it was resumed. */
  used?: Used | undefined;
}

/** The budget of one session. Throws UserError where a limit in dollars could not be kept. */
export function budgetFor(workshop: Workshop, { agent, model, budget, used }: BudgetOrder): SessionBudget {
  const { context, workspace, options, ledger } = workshop;
  const { session, day, month } = workspace.settings.budget;
  const flags = options.budget === undefined ? {} : parseBudget(options.budget);
  const limits: Budget = tighter(layeredBudget(session, agent.budget, flags), budget ?? {});
  const dollars = day.usd !== undefined || month.usd !== undefined;
  const unpriced = model.priced ? undefined : unpricedBudget(model.id, limits, dollars);
  if (unpriced !== undefined && 'refuse' in unpriced) throw new UserError(unpriced.refuse);
  if (unpriced !== undefined) context.emit({ type: 'warning', stage: 'run', text: unpriced.warn });
  const { now } = context.world;
  return openBudget({
    limits,
    day: day.usd,
    month: month.usd,
    spent: () => ledger.spent(now()),
    ...(used !== undefined && { earlier: used }),
    now,
  });
}

/** A line in the ledger for each request, so that the limits of a day and a month hold across sessions. */
export function spendRecorder({ ledger, context }: Workshop, known = ''): (event: SessionEvent) => void {
  let session = known;
  return (event) => {
    if (event.type === 'session.created') session = event.session;
    if (event.type !== 'span.model_request_end') return;
    const usage = (event.usage ?? {}) as Record<string, unknown>; // a record by its schema
    const tokens = (name: string) => Number(usage[name] ?? 0) || 0;
    ledger.append({
      at: event.at ?? context.world.now().toISOString(),
      session,
      role: 'agent',
      model: String(event.model ?? ''),
      usd: typeof event.cost_usd === 'number' ? event.cost_usd : null,
      input_tokens: tokens('input_tokens') + tokens('cache_read_input_tokens') + tokens('cache_creation_input_tokens'),
      output_tokens: tokens('output_tokens'),
    });
  };
}

function tighter(limits: Budget, more: Budget): Budget {
  const out: Budget = { ...limits };
  for (const what of ['usd', 'tokens', 'turns', 'minutes'] as const) {
    const value = more[what];
    if (value !== undefined) out[what] = Math.min(value, out[what] ?? value);
  }
  return out;
}
