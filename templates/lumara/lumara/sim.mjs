// The simulator as command tools: a JSON line {tool, input} in, a JSON line out; keeps the mission in the workspace, so that several processes play the same one.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { openMission } from './mission.mjs';
import { readWorld, SITE, TRIAL } from './world.mjs';

const LOG = 'mission.jsonl';

const { AGENTMEM_TASK: site = SITE, AGENTMEM_SEED: seed = TRIAL } = process.env;
const mission = openMission(readWorld(), site, seed);
let known = 0;

for await (const line of createInterface({ input: process.stdin })) {
  const { tool, input } = JSON.parse(line);
  catchUp();
  const act = { tool: String(tool).replace(/^sim__/, ''), input };
  const told = mission.call(act.tool, act.input);
  if (told.error === undefined) {
    appendFileSync(LOG, `${JSON.stringify(act)}\n`);
    known++;
  }
  process.stdout.write(`${JSON.stringify(told)}\n`);
}

// What another process of this session did counts as done: the mission follows from its calls alone.
function catchUp() {
  const acts = existsSync(LOG) ? readFileSync(LOG, 'utf8').split('\n').filter(Boolean) : [];
  for (const act of acts.slice(known)) {
    const { tool, input } = JSON.parse(act);
    mission.call(tool, input);
  }
  known = acts.length;
}
