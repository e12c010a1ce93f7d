// Asking for a dream through batches: where it is kept what was sent, and what is set aside for answers that are still to come; asks nobody.
import { UserError } from '../../base/errors.ts';
import { roughTokens } from '../../base/text.ts';
import type { Settings } from '../../domain/settings.ts';
import type { BatchesOptions } from '../../model/batches.ts';
import type { Purse } from '../../model/forced-call.ts';
import { BATCH_SHARE, costOf } from '../../model/prices.ts';
import { openCache } from '../../store/cache.ts';
import type { Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';

/** Questions that wait for an answer side by side: each round trip takes minutes, so few of them must do. */
export const BATCH_AT_ONCE = 100;

const SENT_VERSION = 1;

/** Throws UserError where a model answers at once, out of a file. */
export function batchDesk(
  { emit }: CommandContext,
  { layout }: Workspace,
  models: readonly string[],
): Pick<BatchesOptions, 'sent' | 'say'> {
  const file = models.find((name) => /^(?:scripted|cassette):/.test(name));
  if (file !== undefined)
    throw new UserError({
      what: `--batch is for models behind a server, and ${file} answers out of a file`,
      hint: 'leave --batch out, or name other models in config.yaml',
    });
  return {
    sent: openCache(layout.cache, 'batches', SENT_VERSION),
    say: (text) => emit({ type: 'note', stage: 'dream', text }),
  };
}

export interface Holds {
  /** Dollars that answers on their way may cost at most. */
  held(): number;
  hold: NonNullable<Purse['hold']>;
}

/** Sets aside the price of a batch for what is under way, so that many questions at once cannot spend what only one of them may. */
export function openHolds({ prices }: Pick<Settings, 'prices'>): Holds {
  let held = 0;
  return {
    held: () => held,
    hold: (question, maxTokens, model) => {
      const usage = {
        input_tokens: roughTokens(question),
        output_tokens: maxTokens,
        cache_read_input_tokens: 0,
        cache_creation_input_tokens: 0,
        known: true,
      };
      const most = (costOf(model, usage, prices) ?? 0) * BATCH_SHARE;
      held += most;
      return () => {
        held -= most;
      };
    },
  };
}
