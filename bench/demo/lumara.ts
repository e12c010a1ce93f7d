// The demo's engine, crew and sites as the template brings them, opened for calling in process; starts nothing and flies nothing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type FoundSuite, parseSuite } from '../../src/store/suites.ts';

export type Values = Record<string, unknown>;
export type Random = () => number;

/** The constants of world.json that are changed here; the engine reads the rest. */
export interface MoonWorld {
  seed: string;
  gravity: number;
  [key: string]: unknown;
}

/** What the ground crew measured, and what follows from it. */
export interface Truth {
  speed: number;
  tilt: number;
  struck: boolean;
  fuel: number;
  soft_landing: boolean;
  clear_ground: boolean;
  fuel_to_fly_home: boolean;
}

export interface Mission {
  call(tool: string, input: Values): Values;
  truth(): Truth | undefined;
}

/** A predicate as the crew reads it, with the id of its lesson. */
export interface CrewRule {
  id: string;
  when: Values[];
  then: Values;
}

export interface Flight {
  speed: number;
  drift: number;
  fuel: number;
  seconds: number;
}

export interface Lumara {
  world: MoonWorld;
  suites: { six: FoundSuite; heldOut: FoundSuite };
  openMission(world: MoonWorld, site: string, seed: string): Mission;
  fly(world: MoonWorld, how: Record<string, number>): Flight;
  chance(...words: (string | number)[]): Random;
  rulesIn(prompt: string): CrewRule[];
  /** Plays a whole mission by habit and rules; `call` carries out one call and gives what it told. */
  playMission(call: (tool: string, input: Values) => Values, seed: string, rules: readonly CrewRule[]): void;
}

/** Loads what lies in `templates/lumara` below the package's folder. */
export async function loadLumara(root: string): Promise<Lumara> {
  const folder = join(root, 'templates', 'lumara');
  const load = (name: string) => import(pathToFileURL(join(folder, 'lumara', name)).href);
  const [{ openMission }, { fly }, { chance }, { rulesIn, playMission }] = await Promise.all([
    load('mission.mjs'),
    load('flight.mjs'),
    load('chance.mjs'),
    load('habits.mjs'),
  ]);
  const world = JSON.parse(readFileSync(join(folder, 'lumara', 'world.json'), 'utf8')) as MoonWorld; // our own file
  const suite = (name: string) => {
    const path = join(folder, 'suites', `${name}.yaml`);
    return parseSuite(readFileSync(path, 'utf8'), { path, from: `suites/${name}.yaml`, name });
  };
  const suites = { six: suite('six-sites'), heldOut: suite('held-out') };
  return { world, suites, openMission, fly, chance, rulesIn, playMission };
}
