// `agent trust`: shows what the configuration of this memory would run and allow without asking, and records that a person agrees.

import { UserError } from '../base/errors.ts';
import { count } from '../base/text.ts';
import { findLayout } from '../store/find-memory.ts';
import {
  bringsNothing,
  type Configuration,
  isTrusted,
  readConfiguration,
  recordTrust,
  revokeTrust,
} from '../store/trust.ts';
import type { CommandContext, Define } from './context.ts';
import { trustRequest } from './nightly.ts';

interface Flags {
  show?: boolean;
  revoke?: boolean;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  $ agent trust --show      what would run, and whether it may
  $ agent trust 3fa9c1d2    allow exactly the configuration that was shown under this hash
  $ agent trust --revoke

A configuration comes with a clone or a pull. It may name commands (nightly.before, tools, checks of rubrics, set-up lines
of suites), rules that allow an agent's calls (permissions of config.yaml and of agents/*.md), and a server for your key
(base_url). No such command runs, no such rule allows anything without asking, and no key is sent there, before you have
agreed here; nor after config.yaml, a file of agents/ or rubrics/ that brings some, or a suite's set-up line has changed by a
byte. What a command calls in turn (a script of the repository) is not looked at.
The record lies in your home folder (.local/state/agentmem/trust.json), where no clone can bring its own.`;

export const define: Define = (command, bind) => {
  command
    .argument('[hash]', 'trust only if the configuration still has this hash (its beginning will do)')
    .option('--show', 'only say what would run or be allowed, and whether it may; exit code 1 if it may not')
    .option('--revoke', 'take trust away from this memory')
    .option('--json', 'print the configuration, its commands and the rules that allow as JSON')
    .addHelpText('after', EXAMPLES)
    .action(bind(run));
};

async function run(context: CommandContext, hash: string | undefined, flags: Flags): Promise<number> {
  const { world, print } = context;
  const request = trustRequest(world, findLayout(world, context.dir));
  if (flags.revoke) {
    const had = revokeTrust(request);
    if (flags.json) print.json({ memory: request.memory, trusted: false, revoked: had });
    else print.line(had ? 'this memory is trusted no more' : 'this memory was not trusted');
    print.next('next: agent trust --show');
    return 0;
  }
  const configuration = readConfiguration(request);
  if (hash !== undefined && (hash.length < 8 || !configuration.sha256.startsWith(hash.toLowerCase()))) {
    throw new UserError({
      what: `The configuration does not have the hash ${hash}: it has changed since, or fewer than 8 digits were given.`,
      where: request.config,
      hint: 'read it again: agent trust --show',
    });
  }
  if (!flags.show) recordTrust(request, configuration, world.now().toISOString());
  const trusted = isTrusted(request);
  if (flags.json) print.json({ ...configuration, trusted });
  else describe(context, configuration, trusted);
  const wanting = !bringsNothing(configuration) && !trusted;
  print.next(wanting ? `next: agent trust ${configuration.sha256.slice(0, 12)}` : 'next: agent schedule show');
  return wanting ? 1 : 0;
}

function describe({ print }: CommandContext, configuration: Configuration, trusted: boolean): void {
  const { sha256, commands, allows, address, memory } = configuration;
  print.line(`configuration ${sha256.slice(0, 12)} of ${print.outside(memory)}`);
  if (commands.length === 0) {
    const rest = bringsNothing(configuration) ? ': there is nothing that trust would allow' : '';
    print.line(`it runs no command on this machine${rest}`);
  } else {
    const may = trusted ? 'may run on this machine:' : 'would run on this machine, but may not:';
    print.line(`${count(commands.length, 'command')} of it ${may}`);
  }
  for (const { setting, command, when } of commands) {
    print.line(`  ${visible(setting)}  ${exact(command)}`);
    print.line(`    ${print.paint.dim(visible(when))}`);
  }
  if (address !== undefined)
    print.line(`it ${trusted ? 'may send' : 'would send, but may not,'} your key to ${exact(address)}`);
  if (allows.length === 0) return;
  const may = trusted ? 'calls of agents without asking:' : 'calls of agents without asking, but are asked about:';
  print.line(`${count(allows.length, 'rule')} of it ${trusted ? 'may allow' : 'would allow'} ${may}`);
  for (const { from, rule } of allows) print.line(`  ${visible(from)}  allow ${exact(rule)}`);
}

// What is hidden from the eye must not be hidden from whoever decides: no byte is left out.
function exact(text: string): string {
  return visible(JSON.stringify(text));
}

function visible(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, escapeCharacter);
}

function escapeCharacter(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
