// `npm run bench:truth`: judges the miner on worlds whose truth is known and prints what it finds and what it invents; writes docs/truth.md only with --write.
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { bundle, sourceIn } from './bundle.mjs';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    worlds: { type: 'string' },
    seed: { type: 'string', default: 'truth-1' },
    cell: { type: 'string' },
    workers: { type: 'string', default: '2' },
    fresh: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    wrong: { type: 'boolean', default: false },
    missed: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const HELP = `node bench/truth.mjs [--quick] [--worlds N] [--seed S] [--cell NAME] [--workers N] [--fresh] [--write] [--wrong] [--missed]
  --quick    fewer worlds and none above 1,000 sessions, about two minutes
  --worlds   worlds in every cell
  --seed     other worlds (default truth-1)
  --cell     only cells whose name contains this
  --workers  processes that share the worlds (default 2)
  --fresh    judges every world again; otherwise those that this very code has judged are read from the temporary folder,
             so that a run that was broken off goes on where it was
  --write    writes docs/truth.md, dated TRUTH_DATE or today
  --wrong    lists the claims that are not true on stderr
  --missed   lists what was planted and not found, with the cards that come nearest`;

if (values.help) console.log(HELP);
else await main();

async function main() {
  const [worlds, workers] = [values.worlds, values.workers].map((n) => (n === undefined ? undefined : Number(n)));
  const isCount = (n) => n === undefined || (Number.isInteger(n) && n > 0);
  if (!isCount(worlds) || !isCount(workers)) {
    console.error(`--worlds and --workers are whole numbers above 0\n\n${HELP}`);
    process.exitCode = 2;
    return;
  }
  const started = process.hrtime.bigint();
  const { file, hash } = await bundled();
  const { jobsOf, rowsOf, renderPage, renderTables } = await import(pathToFileURL(file).href);
  const options = {
    seed: values.seed,
    quick: values.quick,
    ...(worlds !== undefined && { worlds }),
    ...(values.cell !== undefined && { cell: values.cell }),
  };
  const jobs = jobsOf(options);
  if (jobs.length === 0) {
    console.error(`no cell is named like ${values.cell}, or a quick run has no world of it`);
    process.exitCode = 2;
    return;
  }
  const cache = cacheIn(join(tmpdir(), 'agentmem-truth', hash));
  const judged = await judgeAll(file, jobs, cache, workers);
  const rows = rowsOf(options, (job) => judged.get(cache.keyOf(job)));
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  console.log(renderTables(rows));
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  console.error(`${jobs.length} worlds in ${seconds.toFixed(0)} s`);
  report(rows);
  if (values.write) write(rows, renderPage);
}

// The miner and the judge are TypeScript: bundled into one file, whose hash says which code judged a world.
async function bundled() {
  const contents =
    "export { jobsOf, rowsOf, runJob } from './judge.ts'; export { renderPage, renderTables } from './report.ts';";
  const { outputFiles } = await bundle({ stdin: sourceIn('truth', contents), write: false });
  const [{ contents: code }] = outputFiles;
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 16);
  const folder = join(tmpdir(), 'agentmem-truth', hash);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'truth.mjs');
  putFile(file, code);
  return { file, hash };
}

/** Tallies of worlds that the same code has judged before, a file each. */
function cacheIn(folder) {
  const keyOf = ({ cell, index, seed }) =>
    createHash('sha256')
      .update(JSON.stringify([seed, cell, index]))
      .digest('hex')
      .slice(0, 24);
  const pathOf = (job) => join(folder, `${keyOf(job)}.json`);
  return {
    keyOf,
    read(job) {
      if (values.fresh || !existsSync(pathOf(job))) return undefined;
      return JSON.parse(readFileSync(pathOf(job), 'utf8'));
    },
    put: (job, tally) => putFile(pathOf(job), JSON.stringify(tally)),
  };
}

// Whole or not at all, since a run may be broken off at any time and two may share a folder.
function putFile(path, content) {
  const beside = `${path}.${process.pid}`;
  writeFileSync(beside, content);
  renameSync(beside, path);
}

function judgeAll(file, jobs, cache, workers) {
  const judged = new Map();
  const left = [];
  for (const job of jobs) {
    const known = cache.read(job);
    if (known === undefined) left.push(job);
    else judged.set(cache.keyOf(job), known);
  }
  if (judged.size > 0) console.error(`${judged.size} of ${jobs.length} worlds were judged before`);
  const work = () => {
    const child = fork(join(import.meta.dirname, 'truth', 'worker.mjs'), [file], { serialization: 'advanced' });
    return new Promise((resolve, reject) => {
      child.on('message', ({ job, tally }) => {
        if (job !== undefined) {
          cache.put(job, tally);
          judged.set(cache.keyOf(job), tally);
        }
        const next = left.shift();
        progress(`${judged.size} of ${jobs.length} worlds${next === undefined ? '' : `: ${next.cell}`}`, judged.size);
        if (next === undefined) child.disconnect();
        else child.send(next);
      });
      child.on('exit', (code, signal) =>
        code === 0 ? resolve() : reject(new Error(`a worker ended with ${code ?? signal}`)),
      );
    });
  };
  return Promise.all(Array.from({ length: Math.min(workers, left.length) }, work)).then(() => judged);
}

function progress(line, done) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
  else if (done > 0 && done % 50 === 0) console.error(line);
}

function report(rows) {
  for (const { cell, tally } of rows) {
    if (tally.collapsed > 0) console.error(`${cell.name}: ${tally.collapsed} sessions were taken for copies`);
    if (values.wrong) for (const claim of tally.wrong) console.error(`wrong in ${claim}`);
    if (values.missed) for (const planted of tally.missed) console.error(`missed in ${planted}`);
  }
}

function write(rows, renderPage) {
  const date = process.env.TRUTH_DATE ?? new Date().toISOString().slice(0, 10);
  const flags = process.argv.slice(2).filter((a) => a !== '--write' && a !== '--fresh');
  const command = ['npm run bench:truth', ...(flags.length > 0 ? ['--', ...flags] : [])].join(' ');
  writeFileSync(
    join(import.meta.dirname, '..', 'docs', 'truth.md'),
    renderPage(rows, { date, seed: values.seed, command }),
  );
}
