// Which commands a configuration would run on this machine; lists them and runs none.
import type { Settings } from './settings.ts';

/** A command that somebody who wrote the configuration wants run. */
export interface ConfiguredCommand {
  /** The setting that holds it, for example `nightly.before[0]`. */
  setting: string;
  /** A line for /bin/sh. */
  command: string;
  /** When it would run, in words. */
  when: string;
}

/** Every command of a configuration, in the order in which they run. A setting that runs something must be listed here. */
export function configuredCommands(settings: Settings): ConfiguredCommand[] {
  return [
    ...settings.nightly.before.map((command, i) => ({
      setting: `${NIGHTLY}[${i}]`,
      command,
      when: 'before each nightly dream, in the top folder of the repository',
    })),
    ...settings.tools.map(({ command, name, serve }, i) => ({
      setting: `tools[${i}].command`,
      command,
      when: `when an agent calls ${name}${serve ? ', and from then on to the end of its session' : ''}`,
    })),
  ];
}

/** True for a command that runs each night; the others wait for an agent. */
export function runsNightly({ setting }: ConfiguredCommand): boolean {
  return setting.startsWith(`${NIGHTLY}[`);
}

const NIGHTLY = 'nightly.before';
