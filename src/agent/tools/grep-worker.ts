// Searches files in a thread of its own, which can be ended while a regular expression backtracks; never writes a file.
import { Worker } from 'node:worker_threads';
import { systemCode } from '../../base/errors.ts';

export interface GrepJob {
  /** Real path and the path to show. */
  files: { real: string; path: string }[];
  source: string;
  flags: string;
  context: number;
  filesOnly: boolean;
  /** Matching lines (or files) after which it ends. */
  max: number;
  /** Larger files, in bytes, are passed over and counted. */
  largest: number;
}

export interface GrepHits {
  /** Lines to print, in order. */
  rows: string[];
  hits: number;
  /** The limit of matches was reached. */
  more: boolean;
  tooLarge: number;
  binary: number;
  /** Why it ended early, for the model. */
  ended?: string;
}

/** Runs the search. It ends after `deadlineMs` or at the signal with what was found until then. */
export function grepInWorker(job: GrepJob, deadlineMs: number, signal: AbortSignal): Promise<GrepHits> {
  const at = new Int32Array(new SharedArrayBuffer(4));
  const found: GrepHits = { rows: [], hits: 0, more: false, tooLarge: 0, binary: 0 };
  return new Promise((resolve, reject) => {
    const worker = new Worker(CODE, {
      eval: true, // a file of its own would have to be found again after bundling
      workerData: { ...job, at, pins: process.platform === 'linux' },
      resourceLimits: { maxOldGenerationSizeMb: 512 },
      env: {},
      execArgv: [],
    });
    const finish = (ended?: string) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', interrupt);
      // Only once the thread is gone is nothing of this call left running.
      void worker.terminate().then(() => resolve(ended === undefined ? found : { ...found, ended }), reject);
    };
    const interrupt = () => finish('the search was interrupted');
    const timer = setTimeout(() => {
      const path = job.files[Atomics.load(at, 0)]?.path ?? '';
      finish(
        `the search took longer than ${deadlineMs / 1000} s and was ended at ${path}; simplify the pattern (no nested repetition) or narrow path or glob`,
      );
    }, deadlineMs);
    signal.addEventListener('abort', interrupt);
    worker.on('message', (message: Message) => {
      if (message.type === 'rows') {
        found.rows.push(...message.rows);
        found.hits += message.hits;
      } else if (message.type === 'fault') finish(`the pattern could not be used: ${message.reason}`);
      else {
        Object.assign(found, message.counts);
        finish();
      }
    });
    worker.on('error', (error) => {
      if (systemCode(error) === 'ERR_WORKER_OUT_OF_MEMORY')
        finish('the search needed too much memory; narrow path or glob');
      else reject(error);
    });
    if (signal.aborted) interrupt();
  });
}

/** What the thread below posts. */
type Message =
  | { type: 'rows'; rows: string[]; hits: number }
  | { type: 'done'; counts: Pick<GrepHits, 'more' | 'tooLarge' | 'binary'> }
  | { type: 'fault'; reason: string };

// Plain JavaScript, since this text is the program of the thread. A file is opened without following a link and without
// blocking, and read only if its open handle still has the expected path.
const CODE = String.raw`
const { parentPort, workerData: job } = require('node:worker_threads');
const fs = require('node:fs');
const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
const counts = { more: false, tooLarge: 0, binary: 0 };
let left = job.max;

function contentOf(real) {
  let fd;
  try {
    fd = fs.openSync(real, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const stat = fs.fstatSync(fd);
    if (!stat.isFile()) return undefined;
    const there = job.pins ? fs.readlinkSync('/proc/self/fd/' + fd) : fs.realpathSync.native(real);
    if (there !== real) return undefined;
    if (stat.size > job.largest) { counts.tooLarge++; return undefined; }
    const bytes = fs.readFileSync(fd);
    if (bytes.subarray(0, 8192).includes(0)) { counts.binary++; return undefined; }
    return bytes.toString('utf8');
  } catch (error) {
    if (typeof error.code === 'string') return undefined; // gone or closed to us since it was listed
    throw error;
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}

function shown(line, index) {
  if (line.length <= 500) return line;
  const from = Math.max(0, index - 200);
  return (from > 0 ? '[…]' : '') + line.slice(from, from + 500) + (from + 500 < line.length ? '[…]' : '');
}

function search(path, lines, re) {
  const rows = [];
  let hits = 0;
  let printed = -1;
  const print = (i, mark, index) => {
    rows.push(path + mark + (i + 1) + mark + shown(lines[i], index));
    printed = i;
  };
  for (let i = 0; i < lines.length; i++) {
    const match = re.exec(lines[i]);
    if (match === null) continue;
    if (left === 0) { counts.more = true; break; }
    hits++;
    if (!job.filesOnly) {
      left--;
      const from = Math.max(printed + 1, i - job.context);
      if (job.context > 0 && printed >= 0 && from > printed + 1) rows.push('--');
      for (let n = from; n < i; n++) print(n, '-', 0);
      if (i > printed) print(i, ':', match.index);
      else rows[rows.length - 1 - (printed - i)] = path + ':' + (i + 1) + ':' + shown(lines[i], match.index);
      for (let n = i + 1; n <= Math.min(lines.length - 1, i + job.context); n++) if (n > printed) print(n, '-', 0);
    }
  }
  if (job.filesOnly && hits > 0) {
    left--;
    rows.push(path + ': ' + hits);
  }
  return { type: 'rows', rows, hits };
}

try {
  const re = new RegExp(job.source, job.flags);
  re.exec('');
  for (let i = 0; i < job.files.length && !counts.more; i++) {
    Atomics.store(job.at, 0, i);
    if (left === 0 && job.filesOnly) { counts.more = true; break; }
    const text = contentOf(job.files[i].real);
    if (text === undefined) continue;
    const lines = text.split(/\r?\n/);
    if (lines[lines.length - 1] === '') lines.pop();
    const found = search(job.files[i].path, lines, re);
    if (found.hits > 0) parentPort.postMessage(found);
  }
  parentPort.postMessage({ type: 'done', counts });
} catch (error) {
  if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
  parentPort.postMessage({ type: 'fault', reason: error.message });
}
`;
