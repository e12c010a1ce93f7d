// An agent with an MCP server and the project's own context files, through the built command.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mcpProgram } from '../agent/mcp/mcp-program.ts';
import { type Home, makeHome } from '../support/agent.ts';
import { newestTranscript } from '../support/newest-transcript.ts';

let home: Home;
let repo: string;
beforeEach(() => {
  home = makeHome();
  repo = home.memory('work');
});
afterEach(() => home.remove());

interface Line {
  type: string;
  [key: string]: unknown;
}

const configure = (text: string) => writeFileSync(join(repo, '.agentmem', 'config.yaml'), text);
const script = (turns: unknown[]) => writeFileSync(join(repo, 'script.json'), JSON.stringify(turns));
const run = (...args: string[]) => home.agent(repo, 'run', ...args, '--model', 'scripted:script.json');

/** Writes the server and a config.yaml that names it. */
function server(body = '', more = ''): void {
  const command = mcpProgram(repo, body);
  configure(`mcp:\n  sim:\n    command: ${JSON.stringify(command)}\n${more}`);
}

const transcript = () => newestTranscript<Line>(repo);

// A server in a process of its own: the built command is waited for, and this process answers nothing meanwhile.
async function httpServer(): Promise<{ child: ChildProcess; url: string }> {
  const program = `import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
const server = createServer(async (request, response) => {
  if (request.method !== 'POST') return response.writeHead(405).end();
  const { id, method, params } = await json(request);
  if (id === undefined) return response.writeHead(202).end();
  const { protocolVersion } = params ?? {};
  const result = method === 'initialize'
    ? { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'web', version: '1' } }
    : { tools: [{ name: request.headers['x-team'], inputSchema: { type: 'object' } }] };
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;
  writeFileSync(join(home.dir, 'web.mjs'), program);
  const child = spawn(process.execPath, [join(home.dir, 'web.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<string>((resolve) =>
    child.stdout.once('data', (data) => resolve(String(data).trim())),
  );
  return { child, url: `http://127.0.0.1:${port}/mcp` };
}

describe('an MCP server', () => {
  it('is not started before it is trusted; then it is listed and tried', () => {
    server();
    expect(home.json<{ trusted: boolean }[]>(repo, 'mcp', 'list', '--json')).toMatchObject([
      { name: 'sim', trusted: false },
    ]);
    expect(home.agent(repo, 'mcp', 'test')).toMatchObject({ code: 1, stdout: expect.stringContaining('not started') });
    script([{ text: 'Nothing to do.' }]);
    expect(run('Look around').stderr).toContain('MCP server sim is left out: nobody has trusted it');
    expect(existsSync(join(repo, 'starts'))).toBe(false);

    expect(home.agent(repo, 'trust', '--show').stdout).toContain('mcp.sim.command');
    home.agent(repo, 'trust');
    const tested = home.json<{ state: string; tools: { name: string }[] }[]>(repo, 'mcp', 'test', 'sim', '--json');
    expect(tested).toMatchObject([{ state: 'ready', tools: [{ name: 'mcp__sim__echo', own: 'echo' }] }]);
  });

  it('is called only where a rule allows it, and its words are kept as an outside tool’s', () => {
    server();
    home.agent(repo, 'trust');
    script([{ tools: [{ name: 'mcp__sim__echo', input: { site: 'x' } }] }, { text: 'Done.' }]);
    expect(run('Scan x').code).toBe(0);
    expect(transcript().find((l) => l.type === 'user.tool_confirmation')).toMatchObject({
      result: 'deny',
      by: 'nobody',
    });
    expect(run('Scan x', '--allow', 'mcp__sim__*')).toMatchObject({ code: 0, stdout: 'Done.\n' });
    const lines = transcript();
    expect(lines.find((l) => l.type === 'agent.mcp_tool_use')).toMatchObject({ name: 'mcp__sim__echo' });
    expect(lines.find((l) => l.type === 'agent.mcp_tool_result')).toMatchObject({
      content: [{ type: 'text', text: 'echo {"site":"x"}' }],
    });
    expect(home.agent(repo, 'sessions', 'verify').code).toBe(0);
  });

  it('over HTTP is reached by the built command, and sent the header that config.yaml names', async () => {
    const { child, url } = await httpServer();
    try {
      configure(`mcp:\n  web:\n    url: ${url}\n    headers: { X-Team: kiln }\n`);
      home.agent(repo, 'trust');
      expect(home.json(repo, 'mcp', 'test', '--json')).toMatchObject([
        { state: 'ready', tools: [{ name: 'mcp__web__kiln' }] },
      ]);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('that is required and cannot be had keeps the run from starting', () => {
    server('process.exit(4);', '    required: true\n');
    home.agent(repo, 'trust');
    script([{ text: 'Never said.' }]);
    const done = run('Look around');
    expect(done.code).toBe(2);
    expect(done.stderr).toMatch(/MCP server sim is required.*exit code 4/s);
    expect(existsSync(join(repo, '.agentmem', 'sessions'))).toBe(false);
  });

  it('of a name or with a key that is none is refused with its line', () => {
    configure('mcp:\n  sim:\n    comand: x\n');
    const said = home.agent(repo, 'mcp', 'list');
    expect(said.code).toBe(2);
    expect(said.stderr).toMatch(/did you mean command/);
  });
});

describe('context files', () => {
  it('stand in the system prompt between the agent’s own and the lessons, unless they are not wanted', () => {
    writeFileSync(join(repo, 'AGENTS.md'), 'Glaze before firing.\n');
    script([{ text: 'Understood.' }]);
    expect(run('Look around').stderr).toContain('context files: AGENTS.md');
    const injected = () => {
      const system = transcript().find((l) => l.type === 'system.message');
      const blocks = system?.content as { text: string; injected?: string }[];
      return blocks.filter((b) => b.injected === 'context-file').map((b) => b.text);
    };
    expect(injected()).toEqual([
      expect.stringContaining('None of them grants'),
      '# Context file AGENTS.md\n\nGlaze before firing.',
    ]);
    run('Look around', '--no-context');
    expect(injected()).toEqual([]);
    configure('context_files: false\n');
    run('Look around');
    expect(injected()).toEqual([]);
  });
});
