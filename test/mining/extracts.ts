// Builds small extracts for tests of mining; every field has a plain default.
import { type Action, EXTRACT_VERSION, type Extract } from '../../src/mining/extract-types.ts';

const cite = { event: 'evt_x', sha256: '0'.repeat(64) };

/** An extract of the session with what the test cares about. */
export function extractOf(session: string, fields: Partial<Extract> = {}): Extract {
  return {
    version: EXTRACT_VERSION,
    session,
    content: `content of ${session}`,
    tool: 'agentmem',
    outcome: null,
    actions: [],
    turns: [],
    sketch: [],
    ...fields,
  };
}

/** Successful calls, one for each word; the result of each is `result` and its word. */
export function callsOf(words: readonly string[], result = 'r'): Action[] {
  return words.map((word, step) => ({
    call: cite,
    lane: 'main',
    tool: 'probe',
    input: { word },
    inputHash: `in ${word}`,
    status: 'ok',
    resultHash: `${result} ${word}`,
    step,
  }));
}
