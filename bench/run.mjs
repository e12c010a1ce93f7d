// `npm run bench:run`: what a turn costs outside the model, and 1, 25 and 200 sessions at once in one process, beside the bare SDK on the same machine.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundle } from './bundle.mjs';

const LIMIT_TURN = 5; // ms
const LIMIT_RSS = 1e9; // bytes, with 200 sessions
const LIMIT_RATIO = 0.5; // of the bare SDK's requests a second
const SESSIONS = [1, 25, 200];

const folder = mkdtempSync(join(tmpdir(), 'agentmem-bench-'));
const held = [];
try {
  await bundled();
  const url = await server();
  const [load = 0] = loadavg();
  // What others do at the same time lies in every figure but the last column.
  if (load > availableParallelism() / 2) console.log(`this machine is busy: load ${load.toFixed(1)}`);
  turns(measure('turns', url, 6));
  console.log(`sessions at once, 41 requests each (Node ${process.versions.node})`);
  console.log('  sessions   requests/s   bare SDK   ratio   peak RSS   a session more   CPU a request (bare)');
  const rows = SESSIONS.map((count) => ({ ...measure('many', url, count), bare: measure('bare', url, count) }));
  for (const row of rows) many(row, rows[0]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(held.every(Boolean) ? 0 : 1);

function turns({ turns, own, cpu, p95, last, whole, bare }) {
  console.log(`a turn with a tool call, median of ${turns}`);
  console.log(`  whole turn          ${ms(whole)}`);
  console.log(`  bare SDK request    ${ms(bare)}`);
  console.log(`  outside the model   ${ms(own)}   limit ${LIMIT_TURN} ms: ${check(own <= LIMIT_TURN)}`);
  console.log(`    of the processor  ${ms(cpu)}`);
  console.log(`    95 of 100         ${ms(p95)}`);
  console.log(`    turns 31 to 40    ${ms(last)}`);
}

function many({ sessions, requests, ms: took, cpu, rss, bare }, first) {
  const rate = requests / (took / 1000);
  const bareRate = bare.requests / (bare.ms / 1000);
  const each = sessions > 1 ? `${((rss - first.rss) / (sessions - 1) / 1e6).toFixed(2)} MB` : '';
  const cells = [
    String(sessions).padStart(10),
    rate.toFixed(0).padStart(12),
    bareRate.toFixed(0).padStart(10),
    (rate / bareRate).toFixed(2).padStart(7),
    `${(rss / 1e6).toFixed(0)} MB`.padStart(10),
    each.padStart(16),
    `${(cpu / requests).toFixed(1)} ms (${(bare.cpu / bare.requests).toFixed(1)})`.padStart(22),
  ];
  const limits = [`ratio ${LIMIT_RATIO}: ${check(rate / bareRate >= LIMIT_RATIO)}`];
  if (sessions === 200) limits.push(`${LIMIT_RSS / 1e9} GB: ${check(rss < LIMIT_RSS)}`);
  console.log(`${cells.join(' ')}   ${limits.join(', ')}`);
}

function check(good) {
  held.push(good);
  return good ? 'held' : 'MISSED';
}

function ms(value) {
  return `${value.toFixed(2).padStart(8)} ms`;
}

async function bundled() {
  const entryPoints = ['server', 'work'].map((name) => join(import.meta.dirname, 'run', `${name}.ts`));
  await bundle({ entryPoints, outdir: folder, outExtension: { '.js': '.mjs' } });
}

async function server() {
  const child = spawn(process.execPath, [join(folder, 'server.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [url] = await once(createInterface(child.stdout), 'line');
  return url;
}

function measure(what, url, count) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'work.mjs'), what, url, String(count)], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${what} ${count}: ${stderr}`);
  return JSON.parse(stdout);
}
