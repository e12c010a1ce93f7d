// Answers cut at any byte, transcripts cut at any byte: the session goes on to its end, and no call runs again whose result was stored.
import { copyFileSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readPast } from '../../src/agent/past.ts';
import { UserError } from '../../src/base/errors.ts';
import { isToolResult, isToolUse, type SessionEvent } from '../../src/domain/events.ts';
import { type ScriptTurn, scriptTurnSchema, type WrittenTurn } from '../../src/domain/script.ts';
import {
  conversationOf,
  type Desk,
  faultsOfSession,
  loopbackModel,
  makeDesk,
  resultsOf,
} from '../support/run-session.ts';
import { type Cut, strictFetch } from '../support/strict-fetch.ts';

const CAMPAIGN = process.env.AGENTMEM_CAMPAIGN === '1';
/** Half of all cuts for streams, half for transcripts. */
const CHUNKS = CAMPAIGN ? 10 : 1;
const RUNS = CAMPAIGN ? 500 : 150;

const count = (n: string) => ({ name: 'count', input: { n } });
const look = (n: string) => ({ name: 'look', input: { n } });
const WRITTEN: WrittenTurn[] = [
  { thinking: 'Wo fange ich an? 🧮', text: 'I look — “first”.', tools: [look('a'), look('b'), count('1')] },
  { text: 'Zähle weiter.', tools: [count('2'), look('c'), look('d'), count('3')] },
  { thinking: 'Almost.', tools: [count('4')] },
  { thinking: 'All there.', text: 'Counted: 4 ✓' },
];
const SCRIPT: ScriptTurn[] = WRITTEN.map((turn) => scriptTurnSchema.parse(turn));
const ALL = ['look a', 'look b', 'count 1', 'count 2', 'look c', 'look d', 'count 3', 'count 4'];
const LAST = 'Counted: 4 ✓';

let desk: Desk;
let sizes: number[];
let whole: { path: string; text: string };
let home: Desk;
beforeAll(async () => {
  home = makeDesk();
  const strict = strictFetch(SCRIPT);
  const { model, close } = await loopbackModel('http://127.0.0.1:9', { fetch: strict.fetch });
  const end = await home.start(model);
  await close();
  expect(strict.faults).toEqual([]);
  expect(end).toMatchObject({ stop_reason: 'end_turn', text: LAST });
  sizes = strict.sizes;
  whole = { path: end.path, text: readFileSync(end.path, 'utf8') };
  return () => home.remove();
});
beforeEach(() => {
  desk = makeDesk();
});
afterEach(() => desk.remove());

/** A session with one cut answer, asked once or several times, and resumed where it ended. */
async function cutStream(cut: Cut, attempts: number): Promise<void> {
  desk.ran.length = 0;
  const strict = strictFetch(SCRIPT, cut);
  const { model } = await loopbackModel('http://127.0.0.1:9', { fetch: strict.fetch, policy: { attempts } });
  let end = await desk.start(model);
  expect(faultsOfSession(desk, end.path)).toEqual([]);
  if (end.stop_reason === 'retries_exhausted') end = await desk.resume(model, end.path);
  expect(end).toMatchObject({ stop_reason: 'end_turn', text: LAST });
  expect([...desk.ran].sort()).toEqual([...ALL].sort());
  expect(resultsOf(end.path).filter((r) => r.interrupted)).toEqual([]);
  expect(strict.faults).toEqual([]);
  desk.clear();
}

/** The finished session, cut after so many bytes and resumed. */
async function cutTranscript(bytes: number): Promise<void> {
  desk.ran.length = 0;
  const path = join(desk.layout.sessions, whole.path.slice(home.layout.sessions.length));
  mkdirSync(dirname(path), { recursive: true });
  copyFileSync(whole.path, path);
  truncateSync(path, bytes);
  const kept = readPast(path);
  const { open, stored } = callsIn(kept);
  const strict = strictFetch(SCRIPT);
  const { model } = await loopbackModel('http://127.0.0.1:9', { fetch: strict.fetch });
  const end = await desk.resume(model, path).catch((error: unknown) => error);
  if (end instanceof UserError) {
    const fine = kept.length === 0 ? 'first line' : 'has ended';
    expect(end.problem.what, `${bytes} bytes`).toContain(fine);
    if (kept.length > 0) expect(kept.at(-1)?.type).toBe('session.status_idle');
  } else {
    expect(end, `${bytes} bytes`).toMatchObject({ stop_reason: 'end_turn', text: LAST });
    expect(desk.ran.filter((run) => stored.includes(run))).toEqual([]);
    const told = resultsOf(path).filter((r) => r.interrupted);
    expect(told.map((r) => r.tool_use_id).sort()).toEqual(open.map((use) => use.id).sort());
    expect(told.length + stored.length + desk.ran.length).toBe(ALL.length);
    expect(faultsOfSession(desk, path, { torn: 1 })).toEqual([]);
    expect(conversationOf(path).messages().at(-1)?.content.at(-1)).toMatchObject({ text: LAST });
    expect(strict.faults).toEqual([]);
  }
  desk.clear();
}

/** Calls of whole answers: those without a stored result, and what those with one were about. */
function callsIn(events: readonly SessionEvent[]): { open: { id: string }[]; stored: string[] } {
  const uses = events.filter(isToolUse).filter((use) => {
    const after = events.slice(events.indexOf(use));
    return after.find((e) => e.type.startsWith('span.model_request_'))?.type === 'span.model_request_end';
  });
  const answered = new Set(events.filter(isToolResult).map((r) => r.tool_use_id));
  const name = (use: (typeof uses)[number]) => `${use.name} ${(use.input as { n: string }).n}`;
  return {
    open: uses.filter((use) => !answered.has(use.id)),
    stored: uses.filter((use) => answered.has(use.id)).map(name),
  };
}

describe('a cut', () => {
  for (let chunk = 1; chunk <= CHUNKS; chunk++) {
    it(`of an answer, ${RUNS} times (${chunk} of ${CHUNKS})`, async () => {
      const cuts = fc.nat(SCRIPT.length - 1).chain((request) =>
        fc.record({
          request: fc.constant(request),
          byte: fc.nat(sizes[request] ?? 0),
          how: fc.constantFrom('break' as const, 'end' as const),
          chunk: fc.constantFrom(1, 7, 64, 4096),
        }),
      );
      await fc.assert(fc.asyncProperty(cuts, fc.constantFrom(1, 3), cutStream), { numRuns: RUNS });
    }, 600_000);

    it(`of a transcript, ${RUNS} times (${chunk} of ${CHUNKS})`, async () => {
      const bytes = Buffer.byteLength(whole.text);
      await fc.assert(fc.asyncProperty(fc.nat(bytes), cutTranscript), { numRuns: RUNS });
    }, 600_000);
  }

  it('of a transcript behind each of its lines, and one byte before and after', async () => {
    let at = 0;
    for (const line of whole.text.split('\n').slice(0, -1)) {
      at += Buffer.byteLength(line) + 1;
      for (const bytes of [at - 1, at, at + 1]) await cutTranscript(Math.min(bytes, Buffer.byteLength(whole.text)));
    }
  }, 600_000);
});
