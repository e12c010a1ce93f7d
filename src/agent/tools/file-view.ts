// What a session has seen of which files, so that nothing is overwritten unseen; kept in memory and never stored.
import { sha256 } from '../../base/hash.ts';

/** How a file stands to what was read of it. */
export type Seen = 'never' | 'changed' | 'current';

export interface FileView {
  /** Remembers that the file at this path (below the workspace) was read or written with these bytes. */
  saw(path: string, bytes: Uint8Array): void;
  /** Compares by content, so that a file that was only touched counts as current. */
  check(path: string, bytes: Uint8Array): Seen;
}

/** One session's view; the tools for files share it. */
export function openFileView(): FileView {
  const hashes = new Map<string, string>();
  return {
    saw: (path, bytes) => void hashes.set(path, sha256(bytes)),
    check: (path, bytes) => {
      const known = hashes.get(path);
      if (known === undefined) return 'never';
      return known === sha256(bytes) ? 'current' : 'changed';
    },
  };
}

/** Why a file may not be changed as it stands, or nothing. */
export function unseenReason(view: FileView, path: string, bytes: Uint8Array): string | undefined {
  switch (view.check(path, bytes)) {
    case 'never':
      return `${path} was not read in this session. Read it first, so that nothing is overwritten unseen.`;
    case 'changed':
      return `${path} has changed since it was read. Read it again before changing it.`;
    case 'current':
      return undefined;
  }
}
