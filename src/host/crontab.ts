// Reads and replaces the user's crontab through crontab(1); refuses whenever it is not sure what the crontab holds.
import { UserError } from '../base/errors.ts';
import { clip, safeForTerminal } from '../base/text.ts';
import { type ProgramResult, runProgram } from './program.ts';

/** The user's crontab, byte for byte: a text in which each character stands for one byte. Null means that there is none. */
export interface Crontab {
  read(): Promise<string | null>;
  /** Replaces it, or removes it for null. Throws UserError with crontab's own words if it refuses; the old one stays then. */
  write(text: string | null): Promise<void>;
}

/** A crontab text is handled as bytes, so what we add must be bytes too. */
export function asBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** What a text of bytes says. */
export function fromBytes(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

/** The crontab of the user that `env` belongs to. */
export function userCrontab(env: NodeJS.ProcessEnv, cwd: string): Crontab {
  // Its messages are told apart below, so they must come in English.
  const plain = { ...env, LC_ALL: 'C' };
  const run = (args: string[], input?: Buffer) =>
    runProgram({ command: 'crontab', args, cwd, env: plain, timeoutMs: 30_000, ...(input && { input }) });
  return {
    read: async () => textOf(await run(['-l'])),
    write: async (text) => {
      const result = text === null ? await run(['-r']) : await run(['-'], Buffer.from(text, 'latin1'));
      if (result.kind !== 'ended' || result.code !== 0) throw failure('cannot be changed', result);
    },
  };
}

function textOf(result: ProgramResult): string | null {
  if (result.kind === 'ended' && result.code === 0) return result.stdout.toString('latin1');
  // Debian, cronie, macOS and the BSDs all say it so; any other failure may hide a crontab that we would overwrite.
  if (result.kind === 'ended' && /^(crontab: )?no crontab for \S+\s*$/.test(result.stderr.toString())) return null;
  throw failure('cannot be read, so it is left alone', result);
}

function failure(what: string, result: ProgramResult): UserError {
  if (result.kind === 'missing') {
    return new UserError({
      what: 'there is no crontab program on the PATH',
      hint: 'install cron, or use agent schedule install --systemd',
    });
  }
  const said = clip(safeForTerminal(result.stderr.toString()).trim(), 500);
  const how = result.kind === 'late' ? 'crontab did not answer' : `crontab ended with code ${result.code}`;
  return new UserError({ what: `Your crontab ${what}: ${how}.`, ...(said !== '' && { hint: said }) });
}
