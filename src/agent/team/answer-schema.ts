// An answer that has to be JSON of a certain shape: what a member is told of it, and what is wrong with what it said; never throws, runs no pattern.
import { deeperThan } from '../../store/shape.ts';
import { argumentFaults } from '../tools/argument-faults.ts';

export type AnswerSchema = Record<string, unknown>;

const DEEPEST = 40; // levels of lists and objects that are looked at

/** The last part of a message that demands such an answer. */
export function demand(schema: AnswerSchema): string {
  return `Your last message must be one JSON value that fits this JSON schema, and nothing else:\n${JSON.stringify(schema)}`;
}

/** What to say to a member whose answer does not fit. */
export function complaint(faults: readonly string[], schema: AnswerSchema): string {
  return `Your answer does not fit what was asked for:\n${faults.map((fault) => `- ${fault}`).join('\n')}\n${demand(schema)}`;
}

/** Faults of a schema that nothing can be checked against; undefined where it can. */
export function schemaFault(schema: AnswerSchema): string | undefined {
  if (deeperThan(schema, DEEPEST)) return `the schema is nested deeper than ${DEEPEST} levels`;
  return JSON.stringify(schema).length > 20_000 ? 'the schema is longer than 20,000 characters' : undefined;
}

/** The answer's JSON as it should be, or its faults. A fence around it is passed over. */
export function answerOf(text: string, schema: AnswerSchema): { json: string } | { faults: string[] } {
  const fenced = /^```[a-z]*\n([\s\S]*)\n```$/.exec(text.trim());
  const parsed = parse(fenced?.[1] ?? text);
  if ('fault' in parsed) return { faults: [parsed.fault] };
  if (deeperThan(parsed.value, DEEPEST)) return { faults: [`it is nested deeper than ${DEEPEST} levels`] };
  const faults = argumentFaults(schema, parsed.value).map((fault) => fault.replace(/^the input /, 'the answer '));
  return faults.length > 0 ? { faults } : { json: JSON.stringify(parsed.value) };
}

function parse(text: string): { value: unknown } | { fault: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { fault: 'it is no JSON' };
  }
}
