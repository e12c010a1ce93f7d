// Reads an error text down to what templates are made of: its class, labels and masked line; compares no two texts.
import { WILDCARD } from './drain.ts';
import type { Reading } from './fact-types.ts';
import { MARK, mask } from './mask.ts';
import { errorClass, signature } from './signature.ts';

const MAX_SIGNATURE = 1000; // longer than what is shown, since long paths shrink to a mark
const MAX_TOKENS = 60;
// Labels in front of what an error says.
const PREFIX = /^(?:(?:fatal error|error|fatal|err|failed|failure|warning): )+/i;

/** Undefined for a text without a word in it. */
export function readingOf(error: string): Reading | undefined {
  const whole = signature(error, MAX_SIGNATURE);
  if (!/\p{L}/u.test(whole)) return undefined;
  const kind = errorClass(whole);
  const status = /^Exit code -?\d+(?:: |$)/.exec(whole)?.[0] ?? '';
  const masked = mask(whole.slice(status.length)).split(' ').slice(0, MAX_TOKENS).join(' ');
  const labels = PREFIX.exec(masked)?.[0] ?? '';
  // The exit code says nothing beside an exception or a code, and not every origin hands it down.
  const prefix = (kind.startsWith('exit ') ? status : '') + labels;
  const said = masked.slice(labels.length);
  return { kind, prefix, masked: said, plain: plainOf(said) };
}

/** A masked line in which marks are wildcards, and wildcards with only punctuation between them are one. */
export function plainOf(masked: string): string {
  return masked.replace(MARK, WILDCARD).replace(/<\*>(?:[\s,;:./=()[\]{}|@+-]{0,4}<\*>)+/g, WILDCARD);
}
