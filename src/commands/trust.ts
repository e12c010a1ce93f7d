// `agent trust`: shows which commands the configuration of this memory would run, and records that a person allows them.
import { UserError } from '../base/errors.ts';
import { count } from '../base/text.ts';
import { layoutOf } from '../store/layout.ts';
import { type Configuration, readConfiguration, recordTrust, revokeTrust, trustedCommands } from '../store/trust.ts';
import { findMemory } from '../workspace.ts';
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

A configuration comes with a clone or a pull, and may name commands. None of them runs before you have allowed them here,
and none after config.yaml has changed by a byte. What a command calls in turn (a script of the repository) is not looked at.
The record lies in your home folder (.local/state/agentmem/trust.json), where no clone can bring its own.`;

export const define: Define = (command, bind) => {
  command
    .argument('[hash]', 'trust only if the configuration still has this hash (its beginning will do)')
    .option('--show', 'only say what would run and whether it may; exit code 1 if it may not')
    .option('--revoke', 'take trust away from this memory')
    .option('--json', 'print the configuration and its commands as JSON')
    .addHelpText('after', EXAMPLES)
    .action(bind(run));
};

async function run(context: CommandContext, hash: string | undefined, flags: Flags): Promise<number> {
  const { world, print } = context;
  const request = trustRequest(world, layoutOf(findMemory(world, context.dir)));
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
  const trusted = trustedCommands(request) !== undefined;
  if (flags.json) print.json({ ...configuration, trusted });
  else describe(context, configuration, trusted);
  const wanting = configuration.commands.length > 0 && !trusted;
  print.next(wanting ? `next: agent trust ${configuration.sha256.slice(0, 12)}` : 'next: agent schedule show');
  return wanting ? 1 : 0;
}

function describe({ print }: CommandContext, { sha256, commands, memory }: Configuration, trusted: boolean): void {
  print.line(`configuration ${sha256.slice(0, 12)} of ${print.outside(memory)}`);
  if (commands.length === 0) {
    print.line('it runs no command on this machine: there is nothing that trust would allow');
    return;
  }
  print.line(
    `${count(commands.length, 'command')} of it ${trusted ? 'may run on this machine:' : 'would run on this machine, but may not:'}`,
  );
  for (const { setting, command, when } of commands) {
    // What is hidden from the eye must not be hidden from whoever decides: no byte is left out.
    print.line(`  ${setting}  ${JSON.stringify(command).replace(/[^\x20-\x7e]/g, escapeCharacter)}`);
    print.line(`    ${print.paint.dim(when)}`);
  }
}

function escapeCharacter(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
