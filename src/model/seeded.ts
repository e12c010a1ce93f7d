// A model that is told the chances of a trial with every request; asks nothing of its own.
import type { Model } from './model.ts';

/** The same model, whose requests carry `seed`. Without a seed it is the model itself. */
export function withSeed(model: Model, seed: string | undefined): Model {
  if (seed === undefined) return model;
  return { where: model.where, ask: (request, signal, watcher) => model.ask({ ...request, seed }, signal, watcher) };
}
