// A process that writes sessions of the corpus for bench/scale.mjs and prints their bytes; measures nothing.
import { writeCorpus } from './corpus.mjs';

const [folder, seed, from, to, format] = process.argv.slice(2);
console.log(writeCorpus(folder, { seed, from: Number(from), to: Number(to), format }));
