// Finding files and telling by their content what they are.
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { components } from '../../src/sources/components.ts';
import { readElements } from '../../src/sources/elements.ts';
import { originFile } from '../../src/sources/file-hash.ts';
import { sniff } from '../../src/sources/sniff.ts';
import { sources } from '../../src/sources/table.ts';
import { walk } from '../../src/sources/walk.ts';
import { answered, call, jsonl, readFiles, result, said, temporaryFolder, write } from './support.ts';

const folder = temporaryFolder();
const kindOf = (name: string, content: string | Uint8Array) => {
  const found = sniff(write(join(folder, 'kinds', name), content), sources);
  return found.kind === 'known' ? found.source.format : found.reason;
};
const unknown = 'not a transcript of a known kind';

describe('walk', () => {
  it('lists regular files once, sorted, and goes round no loop of links', () => {
    const root = join(folder, 'tree');
    const files = ['b.jsonl', 'a/z.json', 'a.txt', 'B.jsonl'].map((name) => write(join(root, name), 'x'));
    symlinkSync(root, join(root, 'a', 'loop'));
    symlinkSync(join(root, 'a.txt'), join(root, 'zz-link'));
    symlinkSync(join(root, 'nowhere'), join(root, 'broken'));
    mkdirSync(join(root, 'node_modules'));
    const walked = walk([`${root}/`, join(root, 'b.jsonl')]);
    expect(walked.files).toEqual([files[3], files[1], files[2], files[0]]);
    expect(walked.skipped).toEqual([
      { file: join(root, 'node_modules'), reason: 'folders of this name are passed over' },
      { file: join(root, 'broken'), reason: 'a link to nothing' },
    ]);
  });

  it('says which path does not exist', () => {
    expect(() => walk([join(folder, 'missing')])).toThrow(UserError);
  });
});

describe('sniff', () => {
  it('recognises by content, whatever the name', () => {
    expect(kindOf('notes.txt', jsonl([said('u1', null, 'Hi.')]))).toBe('claude-code-jsonl');
    expect(kindOf('a.bin', '[{"task_id":1,"trial":0,"traj":[]}]')).toBe('tau-bench-json');
    expect(kindOf('lines', '{"task_id":1,"trial":0,"traj":[]}\n')).toBe('tau-bench-json');
    expect(kindOf('summary', '{"type":"summary","summary":"x","leafUuid":"y"}\n')).toBe('claude-code-jsonl');
  });

  it('says why a file is none of ours', () => {
    expect(kindOf('empty.jsonl', '')).toBe('empty file');
    expect(kindOf('image', Buffer.from([137, 80, 78, 71, 0, 0, 1, 2, 3]))).toBe('binary file');
    expect(kindOf('nul', Buffer.alloc(500))).toBe('binary file');
    expect(kindOf('session.jsonl', 'Dear diary\n')).toBe(unknown);
    expect(
      kindOf('other.jsonl', '{"type":"measurement","payload":{"id":"x"},"timestamp":"2026-01-01T00:00:00Z"}\n'),
    ).toBe(unknown);
    expect(kindOf('list.json', '[1,2,3]')).toBe(unknown);
    expect(sniff(join(folder, 'gone'), sources)).toMatchObject({
      kind: 'unknown',
      reason: 'unreadable (ENOENT)',
      lasting: false,
    });
  });

  it('recognises a transcript whose beginning is damaged', () => {
    const good = jsonl([said('u1', null, 'Hi.')]);
    expect(kindOf('torn', `e":"cut off before"}\n${good}`)).toBe('claude-code-jsonl');
    expect(kindOf('nuls', Buffer.concat([Buffer.alloc(300), Buffer.from(good)]))).toBe('claude-code-jsonl');
    expect(kindOf('bom', `\uFEFF${good}`)).toBe('claude-code-jsonl');
  });
});

describe('damaged files', () => {
  const [u, a, r] = [
    said('u1', null, 'List.'),
    answered('a1', 'u1', call('t1')),
    result('u2', 'a1', 't1', 'a.txt'),
  ].map((x) => JSON.stringify(x));

  it.each([
    ['a torn tail', `${u}\n${a}\n${r}\n{"type":"user","uu`, 4, 'cut off in the middle'],
    ['a run of NULs', `${u}\n${'\0'.repeat(99)}\n${a}\n${r}`, 2, '99 NUL bytes and nothing else'],
    ['CRLF', `${u}\r\n${a}\r\n\r\n${r}\r\n`, undefined, undefined],
    ['a BOM', `\uFEFF${u}\n${a}\n${r}\n`, undefined, undefined],
    ['two records on one line', `${u}\n${a}\n${r}\n${u}${a}\n`, 4, 'two records on one line'],
    ['a line that is no record', `${u}\n[1]\n${a}\n${r}\n`, 2, 'not a JSON object'],
    [
      'a record nested too deeply',
      `${u}\n${a}\n${r}\n{"type":"user","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}\n`,
      4,
      'nested too deeply',
    ],
  ])('%s loses no good line', (name, content, line, reason) => {
    const { sessions, reports } = readFiles(write(join(folder, 'damaged', name), content));
    expect(sessions[0]?.events.map((e) => e.type)).toEqual([
      'user.message',
      'agent.tool_use',
      'span.model_request_end',
      'agent.tool_result',
    ]);
    expect(reports[0]).toMatchObject({ tool_calls: 1, unanswered_calls: 0, bad_lines: line === undefined ? 0 : 1 });
    expect(reports[0]?.problems).toEqual(line === undefined ? [] : [{ line, reason }]);
  });

  it('takes keys named like parts of a prototype for plain keys', () => {
    const { sessions } = readFiles(
      write(
        join(folder, 'proto'),
        `${u}\n{"type":"constructor","sessionId":"s","__proto__":{"type":"user"},"toString":1}\n`,
      ),
    );
    expect(sessions.flatMap((s) => s.events.map((e) => e.type))).toEqual(['user.message', 'source.record']);
    expect(Object.hasOwn({}, 'type')).toBe(false);
  });

  it('has no session where no record names one', () => {
    const { sessions, reports } = readFiles(
      write(join(folder, 'anonymous'), '{"type":"summary","summary":"x","leafUuid":"y"}\n'),
    );
    expect(sessions).toEqual([]);
    expect(reports[0]?.problems).toEqual([{ reason: 'no record in it names a session' }]);
  });
});

describe('readElements', () => {
  const read = (content: string) => [...readElements(write(join(folder, 'array.json'), content))];

  it('finds the same objects as JSON.parse, with their lines', () => {
    const list = [{ a: '[{"' }, { b: '\\"},' }, { c: [{ d: ['é\u2028'] }] }];
    expect(read(JSON.stringify(list, null, 1)).map((e) => e.kind === 'object' && e.value)).toEqual(list);
    expect(read(JSON.stringify(list)).map((e) => e.line)).toEqual([1, 1, 1]);
    expect(read('[\n{"a":1},\n\n{"b":2}\n]').map((e) => e.line)).toEqual([2, 4]);
    expect(read(' [ ] ')).toEqual([]);
  });

  it('gives what is complete before a cut, at whatever byte the cut is', () => {
    const whole = JSON.stringify([{ a: 'x]' }, { b: [1, '\\"'] }, { c: 3 }]);
    const ends = [whole.indexOf(',{"b"'), whole.indexOf(',{"c"')];
    for (let cut = 1; cut < whole.length; cut++) {
      const found = read(whole.slice(0, cut));
      expect(found.filter((e) => e.kind === 'object')).toHaveLength(ends.filter((end) => end < cut).length);
      expect(found.at(-1)).toMatchObject({ kind: 'bad', reason: expect.stringContaining('cut off in the middle') });
    }
  });

  it('names elements that are no objects and goes on', () => {
    expect(read('[{"a":1}, 7, {bad}, {"b":2}]').map((e) => e.kind)).toEqual(['object', 'bad', 'bad', 'object']);
  });
});

describe('groups', () => {
  it('hang together over shared keys and keep their order', () => {
    const keys = [['a'], ['b'], ['c', 'a'], [], ['b', 'c']];
    expect(components([0, 1, 2, 3, 4], (i) => keys[i] ?? [])).toEqual([[0, 1, 2, 4], [3]]);
  });
});

describe('originFile', () => {
  it('gives size and SHA-256', () => {
    expect(originFile(write(join(folder, 'hash'), 'abc'))).toMatchObject({
      size: 3,
      sha256: expect.stringMatching(/^ba7816bf/),
    });
  });
});
