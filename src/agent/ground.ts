// Where and how commands of a session run: the workspace, a clean environment and the walls of this machine; runs nothing but the probe for them.
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../domain/settings.ts';
import { cleanEnvironment } from '../host/clean-env.ts';
import { type Confiner, confinerFor, probeSandbox, type Sandbox, wallsInWords } from '../host/sandbox.ts';
import type { CommandGround } from './tools/bash.ts';

export interface GroundRequest {
  settings: Pick<Settings, 'sandbox' | 'pass_env'>;
  /** Real path of the folder that the agent works in. */
  workspace: string;
  /** Folder of the memory: commands may read it and not write there. */
  memory: string;
  env: NodeJS.ProcessEnv;
  /** Variables for commands beside those of `env`, as they are. */
  extra?: Readonly<Record<string, string>>;
  home: string;
  /** What was found to confine commands, where somebody has looked already. */
  sandbox?: Sandbox;
}

export interface Ground extends CommandGround {
  sandbox: Sandbox;
  /** Takes its temporary folder away. */
  remove(): Promise<void>;
}

/** Looks what confines commands here; their temporary folder is made with the first one, since most sessions of a suite run none. */
export async function openGround(request: GroundRequest): Promise<Ground> {
  const { settings, workspace, memory, env, home } = request;
  const { mode, network } = settings.sandbox;
  const sandbox = request.sandbox ?? (await probeSandbox(env.PATH));
  let clean: Record<string, string> | undefined;
  let tmp: string | undefined;
  let confiner: Confiner | undefined;
  const made = (): Confiner => {
    tmp = mkdtempSync(join(tmpdir(), 'agentmem-'));
    return confinerFor(mode, sandbox, { workspace, network, home, tmp, protect: [memory] });
  };
  return {
    workspace,
    get env() {
      // As checks see it: what a command needs can lie where no agent may write.
      clean ??= { ...cleanEnvironment(env, settings.pass_env), AGENTMEM_DIR: memory, ...request.extra };
      return clean;
    },
    confine: (...command) => {
      confiner ??= made();
      return confiner(...command);
    },
    walls: wallsInWords(mode, sandbox, network),
    sandbox,
    remove: async () => {
      if (tmp !== undefined) await rm(tmp, { recursive: true, force: true });
    },
  };
}
