// What the tools for files share: the workspace they stay in and what was seen of it; opens no file itself.
import { type Confinement, type Place, placeOf } from '../confinement.ts';
import { textArgument } from './arguments.ts';
import type { FileView } from './file-view.ts';
import type { ToolSubject } from './tool.ts';

export interface WorkspaceFiles {
  within: Confinement;
  view: FileView;
  /** Asked just before a file is changed, where several threads work in one folder: why it may not be, or nothing. */
  claim?: Claim;
}

/** Holds a file (a path below the workspace) for whoever asks, or says who holds it. */
export type Claim = (path: string) => string | undefined;

/** Largest file that is read or changed as a whole, in bytes. */
export const LARGEST_FILE = 20_000_000;

/**
 * The subject of a call about `path`: where the path really leads, so that no link passes by a rule. A path that will be
 * refused stays as it was written.
 */
export function pathSubject(
  files: Pick<WorkspaceFiles, 'within'>,
  input: Record<string, unknown>,
  use: 'read' | 'write',
): ToolSubject | undefined {
  const named = textArgument(input, 'path');
  if (named === undefined) return undefined;
  const place = placeOf(files.within, named, use);
  return { kind: 'path', value: 'refused' in place ? named : place.path };
}

/** “is a folder” or “does not exist”, for a tool that needs a file. */
export function noFile(place: Place): string {
  return place.kind === 'folder' ? `${place.path} is a folder.` : `${place.path} does not exist.`;
}
