// `npm run bench:prove`: judges the verdict of proofs in worlds whose truth is known, error rates and power; writes docs/proof.md only with --write.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { importBundled } from './bundle.mjs';

const { values } = parseArgs({
  options: {
    worlds: { type: 'string', default: '2000' },
    seed: { type: 'string', default: 'proof-1' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const HELP = `node bench/prove.mjs [--worlds N] [--seed S] [--write]
  --worlds   proofs simulated in every cell (default 2,000; a third as many for the table of harm)
  --seed     other worlds (default proof-1)
  --write    puts the tables into docs/proof.md, dated PROOF_DATE or today`;

if (values.help) console.log(HELP);
else await main();

async function main() {
  const worlds = Number(values.worlds);
  if (!(Number.isInteger(worlds) && worlds > 0)) {
    console.error(`--worlds ${values.worlds}: not a number of worlds\n\n${HELP}`);
    process.exitCode = 2;
    return;
  }
  const { runCell, nullCells, gainCells, harmCells, renderTables, tooMany, withTables } = await importBundled(
    'prove',
    "export * from './cells.ts'; export * from './page.ts';",
  );
  const started = process.hrtime.bigint();
  const both = (cells) =>
    cells.flatMap((cell) => [false, true].map((sequential) => ran(runCell(cell, sequential, worlds, values.seed))));
  const found = {
    nulls: both(nullCells),
    gains: both(gainCells),
    harms: harmCells.map((cell) => ran(runCell(cell, false, Math.ceil(worlds / 3), values.seed, 1000))),
  };
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  const tables = renderTables(found);
  console.log(tables);
  console.error(`${(Number(process.hrtime.bigint() - started) / 1e9).toFixed(0)} s`);
  for (const { cell, sequential, counts } of tooMany(found.nulls)) {
    console.error(`too many false accepts: ${cell.name}${sequential ? ', sequential' : ''}: ${counts.validated}`);
    process.exitCode = 1;
  }
  if (!values.write) return;
  const date = process.env.PROOF_DATE ?? new Date().toISOString().slice(0, 10);
  const page = join(import.meta.dirname, '..', 'docs', 'proof.md');
  const line = `${date}, ${worlds.toLocaleString('en-US')} simulated proofs a cell, seed \`${values.seed}\` (\`npm run bench:prove -- --write\`).`;
  writeFileSync(page, withTables(readFileSync(page, 'utf8'), tables, line));
}

function ran(result) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${result.cell.name}`);
  return result;
}
