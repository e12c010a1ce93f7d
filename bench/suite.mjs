// `npm run bench:suite`: 500 tasks of one turn at -j 100 in one process, beside the bare SDK in a loop and at the same concurrency.
// The peer is `@anthropic-ai/sdk` as it is installed: one client, the body that a session sends, the same server, the stream read to
// its end and thrown away. It reads no suite, makes no folder and stores nothing; all of that is in the suite's time, from reading
// its file to the table.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundle } from './bundle.mjs';

const TASKS = Number(process.env.TASKS ?? 500);
const JOBS = Number(process.env.JOBS ?? 100);
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const LIMIT_RSS = 1e9; // bytes
const LIMIT_RATIO = 0.8; // of the bare SDK's requests a second, in a loop

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'agentmem-bench-suite-'));
const held = [];
try {
  await bundled();
  const url = await server();
  const [load = 0] = loadavg();
  if (load > availableParallelism() / 2) console.log(`this machine is busy: load ${load.toFixed(1)}`);
  console.log(`${TASKS} tasks of one turn, ${JOBS} at once, median of ${ROUNDS} (Node ${process.versions.node})`);
  const body = join(folder, 'body.json');
  writeFileSync(body, measure('body', url).body);
  // One after another and in turn, so that what else the machine does lies in each of them alike.
  const rounds = Array.from({ length: ROUNDS }, () => ({
    loop: measure('loop', url, TASKS, 1, body),
    pool: measure('loop', url, TASKS, JOBS, body),
    door: measure('door', url, TASKS, 1, body),
    suite: measure('suite', url, TASKS, JOBS),
  }));
  report(rounds);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(held.every(Boolean) ? 0 : 1);

function report(rounds) {
  const rate = (what) => median(rounds.map((round) => TASKS / (round[what].ms / 1000)));
  const ratio = (what) => median(rounds.map((round) => round[what].ms / round.suite.ms));
  const cpu = (what) => median(rounds.map((round) => round[what].cpu / TASKS));
  const rss = Math.max(...rounds.map(({ suite }) => suite.rss));
  console.log(
    `  bare SDK, in a loop        ${rate('loop').toFixed(0).padStart(6)} requests/s   CPU ${cpu('loop').toFixed(2)} ms each`,
  );
  console.log(
    `  bare SDK, ${String(JOBS).padStart(3)} at once      ${rate('pool').toFixed(0).padStart(6)} requests/s   CPU ${cpu('pool').toFixed(2)} ms each`,
  );
  console.log(
    `  with our connections       ${rate('door').toFixed(0).padStart(6)} requests/s   CPU ${cpu('door').toFixed(2)} ms each`,
  );
  console.log(
    `  agent run --suite          ${rate('suite').toFixed(0).padStart(6)} sessions/s   CPU ${cpu('suite').toFixed(2)} ms each`,
  );
  console.log(
    `  of the loop                ${ratio('loop').toFixed(2).padStart(6)}   limit ${LIMIT_RATIO}: ${check(ratio('loop') >= LIMIT_RATIO)}`,
  );
  console.log(`  of ${String(JOBS).padStart(3)} at once             ${ratio('pool').toFixed(2).padStart(6)}`);
  console.log(`  of our connections         ${ratio('door').toFixed(2).padStart(6)}`);
  console.log(
    `  peak memory                ${(rss / 1e6).toFixed(0).padStart(6)} MB   limit ${LIMIT_RSS / 1e6} MB: ${check(rss < LIMIT_RSS)}`,
  );
}

function check(good) {
  held.push(good);
  return good ? 'held' : 'MISSED';
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

async function bundled() {
  // Prompts are looked for beside the nearest package.json.
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  symlinkSync(join(root, 'templates'), join(folder, 'templates'));
  await bundle({
    entryPoints: { server: join(root, 'bench', 'suite', 'server.ts'), work: join(root, 'bench', 'suite', 'work.ts') },
    outdir: join(folder, 'dist'),
    outExtension: { '.js': '.mjs' },
    splitting: true,
  });
}

async function server() {
  const file = join(folder, 'dist', 'server.mjs');
  const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [url] = await once(createInterface(child.stdout), 'line');
  return url;
}

function measure(what, url, ...args) {
  const profile = process.env.PROFILE === what ? ['--cpu-prof', '--cpu-prof-dir', process.env.PROFILE_DIR ?? '.'] : [];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...profile, join(folder, 'dist', 'work.mjs'), what, url, ...args.map(String)],
    // What a run leaves on the disk stays until the last has been measured: ext4 without a journal looks for minutes through what
    // was deleted whenever it makes a file, so that each round would pay for the ones before it.
    { encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, TMPDIR: folder } },
  );
  if (status !== 0) throw new Error(`${what}: ${stderr}${stdout}`);
  return JSON.parse(stdout);
}
