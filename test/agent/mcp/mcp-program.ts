// An MCP server as a small program that speaks the protocol's lines itself, with every way to misbehave that a test asks for.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PROGRAM = `import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
appendFileSync('starts', process.pid + '\\n');
const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const text = (words) => ({ content: [{ type: 'text', text: words }] });
const tool = (name, more = {}) => ({ name, description: 'Does ' + name + '.', inputSchema: { type: 'object' }, ...more });
let tools = [tool('echo')];
let onCall = async (name, input) => text(name + ' ' + JSON.stringify(input));
let onList = async (cursor) => ({ tools });
let onInitialize = async (params) => ({
  protocolVersion: params.protocolVersion, capabilities: { tools: { listChanged: true } }, serverInfo: { name: 'test', version: '1' },
});
BODY
for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (method === 'notifications/cancelled') appendFileSync('cancelled', JSON.stringify(params) + '\\n');
  if (id === undefined) continue;
  if (method === 'initialize') send({ id, result: await onInitialize(params) });
  else if (method === 'tools/list') send({ id, result: await onList(params.cursor) });
  else if (method === 'tools/call') {
    appendFileSync('calls', JSON.stringify(params) + '\\n');
    onCall(params.name, params.arguments ?? {}, params, id).then(
      (result) => result && send({ id, result }),
      (error) => send({ id, error: { code: -32000, message: error.message } }),
    );
  } else send({ id, error: { code: -32601, message: 'no such method' } });
}
`;

/**
 * Writes a server into `folder` and gives the command line that starts it there. `body` may set `tools`, `onCall(name, input,
 * params, id)`, `onList(cursor)` and `onInitialize(params)`, and use `send`, `sleep`, `text` and `tool`. The files `starts`,
 * `calls` and `cancelled` keep count.
 */
export function mcpProgram(folder: string, body: string, file = 'server.mjs'): string {
  writeFileSync(
    join(folder, file),
    PROGRAM.replace('BODY', () => body),
  );
  return `'${process.execPath}' ${file}`;
}
