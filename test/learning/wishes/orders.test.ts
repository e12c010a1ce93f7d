// Orders in instructions: what is read as one, and what it names.
import { describe, expect, it } from 'vitest';
import { parsePlaybook } from '../../../src/domain/playbook.ts';
import { ordersIn, resolveOrders } from '../../../src/learning/wishes/orders.ts';

const section = (id: string, title: string) => `## ${title}\n<!-- entry ${id} kind=mistake grade=C -->\n\nA rule.\n\n`;
const playbooks = [
  parsePlaybook('crates', section('k7f3', 'Pack less') + section('q2m8', 'Weigh `items` first')),
  parsePlaybook('paying', section('x9c2', 'Ask before paying') + section('x9c3', 'Twice') + section('x9c4', 'twice')),
];
const verbs = (text: string) => ordersIn(text).orders.map(({ verb, names }) => [verb, ...names].join(' '));

describe('orders in instructions', () => {
  it.each<[string, string[], string]>([
    ['merge k7f3 into q2m8', ['merge k7f3 q2m8'], ''],
    ['Please leave *paying* alone.', ['leave paying'], ''],
    ['- Retire x9c2\n- pin "Pack less"', ['retire x9c2', 'pin Pack less'], ''],
    [
      'Merge `k7f3` into q2m8, leave paying alone and retire x9c2.',
      ['merge k7f3 q2m8', 'leave paying', 'retire x9c2'],
      '',
    ],
    [
      'Look at the deploy tools. Retire x9c2; write British English',
      ['retire x9c2'],
      'Look at the deploy tools\nwrite British English',
    ],
    ['retire the habit of shouting', [], 'retire the habit of shouting'],
    ['Never merge k7f3 into q2m8', [], 'Never merge k7f3 into q2m8'],
    ['do not retire x9c2', [], 'do not retire x9c2'],
    ['Agents that leave early, retire x9c2', [], 'Agents that leave early, retire x9c2'],
    ['do not merge k7f3 into q2m8 and retire x9c2', [], 'do not merge k7f3 into q2m8 and retire x9c2'],
    ['', [], ''],
  ])('reads %j', (text, orders, rest) => {
    expect(verbs(text)).toEqual(orders);
    expect(ordersIn(text).rest).toBe(rest);
  });

  it('takes no time over hostile text', () => {
    for (const piece of ['merge ', '"', 'retire "', 'and ', ', and ', '* ', '- ', '.\t'])
      expect(ordersIn(piece.repeat(4096 / piece.length)).orders).toEqual([]);
  });
});

describe('what orders name', () => {
  const resolved = (text: string) => resolveOrders(ordersIn(text).orders, playbooks);

  it('is an entry by id or title', () => {
    expect(resolved('merge k7f3 into "weigh items first"').wishes).toEqual([
      {
        by: 'person',
        text: 'merge k7f3 into "weigh items first"',
        deeds: [{ do: 'merge', entry: 'k7f3', into: 'q2m8' }],
      },
    ]);
    expect(resolved('pin x9c2').wishes[0]?.deeds).toEqual([{ do: 'pin', entry: 'x9c2' }]);
  });

  it('is an entry or a whole playbook where it is to be left alone', () => {
    const { leave, told, wishes } = resolved('leave paying alone\nleave "Pack less" alone');
    expect(leave).toEqual({ entries: ['k7f3'], playbooks: ['paying'] });
    expect(told.map((t) => t.refused)).toEqual([undefined, undefined]);
    expect(wishes).toEqual([]);
  });

  it('is told where nothing is called so, or several things are', () => {
    const { told, wishes, leave } = resolved('retire zzzz; retire "Twice"; retire paying; leave moon alone');
    expect([wishes, leave]).toEqual([[], { entries: [], playbooks: [] }]);
    expect(told.map((t) => t.refused)).toEqual([
      'no entry in force is called “zzzz”',
      '“Twice” is the title of x9c3, x9c4: name the one that you mean',
      'no entry in force is called “paying”',
      'no entry or playbook in force is called “moon”',
    ]);
  });
});
