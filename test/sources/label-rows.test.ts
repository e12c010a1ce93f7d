// Outcomes out of a file: which columns are read, and what is said of rows that hold none.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { readLabelRows } from '../../src/sources/label-rows.ts';
import { temporaryFolder, write } from './support.ts';

const folder = temporaryFolder();
const read = (name: string, content: string) => readLabelRows(write(join(folder, name), content));

describe('a file of outcomes', () => {
  it('may be CSV with named columns, in any order', () => {
    const { rows, bad } = read('a.csv', 'note,reward,id\n"one, two",1.0,s1\n,0.4,s2\n,,s3\nx,1,\n');
    expect(rows).toEqual([
      { line: 2, id: 's1', label: { outcome: 'pass', score: 1, name: 'reward' } },
      { line: 3, id: 's2', label: { outcome: 'fail', score: 0.4, name: 'reward' } },
    ]);
    expect(bad.map(({ line }) => line)).toEqual([4, 5]);
  });

  it('may be JSONL, or a JSON array', () => {
    const records = [
      { session_id: 's1', success: true },
      { task_id: 7, outcome: 'fail' },
      { id: 's2', passed: 'yes' },
    ];
    const lines = read('a.jsonl', records.map((record) => JSON.stringify(record)).join('\n'));
    expect(lines.rows.map(({ id, label }) => [id, label.outcome])).toEqual([
      ['s1', 'pass'],
      ['7', 'fail'],
      ['s2', 'pass'],
    ]);
    expect(read('a.json', JSON.stringify(records)).rows.map(({ label }) => label)).toEqual(
      lines.rows.map(({ label }) => label),
    );
  });

  it('may say whose verdict it is, by a plain name', () => {
    const { rows } = read('n.csv', 'id,success,name\ns1,true,tests\ns2,false,\ns3,true,<b>loud</b>\n');
    expect(rows.map(({ label }) => label.name)).toEqual(['tests', 'success', 'success']);
  });

  it('takes no list or object for a number', () => {
    const { rows, bad } = read(
      'l.jsonl',
      '{"id":"s1","reward":[]}\n{"id":"s2","score":{}}\n{"id":"s3","reward":" "}\n',
    );
    expect(rows).toEqual([]);
    expect(bad.map(({ line }) => line)).toEqual([1, 2, 3]);
  });

  it('names lines that cannot be read, and reads the others', () => {
    const { rows, bad } = read('b.jsonl', '{"id":"s1","outcome":"pass"}\n{"id":\n{"id":"s2","outcome":"maybe"}\n');
    expect(rows).toHaveLength(1);
    expect(bad.map(({ line }) => line)).toEqual([2, 3]);
  });

  it('is refused without columns for id and outcome, and where it is no CSV', () => {
    expect(() => read('c.csv', 'name,value\na,1\n')).toThrow(UserError);
    expect(() => read('d.csv', 'id,outcome\n"a,pass\n')).toThrow(UserError);
    expect(() => readLabelRows(join(folder, 'not-there.csv'))).toThrow(UserError);
  });
});
