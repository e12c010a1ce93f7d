// Tasks out of tables and prompts: what is taken, what is left out and named.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importTasks, promptTasks } from '../../../src/agent/suite/imported-tasks.ts';
import { suiteSchema } from '../../../src/domain/suite.ts';

describe('a table', () => {
  it('becomes tasks by the names that people give such columns', () => {
    const csv = 'task_id,Question,Answer,tags,difficulty\nq-1,How many loaves?,Seven,"rye, dark",3\n,And rolls?,,,\n';
    expect(importTasks(csv, 'csv')).toEqual({
      tasks: [
        { id: 'q-1', prompt: 'How many loaves?', expected: 'Seven', tags: ['rye', 'dark'] },
        { id: 'and-rolls', prompt: 'And rolls?' },
      ],
      bad: [],
      ignored: ['difficulty'],
    });
  });

  it('of JSON lines may hold numbers, lists and truth', () => {
    const lines: object[] = [
      { id: 7, prompt: 'Bake.', seed: 3, tags: ['a b', 'c'], held_out: true, expected: { loaves: 2 } },
      { prompt: 'Bake.', constructor: 'x' },
    ];
    expect(importTasks(lines.map((line) => `${JSON.stringify(line)}\n`).join('\n'), 'jsonl')).toEqual({
      tasks: [
        { id: '7', prompt: 'Bake.', seed: '3', tags: ['a-b', 'c'], held_out: true, expected: '{"loaves":2}' },
        { id: 'bake', prompt: 'Bake.' },
      ],
      bad: [],
      ignored: ['constructor'],
    });
  });

  it('names every row that is no task, with its line', () => {
    const csv = 'id,prompt\na,one\nb\na,again\nc,\n';
    expect(importTasks(csv, 'csv').bad).toEqual([
      { line: 3, reason: '1 fields under 2 column names' },
      { line: 4, reason: 'the id a is that of an earlier row' },
      { line: 5, reason: expect.stringContaining('no prompt') },
    ]);
    expect(importTasks('{"prompt":"x"}\n{"prompt"\n', 'jsonl')).toMatchObject({ tasks: [{}], bad: [{ line: 2 }] });
    expect(importTasks('id,prompt\n"a', 'csv')).toMatchObject({ tasks: [], bad: [{ line: 2 }] });
  });

  it('becomes a valid suite, whatever its rows hold', () => {
    const row = fc.record({ id: fc.string(), prompt: fc.string({ minLength: 1 }), tags: fc.string() });
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const { tasks, bad } = importTasks(rows.map((r) => JSON.stringify(r)).join('\n'), 'jsonl');
        expect(tasks.length + bad.length).toBe(rows.length);
        if (tasks.length > 0) suiteSchema.parse({ suite: 'x', tasks });
        expect(new Set(tasks.map(({ id }) => id.toLowerCase())).size).toBe(tasks.length);
      }),
    );
  });
});

describe('prompts of sessions', () => {
  it('become one task each, with the id that they had', () => {
    const prompts = [
      { prompt: 'Bake rye.', id: '12-3-4k2p9x' },
      { prompt: ' Bake   rye.\n' },
      { prompt: 'Bake a roll.', id: '12-3-4k2p9x' },
      { prompt: 'Brot backen!', id: 'a/b' },
      { prompt: '   ' },
    ];
    expect(promptTasks(prompts)).toEqual([
      { id: '12-3-4k2p9x', prompt: 'Bake rye.' },
      { id: 'bake-a-roll', prompt: 'Bake a roll.' },
      { id: 'brot-backen', prompt: 'Brot backen!' },
    ]);
  });
});
