// A process that makes and judges one world after the other for bench/truth.mjs; decides nothing and writes no file.
import { pathToFileURL } from 'node:url';

const { runJob } = await import(pathToFileURL(process.argv[2] ?? '').href);

process.on('message', (job) => process.send({ job, tally: runJob(job) }));
process.send({ ready: true });
