// The action of a verb, read when it is asked for and not when its help is printed; runs nothing by itself.
import type { CommandContext } from './context.ts';

type Action<Values extends unknown[]> = (context: CommandContext, ...values: Values) => Promise<number>;

/** An action that loads its module first. */
export function late<Values extends unknown[]>(load: () => Promise<Action<Values>>): Action<Values> {
  return async (context, ...values) => (await load())(context, ...values);
}
