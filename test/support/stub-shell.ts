// Runs a line in the real bash in an empty folder where the only programs are stubs that log their own names.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface StubShell {
  /** Names of the stubs that ran, each once, and whether bash ended by itself. */
  ran: (line: string) => { names: string[]; ended: boolean };
  remove: () => void;
}

/** Why there is no bash to compare with, or undefined where there is one. */
export const noBash = spawnSync('bash', ['-c', 'true']).status === 0 ? undefined : 'bash is missing';

/**
 * `names` become programs that log their name and do nothing more. Nothing else is on the PATH, and time is short, so that no line does any harm.
 */
export function stubShell(names: readonly string[]): StubShell {
  const dir = mkdtempSync(join(tmpdir(), 'agentmem-stubs-'));
  const bin = join(dir, 'bin');
  const work = join(dir, 'work');
  let runs = 0;
  const bash = spawnSync('bash', ['-c', 'type -P bash'], { encoding: 'utf8' }).stdout.trim();
  mkdirSync(bin);
  for (const name of names) {
    writeFileSync(join(bin, name), `#!${bash}\necho ${name} >> "$STUB_LOG"\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return {
    ran: (line) => {
      rmSync(work, { recursive: true, force: true });
      mkdirSync(work);
      // A log of its own, since what one line leaves in the background may write while the next one runs.
      const log = join(dir, `log-${++runs}`);
      writeFileSync(log, '');
      const { signal, error } = spawnSync(bash, ['--norc', '--noprofile', '-f', '-c', line], {
        cwd: work,
        env: { PATH: bin, HOME: work, LANG: 'C.UTF-8', STUB_LOG: log },
        timeout: 5_000,
        killSignal: 'SIGKILL',
        stdio: ['ignore', 'ignore', 'ignore'],
      });
      const logged = readFileSync(log, 'utf8').split('\n');
      return {
        names: [...new Set(logged.filter((name) => name !== ''))],
        ended: signal === null && error === undefined,
      };
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
