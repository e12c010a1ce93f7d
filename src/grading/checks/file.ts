// A check on one file of the artefacts: whether it is there, matches a pattern, fits a JSON schema; never looks outside them.
import { isUtf8 } from 'node:buffer';
import type { Check } from '../../domain/rubric.ts';
import { readArtefact } from '../artefact-file.ts';
import type { CheckResult, Work } from '../graded.ts';
import { jsonOfBytes } from '../json-bytes.ts';
import { checkSchema } from '../json-schema.ts';
import { findPattern } from '../pattern.ts';

type FileCheck = Extract<Check, { file: string }>;

/** Everything that the check says must hold; with nothing but a path, the file must be there. */
export function fileCheck(check: FileCheck, { artefacts }: Work): CheckResult {
  const { file, exists = true, matches, schema } = check;
  const read = readArtefact(artefacts, file);
  if (read.kind === 'unknown') return { verdict: 'cannot_tell', reason: read.why };
  if (read.kind === 'missing') return { verdict: exists ? 'not_met' : 'met', reason: read.why };
  if (!exists) return { verdict: 'not_met', reason: `${file} is there` };
  const results = [
    ...(matches === undefined ? [] : [matching(read.bytes, file, matches)]),
    ...(schema === undefined ? [] : [fitting(read.bytes, file, schema)]),
  ];
  const wanting = results.find((r) => r.verdict === 'not_met') ?? results.find((r) => r.verdict === 'cannot_tell');
  return wanting ?? { verdict: 'met', reason: [`${file} is there`, ...results.map((r) => r.reason)].join('; ') };
}

function matching(bytes: Buffer, file: string, pattern: string): CheckResult {
  if (!isUtf8(bytes)) return { verdict: 'not_met', reason: `${file} is no text` };
  const match = findPattern(pattern, bytes.toString('utf8'));
  if (match.kind === 'unknown') return { verdict: 'cannot_tell', reason: match.why };
  if (match.kind === 'none') return { verdict: 'not_met', reason: `${file} has nothing that matches ${pattern}` };
  return { verdict: 'met', reason: `it matches ${pattern}` };
}

function fitting(bytes: Buffer, file: string, schema: Record<string, unknown>): CheckResult {
  const json = jsonOfBytes(bytes);
  if (json === undefined) return { verdict: 'not_met', reason: `${file} is no JSON` };
  const result = checkSchema(schema, json.value);
  if ('undecided' in result) return { verdict: 'cannot_tell', reason: result.undecided };
  if (result.faults.length > 0) return { verdict: 'not_met', reason: `${file}: ${result.faults.join('; ')}` };
  return { verdict: 'met', reason: 'it fits the schema' };
}
