// Lets actions run one after the other, in the order in which they were asked for; knows nothing of what they do.

/** Begins the action when all before it have ended, however they did; its own end is told to whoever asked, and to nobody else. */
export type InTurn = <R>(action: () => Promise<R>) => Promise<R>;

/** A queue of its own. */
export function oneByOne(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (action) => {
    const turn = last.then(action);
    last = turn.catch(() => undefined);
    return turn;
  };
}
