// Commands that take text for commands (`bash -c`, `eval`, `trap`) and builtins that change what other words mean; runs nothing.
import { isLiteral, type Others, type ShellWord } from './word.ts';

/** Adds the texts that a shell, `eval` or `trap` with these words takes for commands. */
export function runsText(others: Others, name: string, words: readonly ShellWord[]): void {
  if (name === 'eval') addText(others, words.slice(words[1]?.text === '--' ? 2 : 1), 'eval');
  else if (name === 'trap') readTrap(others, words);
  else if (SHELLS.has(name)) readShell(others, name, words);
}

/** Why after this command, or because of it, words may mean something else than they say; undefined if they don't. */
export function changesMeaning(name: string, words: readonly ShellWord[]): string | undefined {
  if (REDEFINES.has(name)) return `${name}, which changes what words mean or runs what it is told`;
  const rest = words.slice(1);
  if (name === 'test' || name === '[') {
    const odd = rest.some(
      (word, i) =>
        isUnknown(word) && (!word.raw.startsWith('"') || isUnknown(rest[i + 1]) || rest[i - 1]?.text === '-v'),
    );
    return odd || rest.some(hidesCommand) ? 'a test of what is not known' : undefined;
  }
  if (!NAMES_VARIABLES.has(name)) return undefined;
  if (rest.some(hidesCommand)) return `${name} with a command in a subscript`;
  if (name === 'printf') return rest[0]?.text.startsWith('-v') && rest.some(isUnknown) ? 'printf -v' : undefined;
  if (rest.some((word) => /^[-+][A-Za-z]*[in]/.test(word.text) && name !== 'export' && name !== 'read'))
    return `${name} with arithmetic or references`;
  if (rest.some((word) => isUnknown(word) && !word.pieces[0]?.text.includes('=')))
    return `${name} of what is not known`;
  return undefined;
}

const SHELLS = new Set(['bash', 'sh', 'dash', 'ash', 'ksh', 'mksh', 'rbash', 'zsh', 'fish', 'csh', 'tcsh', 'pwsh']);
const READ_LIKE_BASH = new Set(['bash', 'sh', 'dash', 'ash']);
const REDEFINES = new Set('alias enable hash shopt let compgen complete fc mapfile readarray bind jobs'.split(' '));
const NAMES_VARIABLES = new Set('read printf unset declare typeset local export readonly getopts wait'.split(' '));

function addText(others: Others, words: readonly (ShellWord | undefined)[], what: string): void {
  const given = words.flatMap((word) => (word === undefined ? [] : [word]));
  others.lines.push(given.map((word) => word.text).join(' '));
  if (!given.every(isLiteral)) others.opaque.push(`a text for ${what} that the shell works out`);
}

function readTrap(others: Others, words: readonly ShellWord[]): void {
  const rest = words.slice(words[1]?.text === '--' ? 2 : 1);
  if (rest[0] !== undefined && /^-[lp]/.test(rest[0].text) && isLiteral(rest[0])) return;
  addText(others, rest.slice(0, 1), 'trap');
}

function readShell(others: Others, name: string, words: readonly ShellWord[]): void {
  if (!READ_LIKE_BASH.has(name)) others.opaque.push(`what ${name} makes of its arguments`);
  let takesText = false;
  let takesInput = false;
  let i = 1;
  for (; i < words.length; i++) {
    const word = words[i];
    if (word === undefined || !isLiteral(word) || !/^[-+]/.test(word.text)) break;
    if (word.text === '-' || word.text === '--') {
      i++;
      break;
    }
    if (LONG.test(word.text)) continue;
    if (!/^[-+][A-Za-z]+$/.test(word.text) || /[il]/.test(word.text)) others.opaque.push(`${name} ${word.text}`);
    takesText ||= /^-[a-zA-Z]*c/.test(word.text);
    takesInput ||= word.text.includes('s');
    if (/[oO]$/.test(word.text)) i++;
  }
  const next = words[i];
  if (takesText) addText(others, [next], `${name} -c`);
  else if (next === undefined || takesInput || !isLiteral(next)) {
    others.readsInput = true;
    others.opaque.push(`${name} that takes commands from its input`);
  }
}

const LONG = /^--(?:norc|noprofile|posix|verbose|restricted)$/;

function isUnknown(word: ShellWord | undefined): boolean {
  return word?.pieces.some((piece) => piece.kind === 'unknown') ?? false;
}

// `printf -v 'a[$(rm x)]'` and its like run the command: a subscript is arithmetic, and arithmetic substitutes.
function hidesCommand({ pieces }: ShellWord): boolean {
  const text = pieces.map((piece) => (piece.kind === 'unknown' ? '' : piece.text)).join('');
  const at = text.indexOf('[');
  return at >= 0 && (text.includes('$(', at) || text.includes('`', at));
}
