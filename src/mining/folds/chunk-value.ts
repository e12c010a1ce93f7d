// A part as one value to keep, and back: what its folds kept, and the words that its groups of errors stand for; reads no file.
import type { KeptValue } from '../../store/kept.ts';
import type { Grouped } from './groups.ts';
import type { Part } from './part.ts';

/** What is kept of a part: not its sessions, and not the templates, which other sessions may change. */
export interface Chunk {
  wordings: Grouped[];
  kept: Part['kept'];
}

type Row = [...texts: [tool: string, kind: string, prefix: string, plain: string], string | null, number, number];

interface Value {
  wordings: Row[];
  folds: Record<string, unknown>;
}

export function valueOfChunk({ wordings, kept }: Chunk): KeptValue {
  const value: Value = {
    wordings: wordings.map(({ tool, kind, prefix, plain, masked, times, group }) => [
      ...[tool, kind, prefix, plain],
      ...[masked, times, group],
    ]) as Row[],
    folds: Object.fromEntries(Object.entries(kept).map(([name, { value }]) => [name, value])),
  };
  const columns = Object.entries(kept).flatMap(([name, { columns }]) =>
    Object.entries(columns).map(([key, column]) => [`${name} ${key}`, column] as const),
  );
  return { value, columns: Object.fromEntries(columns) };
}

/** Undefined for what is none, or was kept by other folds. */
export function chunkIn({ value, columns }: KeptValue, names: readonly string[]): Chunk | undefined {
  if (!isValue(value) || names.some((name) => !Object.hasOwn(value.folds, name))) return undefined;
  const kept: Record<string, KeptValue> = {};
  for (const name of names) kept[name] = { value: value.folds[name], columns: {} };
  for (const [key, column] of Object.entries(columns)) {
    const at = key.indexOf(' ');
    const own = kept[key.slice(0, at)];
    if (own !== undefined) own.columns[key.slice(at + 1)] = column;
  }
  const wordings = value.wordings.map(([tool, kind, prefix, plain, masked, times, group]) => {
    return { tool, kind, prefix, plain, masked, times, group };
  });
  return { wordings, kept };
}

// Of our own printing where the checksum is right; this tells it from what another version may have kept under the name.
function isValue(value: unknown): value is Value {
  if (value === null || typeof value !== 'object' || !('wordings' in value) || !('folds' in value)) return false;
  const { wordings, folds } = value;
  return Array.isArray(wordings) && wordings.every(isRow) && folds !== null && typeof folds === 'object';
}

function isRow(row: unknown): boolean {
  if (!Array.isArray(row)) return false;
  const [tool, kind, prefix, plain, masked, times, group] = row;
  const texts = [tool, kind, prefix, plain].every((text) => typeof text === 'string');
  return texts && (masked === null || typeof masked === 'string') && Number.isInteger(times) && Number.isInteger(group);
}
