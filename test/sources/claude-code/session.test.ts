// Claude Code sessions out of their files: which records belong together, in which thread and on which branch.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventSchema, isToolResult } from '../../../src/domain/events.ts';
import { projectFolder } from '../../../src/sources/claude-code/folder.ts';
import { projectOf } from '../../../src/sources/claude-code/header.ts';
import {
  answered,
  call,
  jsonl,
  readFiles,
  record,
  result,
  SESSION,
  said,
  sessionOf,
  temporaryFolder,
  text,
  write,
} from '../support.ts';

const folder = temporaryFolder();
const typesOf = (events: readonly { type: string }[]) => events.map((e) => e.type);

describe('one message over several records', () => {
  const records = [
    said('u1', null, 'List the files.'),
    answered('a1', 'u1', { type: 'thinking', thinking: 'Look first.', signature: 'c2ln' }, 'msg_1'),
    answered('a2', 'a1', text('I will look.'), 'msg_1'),
    answered('a3', 'a2', call('t1'), 'msg_1'),
    result('u2', 'a3', 't1', 'a.txt'),
    answered('a4', 'u2', text('There is a.txt.'), 'msg_2'),
  ];

  it('counts its usage once and keeps every block in order', () => {
    const { events } = sessionOf(folder, records);
    expect(typesOf(events)).toEqual([
      'user.message',
      'agent.thinking',
      'agent.message',
      'agent.tool_use',
      'span.model_request_end',
      'agent.tool_result',
      'agent.message',
      'span.model_request_end',
    ]);
    expect(events[1]).toMatchObject({ content: [{ type: 'thinking', thinking: 'Look first.', signature: 'c2ln' }] });
  });

  it('takes the usage of the last record', () => {
    const last = answered('a5', 'u1', text('b'), 'msg_1');
    const message = { ...(last.message as object), usage: { output_tokens: 99 }, stop_reason: 'end_turn' };
    const { events } = sessionOf(folder, [...records.slice(0, 2), { ...last, message }]);
    expect(events.at(-1)).toMatchObject({
      type: 'span.model_request_end',
      usage: { output_tokens: 99 },
      stop_reason: 'end_turn',
    });
  });

  it('links a result to its call by our event id', () => {
    const { events } = sessionOf(folder, records);
    const use = events.find((e) => e.type === 'agent.tool_use');
    expect(events.find((e) => e.type === 'agent.tool_result')).toMatchObject({ tool_use_id: use?.id, call: 't1' });
  });

  it('makes events that the stored format allows', () => {
    const { header, events } = sessionOf(folder, records);
    for (const event of [header, ...events]) expect(eventSchema.safeParse(event).error).toBeUndefined();
    expect(header).toMatchObject({
      source: { tool: 'claude-code', id: SESSION, version: '2.0.0' },
      model: 'model-a',
      task: { prompt: 'List the files.' },
    });
  });
});

describe('tools', () => {
  it('keeps the id of an orphan result and marks calls of MCP servers', () => {
    const { events } = sessionOf(folder, [
      result('u1', null, 'lost', 'x'),
      answered('a1', 'u1', call('t1', 'mcp__shop__find', { q: 1 })),
      result('u2', 'a1', 't1', [
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
        { type: 'tool_reference', tool_name: 'x' },
      ]),
    ]);
    expect(events[0]).toMatchObject({ type: 'agent.tool_result', call: 'lost' });
    expect(events[0]).not.toHaveProperty('tool_use_id');
    expect(events[1]).toMatchObject({ type: 'agent.mcp_tool_use', name: 'mcp__shop__find' });
    expect(events.at(-1)).toMatchObject({
      type: 'agent.mcp_tool_result',
      content: [
        { type: 'image', media_type: 'image/png', data: 'AAAA' },
        { type: 'json', value: { type: 'tool_reference' } },
      ],
    });
  });

  it('marks a refused call as denied, and an error with the same words somewhere inside not', () => {
    const refusal = "The user doesn't want to proceed with this tool use. The tool use was rejected.";
    const { events } = sessionOf(folder, [
      answered('a1', null, call('t1')),
      result('u1', 'a1', 't1', refusal, { is_error: true }),
      answered('a2', 'u1', call('t2')),
      result('u2', 'a2', 't2', `log: ${refusal}`, { is_error: true }),
      answered('a3', 'u2', call('t3')),
      result('u3', 'a3', 't3', refusal),
    ]);
    const results = events.filter(isToolResult);
    expect(results.map((e) => [e.is_error, e.denied])).toEqual([
      [true, true],
      [true, undefined],
      [undefined, undefined],
    ]);
  });

  it('takes a call that a copied history repeats under another uuid once', () => {
    const { events } = sessionOf(folder, [
      answered('a1', null, call('t1'), 'msg_1'),
      answered('a2', 'a1', call('t1'), 'msg_1'),
    ]);
    expect(typesOf(events).filter((t) => t === 'agent.tool_use')).toHaveLength(1);
    expect(typesOf(events)).toContain('source.record');
  });
});

describe('branches', () => {
  const start = [
    said('u1', null, 'First.'),
    answered('a1', 'u1', text('One.')),
    said('u2', 'a1', 'Second.'),
    answered('a2', 'u2', text('Two.')),
  ];

  it('marks the first event of a new branch with the event that the conversation went back to', () => {
    const { events } = sessionOf(folder, [
      ...start,
      said('u3', 'a1', 'Second, again.'),
      answered('a3', 'u3', text('Better.')),
    ]);
    const back = events.filter((e) => e.rewound_to !== undefined);
    const target = events.findLast((e) => e.type === 'span.model_request_end' && events.indexOf(e) < 3);
    expect(back).toHaveLength(1);
    expect(back[0]).toMatchObject({ type: 'user.message', rewound_to: target?.id });
  });

  it('does not take parallel calls, skills and hooks for rewinds', () => {
    const { events } = sessionOf(folder, [
      ...start,
      answered('b1', 'a2', call('t1', 'Skill'), 'msg_b'),
      answered('b2', 'b1', call('t2', 'Skill'), 'msg_b'),
      record('attachment', 'h1', 'b1', { attachment: { type: 'hook_non_blocking_error', stderr: 'x' } }),
      result('r1', 'b1', 't1', 'one'),
      result('r2', 'b2', 't2', 'two'),
      said('m1', 'r1', [text('Base directory for this skill: /a')], { isMeta: true, sourceToolUseID: 't1' }),
      said('m2', 'r2', [text('Base directory for this skill: /b')], { isMeta: true, sourceToolUseID: 't2' }),
      answered('b3', 'm2', text('Done.')),
    ]);
    expect(events.filter((e) => e.rewound_to !== undefined)).toEqual([]);
  });

  it('decides the same when the origin grows', () => {
    const records = [...start, said('u3', 'a1', 'Again.'), answered('a3', 'u3', text('Yes.'))];
    const short = sessionOf(folder, records.slice(0, 5)).events;
    expect(sessionOf(folder, records).events.slice(0, short.length)).toEqual(short);
  });

  it('turns a compaction into an event, not a rewind, and its summary into injected text', () => {
    const { events } = sessionOf(folder, [
      ...start,
      record('system', 'c1', null, {
        subtype: 'compact_boundary',
        logicalParentUuid: 'a2',
        compactMetadata: { trigger: 'auto' },
      }),
      said('u3', 'c1', 'This session is being continued from a previous conversation that ran out of context.', {
        isCompactSummary: true,
      }),
    ]);
    expect(typesOf(events).slice(-2)).toEqual(['agent.thread_context_compacted', 'user.message']);
    expect(events.at(-1)).toMatchObject({ content: [{ injected: 'compact-summary' }] });
    expect(events.some((e) => e.rewound_to !== undefined)).toBe(false);
  });
});

describe('files of one session', () => {
  const first = [said('u1', null, 'First.'), answered('a1', 'u1', text('One.'))];
  const other = { sessionId: 'bbbbbbbb-0000-4000-8000-000000000002' };
  const resumed = [...first.map((r) => ({ ...r, ...other })), said('u2', 'a1', 'Go on.', other)];

  it('are one session when a resumed copy repeats the history under a new id', () => {
    const one = write(join(folder, 'resume/one.jsonl'), jsonl(first));
    const two = write(join(folder, 'resume/two.jsonl'), jsonl(resumed));
    const both = readFiles(one, two);
    expect(both.sessions).toHaveLength(1);
    expect(both.sessions[0]?.header.source.id).toBe(SESSION);
    expect(both.sessions[0]?.events).toHaveLength(4);
    expect(both.reports.map((r) => r.sessions)).toEqual([1, 1]);
    expect(readFiles(two, one).sessions).toEqual(both.sessions);
    const alone = readFiles(two).sessions[0];
    expect(alone?.events).toEqual(both.sessions[0]?.events);
  });

  it('keep subagents as threads of the session that their records name, even alone', () => {
    const main = [
      ...first,
      answered('a2', 'a1', call('t1', 'Task', { prompt: 'Look it up.', description: 'look' })),
      { ...result('u2', 'a2', 't1', 'found'), toolUseResult: { agentId: 'x1', status: 'completed' } },
    ];
    const agent = { isSidechain: true, agentId: 'x1' };
    const side = [said('s1', null, 'Look it up.', agent), answered('s2', 's1', text('Found.'), 'msg_s', agent)];
    const mainFile = write(join(folder, 'sub/main.jsonl'), jsonl(main));
    const sideFile = write(join(folder, 'sub/main/subagents/agent-x1.jsonl'), jsonl(side));
    const [session] = readFiles(mainFile, sideFile).sessions;
    expect(session?.events.filter((e) => e.type === 'session.thread_created')).toMatchObject([
      { thread: 'x1', call: 't1' },
    ]);
    const [alone] = readFiles(sideFile).sessions;
    expect(alone?.header.session).toBe(session?.header.session);
    expect(alone?.events).toEqual(
      session?.events.filter((e) => e.thread === 'x1' && e.type !== 'session.thread_created'),
    );
    expect(alone?.events[0]).toMatchObject({ type: 'user.message', content: [{ injected: 'agent' }] });
    expect(alone?.header.task).toBeUndefined();
  });

  it('keep old sidechains inside the main file as threads tied to their call', () => {
    const side = { isSidechain: true };
    const { events } = sessionOf(folder, [
      ...first,
      answered('a2', 'a1', call('t1', 'Task', { prompt: 'Count.' })),
      said('s1', null, 'Count.', side),
      answered('s2', 's1', text('Three.'), 'msg_s', side),
      result('u2', 'a2', 't1', 'Three.'),
    ]);
    const created = events.find((e) => e.type === 'session.thread_created');
    expect(created).toMatchObject({ call: 't1' });
    expect(events.filter((e) => e.thread === created?.thread && e.type === 'agent.message')).toHaveLength(1);
    expect(events.find((e) => e.type === 'agent.tool_result')?.thread).toBeUndefined();
  });

  it('are kept apart when nothing ties them', () => {
    const file = write(join(folder, 'two-in-one.jsonl'), jsonl([...first, said('v1', null, 'Else.', other)]));
    expect(
      readFiles(file)
        .sessions.map((s) => s.header.source.id)
        .sort(),
    ).toEqual([SESSION, other.sessionId].sort());
  });
});

describe('names', () => {
  it('takes a given title over a made-up one, and no summary of another session', () => {
    const start = [{ type: 'summary', summary: 'Elsewhere', leafUuid: 'zz' }, said('u1', null, 'Hi.')];
    expect(sessionOf(folder, start).header.title).toBeUndefined();
    expect(sessionOf(folder, start).events[0]).toMatchObject({
      type: 'source.record',
      record: { summary: 'Elsewhere' },
    });
    const ai = { type: 'ai-title', aiTitle: 'Guess', sessionId: SESSION };
    expect(sessionOf(folder, [...start, ai]).header.title).toBe('Guess');
    const given = { type: 'custom-title', customTitle: 'Given', sessionId: SESSION };
    expect(sessionOf(folder, [...start, given, ai]).header.title).toBe('Given');
    expect(sessionOf(folder, [...start, { type: 'summary', summary: 'Here', leafUuid: 'u1' }]).header.title).toBe(
      'Here',
    );
  });

  it('counts a worktree as its project and finds the project’s folder', () => {
    expect(projectOf('/w/shop/.claude/worktrees/blue-bird')).toBe('/w/shop');
    expect(projectOf('D:\\shop\\.claude\\worktrees\\blue')).toBe('D:\\shop');
    expect(projectOf('/w/shop/.claude/worktrees/blue/sub')).toBe('/w/shop/.claude/worktrees/blue/sub');
    expect(projectFolder('/h/.claude', '/w/my_shop.x')).toBe(join('/h/.claude', 'projects', '-w-my-shop-x'));
  });

  it('gives times in UTC with milliseconds and leaves out what is none', () => {
    const { events } = sessionOf(folder, [
      said('u1', null, 'a', { timestamp: '2026-01-01T10:00:00+02:00' }),
      said('u2', 'u1', 'b', { timestamp: '2026-01-01T09:00:00' }),
      said('u3', 'u2', 'c', { timestamp: 'yesterday' }),
    ]);
    expect(events.map((e) => e.at)).toEqual(['2026-01-01T08:00:00.000Z', '2026-01-01T09:00:00.000Z', undefined]);
  });
});
