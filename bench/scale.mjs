// `npm run bench:scale`: import, mine, dream, list, search and verify at 1,000, 10,000 and 100,000 sessions, each a process of its own, as ratios to JSON.parse over the same lines on as many threads.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.mjs';

const AGENT = join(import.meta.dirname, '..', 'bin', 'agent.js');
const HERE = join(import.meta.dirname, 'scale');
const JOBS = 2;
const NEW = 100; // sessions before the second dream
const BYTES = { stored: 44_000, claude: 76_000 }; // a session, about
const MOST_IMPORTED = 10_000; // above it the files to import would take more room than all the rest
const WORD = 'request 123456'; // of errors: a few hits in ten thousand sessions

const { values } = parseArgs({
  options: { sizes: { type: 'string', default: '1000,10000,100000' }, seed: { type: 'string', default: 'scale-1' } },
});
const sizes = values.sizes.split(',').map(Number);
if (!sizes.every((n) => Number.isInteger(n) && n > NEW)) {
  console.error(`--sizes are whole numbers above ${NEW}, with commas between`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'agentmem-scale-'));
const rows = [];
try {
  await bundle({ entryPoints: [join(HERE, 'make.mjs')], outfile: join(folder, 'make.mjs') });
  console.log(
    `Node ${process.versions.node}, load ${loadavg()[0].toFixed(1)}, ratios to JSON.parse in ${JOBS} threads`,
  );
  for (const size of sizes) {
    if (!fits(size)) continue;
    const place = join(folder, String(size));
    mkdirSync(place);
    measureAll(size, place);
    rmSync(place, { recursive: true, force: true });
  }
  growth();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function fits(size) {
  const { bavail, bsize } = statfsSync(folder);
  const needed = size * BYTES.stored * 1.6 + Math.min(size, MOST_IMPORTED) * (BYTES.claude + BYTES.stored);
  const gb = (bytes) => `${(bytes / 1e9).toFixed(1)} GB`;
  if (bavail * bsize > needed * 1.2) return true;
  console.log(`\n${size} sessions left out: they need ${gb(needed)} below ${folder}, ${gb(bavail * bsize)} are free`);
  return false;
}

function measureAll(size, place) {
  const repo = join(place, 'memory');
  newMemory(repo);
  const sessions = join(repo, '.agentmem', 'sessions');
  const bytes = make(sessions, 0, size, 'stored');
  console.log(`\n${size.toLocaleString('en')} sessions, ${(bytes / 1e6).toFixed(0)} MB`);
  console.log(`${'what'.padEnd(34)}  sessions/s    MB/s   × JSON.parse   CPU ratio   peak MB`);
  const parse = run('JSON.parse', [join(HERE, 'parse.mjs'), sessions, String(JOBS)], place);
  const over = { size, bytes, parse };
  report('JSON.parse', parse, over);
  measureImport(size, place);
  const agent = (name, args) => report(name, run(name, [AGENT, ...args], repo), over);
  agent('first list: reads everything', ['sessions', 'list', '-q']);
  agent('list', ['sessions', 'list', '-q']);
  agent('filter', ['sessions', 'list', '--outcome', 'fail', '-q']);
  agent('first search: reads everything', ['sessions', 'search', WORD, '-q']);
  agent('search', ['sessions', 'search', WORD, '-q']);
  report('  grep -rlF', timed('grep', ['-rlF', WORD, sessions]), over);
  agent('mine, cold', ['mine', '--json', '-q']);
  agent('mine, warm', ['mine', '--json', '-q']);
  agent('dream', ['dream', '-q']);
  make(sessions, size, size + NEW, 'stored');
  agent(`dream after ${NEW} new sessions`, ['dream', '-q']);
  agent('verify', ['sessions', 'verify', '-q']);
  const errors = 'select(.is_error == true) | .id';
  report(
    '  jq, errors in all lines',
    timed('sh', ['-c', `find "$1" -name '*.jsonl' -exec jq -c '${errors}' {} +`, 'sh', sessions]),
    over,
  );
}

function measureImport(size, place) {
  if (size > MOST_IMPORTED) return;
  const corpus = join(place, 'corpus');
  const repo = join(place, 'imported');
  newMemory(repo);
  const bytes = make(corpus, 0, size, 'claude');
  const parse = run('JSON.parse', [join(HERE, 'parse.mjs'), corpus, String(JOBS)], place);
  const over = { size, bytes, parse };
  const agent = (name, args) => report(name, run(name, [AGENT, ...args], repo), over);
  // What lists and mining need to know is made on the way, so these belong together.
  agent('import of Claude Code’s files', ['import', corpus, '-q']);
  agent('first list after the import', ['sessions', 'list', '-q']);
  agent('first mine after the import', ['mine', '--projects', 'all', '--json', '-q']);
  for (const path of [corpus, repo]) rmSync(path, { recursive: true, force: true });
}

function newMemory(repo) {
  execFileSync(process.execPath, [AGENT, 'init', repo, '-q'], { stdio: 'ignore' });
  const git = (...args) =>
    execFileSync('git', ['-C', repo, '-c', 'user.name=b', '-c', 'user.email=b@example.org', ...args]);
  git('add', '.agentmem');
  git('commit', '-qm', 'Lay out agent memory');
}

function make(to, from, until, format) {
  const args = [join(folder, 'make.mjs'), to, values.seed, String(from), String(until), format];
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

// A process of its own, so that its peak is nobody else's; scale/peak.mjs writes down what it took.
function run(name, args, cwd) {
  const file = join(folder, 'took.json');
  rmSync(file, { force: true });
  const start = process.hrtime.bigint();
  const { stderr, status } = spawnSync(process.execPath, ['--import', join(HERE, 'peak.mjs'), ...args], {
    cwd,
    env: { ...process.env, SCALE_TOOK: file },
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 1 << 28,
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (status !== 0 && status !== 1)
    return { failed: String(stderr).trim().split('\n').at(-1) || `${name} ended by ${status}` };
  return { seconds, ...JSON.parse(readFileSync(file, 'utf8')) };
}

// Another program, where it is installed; its processor time is not known.
function timed(program, args) {
  const start = process.hrtime.bigint();
  const { error, status } = spawnSync(program, args, { stdio: 'ignore' });
  if (error !== undefined || status === 127) return { failed: 'not installed' };
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9 };
}

function report(name, took, { size, bytes, parse }) {
  if (took.failed !== undefined) return console.log(`${name.padEnd(34)}  ${took.failed}`);
  const { seconds, cpu, peak } = took;
  const ratio = seconds / parse.seconds;
  rows.push({ name, size, ratio, seconds });
  const cells = [
    (size / seconds).toFixed(0).padStart(10),
    (bytes / 1e6 / seconds).toFixed(0).padStart(7),
    ratio.toFixed(2).padStart(14),
    (cpu === undefined ? '' : (cpu / parse.cpu).toFixed(2)).padStart(11),
    (peak === undefined ? '' : (peak / 1e6).toFixed(0)).padStart(9),
    `   ${seconds.toFixed(2)} s`,
  ];
  console.log(`${name.padEnd(34)}  ${cells.join(' ')}`);
}

// 1.00 is proportion; below it the work grows slower than the sessions.
function growth() {
  for (const [i, size] of sizes.slice(1).entries()) {
    const before = rows.filter((row) => row.size === sizes[i]);
    const now = rows.filter((row) => row.size === size);
    if (now.length === 0) continue;
    console.log(`\ngrowth from ${sizes[i]} to ${size} sessions, seconds a session`);
    for (const { name, seconds } of now) {
      const earlier = before.find((row) => row.name === name);
      if (earlier !== undefined)
        console.log(`  ${name.padEnd(34)} ${(seconds / size / (earlier.seconds / sizes[i])).toFixed(2)}`);
    }
  }
}
