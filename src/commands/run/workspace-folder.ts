// The folder that --workspace names, for runs and workflows alike; makes none.
import { realpathSync, statSync } from 'node:fs';
import { UserError } from '../../base/errors.ts';

/** Its path without links. Throws UserError where there is no folder. */
export function workspaceFolder(path: string): string {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError({ what: 'the workspace is no folder', where: path, hint: 'name one with --workspace' });
  return realpathSync(path);
}
