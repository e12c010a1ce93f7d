// A check on one value in a JSON file of the artefacts; never takes a missing file or value for a good one.
import type { Check } from '../../domain/rubric.ts';
import { readArtefact } from '../artefact-file.ts';
import { conditionOn } from '../condition.ts';
import type { CheckResult, Work } from '../graded.ts';
import { jsonOfBytes } from '../json-bytes.ts';

type JsonCheck = Extract<Check, { json: string }>;

/** Looks at the value that the pointer names. */
export function jsonCheck(check: JsonCheck, { artefacts }: Work): CheckResult {
  const read = readArtefact(artefacts, check.json);
  if (read.kind === 'unknown') return { verdict: 'cannot_tell', reason: read.why };
  if (read.kind === 'missing') return { verdict: 'not_met', reason: read.why };
  const json = jsonOfBytes(read.bytes);
  if (json === undefined) return { verdict: 'not_met', reason: `${check.json} is no JSON` };
  const { holds, why } = conditionOn(json.value, check);
  const reason = `${check.json}: ${why}`;
  if (holds === undefined) return { verdict: 'cannot_tell', reason };
  return { verdict: holds ? 'met' : 'not_met', reason };
}
