// The descent from 2 km to the ground: gravity, thrust, a mass that falls, an engine that lags when cold; draws no random number.

const STEP = 0.05; // s
const LONGEST = 1200; // s
const FINAL_M = 30; // the craft hovers there
const CRUISE = 10; // m/s, sinking between brake and hover
const DRIFT_S = 14; // while it hovers, the drift falls to a third in this time
const FINAL = 1.2; // m/s
const GAIN = 1.6; // 1/s
const CHUG_S = 10; // a cold engine's thrust swells and sinks in this time

/**
 * Flies to the ground and says how it got there: `speed` in m/s when it touched, `drift` in m/s sideways, `fuel` in kg that is left,
 * `seconds` in the air. `burn_m` is the height over the ground as it is.
 */
export function fly(world, { burn_m, throttle, hover_s, engine_c, fuel_kg, drift }) {
  const { gravity, craft, start } = world;
  const cold = clamp((craft.engine_warm_c - engine_c) / (craft.engine_warm_c - craft.engine_cold_c), 0, 1);
  const lag = craft.lag_s + craft.cold_lag_s * cold;
  let [height, speed, fuel, thrust, hovered, sideways] = [start.altitude_m, start.speed, fuel_kg, 0, 0, drift];
  let phase = 'fall';
  let seconds = 0;
  for (; height > 0 && seconds < LONGEST; seconds += STEP) {
    const mass = craft.dry_kg + fuel;
    if (phase === 'fall' && height <= burn_m) phase = 'brake';
    if (phase === 'brake' && speed <= CRUISE) phase = 'sink';
    if ((phase === 'sink' || phase === 'brake') && height <= FINAL_M + 2 * speed) phase = 'hover';
    if (phase === 'hover' && hovered >= hover_s) phase = 'final';
    let wanted = 0;
    if (phase === 'brake') wanted = throttle * craft.thrust_n;
    else if (phase !== 'fall') {
      const aim = phase === 'sink' ? CRUISE : phase === 'hover' ? clamp((height - FINAL_M) / 4, -3, CRUISE) : FINAL;
      wanted = clamp(mass * (gravity + GAIN * (speed - aim)), 0, craft.thrust_n);
    }
    if (phase === 'hover') {
      hovered += STEP;
      sideways *= 1 - STEP / DRIFT_S;
    }
    if (fuel <= 0) wanted = 0;
    thrust = fuel <= 0 ? 0 : thrust + ((wanted - thrust) * STEP) / Math.max(lag, STEP);
    const push = (thrust / mass) * (1 + craft.chug * cold * Math.sin((2 * Math.PI * seconds) / CHUG_S));
    speed += (gravity - push) * STEP;
    height -= speed * STEP;
    fuel = Math.max(0, fuel - (thrust / craft.exhaust) * STEP);
  }
  return { speed, drift: sideways, fuel, seconds };
}

function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}
