// The physics of the demo: what falls, burns and lags does so as on the moon, and for the same numbers always the same.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lumara, world } from './lumara.ts';

const good = { burn_m: 1000, throttle: 0.8, hover_s: 15, engine_c: 60, fuel_kg: 250, drift: 8 };
const { gravity, start, craft, limits } = world as unknown as {
  gravity: number;
  start: { altitude_m: number; speed: number };
  craft: { thrust_n: number; exhaust: number; dry_kg: number };
  limits: { speed: number };
};

describe('a flight', () => {
  it('without an engine falls as Galileo says', () => {
    const { speed, fuel } = lumara.fly(world, { ...good, burn_m: -1 });
    expect(speed).toBeCloseTo(Math.sqrt(start.speed ** 2 + 2 * gravity * start.altitude_m), 0);
    expect(fuel).toBe(good.fuel_kg);
  });

  it('with room, thrust and a warm engine touches down softly, and burns about what the rocket equation asks', () => {
    const { speed, fuel, seconds } = lumara.fly(world, good);
    expect(speed).toBeLessThanOrEqual(limits.speed);
    expect(speed).toBeGreaterThan(0);
    // Thrust has to take away the speed at the start and what gravity adds meanwhile; it never pulls down.
    const least = start.speed + gravity * seconds - Math.sqrt(2 * gravity * start.altitude_m);
    const mass = craft.dry_kg + good.fuel_kg;
    const burnt = good.fuel_kg - fuel;
    expect(burnt).toBeGreaterThan(mass * (1 - Math.exp(-least / craft.exhaust)) * 0.7);
    expect(burnt).toBeLessThan(mass * (1 - Math.exp(-(start.speed + gravity * seconds) / craft.exhaust)) * 1.1);
  });

  it('strikes the ground where it brakes too late, with too little thrust, or on another planet', () => {
    for (const change of [{ burn_m: 300 }, { burn_m: 500, throttle: 0.4 }])
      expect(lumara.fly(world, { ...good, ...change }).speed, JSON.stringify(change)).toBeGreaterThan(10);
    expect(lumara.fly({ ...world, gravity: 3.71 }, { ...good, burn_m: 800 }).speed).toBeGreaterThan(10);
    expect(lumara.fly({ ...world, gravity: 3.71 }, { ...good, burn_m: 1600 }).speed).toBeLessThanOrEqual(limits.speed);
  });

  it('with a cold engine is rougher, with more hovering drifts less and burns more', () => {
    const heights = Array.from({ length: 40 }, (_, i) => 800 + 20 * i);
    const hard = (engine_c: number) =>
      heights.filter((burn_m) => lumara.fly(world, { ...good, burn_m, engine_c }).speed > limits.speed).length;
    expect(hard(60)).toBe(0);
    expect(hard(-80)).toBeGreaterThan(heights.length / 2);
    const [short, long] = [5, 30].map((hover_s) => lumara.fly(world, { ...good, hover_s }));
    expect(long?.drift).toBeLessThan((short?.drift ?? 0) / 2);
    expect(long?.fuel).toBeLessThan(short?.fuel ?? 0);
  });

  it('ends for all that an agent may ask for, with numbers that are numbers, and never makes fuel', () => {
    const how = fc.record({
      burn_m: fc.double({ min: -2000, max: 4000, noNaN: true }),
      throttle: fc.double({ min: 0.1, max: 1, noNaN: true }),
      hover_s: fc.double({ min: 0, max: 300, noNaN: true }),
      engine_c: fc.double({ min: -150, max: 90, noNaN: true }),
      fuel_kg: fc.double({ min: 0, max: 300, noNaN: true }),
      drift: fc.double({ min: 0, max: 20, noNaN: true }),
    });
    fc.assert(
      fc.property(how, (given) => {
        const end = lumara.fly(world, given);
        expect(Object.values(end).every(Number.isFinite)).toBe(true);
        expect(end.fuel).toBeGreaterThanOrEqual(0);
        expect(end.fuel).toBeLessThanOrEqual(given.fuel_kg);
        expect(lumara.fly(world, given)).toEqual(end);
      }),
      { numRuns: 60 },
    );
  });
});
