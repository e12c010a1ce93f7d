// `npm run bench:truth`: judges the miner on worlds whose truth is known and prints what it finds and what it invents; writes docs/truth.md only with --write.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    worlds: { type: 'string' },
    seed: { type: 'string', default: 'truth-1' },
    cell: { type: 'string' },
    write: { type: 'boolean', default: false },
    wrong: { type: 'boolean', default: false },
    missed: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const HELP = `node bench/truth.mjs [--quick] [--worlds N] [--seed S] [--cell NAME] [--write] [--wrong] [--missed]
  --quick    fewer worlds and none above 1,000 sessions, about two minutes
  --worlds   worlds in every cell
  --seed     other worlds (default truth-1)
  --cell     only cells whose name contains this
  --write    writes docs/truth.md, dated TRUTH_DATE or today
  --wrong    lists the claims that are not true on stderr
  --missed   lists what was planted and not found, with the cards that come nearest`;

if (values.help) console.log(HELP);
else await main();

async function main() {
  const worlds = values.worlds === undefined ? undefined : Number(values.worlds);
  if (worlds !== undefined && !(Number.isInteger(worlds) && worlds > 0)) {
    console.error(`--worlds ${values.worlds}: not a number of worlds\n\n${HELP}`);
    process.exitCode = 2;
    return;
  }
  const { runBench, renderPage, renderTables } = await bundled();
  const started = process.hrtime.bigint();
  const rows = runBench({
    seed: values.seed,
    quick: values.quick,
    ...(worlds !== undefined && { worlds }),
    ...(values.cell !== undefined && { cell: values.cell }),
    progress,
  });
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  if (rows.length === 0) {
    console.error(`no cell is named like ${values.cell}, or a quick run has no world of it`);
    process.exitCode = 2;
    return;
  }
  console.log(renderTables(rows));
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  console.error(`${rows.reduce((n, r) => n + r.tally.worlds, 0)} worlds in ${seconds.toFixed(0)} s`);
  report(rows);
  if (values.write) {
    const date = process.env.TRUTH_DATE ?? new Date().toISOString().slice(0, 10);
    const flags = process.argv.slice(2).filter((a) => a !== '--write');
    const command = ['npm run bench:truth', ...(flags.length > 0 ? ['--', ...flags] : [])].join(' ');
    writeFileSync(
      join(import.meta.dirname, '..', 'docs', 'truth.md'),
      renderPage(rows, { date, seed: values.seed, command }),
    );
  }
}

// The miner and the judge are TypeScript: bundled into a folder of their own and imported from there.
async function bundled() {
  const folder = mkdtempSync(join(tmpdir(), 'agentmem-truth-'));
  try {
    const outfile = join(folder, 'truth.mjs');
    const contents = "export { runBench } from './judge.ts'; export { renderPage, renderTables } from './report.ts';";
    await build({
      stdin: { contents, resolveDir: join(import.meta.dirname, 'truth'), loader: 'ts' },
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20.19',
      banner: {
        js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
      },
      logLevel: 'warning',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function progress(line) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
  else if (line.includes(': world 1 of ')) console.error(line);
}

function report(rows) {
  for (const { cell, tally } of rows) {
    if (tally.collapsed > 0) console.error(`${cell.name}: ${tally.collapsed} sessions were taken for copies`);
    if (values.wrong) for (const claim of tally.wrong) console.error(`wrong in ${claim}`);
    if (values.missed) for (const planted of tally.missed) console.error(`missed in ${planted}`);
  }
}
