// How much longer `agent --version` takes than bare Node: medians of alternating runs in one go, as a ratio against the limit of 1.2.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const AGENT = join(import.meta.dirname, '..', 'bin', 'agent.js');
const RUNS = 41;
const LIMIT = 1.2;

const cases = {
  'bare node': ['-e', 'console.log("0.1.0")'],
  'agent --version': [AGENT, '--version'],
  'agent --help': [AGENT, '--help'],
};
const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
for (let i = 0; i < RUNS; i++) {
  for (const [name, args] of Object.entries(cases)) {
    const start = process.hrtime.bigint();
    const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
    if (status !== 0) throw new Error(`${name} ended with ${status}`);
    times[name].push(Number(process.hrtime.bigint() - start) / 1e6);
  }
}
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const bare = median(times['bare node']);
console.log(`start, median of ${RUNS} (Node ${process.versions.node})`);
for (const name of Object.keys(cases)) {
  const ms = median(times[name]);
  const note = name === 'agent --version' ? `limit ${LIMIT}: ${ms / bare <= LIMIT ? 'held' : 'MISSED'}` : '';
  console.log(`  ${name.padEnd(16)} ${ms.toFixed(1).padStart(7)} ms   ${(ms / bare).toFixed(2)} × bare node   ${note}`);
}
if (median(times['agent --version']) / bare > LIMIT) process.exitCode = 1;
