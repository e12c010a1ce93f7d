// Words of an error that the calls themselves use as names.
import { expect, it } from 'vitest';
import { ownWords } from '../../src/mining/own-words.ts';
import { actionsOf } from './tell.ts';

const calls = (...inputs: unknown[]) => actionsOf(...inputs.map((input) => ({ call: 'post', input, ok: 'x' })));

it('are names of arguments at any depth, in plural or singular, in at least two calls', () => {
  const line = { lines: [{ debit: '1', dueDate: 'x' }], text: 'pay twice' };
  const template = 'debits and lines differ: date <num>, pay twice, text/debit, note';
  expect(ownWords(template, calls(line, line, { note: 1 }))).toEqual(['debits', 'lines', 'date']);
  expect(ownWords(template, calls(line))).toEqual([]);
  expect(ownWords(template, calls('debits', null, [1]))).toEqual([]);
});

it('are looked for in the first 256 calls, of which there may be very many', () => {
  const others = Array.from({ length: 255 }, () => ({ amount: 1 }));
  const line = { debit: 1 };
  expect(ownWords('debit is missing', calls(line, ...others.slice(1), line, line))).toEqual(['debit']);
  expect(ownWords('debit is missing', calls(line, ...others, line))).toEqual([]);
});
