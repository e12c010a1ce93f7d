// `npm run bench:demo`: what the demo's crew learns under 20 seeds and what that is worth at held-out sites; prints a table, and writes docs/demo.md only with --write.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { importBundled } from './bundle.mjs';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    trials: { type: 'string', default: '20' },
    'held-out': { type: 'string', default: '12' },
    gravity: { type: 'string' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const HELP = `node bench/demo.mjs [--seeds N] [--trials N] [--held-out N] [--gravity G] [--write]
  --seeds     lumara-1, lumara-2 and so on (default 20)
  --trials    missions at each of the six sites (default 20)
  --held-out  missions at each of the 16 held-out sites (default 12)
  --gravity   of another place, in m/s²
  --write     writes docs/demo.md, dated DEMO_DATE or today`;
const MARS = 3.71;
// The miner is TypeScript.
const MODULE =
  "export { judgeSeed } from './seeds.ts'; export { loadLumara } from './lumara.ts'; export * from './report.ts';";

if (values.help) console.log(HELP);
else await main();

async function main() {
  const [seeds, trials, heldOut] = [values.seeds, values.trials, values['held-out']].map(Number);
  if (![seeds, trials, heldOut].every((n) => Number.isInteger(n) && n > 0)) {
    console.error(HELP);
    process.exitCode = 2;
    return;
  }
  const root = join(import.meta.dirname, '..');
  const { judgeSeed, loadLumara, renderLessons, renderPage, renderSummary, renderTable } = await importBundled(
    'demo',
    MODULE,
  );
  const lumara = await loadLumara(root);
  const change = values.gravity === undefined ? {} : { gravity: Number(values.gravity) };
  const rows = [];
  for (let n = 1; n <= seeds; n++) {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[Kseed ${n} of ${seeds}`);
    rows.push(judgeSeed(lumara, { seed: `lumara-${n}`, trials, heldOut, change }));
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  console.log(`${renderTable(rows)}\n\n${renderSummary(rows)}\n\n${renderLessons(rows[0])}`);
  if (!values.write) return;
  const mars = judgeSeed(lumara, { seed: 'lumara-1', trials, heldOut, change: { gravity: MARS } });
  const date = process.env.DEMO_DATE ?? new Date().toISOString().slice(0, 10);
  const page = renderPage(rows, mars, { date, command: 'npm run bench:demo -- --write', trials, heldOut });
  writeFileSync(join(root, 'docs', 'demo.md'), page);
}
