// Where a session's limits come from: settings, the agent's file, `--budget`; and what an unknown price means for them.
import { type Problem, UserError } from '../base/errors.ts';
import { nearest } from '../base/text.ts';
import type { Budget } from '../domain/run-settings.ts';

/** Limits that replace earlier ones; null takes one away. */
export type BudgetChange = { [K in keyof Budget]?: number | null | undefined };

const KEYS = ['usd', 'tokens', 'turns', 'minutes'] as const;
const EXAMPLE = 'for example --budget 2.50, or --budget usd=2,turns=40,minutes=20,tokens=2M; none lifts a limit';

/** What `--budget` says: dollars alone, or `key=amount` pairs with commas between. Throws UserError. */
export function parseBudget(text: string): BudgetChange {
  const change: BudgetChange = {};
  for (const part of text.split(',')) {
    const [left = '', right, ...more] = part.split('=').map((word) => word.trim());
    const name = right === undefined ? 'usd' : left;
    const key = KEYS.find((known) => known === name);
    if (key === undefined || more.length > 0) throw bad(text, unknownKey(name));
    if (Object.hasOwn(change, key)) throw bad(text, `${key} is there twice`);
    change[key] = amountOf(right ?? left, key, text);
  }
  return change;
}

/** Later layers replace earlier ones key by key: settings first, then the agent's file, then `--budget`. */
export function layeredBudget(...layers: readonly BudgetChange[]): Budget {
  const limits: Budget = {};
  for (const layer of layers) {
    for (const key of KEYS) {
      const value = layer[key];
      if (value === null) delete limits[key];
      else if (value !== undefined) limits[key] = value;
    }
  }
  return limits;
}

/**
 * What limits in dollars mean for a model without a known price: nothing where none is set, a warning where turns, tokens
 * or minutes still end the session, and a refusal where dollars are all there is.
 */
export function unpricedBudget(
  model: string,
  limits: Budget,
  perDayOrMonth: boolean,
): { refuse: Problem } | { warn: string } | undefined {
  if (limits.usd === undefined && !perDayOrMonth) return undefined;
  const fact = `the price of ${model} is not known`;
  if (limits.turns !== undefined || limits.tokens !== undefined || limits.minutes !== undefined)
    return { warn: `${fact}, so the limits in dollars do not count it; set prices.${model} in config.yaml` };
  return {
    refuse: {
      what: `${fact}, so a budget in dollars alone could not be kept`,
      hint: `set prices.${model} in config.yaml, or give a limit that needs no price: --budget turns=40 or tokens=2M`,
    },
  };
}

function amountOf(text: string, key: (typeof KEYS)[number], whole: string): number | null {
  if (text === 'none') return null;
  const [, digits, suffix] = /^\$?(\d{1,15}(?:\.\d{1,9})?|\.\d{1,9})([kKmM])?$/.exec(text) ?? [];
  if (digits === undefined || (text.startsWith('$') && key !== 'usd'))
    throw bad(whole, `${text || 'nothing'} is no amount`);
  if (suffix !== undefined && key !== 'tokens') throw bad(whole, `${text}: only tokens are counted in k and M`);
  const amount = Number(digits) * (suffix === undefined ? 1 : suffix.toLowerCase() === 'k' ? 1e3 : 1e6);
  if (key === 'usd' || key === 'minutes') {
    if (amount > 0) return amount;
    throw bad(whole, `${key} must be more than 0`);
  }
  const rounded = Math.round(amount);
  if (rounded < 1 || Math.abs(rounded - amount) > 1e-3) throw bad(whole, `${key} must be a whole number above 0`);
  return rounded;
}

function unknownKey(name: string): string {
  const meant = nearest(name, KEYS);
  return `${name || 'nothing'} is no limit${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}

function bad(text: string, why: string): UserError {
  return new UserError({ what: `--budget ${text.slice(0, 100)}: ${why}`, hint: EXAMPLE });
}
