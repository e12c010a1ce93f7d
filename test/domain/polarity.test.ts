// Which words a sentence wants, and when two sentences want the opposite.
import { describe, expect, it } from 'vitest';
import { opposes, stanceOf } from '../../src/domain/polarity.ts';

const against = (rule: string, other: string) => opposes(stanceOf(rule), stanceOf(other));

describe('two sentences', () => {
  it.each([
    ['Never change the items.', 'Change `items`.'],
    ['Do not call delete_crate', 'call `delete_crate` first'],
    ['Always weigh crates', 'Never weigh a crate.'],
    ['Avoid squashing commits', 'squash the commits'],
    ['Use tabs', 'do not use tabs'],
  ])('“%s” and “%s” want the opposite', (rule, other) => {
    expect(against(rule, other)).toBe(true);
    expect(against(other, rule)).toBe(true);
  });

  it.each([
    ['Never change the items.', 'Never change items.'],
    ['Never change the items.', 'Change the address.'],
    ['Never change the items of sealed crates', 'Change `items`.'],
    ['Never pack wet crates', 'When it fails with “never pack wet crates”, call `weigh` first'],
    ['', 'Change it'],
  ])('“%s” and “%s” do not', (rule, other) => {
    expect(against(rule, other)).toBe(false);
  });
});

describe('a stance', () => {
  it('knows words by their stems, and quoted words as mentioned only', () => {
    expect([...stanceOf('It failed with “tabs”, never changing items')]).toEqual([
      ['tab', 0],
      ['fail', 1],
      ['chang', -1],
      ['item', -1],
    ]);
  });
});
