// Which commands a command runs in turn, by its words: `timeout 5 …`, `xargs …`, `find -exec`, `bash -c '…'`; runs none of them.
import { basename } from 'node:path/posix';
import { changesMeaning, runsText } from './runs-text.ts';
import { isLiteral, type Others, type ShellWord, unknownWord } from './word.ts';

/** What the command with these words runs beside itself. A program that is not in our tables is taken to run nothing. */
export function runsOthers(words: readonly ShellWord[]): Others {
  const others: Others = {
    handsOn: false,
    commands: [],
    guesses: [],
    lines: [],
    opaque: [],
    moves: false,
    readsInput: false,
  };
  const first = words[0];
  if (first === undefined) return others;
  if (isWorkedOut(first)) others.opaque.push('a command whose name the shell works out');
  if (first.text.startsWith('-')) others.opaque.push('a command whose name is an option');
  const name = basename(first.text);
  const prefix = PREFIXES.get(name);
  if (prefix !== undefined) readPrefix(others, prefix, words);
  else if (name === 'find') readFind(others, words);
  else if (GUESSED.has(name)) guess(others, words);
  else if (name === 'cd' || name === 'pushd' || name === 'popd') others.moves = true;
  else runsText(others, name, words);
  const reason = changesMeaning(name, words);
  if (reason !== undefined) others.opaque.push(reason);
  return others;
}

function isWorkedOut({ text, pieces }: ShellWord): boolean {
  if (text === '[') return false;
  return pieces.some(
    (piece, i) => piece.kind === 'unknown' || (piece.kind === 'open' && !(i === 0 && piece.text === '~')),
  );
}

/** How the words before the command that it runs are read. A word that fits nothing makes all of it a guess. */
interface Prefix {
  handsOn: boolean;
  /** Options that stand alone. */
  flags?: RegExp;
  /** Options whose value is the next word. */
  valued?: RegExp;
  /** Words before the command. */
  positional?: number;
  /** `NAME=value` before the command. */
  assignments?: boolean;
  /** Options with which it runs nothing. */
  asks?: RegExp;
  /** Words are added to the command that are not known. */
  adds?: boolean;
}

const PREFIXES = new Map<string, Prefix>([
  ['command', { handsOn: true, flags: /^-p$/, asks: /^-p?[vV]$/ }],
  ['builtin', { handsOn: true }],
  ['exec', { handsOn: true, flags: /^-[cl]+$/, valued: /^-a$/ }],
  ['nohup', { handsOn: true }],
  ['time', { handsOn: true, flags: /^-p$/ }],
  ['nice', { handsOn: true, flags: /^-(?:n?-?\d+|-adjustment=-?\d+)$/, valued: /^(?:-n|--adjustment)$/ }],
  ['ionice', { handsOn: true, flags: /^-(?:[cn]\d|t)$/, valued: /^-[cn]$/ }],
  ['setsid', { handsOn: true, flags: /^-[cfw]+$/ }],
  ['stdbuf', { handsOn: true, flags: /^-[ioe](?:[0L]|\d+[KMG]?)$/, valued: /^-[ioe]$/ }],
  [
    'timeout',
    {
      handsOn: true,
      flags: /^(?:--foreground|--preserve-status|-v|--verbose|--(?:signal|kill-after)=[\w.]+|-[sk][\w.]+)$/,
      valued: /^(?:-[sk]|--signal|--kill-after)$/,
      positional: 1,
    },
  ],
  ['env', { handsOn: true, flags: /^(?:-|-i|--ignore-environment)$/, valued: /^(?:-u|--unset)$/, assignments: true }],
  [
    'xargs',
    {
      handsOn: false,
      flags: /^(?:-[0rtx]+|-[InPLsdE].+|--(?:null|no-run-if-empty|verbose|exit|max-(?:args|procs|lines|chars)=\d+))$/,
      valued: /^-[InPLsdE]$/,
      adds: true,
    },
  ],
  ['sudo', { handsOn: false, flags: /^-[nEHSbk]+$/, valued: /^-[ugp]$/, assignments: true }],
  ['doas', { handsOn: false, flags: /^-n$/, valued: /^-u$/ }],
]);

// They run what they are handed, in too many ways to follow.
const GUESSED = new Set(
  (
    'parallel watch strace ltrace unshare nsenter chroot flock busybox toybox setpriv runuser su taskset script chrt prlimit ' +
    'systemd-run firejail bwrap proot fakeroot unbuffer rlwrap xvfb-run faketime valgrind perf caffeinate entr expect at batch'
  ).split(' '),
);

function readPrefix(others: Others, prefix: Prefix, words: readonly ShellWord[]): void {
  const assignments: ShellWord[] = [];
  let positional = prefix.positional ?? 0;
  let options = true;
  for (let i = 1; i < words.length; i++) {
    const word = words[i];
    if (word === undefined) break;
    const { text } = word;
    if (prefix.assignments && /^[A-Za-z_]\w*=/.test(text) && word.pieces[0]?.kind === 'text') assignments.push(word);
    else if (!isLiteral(word)) break;
    else if (options && text === '--') options = false;
    else if (options && text.startsWith('-')) {
      if (prefix.asks?.test(text)) return;
      if (prefix.valued?.test(text)) {
        const value = words[++i];
        if (value === undefined || !isLiteral(value)) break;
      } else if (!prefix.flags?.test(text)) break;
    } else if (positional-- <= 0) {
      const added = prefix.adds ? [unknownWord('…')] : [];
      others.commands.push({ words: [...words.slice(i), ...added], assignments });
      others.handsOn = prefix.handsOn && isOfTheSystem(words[0]?.text ?? '');
      return;
    }
    if (i === words.length - 1) return; // it names no command
  }
  if (words.length > 1) guess(others, words);
}

// A program of that name that lies elsewhere may do anything.
function isOfTheSystem(name: string): boolean {
  return !name.includes('/') || /^\/(?:usr\/)?bin\/[^/]+$/.test(name);
}

const MOST_GUESSES = 8;

function guess(others: Others, words: readonly ShellWord[]): void {
  others.opaque.push(`what ${basename(words[0]?.text ?? '')} runs`);
  for (let i = 1; i <= Math.min(MOST_GUESSES, words.length - 1); i++) others.guesses.push(words.slice(i));
}

const TAKES_VALUE =
  /^-(?:i?(?:name|path|regex|lname|wholename)|newer\w*|[acm](?:time|min)|size|type|(?:max|min)depth|user|group|perm)$/;

function readFind(others: Others, words: readonly ShellWord[]): void {
  for (let i = 1; i < words.length; i++) {
    const word = words[i];
    if (word === undefined) break;
    // What is worked out may turn out to be -exec; but not where find wants a value, if it can't become several words.
    const isValue = word.raw.startsWith('"') && TAKES_VALUE.test(words[i - 1]?.text ?? '');
    if (word.pieces.some((piece) => piece.kind === 'unknown') && !isValue) others.opaque.push('what find runs');
    if (!/^-(?:exec|execdir|ok|okdir)$/.test(word.text)) continue;
    if (word.text.endsWith('dir')) others.moves = true;
    const from = i + 1;
    while (i < words.length && words[i]?.text !== ';' && !(words[i]?.text === '+' && words[i - 1]?.text === '{}')) i++;
    if (i >= words.length) others.opaque.push('a find -exec without its end');
    const command = words.slice(from, i).map((each) => (each.text.includes('{}') ? unknownWord(each.raw) : each));
    others.commands.push({ words: command, assignments: [] });
  }
}
