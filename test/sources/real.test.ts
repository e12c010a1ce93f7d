// Real transcripts, where they lie beside the project: counts file by file, and the same events in any order of import.
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventSchema } from '../../src/domain/events.ts';
import { originFile } from '../../src/sources/file-hash.ts';
import { sniff } from '../../src/sources/sniff.ts';
import type { FileReport } from '../../src/sources/source.ts';
import { sources } from '../../src/sources/table.ts';
import { walk } from '../../src/sources/walk.ts';

const data = resolve(import.meta.dirname, '../../../shared/data');
const expected = join(data, 'expected.jsonl');

interface Row {
  file: string;
  format: string;
  [count: string]: unknown;
}
const rows = (): Row[] =>
  readFileSync(expected, 'utf8')
    .trim()
    .split('\n')
    .map((line): Row => JSON.parse(line));
const read = (path: string) => {
  const found = sniff(path, sources);
  return found.kind === 'known' ? found.source.read([originFile(path)]) : undefined;
};

const sum = (reports: FileReport[]): Record<string, unknown> | undefined => {
  const [first, ...more] = reports;
  if (first === undefined) return undefined;
  const total: Record<string, unknown> = { ...first };
  for (const report of more)
    for (const [name, value] of Object.entries(report))
      if (typeof value === 'number') total[name] = Number(total[name]) + value;
  return total;
};

describe.skipIf(!existsSync(expected))('real transcripts', () => {
  it('have the counts that two other parsers agree on, and files of other kinds are left alone', () => {
    const formats = new Set(sources.map((s) => s.format));
    const { files } = walk([data]);
    for (const { file, ...counts } of rows()) {
      // One row stands for every file of that name: two folders hold copies of the same rollout.
      const copies = files.filter(
        (path) => basename(path) === basename(file) && path.includes(`/${file.split('/')[0]}/`),
      );
      const same = copies.length === counts.sessions ? copies : [join(data, file)];
      const report = sum(same.flatMap((path) => read(path)?.reports[0] ?? []));
      if (formats.has(counts.format)) expect(report, file).toMatchObject(counts);
      else expect(report, file).toBeUndefined();
    }
  });

  it('become events of the stored format', () => {
    for (const path of walk([join(data, 'claude-code')]).files) {
      for (const { header, events } of read(path)?.sessions ?? []) {
        for (const event of [header, ...events]) expect(eventSchema.safeParse(event).error).toBeUndefined();
      }
    }
  });

  it('give subagents and main session the same events together, alone and in any order', () => {
    const { files } = walk([join(data, 'claude-code/session-share')]);
    const origins = files.filter((f) => f.endsWith('.jsonl')).map(originFile);
    const source = sources.find((s) => s.tool === 'claude-code');
    const linesOf = (sessions: { events: { id: string }[] }[]) =>
      sessions.flatMap((s) => s.events.map((e) => JSON.stringify(e))).sort();
    const together = linesOf(source?.read(origins).sessions ?? []);
    expect(linesOf(source?.read([...origins].reverse()).sessions ?? [])).toEqual(together);
    expect(linesOf(origins.flatMap((origin) => source?.read([origin]).sessions ?? []))).toEqual(together);
    expect(together.length).toBeGreaterThan(100);
  });
});
