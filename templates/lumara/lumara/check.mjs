// The ground crew: flies each session again from the calls in its transcript and says how it really went; believes nothing that an agent says.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { playMission } from './habits.mjs';
import { openMission } from './mission.mjs';
import { readWorld, SITE, TRIAL } from './world.mjs';

const [criterion] = process.argv.slice(2);
const world = readWorld();

for await (const line of createInterface({ input: process.stdin })) {
  const { session_file } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(verdict(session_file))}\n`);
}

function verdict(file) {
  const events = readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((text) => JSON.parse(text));
  const header = events[0];
  // As the simulator was told them: the id of the task, not its words.
  const site = header?.task?.id ?? SITE;
  const seed = header?.suite?.seed ?? TRIAL;
  const mission = openMission(world, site, seed);
  // For testing what is learned from grades that mean nothing: those of a crew that was never there.
  if (world.shuffled_grades === true) playMission(mission.call, `nobody/${header?.session}`, []);
  else for (const { name, input } of carriedOut(events)) mission.call(name.replace(/^sim__/, ''), input);
  const truth = mission.truth();
  if (truth === undefined) return { met: false, reason: 'nobody landed' };
  return { met: truth[criterion] === true, reason: reasons(truth)[criterion] ?? `there is no criterion ${criterion}` };
}

// Calls that the simulator answered; those that were refused or failed changed nothing.
function carriedOut(events) {
  const failed = new Map();
  for (const { type, tool_use_id, is_error } of events)
    if (type === 'agent.tool_result') failed.set(tool_use_id, is_error === true);
  return events.filter((e) => e.type === 'agent.tool_use' && e.name.startsWith('sim__') && failed.get(e.id) === false);
}

function reasons({ speed, tilt, struck, fuel }) {
  return {
    soft_landing: `touched down at ${speed.toFixed(1)} m/s`,
    clear_ground: `${struck ? 'a leg on a boulder' : 'no boulder'}, leaning ${tilt.toFixed(0)} degrees`,
    fuel_to_fly_home: `${fuel.toFixed(0)} kg of fuel left, ${world.craft.home_kg} are needed`,
  };
}
