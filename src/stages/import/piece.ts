// A piece of the work of an import, as a thread or this one does it: files are hashed, told apart, read and turned into what is to be stored; writes nothing.
import { systemCode } from '../../base/errors.ts';
import { originFile } from '../../sources/file-hash.ts';
import type { Kind } from '../../sources/memory.ts';
import { sniff } from '../../sources/sniff.ts';
import type { OriginFile } from '../../sources/source.ts';
import { sources } from '../../sources/table.ts';
import type { ExtraRule, Redact } from '../../store/redaction.ts';
import { type GroupAnswer, type Preparation, prepareGroup } from './prepare.ts';

export interface ImportPiece {
  /** Files to be hashed. */
  hash?: readonly string[];
  /** Files whose kind is to be found out. */
  tell?: readonly OriginFile[];
  /** Files to be read, those that belong together in one group. */
  read?: Omit<Preparation, 'redact'> & { groups: { tool: string; files: OriginFile[] }[] };
  rules: readonly ExtraRule[];
}

/** In the order of what was asked for; a reason in place of what could not be had. */
export interface ImportAnswer {
  hashed: (OriginFile | string)[];
  told: (Told | string)[];
  groups: GroupAnswer[];
}

/** A file's kind, and whether it will stay that as long as its content does. */
export interface Told {
  kind: Kind;
  lasting: boolean;
}

export function importPiece({ hash = [], tell = [], read }: ImportPiece, redact: Redact): ImportAnswer {
  return {
    hashed: hash.map((path) => orReason(() => originFile(path))),
    told: tell.map((file) => orReason(() => kindOf(file))),
    groups: (read?.groups ?? []).map((group) => {
      const source = sources.find(({ tool }) => tool === group.tool);
      if (read === undefined || source === undefined) throw new Error(`no source of ${group.tool}`);
      const found = orReason(() => source.read(group.files));
      return typeof found === 'string' ? { unreadable: found } : prepareGroup(found, { ...read, redact });
    }),
  };
}

/** A file may vanish or be locked between two looks at it: that is a reason to skip it, not to stop. */
export function orReason<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    return `unreadable (${code})`;
  }
}

function kindOf(file: OriginFile): Told {
  const sniffed = sniff(file.path, sources);
  if (sniffed.kind === 'unknown') return { kind: { unknown: sniffed.reason }, lasting: sniffed.lasting };
  const { source, sample } = sniffed;
  return { kind: { tool: source.tool, keys: source.keys(file, sample) }, lasting: true };
}
