// Finds the line of an error text that says what went wrong; never masks and never rewords it.
import { clip, oneLine, safeForTerminal } from '../base/text.ts';
import { openEnvelope } from './envelope.ts';
import { bareWord, isErrorCode, isExceptionName } from './error-words.ts';

const MAX_CHARACTERS = 300;
const MAX_READ = 20_000; // what is read of a text; extracts hold less

/**
 * What went wrong, in at most `max` characters: the telling line, after `Exit code N: ` where a command ended so. Wrappers, escapes,
 * blank and progress lines are passed over; labels such as `Error:` stay. Empty if the text has no word in it.
 */
export function signature(errorText: string, max = MAX_CHARACTERS): string {
  const { line, exitCode } = readError(errorText);
  const status = exitCode === undefined ? '' : `Exit code ${exitCode}`;
  return clip(status !== '' && line !== '' ? `${status}: ${line}` : status + line, max);
}

/**
 * The telling line alone, as it stands in the text apart from white space and escapes; empty where only a status is left.
 * Good for a quote, since it is not put together from several lines.
 */
export function tellingLine(errorText: string): string {
  return readError(errorText).line;
}

/**
 * Coarse class of a signature, so that errors of different kinds are never one template: the exception's name, else an error
 * code (`TS2345`, `ENOENT`, `HTTP 404`, `SQLSTATE 23505`), else `exit N`, else ''.
 */
export function errorClass(signatureText: string): string {
  const words = signatureText
    .split(/[\s:,;()[\]{}"'`/=]+/)
    .slice(0, 60)
    .map(bareWord);
  const exception = words.find((word, i) => isExceptionName(word) && (i < 6 || signatureText.includes(`${word}:`)));
  if (exception !== undefined) return exception.slice(exception.lastIndexOf('.') + 1);
  const http = /\b(?:HTTP(?:\/[\d.]{1,4})?|status(?: code)?)[ :]{1,2}([1-5]\d\d)\b/i.exec(signatureText)?.[1];
  if (http !== undefined) return `HTTP ${http}`;
  const sql = /\bSQLSTATE[\s:=[(]{0,3}([0-9A-Z]{5})\b/.exec(signatureText)?.[1];
  if (sql !== undefined) return `SQLSTATE ${sql}`;
  const code = words.find(isErrorCode) ?? /\berror (-32\d{3})\b/i.exec(signatureText)?.[1];
  if (code !== undefined) return code;
  const exit = /^Exit code (-?\d{1,10})\b/.exec(signatureText)?.[1];
  return exit === undefined ? '' : `exit ${exit}`;
}

function readError(errorText: string): { line: string; exitCode?: number } {
  // A lone carriage return overwrites a line on a terminal: what follows it is a line of its own.
  const clean = safeForTerminal(errorText.slice(0, MAX_READ).replace(/\r\n?/g, '\n'));
  const { text, exitCode: outer } = openEnvelope(clean);
  const lines = text.split('\n').filter(says);
  const exitCode = statusOf(lines[0] ?? '') ?? outer;
  const rest = statusOf(lines[0] ?? '') === undefined ? lines : lines.slice(1);
  const line = unquoted(oneLine(telling(rest, exitCode !== undefined).replace(RULER, ' ')));
  return exitCode === undefined ? { line } : { line, exitCode };
}

const RULER = /[\u2380-\u23ff\u2500-\u259f]{2,}/g; // lines drawn with box and block characters

// Rulers, progress bars, spinners and stack frames say nothing.
function says(line: string): boolean {
  return (
    /[\p{L}\p{N}]/u.test(line) &&
    !/^\s{0,20}(?:\d{1,3}(?:\.\d)?%|\[[=#>. -]{3,}|at [\w$.<>[\] ]{1,120}[(:]|-->)/.test(line)
  );
}

const STATUS_LINE =
  /^\s{0,20}(?:error: |the )?(?:(?:command|process|script|program|task|shell)\b[^\n]{0,40}? )?(?:(?:failed|finished|terminated|completed) )?(?:with )?(?:non-zero )?(?:exit(?:ed)?|return(?:ed)?)(?: with)?(?: (?:a )?non-zero)?(?: exit)?(?:[ _]?code| status|:)[ :=]{0,3}(-?\d{1,10})[.:]?\s{0,20}$/i;

function statusOf(line: string): number | undefined {
  const code = line.length > 120 ? undefined : STATUS_LINE.exec(line)?.[1];
  return code === undefined ? undefined : Number(code);
}

function telling(lines: readonly string[], isOutput: boolean): string {
  const traceback = lines.findIndex((line) => /^\s{0,20}Traceback \(most recent call last\)/.test(line));
  if (traceback >= 0) return endOfTraceback(lines.slice(traceback + 1));
  const first = lines[0] ?? '';
  const scores = lines.map(weigh);
  const best = Math.max(0, ...scores);
  // What a command printed is searched; a message that a tool wrote begins with what it has to say.
  const needed = isOutput && lines.length > 1 ? 1 : isOutput ? 0 : (scores[0] ?? 0) > 0 ? Number.POSITIVE_INFINITY : 5;
  const index = best >= needed ? scores.indexOf(best) : isOutput ? -1 : 0;
  const line = index < 0 ? '' : (lines[index] ?? first);
  return isBareLabel(line) && lines[index + 1] !== undefined
    ? `${line.trim()} ${(lines[index + 1] ?? '').trim()}`
    : line;
}

// The last exception is the one that reached the top; its message may run over several lines.
function endOfTraceback(lines: readonly string[]): string {
  const outer = lines.filter((line) => /^\S/.test(line));
  return outer.findLast((line) => EXCEPTION_LINE.test(line)) ?? outer.at(-1) ?? lines.at(-1) ?? '';
}

function isBareLabel(line: string): boolean {
  return /^\s{0,20}\S{1,40}(?: \S{1,40})?:\s{0,20}$/.test(line);
}

const EXCEPTION_LINE =
  /^\s{0,20}(?:Uncaught |Unhandled |Caused by: |fatal: )?(?:[\w$.]{1,80}\.)?(?:[A-Z][\w$]{0,60})?(?:Error|Exception|Interrupt)\b(?: ?\[[\w-]{1,60}\])?(?::|\s{0,20}$)/;
const LABELLED =
  /^\s{0,20}(?:\S{1,60}[:)] )?(?:fatal|error|fatal error|panic|npm ERR!|npm error|ERROR|FATAL|E)\b(?:\[\w{1,12}\])?[:\s!]|\berror [A-Z]{1,8}-?\d{1,6}\b|\berror(?:\[\w{1,12}\])?: /;
const AT_POSITION = /^\s{0,20}[^\s:(]{1,200}[:(]\d{1,7}[:,]\d{1,7}\)?:? /;
const NEGATIVE =
  /\b(?:cannot|can['’]?t|could ?n[o']t|unable|den(?:y|ied)|not found|no such|does ?n[o']t exist|do not exist|not exist|failed|failure|invalid|unknown|missing|refus(?:ed|ing)|rejected|timed out|timeout|unexpected|unsupported|not supported|conflict|aborted|forbidden|unauthori[sz]ed|not allowed|not permitted|already exists|undefined|unrecogni[sz]ed|illegal|exception|error|must|required|diverged)\b/i;

// How much a line looks like the one that names the error.
function weigh(line: string): number {
  const text = line.length > 600 ? line.slice(0, 600) : line;
  if (/^\s{0,20}(?:npm )?warn(?:ing)?\b/i.test(text) || /\b0 errors?\b|\bno errors?\b/i.test(text)) return 1;
  if (EXCEPTION_LINE.test(text)) return 6;
  if (LABELLED.test(text)) return 5;
  if (AT_POSITION.test(text)) return 4;
  if (NEGATIVE.test(text) && /\S\s+\S/.test(text.trim())) return 3; // a lone word is a name in a list
  return /^\s{0,20}(?:[❌✗✘×]|FAIL\b)|\bnothing to\b|\b(?:not|never|[Nn]o)\b/.test(text) ? 2 : 0;
}

// A whole message in quotes would be masked as one value.
function unquoted(line: string): string {
  const match = /^((?:[\w.$ ]{1,80}: )?)(["'`])(.+)\2\.?$/.exec(line);
  if (match === null) return line;
  const inner = match[3] ?? '';
  return !inner.includes(match[2] ?? '"') && inner.trim().split(/\s+/).length >= 3 ? `${match[1] ?? ''}${inner}` : line;
}
