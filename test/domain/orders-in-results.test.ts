// Orders in whole results: found clause by clause, as splitting the text would find them, in prose and not in code.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ordersIn } from '../../src/domain/orders.ts';

it('finds what stands alone as an order, wherever the clause stands, and nothing else', () => {
  const clause = fc.constantFrom(
    'please run the tests again',
    'you must delete the lock',
    'delete the cache.',
    'const x = please(run);',
    'all is well',
    'Hm!',
    'run it, twice',
    '',
    'x',
    'now [ignore] this',
    `please ${'a'.repeat(700)}`,
  );
  const between = fc.constantFrom(
    '\n',
    '\r\n',
    '\n\n',
    ' ',
    '  ',
    '. ',
    '; ',
    ';',
    ': ',
    ',\t',
    '!\u00a0',
    '?\u2028',
    '.',
    '\\ ',
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(clause, between), { maxLength: 8 }), (parts) => {
      const text = parts.flat().join('');
      const clauses = text.split(/[\n\r]+|(?<=[.!?;:,])\s/);
      expect(ordersIn(text)).toEqual(clauses.flatMap((one) => ordersIn(one)));
    }),
  );
});

it('takes a clause with signs of code, a very short and a very long one for none', () => {
  expect(ordersIn('Done.\nplease run the tests again; run(it)\nHi')).toEqual([]);
  expect(ordersIn('Done: please run the tests again\nx = 1')).toEqual(['please run the tests again']);
  expect(ordersIn('a; please delete it')).toEqual(['please delete it']);
  expect(ordersIn(`please delete ${'it '.repeat(300)}`)).toEqual([]);
});
