// Doctor: looks at the machine, the memory and its settings and says what protects a person here and what works; changes nothing.
import { existsSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { count, oneLine } from '../base/text.ts';
import type { Settings } from '../domain/settings.ts';
import { resolveCommit } from '../git/refs.ts';
import { openRepository } from '../git/repository.ts';
import { cleanEnvironment, secretNames } from '../host/clean-env.ts';
import { findProgram, runProgram } from '../host/program.ts';
import { confinerFor, probeSandbox, type Sandbox } from '../host/sandbox.ts';
import { findServer, isServer } from '../model/server.ts';
import { bringsNothing, isTrusted, readConfiguration, type TrustRequest } from '../store/trust.ts';

/**
 * One thing that was looked at. `good`: it is there, and works. `warning`: less safe, or less able, than could be.
 * `missing`: the settings demand it, and it is not there. `note`: neither good nor bad.
 */
export interface Finding {
  name: string;
  state: 'good' | 'warning' | 'missing' | 'note';
  says: string;
  /** What to do about it. */
  hint?: string;
}

export interface DoctorRequest {
  env: NodeJS.ProcessEnv;
  home: string;
  /** Absolute path of the Node that runs us, and its version. */
  node: { path: string; version: string };
  /** Where commands of an agent would start. */
  workspace: string;
  /** The settings in force; defaults where there is no memory. */
  settings: Settings;
  /** Absent where there is no memory here. */
  memory?: { dir: string; root: string; trust: TrustRequest };
}

/** Everything that was found, in the order in which it is told. Never throws for what it finds. */
export async function examine(request: DoctorRequest): Promise<Finding[]> {
  const sandbox = await probeSandbox(request.env.PATH);
  return [
    { name: 'node', state: 'good', says: request.node.version },
    await gitFinding(request),
    sandboxFinding(request.settings, sandbox),
    ...(await wallFindings(request, sandbox)),
    environmentFinding(request.settings),
    permissionsFinding(request.settings),
    trustFinding(request),
    modelFinding(request),
    await memoryFinding(request),
    forgeFinding(request.env),
    scheduleFinding(request.env),
  ];
}

async function gitFinding({ env, workspace }: DoctorRequest): Promise<Finding> {
  const { kind, stdout } = await runProgram({
    command: 'git',
    args: ['--version'],
    cwd: workspace,
    env,
    timeoutMs: 10_000,
  });
  if (kind !== 'ended') return { name: 'git', state: 'missing', says: 'not found', hint: 'install git' };
  return { name: 'git', state: 'good', says: oneLine(stdout.toString()).replace(/^git version /, '') };
}

function sandboxFinding({ sandbox: { mode } }: Settings, sandbox: Sandbox): Finding {
  const name = 'sandbox';
  if (sandbox.kind === 'bubblewrap') {
    const says = `bubblewrap ${sandbox.version} works`;
    if (mode !== 'off') return { name, state: 'good', says: `${says} (sandbox.mode: ${mode})` };
    return {
      name,
      state: 'warning',
      says: `${says}, but sandbox.mode is off`,
      hint: 'sandbox: {mode: auto} in config.yaml',
    };
  }
  if (mode === 'off') return { name, state: 'warning', says: `none, as sandbox.mode: off asks for; ${sandbox.why}` };
  if (mode === 'required')
    return { name, state: 'missing', says: `sandbox.mode: required, and there is none; ${sandbox.why}` };
  return { name, state: 'warning', says: `commands run without one; ${sandbox.why}` };
}

// What the probe in the sandbox answers: codes of errors, or null where it succeeded.
interface Tried {
  connect: string | null;
  write: string | null;
  /** The file that it wrote is there, outside. */
  arrived: boolean;
}

// Not what the flags promise, but what a command in there can do.
async function wallFindings(request: DoctorRequest, sandbox: Sandbox): Promise<Finding[]> {
  const { mode, network } = request.settings.sandbox;
  if (mode === 'off' || sandbox.kind === 'none') return [];
  const tried = await tryWalls(request, sandbox);
  if (typeof tried === 'string')
    return [{ name: 'walls', state: mode === 'required' ? 'missing' : 'warning', says: tried }];
  return [filesFinding(tried), networkFinding(network, tried.connect)];
}

function filesFinding({ write, arrived }: Tried): Finding {
  const name = 'files';
  if (arrived) return { name, state: 'missing', says: 'a command in the sandbox could write to the home folder' };
  // A home folder below /tmp lies behind the sandbox's own /tmp, and what is written there is gone with it.
  const how = write === null ? 'it stayed in the sandbox' : write;
  return { name, state: 'good', says: `tried: a command cannot write to the home folder (${how})` };
}

function networkFinding(allowed: boolean, refused: string | null): Finding {
  const name = 'network';
  if (refused !== null) {
    const says = `tried: a command reaches no server (${refused})`;
    return allowed
      ? { name, state: 'warning', says: `${says}, although sandbox.network is on` }
      : { name, state: 'good', says };
  }
  if (allowed) return { name, state: 'warning', says: 'commands reach the network, as sandbox.network asks for' };
  return {
    name,
    state: 'missing',
    says: 'a command in the sandbox could reach a server, although sandbox.network is off',
  };
}

const PROBE = `const [port, file] = process.argv.slice(1);
const fs = require('fs');
let write = null;
try { fs.closeSync(fs.openSync(file, 'wx')); } catch (e) { write = e.code; }
const end = (connect) => { fs.writeSync(1, JSON.stringify({ connect, write })); socket.destroy(); };
const socket = require('net').connect(Number(port), '127.0.0.1');
socket.on('connect', () => end(null)).on('error', (e) => end(e.code));`;

async function tryWalls(
  { env, home, node, workspace, settings }: DoctorRequest,
  sandbox: Sandbox,
): Promise<Tried | string> {
  const { mode, network } = settings.sandbox;
  const server = createServer((socket) => socket.end());
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  try {
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const file = join(home, `.agentmem-doctor-${port}`);
    const argv = [node.path, '-e', PROBE, String(port), file];
    const confined = confinerFor(mode, sandbox, { workspace, home, network })(argv);
    if (confined.kind === 'refused') return confined.why;
    const [command = '', ...args] = confined.argv;
    const clean = cleanEnvironment(env);
    const { stdout, stderr } = await runProgram({ command, args, cwd: workspace, env: clean, timeoutMs: 20_000 });
    const arrived = existsSync(file);
    if (arrived) rmSync(file);
    return (
      triedOf(stdout.toString(), arrived) ??
      `the sandbox could not be tried: ${oneLine(stderr.toString()).slice(0, 200)}`
    );
  } finally {
    server.close();
  }
}

function triedOf(answer: string, arrived: boolean): Tried | undefined {
  const [, connect, write] = /^\{"connect":(null|"\w+"),"write":(null|"\w+")\}\s*$/.exec(answer) ?? [];
  const code = (word: string) => (word === 'null' ? null : word.slice(1, -1));
  return connect === undefined || write === undefined
    ? undefined
    : { connect: code(connect), write: code(write), arrived };
}

function environmentFinding({ pass_env }: Settings): Finding {
  const name = 'environment';
  const secrets = secretNames(pass_env);
  if (secrets.length > 0)
    return { name, state: 'warning', says: `pass_env hands commands what looks like secrets: ${secrets.join(', ')}` };
  const more = pass_env.length === 0 ? '' : `, and ${pass_env.join(', ')}`;
  return { name, state: 'good', says: `commands see harmless variables only${more}` };
}

function permissionsFinding({ permissions }: Settings): Finding {
  const name = 'permissions';
  const tally = (['allow', 'ask', 'deny'] as const).map(
    (verdict) => `${permissions.filter((r) => verdict in r).length} ${verdict}`,
  );
  const wide = permissions.flatMap((rule) =>
    'allow' in rule && /^(\*+|bash)(\(\**\))?$/.test(rule.allow) ? [rule.allow] : [],
  );
  if (wide.length > 0) return { name, state: 'warning', says: `config.yaml allows any command: ${wide.join(', ')}` };
  const says =
    permissions.length === 0
      ? 'no rules of your own; the built-in ones hold'
      : `rules of config.yaml: ${tally.join(', ')}`;
  return { name, state: 'note', says };
}

function trustFinding({ memory }: DoctorRequest): Finding {
  const name = 'trust';
  if (memory === undefined) return { name, state: 'note', says: 'nothing to trust without a memory' };
  try {
    const configuration = readConfiguration(memory.trust);
    const { commands, allows } = configuration;
    if (bringsNothing(configuration))
      return { name, state: 'good', says: 'the configuration runs no command and allows no call by itself' };
    const says = `${count(commands.length, 'command')} and ${count(allows.length, 'allowing rule')} of the configuration`;
    if (isTrusted(memory.trust)) return { name, state: 'good', says: `${says} hold, as you have trusted it` };
    return { name, state: 'warning', says: `${says} do not hold before you trust it`, hint: 'agent trust --show' };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return problem(name, error);
  }
}

// Names of variables only: a value may be a secret.
function modelFinding({ env, settings }: DoctorRequest): Finding {
  const name = 'model';
  try {
    const server = findServer(env, settings.base_url);
    if (isServer(server))
      return { name, state: 'good', says: `${settings.models.agent} at ${server.where} (${server.found})` };
    return { name, state: 'warning', says: server.lookedFor.join('; '), hint: server.ways.join(', or ') };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return problem(name, error);
  }
}

async function memoryFinding({ memory, settings }: DoctorRequest): Promise<Finding> {
  const name = 'memory';
  if (memory === undefined)
    return { name, state: 'note', says: 'none here or in any folder above', hint: 'agent init' };
  const { branch } = settings.memory;
  try {
    const repo = await openRepository(memory.root);
    if (repo === null)
      return { name, state: 'warning', says: `${memory.dir} is in no git repository`, hint: 'agent init' };
    if ((await resolveCommit(repo, `refs/heads/${branch}`)) !== null)
      return { name, state: 'good', says: `${memory.dir}, in force on ${branch}` };
    return {
      name,
      state: 'warning',
      says: `the memory branch ${branch} has no commit`,
      hint: 'git add .agentmem && git commit',
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return problem(name, error);
  }
}

function forgeFinding({ PATH }: NodeJS.ProcessEnv): Finding {
  const found = ['gh', 'glab'].filter((program) => findProgram(program, PATH) !== undefined);
  const says =
    found.length > 0 ? `${found.join(' and ')} can open pull requests` : 'neither gh nor glab; --pr opens none';
  return { name: 'pull requests', state: found.length > 0 ? 'good' : 'note', says };
}

function scheduleFinding({ PATH }: NodeJS.ProcessEnv): Finding {
  const found = ['crontab', 'systemctl'].filter((program) => findProgram(program, PATH) !== undefined);
  const says =
    found.length > 0 ? `${found.join(' and ')} can run it each night` : 'neither crontab nor systemctl is here';
  return { name: 'schedule', state: 'note', says, ...(found.length > 0 && { hint: 'agent schedule show' }) };
}

function problem(name: string, { problem: { what, where, hint } }: UserError): Finding {
  return {
    name,
    state: 'missing',
    says: where === undefined ? what : `${what} (${where})`,
    ...(hint !== undefined && { hint }),
  };
}
