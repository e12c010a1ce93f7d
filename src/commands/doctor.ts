// `agent doctor`: what protects a person here, what works, and what the settings demand that is not there; changes nothing.

import { dirname } from 'node:path';
import { UserError } from '../base/errors.ts';
import { settingsSchema } from '../domain/settings.ts';
import { type DoctorRequest, examine, type Finding } from '../stages/doctor.ts';
import { findMemory } from '../store/find-memory.ts';
import { layoutOf } from '../store/layout.ts';
import { readSettings } from '../store/settings.ts';
import type { CommandContext, Define } from './context.ts';
import { trustRequest } from './nightly.ts';
import type { Printer } from './print.ts';

const HELP = `
Examples:
  $ agent doctor
  $ agent doctor --json | jq '.findings[] | select(.state != "good")'

What is said of the sandbox was tried: a command was run in it that wanted to write and to reach a server.
Exit codes: 0 all that the settings demand is there · 1 something of it is missing`;

export const define: Define = (command, bind) => {
  command
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', HELP)
    .action(
      bind(async (context: CommandContext, flags: { json?: boolean }) => {
        const { print, stop } = context;
        const findings = [...(await found(context))];
        stop();
        const missing = findings.filter(({ state }) => state === 'missing');
        if (flags.json) print.json({ ok: missing.length === 0, findings });
        else tell(print, findings);
        print.next(
          missing.length > 0 ? `missing: ${missing.map(({ name }) => name).join(', ')}` : 'next: agent run "<task>"',
        );
        return missing.length === 0 ? 0 : 1;
      }),
    );
};

// Broken settings are what a doctor is asked about: they are told among the rest, which is looked at with the defaults.
async function found({ world, dir }: CommandContext): Promise<Finding[]> {
  const defaults = settingsSchema.parse({});
  const base = {
    ...{ env: world.env, home: world.home, workspace: world.cwd, settings: defaults },
    node: { path: world.node, version: process.versions.node },
  };
  const memory = memoryOf(world, dir);
  if (memory === undefined) return await examine(base);
  const layout = layoutOf(memory);
  const request: DoctorRequest = {
    ...base,
    workspace: dirname(memory),
    memory: { dir: memory, root: layout.root, trust: trustRequest(world, layout) },
  };
  try {
    return await examine({ ...request, settings: readSettings(layout.config) });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { what, where } = error.problem;
    const settings: Finding = {
      name: 'settings',
      state: 'missing',
      says: where === undefined ? what : `${what} (${where})`,
    };
    const { memory: _, ...rest } = request;
    return [settings, ...(await examine(rest)).filter(({ name }) => name !== 'memory' && name !== 'trust')];
  }
}

function memoryOf(world: CommandContext['world'], dir: string | undefined): string | undefined {
  try {
    return findMemory(world, dir);
  } catch (error) {
    // Somebody who names a folder wants to know that it holds none.
    if (!(error instanceof UserError) || dir !== undefined || world.env.AGENTMEM_DIR) throw error;
    return undefined;
  }
}

function tell(print: Printer, findings: readonly Finding[]): void {
  const { paint } = print;
  const looks = {
    good: paint.green('good   '),
    warning: paint.yellow('warning'),
    missing: paint.red('missing'),
    note: paint.dim('note   '),
  };
  const width = Math.max(...findings.map(({ name }) => name.length));
  for (const { name, state, says, hint } of findings) {
    print.line(`${looks[state]}  ${name.padEnd(width)}  ${print.outside(says)}`);
    if (hint !== undefined) print.line(`${' '.repeat(width + 11)}${paint.dim(`try ${print.outside(hint)}`)}`);
  }
}
