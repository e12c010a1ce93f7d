// A small made-up pottery whose agents leave Claude Code transcripts behind, from a plain description; the same description gives the same bytes.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One way in which a call fails here, and the one argument that gets past it. */
export interface Fault {
  tool: string;
  error: string;
  argument: string;
  wrong: string | number;
  right: string | number;
}

/** What happened in one session. */
export interface Told {
  /** YYYY-MM-DD. */
  day: string;
  /** Tells sessions of one day apart. */
  number: number;
  /** Faults that were run into and got past, in order. */
  faults?: readonly Fault[];
  /** Tools that were called and worked at once. */
  calls?: readonly Fault[];
  /** What the person said afterwards. */
  said?: string;
}

/** Faults of the pottery, each of a tool of its own, by name. */
export const faults = {
  ramp: fault('KilnFire', 'the ramp is steeper than this clay can bear', 'ramp', 'steep', 'gentle'),
  water: fault('GlazeMix', 'the slurry is too thick to pass through the sieve', 'water', 'little', 'plenty'),
  shelf: fault('ShelfLoad', 'the props under this shelf do not stand level', 'props', 'three', 'four'),
  crate: fault('CrateShip', 'the carrier refuses parcels without padding', 'padding', 'none', 'straw'),
  wheel: fault('WheelSpin', 'the lump flew off because it was never centred', 'centring', 'skipped', 'careful'),
  dryer: fault('RackDry', 'the rims cracked while the feet were still wet', 'cover', 'open', 'draped'),
  stamp: fault('StampMark', 'no maker is registered under this stamp', 'maker', 'anyone', 'workshop'),
  order: fault('OrderBook', 'the buyer has not confirmed a delivery window', 'window', 'whenever', 'morning'),
} as const;

/** Another fault of the same tool, so that one playbook grows. */
export function fault(tool: string, error: string, argument: string, wrong: string, right: string): Fault {
  return { tool, error, argument, wrong, right };
}

const PROMPTS = [
  'Prepare the porcelain bowls for tonight and write down how it went.',
  'A customer wants twelve tall vases in celadon before the market opens.',
  'Please take care of yesterday evening’s leftover mugs, then tidy up behind you.',
  'We promised the tea school a set of brown saucers; get them on their way.',
  'Try out the new stoneware recipe on five sample tiles first of all.',
];

/** Writes one transcript below `folder` and returns its path. About four actions and two a fault. */
export function writeSession(folder: string, told: Told): string {
  const seed = `${told.day}/${told.number}`;
  const session = uuid(`session ${seed}`);
  const book = transcript(session, told, seed);
  const prompt = PROMPTS[told.number % PROMPTS.length] ?? '';
  book.say(prompt);
  book.call('Read', { file_path: `/srv/pottery/batches/${hash(seed).toString('hex').slice(0, 10)}.md` }, 'a batch');
  for (const { tool, argument, right } of told.calls ?? []) book.call(tool, { [argument]: right }, 'done');
  for (const { tool, error, argument, wrong, right } of told.faults ?? []) {
    book.call(tool, { [argument]: wrong }, error, true);
    book.call(tool, { [argument]: right }, 'done');
  }
  book.call('Write', { file_path: `/srv/pottery/logs/${session.slice(0, 8)}.md`, content: `${seed} done` }, 'written');
  book.answer('It is done and written down.');
  if (told.said !== undefined) {
    book.say(told.said);
    book.answer('Understood.');
  }
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${session}.jsonl`);
  writeFileSync(path, book.lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return path;
}

/** `count` days after `day`, both YYYY-MM-DD. */
export function later(day: string, count: number): string {
  return new Date(Date.parse(day) + count * 86_400_000).toISOString().slice(0, 10);
}

/** Numbers from 0 to 1 that depend on `seed` alone (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function transcript(session: string, told: Told, seed: string) {
  const lines: object[] = [];
  let last: string | null = null;
  let at = Date.parse(`${told.day}T08:00:00.000Z`) + (told.number % 400) * 60_000;
  const put = (type: 'user' | 'assistant', message: object, more: object = {}) => {
    const id = uuid(`${seed} line ${lines.length}`);
    at += 2_000;
    const shared = { isSidechain: false, userType: 'external', cwd: '/srv/pottery', sessionId: session };
    const when = { uuid: id, timestamp: new Date(at).toISOString() };
    lines.push({ parentUuid: last, ...shared, version: '2.1.30', gitBranch: 'main', type, message, ...more, ...when });
    last = id;
  };
  const assistant = (content: object[], stop_reason: string) =>
    put('assistant', {
      ...{ id: `msg_${uuid(`${seed} message ${lines.length}`).slice(0, 13)}`, type: 'message', role: 'assistant' },
      ...{ model: 'claude-sonnet-5', content, stop_reason, usage: { input_tokens: 900, output_tokens: 40 } },
    });
  return {
    lines,
    say: (text: string) => put('user', { role: 'user', content: text }),
    answer: (text: string) => assistant([{ type: 'text', text }], 'end_turn'),
    call: (name: string, input: object, content: string, failed = false) => {
      const id = `toolu_${hash(`${seed} call ${lines.length}`).toString('hex').slice(0, 20)}`;
      assistant([{ type: 'tool_use', id, name, input }], 'tool_use');
      const result = { type: 'tool_result', tool_use_id: id, content, ...(failed && { is_error: true }) };
      put('user', { role: 'user', content: [result] }, { toolUseResult: failed ? content : { text: content } });
    },
  };
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function uuid(text: string): string {
  const hex = hash(text).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
