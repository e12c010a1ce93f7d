// What every format is read with: objects however they lie in a file, contents as blocks, rewards as labels.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asPrompt, contentBlocks, sourceImage } from '../../src/sources/content.ts';
import { asCount, parsedArguments } from '../../src/sources/fields.ts';
import { originFile } from '../../src/sources/file-hash.ts';
import { lineSource } from '../../src/sources/line-files.ts';
import { readObjects } from '../../src/sources/objects.ts';
import { gitState, rewardLabel, SessionBuilder } from '../../src/sources/session-builder.ts';
import { temporaryFolder, write } from './support.ts';

const folder = temporaryFolder();

describe('readObjects', () => {
  const read = (content: string) => [...readObjects(write(join(folder, 'objects'), content))];
  const pears = [
    { kind: 'object', value: { pear: 1 }, line: 1 },
    { kind: 'object', value: { pear: 2 }, line: 2 },
  ];

  it('finds the same objects in an array and one a line', () => {
    expect(read('{"pear":1}\n{"pear":2}\n')).toEqual(pears);
    expect(read('[{"pear":1},\n{"pear":2}]')).toEqual(pears);
  });

  it('takes one object over many lines for one', () => {
    expect(read('{\n  "pear": 1\n}\n')).toEqual([{ kind: 'object', value: { pear: 1 }, line: 1 }]);
  });

  it('says what is no object, and goes on where it can', () => {
    expect(read('{"torn\n{"pear":2}\n')).toMatchObject([{ kind: 'bad', line: 1 }, pears[1]]);
    expect(read('no json\n')).toMatchObject([{ kind: 'bad', reason: 'not valid JSON, or cut off' }]);
  });
});

describe('a content', () => {
  it('is text or parts; what is neither text nor an image of its format is kept as JSON', () => {
    const image = { type: 'image', source: { media_type: 'image/webp', data: 'QQ' } };
    expect(contentBlocks('hi')).toEqual([{ type: 'text', text: 'hi' }]);
    expect(contentBlocks([{ text: 'hi' }, { text: '' }, null, image, { odd: 1 }], sourceImage)).toEqual([
      { type: 'text', text: 'hi' },
      { type: 'image', media_type: 'image/webp', data: 'QQ' },
      { type: 'json', value: { odd: 1 } },
    ]);
    expect(contentBlocks([image])).toEqual([{ type: 'json', value: image }]);
    for (const none of [undefined, null, '', [], 7, {}]) expect(contentBlocks(none)).toEqual([]);
  });

  it('of a system message was said by nobody', () => {
    expect(asPrompt({ type: 'text', text: 'x' })).toMatchObject({ injected: 'system-prompt' });
    expect(asPrompt({ type: 'image', url: 'x' })).toEqual({ type: 'image', url: 'x' });
  });
});

describe('fields', () => {
  it('that count nothing count 0', () => {
    expect([3, 0, -1, '3', null, undefined].map(asCount)).toEqual([3, 0, 0, 0, 0, 0]);
  });

  it('that hold arguments as text are parsed, unless they are no JSON or nested past what can be stored', () => {
    const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    expect(parsedArguments('{"a":1}')).toEqual({ a: 1 });
    expect(parsedArguments('null')).toBeNull();
    expect([parsedArguments('{"a"'), parsedArguments(deep)]).toEqual(['{"a"', deep]);
    expect([parsedArguments(undefined), parsedArguments([1])]).toEqual([{}, [1]]);
  });

  it('that reward pass only where they reward fully, a float’s error apart', () => {
    expect(rewardLabel(1 - 1e-9, 'reward')).toEqual({ outcome: 'pass', score: 1 - 1e-9, name: 'reward' });
    expect(rewardLabel(0.99, 'score')?.outcome).toBe('fail');
    expect(rewardLabel('1', 'reward')).toBeUndefined();
    expect([gitState(undefined, undefined), gitState('abc', undefined)]).toEqual([undefined, { head: 'abc' }]);
  });
});

describe('a source of lines', () => {
  let built = 0;
  const source = lineSource({
    ...{ tool: 'pears', format: 'pears-jsonl', recognises: () => true },
    idIn: (records) => records.map(({ id }) => id).find((id) => typeof id === 'string'),
    session: (id, records, files) => {
      built++;
      const builder = new SessionBuilder('pears', id);
      for (const { value, key } of records) {
        builder.begin(key, undefined);
        builder.keep(value);
      }
      return builder.finish(files, {});
    },
  });
  const file = (name: string, content: string) => originFile(write(join(folder, name), content));

  it('makes a session of a file once, and one of all copies, the longest first', () => {
    const short = file('short.jsonl', '{"id":"p"}\n{"n":1}\n');
    const long = file('long.jsonl', '{"id":"p"}\n{"n":1}\n{"n":2}\n');
    expect(source.read([short]).sessions).toHaveLength(1);
    expect(built).toBe(1);
    const both = source.read([short, long]);
    expect(both.sessions.map(({ events }) => events.length)).toEqual([3]);
    expect(both.sessions[0]?.header.source.files).toHaveLength(2);
    expect(both.reports.map(({ sessions }) => sessions)).toEqual([1, 1]);
  });

  it('knows its file’s key before it reads it, and names a session that nothing names after the file', () => {
    const nameless = file('nameless.jsonl', '{"n":1}\n');
    const sample = {
      head: Buffer.alloc(0),
      shape: 'lines',
      first: undefined,
      records: [{ n: 1 }, { id: 'p' }],
    } as const;
    expect(source.keys(nameless, { ...sample, records: [...sample.records] })).toEqual(['p']);
    expect(source.keys(nameless, { ...sample, first: undefined, records: [] })).toEqual([]);
    expect(source.read([nameless]).sessions[0]?.header.source.id).toBe(`file-${nameless.sha256.slice(0, 16)}`);
  });
});
