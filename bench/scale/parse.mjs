// The yardstick of bench/scale.mjs: every line of every file below a folder through JSON.parse, the files shared among threads; keeps nothing of it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

if (isMainThread) {
  const [folder, jobs] = process.argv.slice(2);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.jsonl'))
    .map((entry) => join(entry.parentPath, entry.name));
  const share = Math.ceil(files.length / Number(jobs));
  for (let i = 0; i < Number(jobs); i++)
    new Worker(new URL(import.meta.url), { workerData: files.slice(i * share, (i + 1) * share), execArgv: [] });
} else {
  for (const file of workerData) {
    const buffer = readFileSync(file);
    for (let from = 0; from < buffer.length; ) {
      const at = buffer.indexOf(10, from);
      const end = at < 0 ? buffer.length : at;
      if (end > from) JSON.parse(buffer.toString('utf8', from, end));
      from = end + 1;
    }
  }
}
