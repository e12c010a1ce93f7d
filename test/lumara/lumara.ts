// The demo's engine for its tests, and a world that is the same for all of them; test code only.
import { type Lumara, loadLumara, type Values } from '../../bench/demo/lumara.ts';
import { ROOT } from '../support/agent.ts';

export const lumara: Lumara = await loadLumara(ROOT);
export const world = { ...lumara.world, seed: 'made-up' };

/** The calls of a mission in their order, and what each was told. */
export function played(site: string, seed: string, rules: Parameters<Lumara['playMission']>[2] = []) {
  const mission = lumara.openMission(world, site, seed);
  const calls: { tool: string; input: Values; told: Values }[] = [];
  const call = (tool: string, input: Values): Values => {
    const told = mission.call(tool, input);
    calls.push({ tool, input, told });
    return told;
  };
  lumara.playMission(call, seed, rules);
  return { calls, truth: mission.truth() };
}
