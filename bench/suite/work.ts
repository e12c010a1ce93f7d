// One measurement of the suite's bench in a process of its own: a whole run of a suite, or the bare SDK; prints its result as JSON.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import { inPool } from '../../src/base/pool.ts';
import type { CommandContext } from '../../src/commands/context.ts';
import { createPrinter } from '../../src/commands/print.ts';
import { runOrder } from '../../src/commands/run/suite.ts';
import { newOrder } from '../../src/commands/run/suite-order.ts';
import { type Connection, openClient } from '../../src/model/client.ts';
import { findServer, isServer } from '../../src/model/server.ts';
import { openWorkspace } from '../../src/workspace.ts';
import type { World } from '../../src/world.ts';

const [what = '', url = '', tasks = '1', jobs = '1', body = ''] = process.argv.slice(2);
// Whoever started this takes it away, when all has been measured (see there).
const home = mkdtempSync(join(tmpdir(), 'agentmem-bench-home-'));
if (what === 'suite') say(await suite(url, Number(tasks), Number(jobs)));
else if (what === 'loop') say(await bare(bareClient(url), Number(tasks), Number(jobs), readFileSync(body, 'utf8')));
else if (what === 'door')
  say(await bare(await ourClient(url), Number(tasks), Number(jobs), readFileSync(body, 'utf8')));
else if (what === 'body') say({ body: await requestOfASession() });
else throw new Error(`no such measurement: ${what}`);

/** What `agent run --suite` does once its flags are read: every session on disk, its folder made and taken away, the table at the end. */
async function suite(url: string, tasks: number, jobs: number) {
  const context = contextFor(url);
  const workspace = await openWorkspace(context.world);
  const list = Array.from({ length: tasks }, (_, i) => `  - { id: t${i}, prompt: "Do piece ${i} of the work." }\n`);
  mkdirSync(workspace.layout.suites, { recursive: true });
  writeFileSync(join(workspace.layout.suites, 'bench.yaml'), `suite: bench\nrubric: false\ntasks:\n${list.join('')}`);
  const begun = performance.now();
  const used = process.cpuUsage();
  const order = await newOrder(context, workspace, { suite: 'bench', jobs });
  const { table } = await runOrder(context, workspace, { jobs }, order);
  const ms = performance.now() - begun;
  if (table.whole.results.ended !== tasks) throw new Error(JSON.stringify(table.whole));
  return { ms, cpu: cpuMs(used), rss: process.resourceUsage().maxRSS * 1024 };
}

/** The SDK as whoever installs it has it. */
function bareClient(url: string): Connection {
  const client = new Anthropic({ apiKey: 'made-up-key-1', baseURL: url, maxRetries: 0 });
  return { client, close: async () => {} };
}

/** The SDK as sessions use it: with connections of ours. */
async function ourClient(url: string): Promise<Connection> {
  const server = findServer({ ANTHROPIC_API_KEY: 'made-up-key-1', ANTHROPIC_BASE_URL: url });
  if (!isServer(server)) throw new Error('no server');
  return await openClient({ server, env: {} });
}

/** The same requests through the SDK alone, so many at once. */
async function bare({ client, close }: Connection, requests: number, jobs: number, body: string) {
  const one = async () => {
    const stream = await client.messages.create(JSON.parse(body));
    for await (const _ of stream as unknown as AsyncIterable<unknown>);
  };
  const begun = performance.now();
  const used = process.cpuUsage();
  await inPool(Array.from({ length: requests }), jobs, one);
  const ms = performance.now() - begun;
  await close();
  return { ms, cpu: cpuMs(used) };
}

/** The body that a session of the suite sends, from a server that refuses it. */
async function requestOfASession(): Promise<string> {
  let seen = '';
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      seen ||= Buffer.concat(parts).toString();
      response.writeHead(401).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listening on TCP, so it is no pipe's name
  await suite(`http://127.0.0.1:${port}`, 1, 1).catch(() => undefined); // it ends with the refusal
  server.close();
  if (seen === '') throw new Error('no request came');
  return seen;
}

function contextFor(url: string): CommandContext {
  const repo = join(home, 'repo');
  mkdirSync(join(repo, '.agentmem'), { recursive: true });
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repo, env: { ...process.env, HOME: home } });
  git('init', '-q', '-b', 'main');
  writeFileSync(join(repo, '.agentmem', 'config.yaml'), 'memory: { branch: main }\n');
  git('add', '-A');
  git('-c', 'user.name=x', '-c', 'user.email=x@example.test', 'commit', '-qm', 'x');
  let serial = 0;
  const world: World = {
    env: { PATH: process.env.PATH, HOME: home, ANTHROPIC_API_KEY: 'made-up-key-1', ANTHROPIC_BASE_URL: url },
    cwd: repo,
    home,
    pid: process.pid,
    node: process.execPath,
    now: () => new Date(),
    random: () => (++serial).toString(16).padStart(32, '0'),
  };
  return {
    world,
    signal: new AbortController().signal,
    print: createPrinter({ color: false, quiet: true }),
    emit: () => {},
    stop: () => {},
    open: () => openWorkspace(world),
    dir: undefined,
    interactive: false,
  };
}

function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

function say(result: object): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
