// Every kind of transcript: told by its content, read into events of ours, and the same whatever order it is read in.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventSchema, isToolResult, isToolUse, type SessionEvent, SIMULATED_USER } from '../../src/domain/events.ts';
import { originFile } from '../../src/sources/file-hash.ts';
import { sniff } from '../../src/sources/sniff.ts';
import type { Found } from '../../src/sources/source.ts';
import { sources } from '../../src/sources/table.ts';
import { codexRecords, samples } from './samples.ts';
import { temporaryFolder, write } from './support.ts';

const folder = temporaryFolder();

function readSample(name: string, order: (paths: string[]) => string[] = (paths) => paths): Found & { tool: string } {
  const files = samples[name] ?? [];
  const paths = order(files.map(({ path, content }) => write(join(folder, name.replaceAll(' ', '-'), path), content)));
  const known = paths.map((path) => sniff(path, sources));
  const tools = new Set(known.map((found) => (found.kind === 'known' ? found.source.tool : found.reason)));
  expect([...tools], name).toHaveLength(1);
  const [first] = known;
  if (first?.kind !== 'known') throw new Error(`${name} is not known`);
  return { ...first.source.read(paths.map(originFile)), tool: first.source.tool };
}

const only = (found: Found) => {
  const [session] = found.sessions;
  if (session === undefined || found.sessions.length !== 1) throw new Error(`${found.sessions.length} sessions`);
  return session;
};
const kinds = (events: readonly SessionEvent[]) => events.map((event) => event.type);
const texts = (event: SessionEvent | undefined) => JSON.stringify(event);

describe('every kind of transcript', () => {
  it.each(Object.keys(samples))('%s: is told by its content and becomes valid events without a problem', (name) => {
    const found = readSample(name);
    expect(found.tool).toBe(name.split(',')[0]);
    expect(found.sessions.length).toBe(1);
    expect(found.reports.flatMap((report) => report.problems)).toEqual([]);
    for (const { header, events } of found.sessions) {
      for (const event of [header, ...events]) expect(eventSchema.safeParse(event).error, texts(event)).toBeUndefined();
      expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
      expect(events.some(isToolUse)).toBe(true);
    }
  });

  it.each(Object.keys(samples))('%s: is the same in any order of its files', (name) => {
    const found = readSample(name);
    expect(readSample(name, (paths) => paths.toReversed()).sessions).toEqual(found.sessions);
  });
});

describe('Codex', () => {
  it('takes injected context for what it is, items before what the screen repeats, and exit codes for failures', () => {
    const { header, events } = only(readSample('codex'));
    expect(header).toMatchObject({
      task: { prompt: 'Count the pears' },
      model: 'model-c',
      cwd: '/work/orchard',
      git: { head: 'abc', branch: 'pears' },
    });
    expect(events.filter((event) => event.type === 'user.message')).toHaveLength(2);
    expect(texts(events.find((event) => event.type === 'agent.thinking'))).not.toContain('zzz');
    const results = events.filter(isToolResult);
    expect(results.map((result) => result.is_error ?? false)).toEqual([true, false]);
    expect(results[0]?.content).toEqual([{ type: 'text', text: 'no such folder\n' }]);
    expect(kinds(events)).toContain('source.record');
    expect(events.find((event) => event.type === 'span.model_request_end')).toMatchObject({
      usage: { input_tokens: 60, cache_read_input_tokens: 40 },
    });
  });

  it('counts a call without an answer, and each file by itself', () => {
    expect(readSample('codex').reports[0]).toMatchObject({
      sessions: 1,
      tool_calls: 3,
      tool_errors: 1,
      unanswered_calls: 1,
    });
  });

  it('makes one session of two copies, of which one has grown', () => {
    const short = write(
      join(folder, 'copies/a.jsonl'),
      codexRecords
        .slice(0, 6)
        .map((r) => `${JSON.stringify(r)}\n`)
        .join(''),
    );
    const long = write(join(folder, 'copies/b.jsonl'), codexRecords.map((r) => `${JSON.stringify(r)}\n`).join(''));
    const source = sources.find(({ tool }) => tool === 'codex');
    const together = source?.read([short, long].map(originFile)).sessions ?? [];
    expect(together).toHaveLength(1);
    expect(together[0]?.events).toEqual(source?.read([originFile(long)]).sessions[0]?.events);
  });
});

describe('Copilot CLI', () => {
  it('takes a call once, asked for and begun, and its failure with its words', () => {
    const { header, events } = only(readSample('copilot-cli'));
    expect(header).toMatchObject({ task: { prompt: 'Brew it' }, model: 'model-p', project: '/work/tea' });
    expect(events.filter(isToolUse)).toHaveLength(1);
    expect(events.find(isToolResult)).toMatchObject({ is_error: true, content: [{ text: 'no such path' }] });
    expect(kinds(events).at(-1)).toBe('user.interrupt');
  });
});

describe('Gemini CLI', () => {
  it('tells failed, cancelled and unfinished calls apart', () => {
    const { events } = only(readSample('gemini-cli'));
    expect(events.filter(isToolUse)).toHaveLength(3);
    expect(events.filter(isToolResult).map(({ is_error, denied }) => [is_error ?? false, denied ?? false])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it('says on which line a chat is cut off', () => {
    const whole = samples['gemini-cli']?.[0]?.content ?? '';
    const path = write(join(folder, 'cut.json'), whole.slice(0, whole.length - 200));
    const found = sniff(path, sources);
    if (found.kind !== 'known') throw new Error('not known');
    const { sessions, reports } = found.source.read([originFile(path)]);
    expect(sessions).toEqual([]);
    expect(reports[0]).toMatchObject({ bad_lines: 1, problems: [{ reason: 'not valid JSON, or cut off' }] });
    expect(reports[0]?.problems[0]?.line).toBeGreaterThan(20);
  });
});

describe('pi', () => {
  it('marks where a conversation went back to an earlier entry', () => {
    const { events } = only(readSample('pi'));
    const [first, second] = events.filter((event) => event.type === 'user.message');
    expect(second?.rewound_to).toBe(first?.id);
    expect(events.filter((event) => event.rewound_to !== undefined)).toHaveLength(1);
  });
});

describe('SWE-agent', () => {
  it('names text actions by their first word, and leaves demonstrations out', () => {
    const { header, events } = only(readSample('swe-agent, text'));
    expect(header.task).toEqual({ id: 'kite-1', prompt: 'Mend the kite' });
    expect(events.filter(isToolUse).map(({ name, input }) => [name, input])).toEqual([
      ['open', { command: 'open kite.py' }],
      ['python', { command: 'python kite.py' }],
    ]);
    expect(JSON.stringify(events)).not.toContain('demonstration');
  });

  it('pairs function calls with their results', () => {
    const { events } = only(readSample('swe-agent, calls'));
    expect(events.find(isToolResult)?.tool_use_id).toBe(events.find(isToolUse)?.id);
  });
});

describe('OpenHands', () => {
  it('reads evaluation output and event folders alike, but for what only the output knows', () => {
    const output = only(readSample('openhands, output'));
    const folderRead = only(readSample('openhands, events'));
    expect(output.header).toMatchObject({
      task: { id: 'harbour-1', prompt: 'Sail home' },
      model: 'model-h',
      label: { outcome: 'pass' },
      project: 'sea/harbour',
    });
    expect(kinds(folderRead.events)).toEqual(kinds(output.events));
    expect(output.events.find(isToolUse)).toMatchObject({ name: 'execute_bash', input: { command: 'ls boats' } });
    expect(output.events.find(isToolResult)).toMatchObject({ is_error: true });
    expect(readSample('openhands, events').reports).toHaveLength(5);
  });
});

describe('tau2-bench', () => {
  it('keeps what the simulated user did with tools in a thread of its own', () => {
    const { header, events } = only(readSample('tau2-bench'));
    expect(header).toMatchObject({
      task: { id: '7', prompt: 'My wheel squeaks' },
      label: { outcome: 'pass', score: 1 },
      model: 'model-a',
    });
    const own = events.filter((event) => event.thread === SIMULATED_USER);
    expect(kinds(own)).toEqual(['agent.tool_use', 'agent.tool_result']);
    expect(events.filter((event) => event.thread === undefined).find(isToolResult)).toMatchObject({ is_error: true });
  });
});

describe('Claude Managed Agents', () => {
  it('reads streamed and listed events alike; custom tools are tools', () => {
    const streamed = only(readSample('claude-managed-agents'));
    const listed = only(readSample('claude-managed-agents, listed'));
    expect(listed.events).toEqual(streamed.events);
    expect(streamed.events.filter(isToolUse).map(({ name }) => name)).toEqual(['bash', 'stamp']);
    expect(streamed.events.filter(isToolResult).every(({ tool_use_id }) => tool_use_id !== undefined)).toBe(true);
    expect(kinds(streamed.events).at(-1)).toBe('source.record');
  });
});

describe('OpenCode', () => {
  it('makes sessions below another one its threads', () => {
    const { header, events } = only(readSample('opencode, storage'));
    expect(header).toMatchObject({
      title: 'Weave',
      cwd: '/work/loom',
      task: { prompt: 'Weave blue' },
      model: 'model-o',
    });
    expect(events.filter((event) => event.thread === 'ses_sub').map((event) => event.type)).toContain(
      'session.thread_created',
    );
    expect(events.filter(isToolUse).map(({ name, thread }) => [name, thread])).toEqual([
      ['read', undefined],
      ['bash', 'ses_sub'],
    ]);
  });

  it('reads an export as it reads the storage folder', () => {
    const exported = only(readSample('opencode, export'));
    const stored = only(readSample('opencode, storage'));
    expect(exported.events).toEqual(stored.events.filter((event) => event.thread === undefined));
  });
});

describe('plain messages', () => {
  it('carry task and outcome, in both shapes', () => {
    expect(only(readSample('messages, OpenAI')).header).toMatchObject({
      task: { id: 'greet', prompt: 'Greet' },
      label: { outcome: 'pass' },
    });
    const { header, events } = only(readSample('messages, Anthropic'));
    expect(header).toMatchObject({ task: { id: 'greet' }, label: { outcome: 'fail' } });
    expect(events.find(isToolResult)?.tool_use_id).toBe(events.find(isToolUse)?.id);
  });
});
