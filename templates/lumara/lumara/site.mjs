// The ground of a site as it is, and as the radar sees it: both follow from seeds; decides about no landing.
import { chance, normal } from './chance.mjs';

const PADS = ['a', 'b', 'c', 'd', 'e', 'f'];

/**
 * The pads of a site: slope in degrees, boulders for 100 m², dust from 0 to 1, degrees Celsius that the engine has on arrival,
 * metres from the course. Every site has its own character, and its pads differ around it.
 */
export function padsOf(world, site) {
  const random = chance(world.seed, 'site', site);
  const lean = { slope: 2 * random(), walls: 0.2 + 0.3 * random(), dust: 0.4 * random(), cold: 30 * random() };
  return PADS.map((pad) => ({
    pad,
    // Terraces lie between crater walls.
    slope_deg: lean.slope + (random() < lean.walls ? 11 + 7 * random() : 6 * random()),
    boulders: 1.8 * random(),
    dust: Math.min(1, lean.dust + 0.6 * random()),
    engine_c: -100 + lean.cold + 70 * random(),
    distance_m: 50 + 850 * random(),
  }));
}

/** What so many passes show of a pad; none: what the orbit's map says. Each pass errs by itself; over dust it errs more. */
export function seenPad(world, pad, passes, words) {
  const { radar } = world;
  const blur = 0.3 + pad.dust;
  const mean = (what, size) => error(passes, [...words, pad.pad, what]) * size * blur;
  return {
    pad: pad.pad,
    slope_deg: rounded(Math.max(0, pad.slope_deg + mean('slope', radar.slope_deg)), 1),
    boulders: rounded(Math.max(0, pad.boulders + mean('boulders', radar.boulders)), 2),
    dust: rounded(pad.dust, 2),
    engine_c: rounded(pad.engine_c, 0),
    distance_m: rounded(pad.distance_m, 0),
  };
}

/** By how many metres the radar took the ground for lower than it is. */
export function heightError(world, pad, passes, words) {
  return error(passes, [...words, pad.pad, 'height']) * world.radar.height_m * pad.dust;
}

// In deviations of one pass: the mean of all passes, or the map's, which is four times as bad as one.
function error(passes, words) {
  if (passes === 0) return 4 * normal(chance(...words, 'map'));
  let sum = 0;
  for (let pass = 1; pass <= passes; pass++) sum += normal(chance(...words, pass));
  return sum / passes;
}

export function rounded(value, digits) {
  return Number(value.toFixed(digits));
}
