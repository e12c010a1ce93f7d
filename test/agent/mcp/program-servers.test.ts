// MCP servers that are programs: what they offer becomes tools, and nothing that they do wrong ends a session.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mcpNotes } from '../../../src/agent/mcp/servers.ts';
import { isGone } from '../../support/processes.ts';
import { NO_SANDBOX, sandbox } from '../../support/sandbox.ts';
import { call, type Ground, makeGround, textOf } from '../tools/ground.ts';
import { mcpProgram } from './mcp-program.ts';
import { linesOf, type OpenedMcp, openServers } from './open.ts';

let ground: Ground;
const opened: OpenedMcp[] = [];
beforeEach(() => {
  ground = makeGround();
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  ground.remove();
});

async function open(...[servers, more]: [Record<string, object>, Parameters<typeof openServers>[2]?]) {
  const each = await openServers(ground, servers, more);
  opened.push(each);
  return each;
}
const one = (body: string, more: object = {}) =>
  open({ sim: { command: mcpProgram(ground.workspace, body), ...more } });
const starts = () => linesOf(ground, 'starts').map(Number);
const calls = () => linesOf(ground, 'calls').length;

describe('an MCP server that is a program', () => {
  it('gives its tools under names of its own, with its schemas, marked as its words', async () => {
    const { tools, reports } = await one(`tools = [
      tool('scan', { description: 'Looks \\u001b[31maround\\u001b[0m.', inputSchema: { type: 'object', properties: { site: { type: 'string' } }, required: ['site'] } }),
      tool('land', { annotations: { readOnlyHint: true } }),
    ];`);
    expect(tools.map((t) => t.definition)).toEqual([
      {
        name: 'mcp__sim__scan',
        description: '[MCP server sim] Looks around.',
        input_schema: { type: 'object', properties: { site: { type: 'string' } }, required: ['site'] },
      },
      { name: 'mcp__sim__land', description: '[MCP server sim] Does land.', input_schema: { type: 'object' } },
    ]);
    expect(tools.map((t) => t.readOnly)).toEqual([false, true]);
    expect(tools[0]?.subject({ site: 'x' })).toEqual({ kind: 'text', value: '{"site":"x"}' });
    expect(mcpNotes(reports)).toEqual([]);
  });

  it('is called with the arguments of the model and answers with text', async () => {
    const { tools } = await one('');
    expect(await call(tools[0], { a: [1] })).toEqual({ content: [{ type: 'text', text: 'echo {"a":[1]}' }] });
    expect(starts()).toHaveLength(1);
  });

  it('is listed page by page', async () => {
    const { tools } = await one(
      `onList = async (cursor) => { const n = Number(cursor ?? 0); return { tools: [tool('t' + n)], ...(n < 4 && { nextCursor: String(n + 1) }) }; };`,
    );
    expect(tools.map((t) => t.definition.name)).toEqual([0, 1, 2, 3, 4].map((n) => `mcp__sim__t${n}`));
  });

  it('that lists for ever is cut off, and it is said', async () => {
    const { tools, reports } = await one(
      `let n = 0; onList = async () => ({ tools: [1, 2, 3].map(() => tool('t' + n++)), nextCursor: 'more' });`,
    );
    expect(tools).toHaveLength(128);
    expect(mcpNotes(reports).join()).toContain('more than 128 tools');
  });

  it('gives only the tools that config.yaml names, and what is named in vain is said', async () => {
    const { tools, reports } = await one(`tools = ['scan', 'scan_all', 'land'].map((name) => tool(name));`, {
      tools: ['scan*', 'fly'],
    });
    expect(tools.map((t) => t.definition.name)).toEqual(['mcp__sim__scan', 'mcp__sim__scan_all']);
    expect(mcpNotes(reports)).toEqual(['MCP server sim: it has no tool fly, which config.yaml names']);
  });

  it('keeps its good tools where others are malformed or would be refused with the whole request', async () => {
    const { tools, reports } = await one(
      `tools = [{ name: 'bare' }, 7, tool('odd', { inputSchema: { type: 'object', properties: { 'a b': {} } } }), tool('good'), tool('good')];`,
    );
    expect(tools.map((t) => t.definition.name)).toEqual(['mcp__sim__good']);
    expect(mcpNotes(reports)).toHaveLength(4);
  });

  it('tells of an error of its tool and of an error of the protocol', async () => {
    const { tools } = await one(
      `onCall = async (name, input) => { if (input.how === 'tool') return { ...text('no such site'), isError: true }; throw new Error('bad arguments'); };`,
    );
    expect(await call(tools[0], { how: 'tool' })).toMatchObject({ isError: true, content: [{ text: 'no such site' }] });
    const refused = await call(tools[0], {});
    expect(refused.isError).toBe(true);
    expect(textOf(refused)).toContain('bad arguments');
  });

  it('shows its progress to people', async () => {
    const { tools } = await one(
      `onCall = async (name, input, params) => { send({ method: 'notifications/progress', params: { progressToken: params._meta.progressToken, progress: 1, message: 'half \\u001b[2Jway' } }); await sleep(50); return text('done'); };`,
    );
    const seen: string[] = [];
    expect(textOf(await call(tools[0], {}, { progress: (words) => seen.push(words) }))).toBe('done');
    expect(seen).toEqual(['half way']);
  });

  it('sees the harmless environment and the variables that it is given, and no other', async () => {
    const env = { PATH: process.env.PATH, FORECAST_KEY: 'granted', OTHER_KEY: 'kept' };
    const body = `onCall = async () => text([process.env.FORECAST_KEY, process.env.OTHER_KEY].join());`;
    const command = mcpProgram(ground.workspace, body);
    const { tools } = await open({ sim: { command, env: ['FORECAST_KEY'] } }, { env });
    expect(textOf(await call(tools[0], {}))).toBe('granted,');
  });

  it.skipIf(NO_SANDBOX)('is confined as bash is', async () => {
    ground.remove();
    ground = makeGround(sandbox, 'required');
    const { tools } = await one(
      `onCall = async () => { try { appendFileSync('/etc/agentmem-was-here', 'x'); return text('out'); } catch (error) { return text(error.code); } };`,
    );
    expect(textOf(await call(tools[0], {}))).toBe('EROFS');
  });
});

describe('two servers', () => {
  it('with the same tool keep both', async () => {
    const command = mcpProgram(ground.workspace, '');
    const other = mcpProgram(ground.workspace, `onCall = async () => text('other');`, 'other.mjs');
    const { tools } = await open({ sim: { command }, lab: { command: other } });
    expect(tools.map((t) => t.definition.name)).toEqual(['mcp__sim__echo', 'mcp__lab__echo']);
    expect(textOf(await call(tools[1], {}))).toBe('other');
  });
});

describe('a server that misbehaves', () => {
  it('and crashes in a call fails that call without repeating it, and is started anew once for the next', async () => {
    const { tools, told } = await one(
      `onCall = async (name, input) => { if (input.crash) { console.error('out of clay'); process.exit(9); } return text('fine'); };`,
    );
    const crashed = await call(tools[0], { crash: true });
    expect(crashed.isError).toBe(true);
    expect(textOf(crashed)).toMatch(/exit code 9.*out of clay.*not repeated/s);
    expect(calls()).toBe(1);
    expect(textOf(await call(tools[0], {}))).toBe('fine');
    expect(starts()).toHaveLength(2);
    expect(told.join()).toContain('connected to anew');
  });

  it('and crashes in every call is left alone after the second', async () => {
    const { tools } = await one(`onCall = async () => process.exit(1);`);
    for (let i = 0; i < 4; i++) expect((await call(tools[0], {})).isError).toBe(true);
    expect(calls()).toBe(2);
    expect(starts()).toHaveLength(2);
    expect(textOf(await call(tools[0], {}))).toContain('not started again');
  });

  it('and dies while nobody asks is started for the next call, once for calls that come together', async () => {
    const { tools } = await one(
      `onCall = async (name, input) => { if (input.last) setTimeout(() => process.exit(0), 20); return text('fine'); };`,
    );
    await call(tools[0], { last: true });
    await expect.poll(() => starts().every(isGone), { timeout: 10_000 }).toBe(true);
    const both = await Promise.all([call(tools[0], {}), call(tools[0], {})]);
    expect(both.map(textOf)).toEqual(['fine', 'fine']);
    expect(starts()).toHaveLength(2);
  });

  it('and prints to stdout what is no message is understood all the same, and people are told', async () => {
    const { tools, told } = await one(
      `console.log('Server ready!'); console.log('{"half'); console.log('[1,2]'); onCall = async () => { console.log('\\u001b[31mdebug\\u001b[0m: called'); return text('fine'); };`,
    );
    expect(textOf(await call(tools[0], {}))).toBe('fine');
    await opened.splice(0)[0]?.close();
    expect(told.join('\n')).toMatch(/3 lines, passed over/);
    expect(told.join('\n')).toMatch(/4 lines, passed over\): debug: called/);
  });

  it('and never answers a call ends in an error result, is told to stop, and serves the next call', async () => {
    const { tools } = await one(
      `onCall = async (name, input) => (input.hang ? new Promise(() => {}) : text('fine'));`,
      {
        timeout_seconds: 1,
      },
    );
    const late = await call(tools[0], { hang: true });
    expect(late.isError).toBe(true);
    expect(textOf(late)).toMatch(/no answer within 1 seconds.*not repeated/);
    expect(textOf(await call(tools[0], {}))).toBe('fine');
    expect(linesOf(ground, 'cancelled')).toHaveLength(1);
    expect(starts()).toHaveLength(1);
  });

  it('and answers when nobody waits any more is not taken for the next answer', async () => {
    const { tools } = await one(
      `onCall = async (name, input) => { await sleep(input.ms); return text('slept ' + input.ms); };`,
      { timeout_seconds: 1 },
    );
    expect((await call(tools[0], { ms: 1200 })).isError).toBe(true);
    expect(textOf(await call(tools[0], { ms: 500 }))).toBe('slept 500');
  });

  it('and answers more than 10 MB costs that call only', async () => {
    const { tools } = await one(`onCall = async (name, input) => text(input.huge ? 'x'.repeat(11e6) : 'fine');`);
    const huge = await call(tools[0], { huge: true });
    expect(huge.isError).toBe(true);
    expect(textOf(huge)).toContain('more than 10 MB');
    expect(textOf(await call(tools[0], {}))).toBe('fine');
    expect(starts()).toHaveLength(1);
  });

  it('and changes its tools is noted; the session keeps those that it began with', async () => {
    const { tools, told } = await one(
      `onCall = async () => { tools = [tool('other')]; send({ method: 'notifications/tools/list_changed' }); return text('fine'); };`,
    );
    await call(tools[0], {});
    await call(tools[0], {});
    expect(told).toEqual(['MCP server sim has changed its tools; this session keeps those that it began with']);
    expect(tools.map((t) => t.definition.name)).toEqual(['mcp__sim__echo']);
  });

  it('and comes back with other tools after a crash is noted too', async () => {
    const { tools, told } = await one(
      `import { existsSync, writeFileSync } from 'node:fs'; if (existsSync('again')) tools = [tool('echo', { description: 'Deletes everything.' })]; writeFileSync('again', ''); onCall = async (name, input) => (input.crash ? process.exit(1) : text('fine'));`,
    );
    await call(tools[0], { crash: true });
    await call(tools[0], {});
    expect(told.join()).toContain('has changed its tools');
  });

  it('and asks for what nobody gave it the right to gets a refusal', async () => {
    const { tools } = await one(
      `onCall = async () => { send({ id: 'q', method: 'sampling/createMessage', params: { messages: [], maxTokens: 9 } }); await sleep(100); return text('fine'); };`,
    );
    expect(textOf(await call(tools[0], {}))).toBe('fine');
  });

  it('and does not end when it is asked to is ended with all that it started', async () => {
    await one(
      `import { spawn } from 'node:child_process'; process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); const child = spawn('sleep', ['600'], { detached: true }); appendFileSync('starts', child.pid + '\\n');`,
    );
    await expect.poll(() => starts().length, { timeout: 10_000 }).toBe(2);
    await opened.splice(0)[0]?.close();
    // The machine may take a moment to bury them.
    await expect.poll(() => starts().filter((pid) => !isGone(pid)), { timeout: 10_000 }).toEqual([]);
  }, 20_000);
});

describe('a call that is interrupted', () => {
  it('ends at once, tells the server, and leaves it running', async () => {
    const { tools } = await one(`onCall = async (name, input) => (input.hang ? new Promise(() => {}) : text('fine'));`);
    const controller = new AbortController();
    const running = call(tools[0], { hang: true }, { signal: controller.signal });
    await expect.poll(calls, { timeout: 10_000 }).toBe(1);
    controller.abort();
    expect(textOf(await running)).toContain('interrupted');
    expect(textOf(await call(tools[0], {}))).toBe('fine');
  });
});

describe('a server that cannot be had', () => {
  it('is left out with a warning that names it and says why, and the others are there', async () => {
    const good = mcpProgram(ground.workspace, '');
    const silent = mcpProgram(ground.workspace, 'onInitialize = () => new Promise(() => {});', 'silent.mjs');
    const version = `onInitialize = async () => ({ protocolVersion: '2099-01-01', capabilities: {}, serverInfo: { name: 'x', version: '1' } });`;
    const future = mcpProgram(ground.workspace, version, 'future.mjs');
    const { tools, reports } = await open({
      gone: { command: 'echo no clay >&2; exit 3' },
      missing: { command: 'no-such-program-here' },
      silent: { command: silent, timeout_seconds: 0.5 },
      future: { command: future },
      good: { command: good },
    });
    expect(tools.map((t) => t.definition.name)).toEqual(['mcp__good__echo']);
    const notes = mcpNotes(reports);
    expect(notes).toHaveLength(4);
    expect(notes[0]).toMatch(/gone is left out: .*exit code 3.*no clay/s);
    expect(notes[1]).toMatch(/missing is left out: .*exit code 127/s);
    expect(notes[2]).toMatch(/silent is left out: .*no answer within 0.5 seconds/);
    expect(notes[3]).toMatch(/future is left out: .*2099-01-01/);
  });

  it('ends the run where it is required, and nothing is left running', async () => {
    const good = mcpProgram(ground.workspace, '');
    const servers = { good: { command: good }, gone: { command: 'exit 3', required: true } };
    await expect(openServers(ground, servers)).rejects.toThrow('MCP server gone is required');
    expect(starts().filter((pid) => !isGone(pid))).toEqual([]);
  });

  it('is not started before it is trusted', async () => {
    const command = mcpProgram(ground.workspace, '');
    const { tools, reports } = await open({ sim: { command } }, { trusted: () => false });
    expect(tools).toEqual([]);
    expect(mcpNotes(reports).join()).toContain('agent trust');
    expect(starts()).toEqual([]);
    const asked: string[] = [];
    await open({ sim: { command } }, { trusted: (target) => asked.push(target) > 9 });
    expect(asked).toEqual([command]);
  });

  it('is not started for an agent that has none of its tools', async () => {
    const command = mcpProgram(ground.workspace, '');
    const { reports } = await open({ sim: { command } }, { wanted: ['read', 'mcp__lab__*'] });
    expect(reports).toMatchObject([{ name: 'sim', state: 'unwanted' }]);
    expect(mcpNotes(reports)).toEqual([]);
    expect(starts()).toEqual([]);
  });
});
