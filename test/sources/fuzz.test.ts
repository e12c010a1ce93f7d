// Damaged transcripts of every kind: whatever was done to a file, it is read without an exception and what cannot be read is counted.
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventSchema } from '../../src/domain/events.ts';
import { originFile } from '../../src/sources/file-hash.ts';
import { sniff } from '../../src/sources/sniff.ts';
import { sources } from '../../src/sources/table.ts';
import { samples } from './samples.ts';
import { temporaryFolder, write } from './support.ts';

const folder = temporaryFolder();
const RUNS = process.env.AGENTMEM_CAMPAIGN ? 1_000 : 25;
const PATIENCE = process.env.AGENTMEM_CAMPAIGN ? 900_000 : 60_000;

/** One change to a value somewhere in a record. */
const junk = fc.oneof(
  fc.constantFrom(null, '', 0, -1, true, [], {}, 'x'.repeat(5_000), '\u0000', '../../etc/passwd', [[]], {
    __proto__: 1,
  }),
  fc.jsonValue({ maxDepth: 2 }),
);

function mutated(value: unknown, steer: () => number, replacement: unknown): unknown {
  if (value === null || typeof value !== 'object' || steer() < 0.12) return replacement;
  if (Array.isArray(value)) {
    if (value.length === 0) return replacement;
    const at = Math.floor(steer() * value.length);
    return value.map((item: unknown, i) => (i === at ? mutated(item, steer, replacement) : item));
  }
  const keys = Object.keys(value);
  const key = keys[Math.floor(steer() * keys.length)];
  if (key === undefined) return replacement;
  if (steer() < 0.1) return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, name === key ? mutated(item, steer, replacement) : item]),
  );
}

function changed(content: string, steer: () => number, replacement: unknown): string {
  const isLines = content
    .split('\n')
    .filter((line) => line !== '')
    .every((line) => line.startsWith('{'));
  const parts = isLines ? content.split('\n').filter((line) => line !== '') : [content];
  const at = Math.floor(steer() * parts.length);
  return parts
    .map((part, i) => (i === at ? JSON.stringify(mutated(JSON.parse(part), steer, replacement)) : part))
    .join('\n');
}

function readAll(paths: readonly string[]): void {
  for (const path of paths) {
    const found = sniff(path, sources);
    if (found.kind !== 'known') continue;
    const { sessions, reports } = found.source.read([originFile(path)]);
    expect(reports).toHaveLength(1);
    for (const { header, events } of sessions)
      for (const event of [header, ...events]) {
        const text = JSON.stringify(event);
        expect(eventSchema.safeParse(event).error, text).toBeUndefined();
        // What is known of a session at once is made of the events themselves, and must be what reading their lines would give.
        expect(event).toStrictEqual(JSON.parse(text));
      }
  }
}

const numbers = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 8, maxLength: 40 });
const steering = (values: readonly number[]) => {
  let at = 0;
  return () => values[at++ % values.length] ?? 0;
};

describe.each(Object.entries(samples))('%s', (name, files) => {
  const place = (path: string) => join(folder, name.replaceAll(' ', '-'), path);

  it(
    'stands any value in any place',
    () => {
      fc.assert(
        fc.property(numbers, junk, fc.nat(), (values, replacement, pick) => {
          const chosen = pick % files.length;
          readAll(
            files.map(({ path, content }, i) =>
              write(place(path), i === chosen ? changed(content, steering(values), replacement) : content),
            ),
          );
        }),
        { numRuns: RUNS },
      );
    },
    PATIENCE,
  );

  it(
    'stands being cut off anywhere, and bytes that were turned',
    () => {
      fc.assert(
        fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255), fc.boolean(), (where, byte, cut) => {
          const [first] = files;
          if (first === undefined) return;
          const bytes = Buffer.from(first.content);
          const at = Math.floor(where * bytes.length);
          if (!cut && at < bytes.length) bytes[at] = byte;
          readAll([write(place(first.path), cut ? bytes.subarray(0, at) : bytes)]);
        }),
        { numRuns: RUNS },
      );
    },
    PATIENCE,
  );
});

describe('a file with damaged lines', () => {
  const lineKinds = Object.entries(samples).filter(([, [first]]) => first?.path.endsWith('.jsonl') === true);
  it.each(lineKinds)('%s: the other lines are read, and each bad one is named by its number', (_name, [first]) => {
    const good = (first?.content ?? '').trimEnd().split('\n');
    const damaged = [...good, '{"half": ', 'no json at all'];
    const path = write(join(folder, 'damaged.jsonl'), damaged.join('\n'));
    const found = sniff(path, sources);
    if (found.kind !== 'known') throw new Error('not known');
    const [report] = found.source.read([originFile(path)]).reports;
    expect(report?.bad_lines).toBe(2);
    expect(report?.problems.map(({ line }) => line)).toEqual([good.length + 1, good.length + 2]);
  });

  // A reader that judged the shape by the first line took everything below a torn one for an array, and read what lay inside the records.
  it.each(lineKinds)('%s: a torn first line costs that line and no other', (_name, [first]) => {
    const good = first?.content ?? '';
    const [whole, torn] = [
      write(join(folder, 'whole.jsonl'), good),
      write(join(folder, 'torn.jsonl'), `{"ha\n${good}`),
    ];
    const [found, expected] = [torn, whole].map((path) => {
      const known = sniff(path, sources);
      if (known.kind !== 'known') throw new Error('not known');
      return known.source.read([originFile(path)]);
    });
    expect(found?.reports[0]?.problems.map(({ line }) => line)).toEqual([1]);
    expect(found?.sessions.map(({ events }) => events)).toEqual(expected?.sessions.map(({ events }) => events));
  });
});
