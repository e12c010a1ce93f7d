// A member's budget: its own limits and, above them, those of the session that it works for; what it uses counts against both.
import type { SessionBudget } from '../budget.ts';

/** What a stretch of work of one thread used. */
export interface Spent {
  requests: number;
  usd: number;
  /** Requests whose price nobody knows. */
  unpriced: number;
}

type Purse = Pick<SessionBudget, 'check' | 'charge'>;

export interface JointBudget extends Purse {
  /** Since it was opened. */
  spent(): Spent;
}

/** Counts for `thread`; without limits of its own only those of the session hold. */
export function jointBudget(thread: string, own: Purse | undefined, session: Purse): JointBudget {
  const spent: Spent = { requests: 0, usd: 0, unpriced: 0 };
  return {
    charge(reply) {
      spent.requests++;
      spent.usd += reply.usd ?? 0;
      if (reply.kind === 'answer' && (reply.usd === undefined || !reply.usage.known)) spent.unpriced++;
      const mine = own?.charge(reply);
      return session.charge(reply) ?? mine;
    },
    check() {
      const over = own?.check();
      if (over === undefined) return session.check();
      return { ...over, text: over.text.replace('the session’s budget', `the budget of ${thread}`) };
    },
    spent: () => ({ ...spent }),
  };
}
