// One mission, call by call: what the crew may do, what it is told, and, apart from that, how it really went; reads no file.
import { chance } from './chance.mjs';
import { fly } from './flight.mjs';
import { heightError, padsOf, rounded, seenPad } from './site.mjs';

/**
 * A mission at a site. The ground follows from the world's seed and the site, what the radar gets wrong from `seed` as well.
 * `call(tool, input)` gives what the crew is told: an object, or `{error}`. `truth()` is for graders: undefined before the landing.
 */
export function openMission(world, site, seed) {
  const words = [world.seed, 'trial', site, seed];
  const state = { surveyed: false, passes: 0, pad: undefined, heated: 0, engine: undefined, flown: undefined };
  const pads = padsOf(world, site);
  const acts = {
    survey: ({ passes }) => {
      state.surveyed = true;
      state.passes += passes;
      return { pads: pads.map((pad) => seenPad(world, pad, state.passes, words)) };
    },
    choose: ({ pad }) => {
      const found = pads.find((p) => p.pad === pad);
      if (!state.surveyed) return fault('nothing is known of the pads yet: survey first');
      if (found === undefined) return fault(`there is no pad ${pad}: ${pads.map((p) => p.pad).join(', ')}`);
      state.pad = found;
      state.engine = warmed(world, found.engine_c, state.heated);
      return seenPad(world, found, state.passes, words);
    },
    warm_up: ({ seconds }) => {
      if (state.pad === undefined) return fault('choose a pad first: the craft arrives there with a cold engine');
      state.heated += seconds;
      state.engine = warmed(world, state.pad.engine_c, state.heated);
      return { engine_c: rounded(state.engine, 0) };
    },
    descend: (input) => {
      if (state.pad === undefined) return fault('choose a pad first');
      state.flown = landed(world, state, input, words);
      return { status: 'on the ground' };
    },
    report: () =>
      state.flown === undefined ? fault('there is nothing to report before the landing') : { filed: true },
  };
  return {
    call: (tool, input) => {
      if (acts[tool] === undefined) return fault(`there is no ${tool} here`);
      if (state.flown !== undefined && tool !== 'report') return fault('the craft is on the ground already');
      return acts[tool](input);
    },
    truth: () => state.flown,
  };
}

// The engine comes nearer to what the heater can do, the more slowly the nearer it is.
function warmed({ craft }, engine_c, seconds) {
  return craft.heater_c + (engine_c - craft.heater_c) * Math.exp(-seconds / craft.heater_s);
}

function landed(world, { passes, pad, heated, engine }, { burn_altitude_m, throttle, hover_s }, words) {
  const { craft, radar, start, limits } = world;
  const before = passes * radar.pass_kg + heated * craft.idle_kg_per_s + pad.distance_m * 0.012;
  const flight = fly(world, {
    burn_m: burn_altitude_m - heightError(world, pad, passes, words),
    throttle,
    hover_s,
    engine_c: engine,
    fuel_kg: Math.max(0, craft.fuel_kg - before),
    drift: start.drift * (0.8 + (0.4 * pad.distance_m) / 900),
  });
  // On a slope what is left of the drift makes the craft lean and slide.
  const tilt = pad.slope_deg + 2 * Math.abs(flight.drift);
  // While it hovers the cameras find a place between the boulders.
  const stones = pad.boulders * 0.25 * Math.exp(-hover_s / 15);
  const struck = chance(...words, pad.pad, 'stones')() > Math.exp(-stones);
  return {
    ...{ speed: flight.speed, tilt, struck, fuel: flight.fuel, seconds: flight.seconds },
    soft_landing: flight.speed <= limits.speed,
    clear_ground: tilt <= limits.tilt_deg && !struck,
    fuel_to_fly_home: flight.fuel >= craft.home_kg,
  };
}

function fault(error) {
  return { error };
}
