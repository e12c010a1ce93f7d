// What a dream may spend: its own limits, those of the day and the month, and what is still under way; asks nobody.
import { openBudget } from '../../agent/budget.ts';
import type { Budget } from '../../domain/run-settings.ts';
import type { AskRole } from '../../learning/asking/asker.ts';
import type { Purse } from '../../model/forced-call.ts';
import { openSpendLedger } from '../../store/spend.ts';
import type { Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import type { Holds } from './batch.ts';

/** One purse for all of a dream; the ledger alone tells who asked. With `holds` what is under way counts as spent. */
export function openPurses(
  { world }: CommandContext,
  { layout, settings }: Workspace,
  { limits, holds }: { limits: Budget; holds?: Holds },
): (role: AskRole) => Purse {
  const ledger = openSpendLedger(layout);
  const { day, month } = settings.budget;
  const spent = () => ledger.spent(world.now());
  const budget = openBudget({ limits, day: day.usd, month: month.usd, spent, now: world.now });
  // Whoever reads a sample comes first, and leaves half for the words.
  const share = openBudget({ limits: halved(limits), spent, now: world.now });
  return (role) => ({
    check: () => {
      const reached = budget.check();
      if (reached) return { text: reached.text.replace('the session’s budget', 'the dream’s budget') };
      const {
        usd = Number.POSITIVE_INFINITY,
        day: ofDay = Number.POSITIVE_INFINITY,
        month: ofMonth = Number.POSITIVE_INFINITY,
      } = budget.remaining();
      if (holds !== undefined && Math.min(usd, ofDay, ofMonth) <= holds.held())
        return { text: 'what is under way may use up the rest of the budget' };
      const taken = role === 'reader' ? share.check() : undefined;
      return taken && { text: taken.text.replace('the session’s budget', 'the dream’s budget for reading') };
    },
    ...(holds !== undefined && { hold: holds.hold }),
    charge: (reply, model) => {
      const { usage } = reply;
      ledger.append({
        at: world.now().toISOString(),
        session: '',
        role,
        model,
        usd: reply.usd ?? null,
        input_tokens: usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens,
        output_tokens: usage.output_tokens,
      });
      if (role === 'reader') share.charge(reply);
      return budget.charge(reply);
    },
  });
}

function halved(limits: Budget): Budget {
  const { usd, tokens } = limits;
  return {
    ...(usd !== undefined && { usd: usd / 2 }),
    ...(tokens !== undefined && { tokens: Math.floor(tokens / 2) }),
  };
}
