// A mission: what the crew may do and is told, and that the truth is neither told nor changed by the order of looking.
import { describe, expect, it } from 'vitest';
import { lumara, played, world } from './lumara.ts';

const open = (site = 'here', seed = '1') => lumara.openMission(world, site, seed);
const land = { burn_altitude_m: 1000, throttle: 0.8, hover_s: 15 };
interface Pad {
  pad: string;
  slope_deg: number;
  [name: string]: unknown;
}
const padsOf = (told: Record<string, unknown>) => told.pads as Pad[]; // as mission.mjs says

describe('a mission', () => {
  it('goes from survey to report, and says what comes first where something is left out', () => {
    const mission = open();
    expect(mission.call('choose', { pad: 'a' })).toEqual({ error: expect.stringContaining('survey first') });
    expect(mission.call('warm_up', { seconds: 10 })).toEqual({ error: expect.stringContaining('choose a pad') });
    expect(mission.call('descend', land)).toEqual({ error: expect.stringContaining('choose a pad') });
    expect(mission.call('report', {})).toEqual({ error: expect.stringContaining('nothing to report') });
    expect(mission.call('fly_away', {})).toEqual({ error: 'there is no fly_away here' });
    mission.call('survey', { passes: 2 });
    expect(mission.call('choose', { pad: 'z' })).toEqual({ error: expect.stringContaining('a, b, c') });
    mission.call('choose', { pad: 'a' });
    expect(mission.truth()).toBeUndefined();
    expect(mission.call('descend', land)).toEqual({ status: 'on the ground' });
    expect(mission.call('descend', land)).toEqual({ error: expect.stringContaining('already') });
    expect(mission.call('survey', { passes: 1 })).toEqual({ error: expect.stringContaining('already') });
    expect(mission.call('report', {})).toEqual({ filed: true });
    expect(mission.truth()).toBeDefined();
  });

  it('tells nobody how the landing was: neither speed nor lean nor fuel stand in any answer', () => {
    const { calls, truth } = played('here', '1');
    const told = JSON.stringify(calls.map((c) => c.told));
    expect(truth).toBeDefined();
    for (const name of ['speed', 'tilt', 'fuel', 'struck', 'soft', 'clear']) expect(told).not.toContain(name);
  });

  it('has the same ground for a site whoever looks, and other ground for another site or world', () => {
    const slopes = (site: string, seed: string, of = world) => {
      const told = lumara.openMission(of, site, seed).call('survey', { passes: 400 });
      return padsOf(told).map((p) => p.slope_deg);
    };
    const apart = (a: number[], b: number[]) => Math.max(...a.map((slope, i) => Math.abs(slope - (b[i] ?? 0))));
    expect(apart(slopes('here', '1'), slopes('here', '2'))).toBeLessThan(2);
    expect(apart(slopes('here', '1'), slopes('there', '1'))).toBeGreaterThan(4);
    expect(apart(slopes('here', '1'), slopes('here', '1', { ...world, seed: 'another' }))).toBeGreaterThan(4);
  });

  it('sees truer with more passes, however they are asked for, and errs more over dust', () => {
    const once = open().call('survey', { passes: 3 });
    const twice = open();
    twice.call('survey', { passes: 1 });
    expect(twice.call('survey', { passes: 2 })).toEqual(once);
    const errors = (passes: number) => {
      const all = Array.from({ length: 60 }, (_, n) => {
        const truth = padsOf(open('here', `t${n}`).call('survey', { passes: 400 }));
        const seen = padsOf(open('here', `t${n}`).call('survey', { passes }));
        return seen.map((p, i) => Math.abs(p.slope_deg - (truth[i]?.slope_deg ?? 0)));
      }).flat();
      return all.reduce((sum, e) => sum + e, 0) / all.length;
    };
    expect(errors(6)).toBeLessThan(errors(1) * 0.6);
    expect(errors(0)).toBeGreaterThan(errors(1) * 2);
  });

  it('warms the engine less and less, never above what the heater can do', () => {
    const mission = open();
    mission.call('survey', { passes: 1 });
    const { engine_c: cold } = mission.call('choose', { pad: 'b' });
    const readings = [30, 30, 30, 600].map((seconds) => Number(mission.call('warm_up', { seconds }).engine_c));
    expect(readings[0]).toBeGreaterThan(Number(cold));
    expect(readings).toEqual([...readings].sort((a, b) => a - b));
    expect(readings.at(-1)).toBe(90);
  });

  it('offers at every site flat pads and steep ones, so that choosing well is possible and matters', () => {
    const sites = [...lumara.suites.six.tasks, ...lumara.suites.heldOut.tasks].map((t) => t.id);
    const flat = sites.map((site) =>
      padsOf(open(site).call('survey', { passes: 400 })).filter((p) => p.slope_deg < 8.5),
    );
    expect(flat.every((pads) => pads.length > 0)).toBe(true);
    expect(flat.filter((pads) => pads.length < 6).length).toBeGreaterThan(sites.length / 2);
  });
});
