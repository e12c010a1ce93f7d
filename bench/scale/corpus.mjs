// Makes sessions of a realistic shape, the same for the same seed: about 40 KB and 25 calls each; written as stored transcripts or as Claude Code's files, and never measured.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diceOf } from '../truth/random.ts';

const RUNS_OF_A_TASK = 25;
const MODELS = ['model-a', 'model-b', 'model-c'];
const START = Date.UTC(2026, 0, 5);
const TOOLS = ['bash', 'read', 'edit', 'grep', 'write', 'fetch', 'query'];
const WEIGHTS = [30, 28, 18, 12, 4, 4, 4];

/** @typedef {{ tool: string, input: Record<string, unknown>, text: string, failed: boolean }} Call */

/**
 * Session `n` of the corpus, before it is written in anybody's format. Two in three are runs of a named task with an outcome;
 * the rest are a person's own, some with corrections. Errors come from a fixed set of causes, some of which a changed argument cures.
 */
export function sessionOf(seed, n) {
  const dice = diceOf(`${seed}/${n}`);
  const named = n % 3 !== 0;
  const task = Math.floor(n / 3 / RUNS_OF_A_TASK);
  const world = vocabularyOf(seed);
  const careful = dice.chance(0.4);
  const calls = [];
  const length = 12 + Math.floor(dice.next() ** 2 * 40);
  while (calls.length < length) calls.push(...step(dice, world, careful));
  const passes = dice.chance((careful ? 0.75 : 0.5) - (task % 7) * 0.05);
  const prompt = `${named ? `Task ${task}: ` : ''}${prose(diceOf(`${seed}/prompt/${named ? task : n}`), world, 40)}`;
  const id = `ses_scale-${String(n).padStart(6, '0')}`;
  return {
    id,
    n,
    prompt,
    calls,
    start: START + n * 240_000,
    ...(named && { task: `t-${task}`, outcome: passes ? 'pass' : 'fail' }),
    model: MODELS[n % MODELS.length],
    project: `project-${n % 12}`,
    by: `person-${n % 9}`,
    ...(!named && dice.chance(0.3) && { correction: dice.pick(CORRECTIONS) }),
    thoughts: calls.map(() => (dice.chance(0.5) ? prose(dice, world, dice.int(20, 90)) : undefined)),
  };
}

/** The lines of a session as agentmem stores them. */
export function storedLines(session) {
  let clock = session.start;
  let at = 0;
  const stamp = () => {
    clock += 1800;
    return { id: `evt_${session.id}-${String(at++).padStart(4, '0')}`, at: new Date(clock).toISOString() };
  };
  const said = (type, text) => ({ ...stamp(), type, content: [{ type: 'text', text }] });
  const { id, task, outcome, model, project, by, prompt } = session;
  const events = [
    {
      ...stamp(),
      type: 'session.created',
      version: 1,
      session: id,
      task: task === undefined ? { prompt } : { id: task, prompt },
      agent: { name: 'builder' },
      model,
      project,
      by,
      source: { tool: 'made-up' },
      ...(outcome !== undefined && { label: { outcome, name: 'checker' } }),
    },
    said('user.message', prompt),
  ];
  for (const [i, call] of session.calls.entries()) {
    if (session.thoughts[i] !== undefined) events.push(said('agent.message', session.thoughts[i]));
    const use = { ...stamp(), type: 'agent.tool_use', name: call.tool, input: call.input };
    const usage = { input_tokens: 900 + 140 * i, output_tokens: 120, cache_read_input_tokens: 20_000 + i };
    events.push({ ...stamp(), type: 'span.model_request_end', model, usage, stop_reason: 'tool_use', ms: 2400 }, use, {
      ...said('agent.tool_result', call.text),
      tool_use_id: use.id,
      ...(call.failed && { is_error: true }),
    });
    if (session.correction !== undefined && i === 8) events.push(said('user.message', session.correction));
  }
  events.push({ ...stamp(), type: 'session.status_idle', stop_reason: 'end_turn' });
  return events.map((event) => JSON.stringify(event));
}

/** The lines of a session as Claude Code writes them, which keeps every result twice. */
export function claudeLines(session) {
  const uuid = (b) => `${session.n.toString(16).padStart(8, '0')}-0000-4000-8000-${b.toString(16).padStart(12, '0')}`;
  const lines = [];
  const add = (record) => {
    const base = {
      isSidechain: false,
      userType: 'external',
      cwd: `/work/${session.project}`,
      sessionId: uuid(0xfffff),
    };
    const parentUuid = lines.length === 0 ? null : uuid(lines.length - 1);
    const timestamp = new Date(session.start + lines.length * 1800).toISOString();
    lines.push(
      JSON.stringify({ parentUuid, ...base, version: '2.1.0', ...record, uuid: uuid(lines.length), timestamp }),
    );
  };
  const user = (content, more = {}) => add({ type: 'user', message: { role: 'user', content }, ...more });
  const assistant = (i, content) => {
    const usage = { input_tokens: 10, cache_read_input_tokens: 20_000 + i, output_tokens: 120 };
    const message = { id: `msg_${session.n}_${i}`, type: 'message', role: 'assistant', model: session.model };
    add({ type: 'assistant', message: { ...message, content: [content], stop_reason: 'tool_use', usage } });
  };
  user(session.prompt);
  for (const [i, call] of session.calls.entries()) {
    const id = `toolu_${session.n}_${i}`;
    if (session.thoughts[i] !== undefined) assistant(i, { type: 'text', text: session.thoughts[i] });
    assistant(i, { type: 'tool_use', id, name: call.tool, input: call.input });
    const result = { type: 'tool_result', tool_use_id: id, content: call.text, ...(call.failed && { is_error: true }) };
    user([result], { toolUseResult: call.text });
    if (session.correction !== undefined && i === 8) user(session.correction);
  }
  return lines;
}

/** Writes sessions `from` to `to` below `folder`; returns their bytes. */
export function writeCorpus(folder, { seed, from, to, format }) {
  let bytes = 0;
  const made = new Set();
  for (let n = from; n < to; n++) {
    const session = sessionOf(seed, n);
    const lines = format === 'claude' ? claudeLines(session) : storedLines(session);
    const day = new Date(session.start).toISOString();
    const dir = format === 'claude' ? join(folder, session.project) : join(folder, day.slice(0, 4), day.slice(5, 7));
    if (!made.has(dir)) mkdirSync(dir, { recursive: true });
    made.add(dir);
    const text = `${lines.join('\n')}\n`;
    bytes += Buffer.byteLength(text);
    writeFileSync(join(dir, `${session.id}.jsonl`), text);
  }
  return bytes;
}

const CORRECTIONS = [
  'No, please do not use tabs, indent with two spaces.',
  'That is wrong: run the tests before you say that it is done.',
  "Don't add a new dependency for this, use what is there.",
  'Stop, I asked you to keep the public interface as it is.',
];

// Most steps are one call; one in twelve fails, and half of the failures are tried again in another way, which mostly works.
function step(dice, world, careful) {
  const tool = TOOLS[dice.weighted(WEIGHTS)];
  const call = { tool, input: inputOf(dice, world, tool), text: '', failed: false };
  if (!dice.chance(careful ? 0.06 : 0.1)) return [{ ...call, text: resultOf(dice, world, tool) }];
  const cause = dice.int(0, 5);
  const failed = { ...call, text: errorOf(dice, world, tool, cause), failed: true };
  if (dice.chance(0.5)) return [failed];
  const cured = cause < 2 ? { ...call.input, timeout: 60_000 } : { ...call.input, ...inputOf(dice, world, tool) };
  return [failed, { ...call, input: cured, text: resultOf(dice, world, tool) }];
}

function inputOf(dice, world, tool) {
  const path = `/work/app/src/${dice.pick(world.words)}/${dice.pick(world.words)}.ts`;
  switch (tool) {
    case 'bash':
      return { command: `${dice.pick(world.commands)} ${dice.pick(world.words)}`, timeout: 10_000 };
    case 'read':
      return { file_path: path, ...(dice.chance(0.3) && { offset: dice.int(1, 900), limit: 200 }) };
    case 'edit':
      return {
        file_path: path,
        old_string: code(dice, world, dice.int(1, 6)),
        new_string: code(dice, world, dice.int(1, 9)),
      };
    case 'grep':
      return { pattern: dice.pick(world.words), path: '/work/app/src', output_mode: 'content' };
    case 'write':
      return { file_path: path, content: code(dice, world, dice.int(5, 40)) };
    case 'fetch':
      return { url: `https://docs.example.org/${dice.pick(world.words)}/${dice.pick(world.words)}` };
    default:
      return { customer: dice.int(1, 50_000), fields: ['name', 'status'], limit: dice.pick([10, 50, 100]) };
  }
}

// Lengths have a long tail: most results are a few hundred bytes, one in twenty is many thousand.
function resultOf(dice, world, tool) {
  if (tool === 'query')
    return JSON.stringify({ status: dice.pick(['open', 'closed', 'held']), total: dice.int(0, 900), page: 1 });
  if (tool === 'edit' || tool === 'write') return 'The file was updated.';
  return code(dice, world, 2 + Math.floor(dice.next() ** 4 * 75));
}

function errorOf(dice, world, tool, cause) {
  const word = dice.pick(world.words);
  const errors = [
    `${tool}: timed out after ${dice.int(1, 60)}000 ms while waiting for ${word}`,
    `Error: limit must be at least ${dice.int(10, 90)} (request ${dice.int(1e5, 9e5)})`,
    `Error: ENOENT: no such file or directory, open '/work/app/src/${word}.ts'`,
    `exit code 1\nFAIL src/${word}.test.ts\nexpected ${dice.int(1, 99)} to be ${dice.int(1, 99)}`,
    `old_string was not found in /work/app/src/${word}.ts`,
    `permission denied: ${word} is read-only for user ${dice.int(1000, 2000)}`,
  ];
  return errors[cause];
}

const vocabularies = new Map();

function vocabularyOf(seed) {
  if (!vocabularies.has(seed)) {
    const dice = diceOf(`${seed}/words`);
    const letters = 'abcdefghiklmnoprstuvwz';
    const word = () => Array.from({ length: dice.int(3, 10) }, () => letters[dice.int(0, letters.length - 1)]).join('');
    const words = Array.from({ length: 2500 }, word);
    const commands = [
      'npm test --',
      'git log -- ',
      'ls -la',
      'cargo check -p',
      'python -m pytest',
      'make',
      'sed -n 1,80p',
    ];
    vocabularies.set(seed, { words, commands });
  }
  return vocabularies.get(seed);
}

function prose(dice, world, n) {
  return Array.from({ length: n }, () => dice.pick(world.words)).join(' ');
}

function code(dice, world, n) {
  const line = () =>
    `${'\t'.repeat(dice.int(0, 3))}const ${dice.pick(world.words)} = ${dice.pick(world.words)}.${dice.pick(world.words)}("${dice.pick(world.words)}", ${dice.int(0, 999)}); // ${dice.pick(world.words)}`;
  return Array.from({ length: n }, line).join('\n');
}
