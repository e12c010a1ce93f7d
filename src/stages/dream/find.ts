// Every finding that a dream's plan is made of; whoever else has cards adds them here, before anything is planned. Plans nothing.
import { throwIfInterrupted } from '../../base/errors.ts';
import { JOBS } from '../../base/threads.ts';
import type { ReadingEstimate } from '../../learning/reading/estimate.ts';
import type { ReadingTold } from '../../learning/reading/report-section.ts';
import { keptOf } from '../../mining/kept-parts.ts';
import { type Mined, mineGroundInThreads } from '../../mining/mine.ts';
import type { DreamRequest } from './contract.ts';
import type { Material } from './read.ts';
import { readSampled } from './sample.ts';

/** What was found. `mined.cards` is what the plan sees, the most valuable first; a later finding gives way where a cap bites. */
export interface Found {
  mined: Mined;
  /** What came of the sample that a model read, and what reading it may cost where only that was asked. */
  reading?: ReadingTold;
  estimate?: ReadingEstimate;
}

/** Throws Interrupted after Ctrl-C. */
export async function findCards(request: DreamRequest, material: Material): Promise<Found> {
  const { layout, settings, signal } = request;
  const ground = await mineGroundInThreads(material.extracts, settings.dream, {
    jobs: JOBS,
    signal,
    kept: keptOf(layout),
  });
  throwIfInterrupted(request.signal);
  const { mined } = ground;
  const sampled = await readSampled(request, material, ground);
  if (sampled === undefined) return { mined };
  const { cards, told, estimate } = sampled;
  return { mined: { ...mined, cards }, ...(told && { reading: told }), ...(estimate && { estimate }) };
}
