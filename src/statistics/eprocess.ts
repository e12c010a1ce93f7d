// Evidence that may be looked at after every task: a bet on the second arm whose stakes nobody tunes; never a p-value.

/** Wealth at which the bet has won: by Ville's inequality it gets there with probability at most 1/20 if nothing is better. */
export const ACCEPT_AT = 20;

export interface EProcess {
  /** Wealth after each difference; starts at 1 before the first. */
  wealth: number[];
  /** How many differences it took to reach `acceptAt` for the first time; undefined if it never did. */
  acceptedAfter: number | undefined;
}

const STAKES = Array.from({ length: 20 }, (_, i) => (i + 0.5) / 20);

/**
 * Betting e-process for "the mean difference is not above 0" (Waudby-Smith & Ramdas 2024; Shafer 2021): the mean, over 20 stakes λ
 * spread evenly over (0, 1), of Π(1 + λ·dᵢ). Under the hypothesis it is a supermartingale, so stopping when it first reaches
 * `acceptAt` errs with probability at most 1 / `acceptAt`, however often one looks. The order of the differences does not
 * change the wealth after all of them.
 * @param differences one a task in the order they came, each between −1 and 1; RangeError otherwise
 */
export function eProcess(differences: Iterable<number>, acceptAt = ACCEPT_AT): EProcess {
  const products = new Float64Array(STAKES.length).fill(1);
  const wealth: number[] = [];
  let acceptedAfter: number | undefined;
  for (const difference of differences) {
    if (!(Math.abs(difference) <= 1)) throw new RangeError(`not between -1 and 1: ${difference}`);
    let sum = 0;
    for (let k = 0; k < STAKES.length; k++) {
      const product = (products[k] ?? 0) * (1 + (STAKES[k] ?? 0) * difference);
      products[k] = product; // one that sinks to 0 stays there, which only ever understates the wealth
      sum += product;
    }
    wealth.push(sum / STAKES.length);
    if (acceptedAfter === undefined && sum / STAKES.length >= acceptAt) acceptedAfter = wealth.length;
  }
  return { wealth, acceptedAfter };
}
