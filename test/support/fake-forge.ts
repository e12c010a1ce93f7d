// A stand-in for gh and glab: answers from a file, and writes down each call; test code only, it talks to nobody.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ForgeCall {
  args: string[];
  input: string;
  tty: boolean;
}

export interface FakeForge {
  /** The folder to put in front of PATH. */
  bin: string;
  calls: () => ForgeCall[];
  /** What it answers: JSON by method, or an exit code with words on stderr. */
  answer: (answers: Record<string, unknown>) => void;
}

const PROGRAM = `#!${process.execPath}
const fs = require('node:fs');
const args = process.argv.slice(2);
const input = fs.readFileSync(0, 'utf8');
fs.appendFileSync(__dirname + '/calls.jsonl', JSON.stringify({ args, input, tty: Boolean(process.stdin.isTTY) }) + '\\n');
const answers = JSON.parse(fs.readFileSync(__dirname + '/answers.json', 'utf8'));
const answer = answers[args[0] === 'auth' ? 'auth' : args[args.indexOf('--method') + 1]];
if (typeof answer === 'string') { process.stderr.write(answer + '\\n'); process.exit(1); }
process.stdout.write(JSON.stringify(answer));
`;

/** Puts programs of these names into a folder of their own. */
export function fakeForge(dir: string, ...names: string[]): FakeForge {
  const bin = join(dir, 'forge-bin');
  mkdirSync(bin, { recursive: true });
  for (const name of names) {
    writeFileSync(join(bin, name), PROGRAM);
    chmodSync(join(bin, name), 0o755);
  }
  const log = join(bin, 'calls.jsonl');
  return {
    bin,
    calls: () => {
      const text = existsSync(log) ? readFileSync(log, 'utf8') : '';
      return text.split('\n').flatMap((line): ForgeCall[] => (line === '' ? [] : [JSON.parse(line)]));
    },
    answer: (answers) => writeFileSync(join(bin, 'answers.json'), JSON.stringify(answers)),
  };
}
