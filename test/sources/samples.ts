// A small transcript of each kind, made up; in the shape that the tool writes.
import type { Fields } from '../../src/sources/fields.ts';

export interface SampleFile {
  path: string;
  content: string;
}

const lines = (records: readonly unknown[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('');
const at = (second: number) =>
  `2026-03-0${1 + Math.floor(second / 60)}T08:00:${String(second % 60).padStart(2, '0')}.000Z`;

const codexItem = (second: number, type: string, payload: Fields) => ({ timestamp: at(second), type, payload });
const said = (role: string, text: string) => ({
  type: 'message',
  role,
  content: [{ type: role === 'assistant' ? 'output_text' : 'input_text', text }],
});

export const codexRecords = [
  codexItem(0, 'session_meta', {
    id: 'c0de',
    timestamp: at(0),
    cwd: '/work/orchard',
    cli_version: '0.9',
    instructions: 'Be brief.',
    git: { commit_hash: 'abc', branch: 'pears' },
  }),
  codexItem(
    1,
    'response_item',
    said('user', '<environment_context>\n  <cwd>/work/orchard</cwd>\n</environment_context>'),
  ),
  codexItem(2, 'turn_context', { cwd: '/work/orchard', model: 'model-c' }),
  codexItem(
    3,
    'response_item',
    said('user', '# Context from my IDE setup:\n\n## Open tabs:\n- a.ts\n\n## My request for Codex:\nCount the pears'),
  ),
  codexItem(3, 'event_msg', { type: 'user_message', message: 'Count the pears' }),
  codexItem(4, 'response_item', {
    type: 'reasoning',
    summary: [{ type: 'summary_text', text: 'Count.' }],
    encrypted_content: 'zzz',
  }),
  codexItem(5, 'response_item', {
    type: 'function_call',
    name: 'shell',
    arguments: '{"command":["ls"]}',
    call_id: 'k1',
  }),
  codexItem(6, 'response_item', {
    type: 'function_call_output',
    call_id: 'k1',
    output: '{"output":"no such folder\\n","metadata":{"exit_code":2}}',
  }),
  codexItem(7, 'response_item', {
    type: 'custom_tool_call',
    name: 'apply_patch',
    input: '*** Begin Patch',
    call_id: 'k2',
  }),
  codexItem(8, 'response_item', {
    type: 'custom_tool_call_output',
    call_id: 'k2',
    output: 'Exit code: 0\nWall time: 0 seconds\nOutput:\nExit code: 7 was printed',
  }),
  codexItem(9, 'response_item', {
    type: 'function_call',
    name: 'exec_command',
    arguments: '{"cmd":"make"}',
    call_id: 'k3',
  }),
  codexItem(10, 'event_msg', {
    type: 'token_count',
    info: { last_token_usage: { input_tokens: 100, cached_input_tokens: 40, output_tokens: 9 } },
  }),
  codexItem(11, 'event_msg', { type: 'turn_aborted', reason: 'interrupted' }),
  codexItem(12, 'response_item', said('assistant', 'Two pears.')),
  codexItem(13, 'response_item', { type: 'a_new_kind', value: 1 }),
];

const copilotEvent = (second: number, type: string, data: Fields) => ({
  type,
  data,
  id: `e${second}`,
  timestamp: at(second),
  parentId: null,
});
const copilotRecords = [
  copilotEvent(0, 'session.start', {
    sessionId: 'cop1',
    copilotVersion: '1.0',
    startTime: at(0),
    context: { cwd: '/work/tea', gitRoot: '/work/tea', branch: 'main' },
  }),
  copilotEvent(1, 'session.model_change', { newModel: 'model-p' }),
  copilotEvent(2, 'system.message', { role: 'system', content: 'You help.' }),
  copilotEvent(3, 'user.message', { content: 'Brew it' }),
  copilotEvent(4, 'assistant.turn_start', { turnId: '0' }),
  copilotEvent(5, 'assistant.message', {
    content: 'I look.',
    model: 'model-p',
    reasoningText: 'Hm.',
    toolRequests: [{ toolCallId: 't1', name: 'view', arguments: { path: '/x' } }],
  }),
  copilotEvent(6, 'tool.execution_start', { toolCallId: 't1', toolName: 'view', arguments: { path: '/x' } }),
  copilotEvent(7, 'hook.start', { hookType: 'postToolUse' }),
  copilotEvent(8, 'tool.execution_complete', { toolCallId: 't1', success: false, error: { message: 'no such path' } }),
  copilotEvent(9, 'abort', { reason: 'user_initiated' }),
];

const geminiChat = {
  sessionId: 'gem1',
  projectHash: 'f'.repeat(64),
  startTime: at(0),
  messages: [
    { id: 'm1', timestamp: at(1), type: 'user', content: 'Weigh the flour' },
    {
      id: 'm2',
      timestamp: at(2),
      type: 'gemini',
      content: 'I weigh.',
      model: 'model-g',
      thoughts: [{ subject: 'Scales', description: 'They are empty.' }],
      tokens: { input: 50, output: 5, cached: 20, thoughts: 3 },
      toolCalls: [
        {
          id: 'g1',
          name: 'weigh',
          args: { what: 'flour' },
          status: 'error',
          result: [{ functionResponse: { id: 'g1', response: { error: 'no scales' } } }],
        },
        {
          id: 'g2',
          name: 'weigh',
          args: { what: 'rye' },
          status: 'cancelled',
          result: [{ functionResponse: { id: 'g2', response: { error: 'cancelled' } } }],
        },
        { id: 'g3', name: 'weigh', args: { what: 'oats' }, status: 'executing' },
      ],
    },
    { id: 'm3', timestamp: at(3), type: 'info', content: 'Updated.' },
  ],
};

const piEntry = (id: string, parentId: string | null, second: number, type: string, more: Fields) => ({
  type,
  id,
  parentId,
  timestamp: at(second),
  ...more,
});
const piRecords = [
  { type: 'session', id: 'pi1', timestamp: at(0), cwd: '/work/kites', modelId: 'model-i' },
  piEntry('a', null, 1, 'message', { message: { role: 'user', content: [{ type: 'text', text: 'Fly it' }] } }),
  piEntry('b', 'a', 2, 'message', {
    message: {
      role: 'assistant',
      model: 'model-i',
      content: [
        { type: 'thinking', thinking: 'Wind?' },
        { type: 'text', text: 'I try.' },
        { type: 'toolCall', id: 'p1', name: 'launch', arguments: { rope: 3 } },
      ],
      usage: { input: 10, output: 2, cacheRead: 1, cacheWrite: 0 },
      stopReason: 'toolUse',
    },
  }),
  piEntry('c', 'b', 3, 'message', {
    message: {
      role: 'toolResult',
      toolCallId: 'p1',
      toolName: 'launch',
      content: [{ type: 'text', text: 'rope too short' }],
      isError: true,
    },
  }),
  piEntry('d', 'a', 4, 'message', { message: { role: 'user', content: 'Take a longer rope' } }),
  piEntry('e', 'd', 5, 'compaction', { summary: 'It flew.' }),
];

const sweText = {
  environment: 'swe_main',
  trajectory: [
    {
      action: 'open kite.py\n',
      observation: '[File: kite.py]',
      response: 'I open it.',
      state: '{}',
      thought: 'I open it.',
    },
    { action: 'python kite.py', observation: 'SyntaxError', response: 'Run.', state: '{}', thought: 'Run.' },
  ],
  history: [
    { role: 'system', content: 'SETTING', agent: 'main' },
    { role: 'user', content: 'A demonstration', agent: 'main', is_demo: true },
    { role: 'user', content: 'Mend the kite', agent: 'main' },
    { role: 'assistant', content: 'I open it.', agent: 'main', action: 'open kite.py\n', thought: 'I open it.' },
    { role: 'user', content: '[File: kite.py]', agent: 'main' },
  ],
  info: { exit_status: 'submitted' },
};
const sweCalls = {
  history: [
    { role: 'system', content: 'SETTING', agent: 'main', message_type: 'system_prompt' },
    { role: 'user', content: 'Mend the rope', agent: 'main', message_type: 'observation' },
    {
      role: 'assistant',
      content: 'I look.',
      agent: 'main',
      message_type: 'action',
      tool_calls: [{ id: 's1', type: 'function', function: { name: 'find_file', arguments: '{"name":"rope.py"}' } }],
    },
    { role: 'tool', content: 'Found 1', agent: 'main', message_type: 'observation', tool_call_ids: ['s1'] },
  ],
};

const handsEvent = (id: number, more: Fields) => ({
  id,
  timestamp: `2026-03-01T08:00:${String(id).padStart(2, '0')}.000000`,
  ...more,
});
const handsHistory = [
  handsEvent(0, { source: 'agent', action: 'system', args: { content: 'You are careful.' } }),
  handsEvent(1, { source: 'user', action: 'message', args: { content: 'Sail home' } }),
  handsEvent(2, {
    source: 'agent',
    action: 'run',
    args: { command: 'ls boats', thought: 'I look.' },
    tool_call_metadata: {
      function_name: 'execute_bash',
      tool_call_id: 'toolu_01',
      model_response: {
        model: 'model-h',
        choices: [
          {
            message: {
              tool_calls: [{ id: 'toolu_01', function: { name: 'execute_bash', arguments: '{"command":"ls boats"}' } }],
            },
          },
        ],
      },
    },
  }),
  handsEvent(3, {
    source: 'agent',
    observation: 'run',
    cause: 2,
    content: 'no boats',
    extras: { metadata: { exit_code: 2 } },
  }),
  handsEvent(4, { source: 'agent', action: 'finish', args: { final_thought: 'There are no boats.' } }),
];
const handsInstance = {
  instance_id: 'harbour-1',
  instruction: 'Sail home',
  metadata: { llm_config: { model: 'model-h' } },
  history: handsHistory,
  error: null,
  report: { resolved: true },
  instance: { repo: 'sea/harbour' },
};

const tau2 = {
  timestamp: '2026-03-01T08:00:00.000000',
  info: {
    num_trials: 1,
    user_info: { llm: 'model-u' },
    agent_info: { llm: 'model-a' },
    environment_info: { domain_name: 'bikes', policy: 'Be kind.' },
  },
  tasks: [],
  simulations: [
    {
      id: 'sim-1',
      task_id: '7',
      trial: 0,
      start_time: '2026-03-01T08:00:00.000000',
      reward_info: { reward: 1.0 },
      messages: [
        {
          role: 'assistant',
          content: 'Hello?',
          tool_calls: null,
          turn_idx: 0,
          timestamp: '2026-03-01T08:00:01.000000',
        },
        {
          role: 'user',
          content: 'My wheel squeaks',
          tool_calls: null,
          turn_idx: 1,
          timestamp: '2026-03-01T08:00:02.000000',
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'b1', name: 'find_bike', arguments: { owner: 'K' }, requestor: 'assistant' }],
          turn_idx: 2,
          timestamp: '2026-03-01T08:00:03.000000',
          usage: { prompt_tokens: 9, completion_tokens: 2 },
        },
        {
          role: 'tool',
          id: 'b1',
          content: 'Error: no bike',
          requestor: 'assistant',
          error: true,
          turn_idx: 3,
          timestamp: '2026-03-01T08:00:04.000000',
        },
        {
          role: 'user',
          content: null,
          tool_calls: [{ id: 'u1', name: 'spin_wheel', arguments: {}, requestor: 'user' }],
          turn_idx: 4,
          timestamp: '2026-03-01T08:00:05.000000',
        },
        {
          role: 'tool',
          id: 'u1',
          content: 'It squeaks',
          requestor: 'user',
          error: false,
          turn_idx: 5,
          timestamp: '2026-03-01T08:00:06.000000',
        },
      ],
    },
  ],
};

const managed = (second: number, type: string, more: Fields) => ({
  id: `sevt_${second}`,
  type,
  processed_at: at(second),
  ...more,
});
const managedRecords = [
  managed(1, 'user.message', { content: [{ type: 'text', text: 'Sort the post' }] }),
  managed(2, 'agent.tool_use', { name: 'bash', input: { command: 'ls' } }),
  managed(3, 'agent.tool_result', {
    tool_use_id: 'sevt_2',
    content: [{ type: 'text', text: 'denied' }],
    is_error: true,
  }),
  managed(4, 'agent.custom_tool_use', { name: 'stamp', input: { n: 1 } }),
  managed(5, 'user.custom_tool_result', { custom_tool_use_id: 'sevt_4', content: [{ type: 'text', text: 'ok' }] }),
  managed(6, 'span.model_request_end', { model_usage: { input_tokens: 4, output_tokens: 2 } }),
  managed(7, 'agent.message', { content: [{ type: 'text', text: 'Sorted.' }] }),
  managed(8, 'session.status_idle', { stop_reason: { type: 'end_turn' } }),
  managed(9, 'agent.something_new', { value: 1 }),
];

const ocSession = {
  id: 'ses_main',
  slug: 's',
  version: '1.2',
  projectID: 'p',
  directory: '/work/loom',
  title: 'Weave',
  time: { created: 1_772_352_000_000, updated: 1_772_352_009_000 },
};
const ocChild = { ...ocSession, id: 'ses_sub', parentID: 'ses_main', title: 'Dye' };
const ocMessages = [
  {
    info: { id: 'msg_1', sessionID: 'ses_main', role: 'user', time: { created: 1_772_352_001_000 } },
    parts: [{ id: 'prt_1', messageID: 'msg_1', sessionID: 'ses_main', type: 'text', text: 'Weave blue' }],
  },
  {
    info: {
      id: 'msg_2',
      sessionID: 'ses_main',
      role: 'assistant',
      modelID: 'model-o',
      time: { created: 1_772_352_002_000, completed: 1_772_352_004_000 },
      tokens: { input: 5, output: 2, reasoning: 1, cache: { read: 3, write: 0 } },
      cost: 0.01,
    },
    parts: [
      { id: 'prt_2', messageID: 'msg_2', sessionID: 'ses_main', type: 'reasoning', text: 'Which blue?' },
      {
        id: 'prt_3',
        messageID: 'msg_2',
        sessionID: 'ses_main',
        type: 'tool',
        tool: 'read',
        callID: 'o1',
        state: {
          status: 'error',
          input: { filePath: '/dye' },
          error: 'File not found',
          time: { start: 1_772_352_003_000, end: 1_772_352_003_500 },
        },
      },
      { id: 'prt_4', messageID: 'msg_2', sessionID: 'ses_main', type: 'text', text: 'Woven.' },
    ],
  },
];
const ocSubMessages = [
  {
    info: { id: 'msg_3', sessionID: 'ses_sub', role: 'assistant', time: { created: 1_772_352_003_100 } },
    parts: [
      {
        id: 'prt_5',
        messageID: 'msg_3',
        sessionID: 'ses_sub',
        type: 'tool',
        tool: 'bash',
        callID: 'o2',
        state: { status: 'completed', input: { command: 'dye' }, output: 'blue', time: { start: 1_772_352_003_200 } },
      },
    ],
  },
];

const pretty = (value: unknown) => JSON.stringify(value, null, 2);

/** The storage folder's files for sessions with their messages. */
function storage(
  sessions: readonly { info: Fields & { id: string }; messages: typeof ocMessages | typeof ocSubMessages }[],
): SampleFile[] {
  return sessions.flatMap(({ info, messages }) => [
    { path: `storage/session/p/${info.id}.json`, content: pretty(info) },
    ...messages.flatMap(({ info: message, parts }) => [
      { path: `storage/message/${info.id}/${message.id}.json`, content: pretty(message) },
      ...parts.map((part) => ({ path: `storage/part/${message.id}/${part.id}.json`, content: pretty(part) })),
    ]),
  ]);
}

const openAi = {
  id: 'talk-1',
  task_id: 'greet',
  success: true,
  messages: [
    { role: 'user', content: 'Greet' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'x1', type: 'function', function: { name: 'wave', arguments: '{"hand":"left"}' } }],
    },
    { role: 'tool', tool_call_id: 'x1', content: 'Error: no hand' },
    { role: 'assistant', content: 'I waved.' },
  ],
};
const anthropic = {
  id: 'talk-2',
  task_id: 'greet',
  outcome: 'fail',
  messages: [
    { role: 'user', content: 'Greet' },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'I wave.' },
        { type: 'tool_use', id: 'y1', name: 'wave', input: { hand: 'right' } },
      ],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'y1', content: 'ok' }] },
  ],
};

/** What each kind of transcript looks like, by a name for people. */
export const samples: Record<string, SampleFile[]> = {
  codex: [{ path: 'rollout.jsonl', content: lines(codexRecords) }],
  'codex, before envelopes': [
    {
      path: 'old.jsonl',
      content: lines([
        { id: 'old1', timestamp: at(0), instructions: null },
        { record_type: 'state' },
        said('user', 'Count'),
        { type: 'function_call', name: 'shell', arguments: '{}', call_id: 'q' },
      ]),
    },
  ],
  'copilot-cli': [{ path: 'cop1.jsonl', content: lines(copilotRecords) }],
  'gemini-cli': [{ path: 'session.json', content: pretty(geminiChat) }],
  pi: [{ path: 'pi.jsonl', content: lines(piRecords) }],
  'swe-agent, text': [{ path: 'kite-1.traj', content: pretty(sweText) }],
  'swe-agent, calls': [{ path: 'rope-1.traj', content: JSON.stringify(sweCalls) }],
  'openhands, output': [{ path: 'output.jsonl', content: lines([handsInstance]) }],
  'openhands, events': handsHistory.map((event) => ({
    path: `voyage/events/${event.id}.json`,
    content: JSON.stringify(event),
  })),
  'tau2-bench': [{ path: 'tau2.json', content: pretty(tau2) }],
  'claude-managed-agents': [{ path: 'events.jsonl', content: lines(managedRecords) }],
  'claude-managed-agents, listed': [{ path: 'list.json', content: pretty({ data: managedRecords, has_more: false }) }],
  'opencode, export': [{ path: 'export.json', content: pretty({ info: ocSession, messages: ocMessages }) }],
  'opencode, storage': storage([
    { info: ocSession, messages: ocMessages },
    { info: ocChild, messages: ocSubMessages },
  ]),
  'messages, OpenAI': [{ path: 'talks.jsonl', content: lines([openAi]) }],
  'messages, Anthropic': [{ path: 'talks-2.jsonl', content: lines([anthropic]) }],
  'messages, one a file': [{ path: 'talk.json', content: pretty(openAi.messages) }],
};
