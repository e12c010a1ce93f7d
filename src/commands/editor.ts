// Opens a text in the person's own editor and hands back what they saved; runs no shell.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import type { Repository } from '../git/repository.ts';
import type { World } from '../world.ts';

/** The editor as git would choose it: `core.editor`, VISUAL, EDITOR, else vi; words split at blanks. */
export async function editorOf(repo: Repository, { env }: World): Promise<string[]> {
  const { stdout } = await repo.run(['config', '--get', 'core.editor'], { allow: [1] });
  const command = [stdout.toString(), env.VISUAL, env.EDITOR].find((c) => c !== undefined && c.trim() !== '') ?? 'vi';
  return command.trim().split(/\s+/);
}

/**
 * The text as it was saved. Blocks until the editor is closed; the temporary file is gone afterwards. Throws UserError
 * where the editor cannot be run, says that it failed, or saved something that is not text.
 */
export function editText(editor: readonly string[], name: string, text: string, { env, cwd }: World): string {
  const [command = 'vi', ...args] = editor;
  const folder = mkdtempSync(join(tmpdir(), 'agentmem-edit-'));
  try {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    const { status, signal, error } = spawnSync(command, [...args, file], { stdio: 'inherit', env, cwd });
    if (error !== undefined) {
      throw new UserError({ what: `the editor ${command} cannot be run`, hint: 'set EDITOR, for example EDITOR=nano' });
    }
    if (status !== 0) throw new UserError({ what: `the editor ended with ${signal ?? `exit code ${status}`}` });
    return readText(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file's text. Throws UserError where it cannot be read or is not UTF-8. */
export function readText(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new UserError({ what: `the file cannot be read: ${error instanceof Error ? error.message : error}` });
  }
  const text = bytes.toString('utf8');
  if (Buffer.from(text).equals(bytes)) return text;
  throw new UserError({ what: 'the file is not text in UTF-8', where: file });
}
