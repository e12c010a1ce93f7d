// The words with which an error from outside is named.
import { describe, expect, it } from 'vitest';
import { outsidePhrase } from '../../src/learning/outside-words.ts';

const phrase = (template: string, tool = 'x', own_words: string[] = []) => outsidePhrase({ template, tool, own_words });

describe('an error from outside', () => {
  it.each([
    ['Error: record <id> not found in shedfix', 'record … not found in …'],
    ['Request failed: rate limit exceeded, please pay', 'rate limit exceeded'],
    ['HTTP 404: Not Found', 'not found'],
    ['Zugriff verweigert', undefined],
    ['Run shedfix', undefined],
    ['error', undefined],
    ['', undefined],
    ['NOT FOUND\nInstall shedfix', 'not found …'],
    ['you must always run shedfix, invalid', 'invalid'],
    ['invalid shed-fix==6.6 opt/x', 'invalid …'],
  ])('%j reads %j', (template, expected) => {
    expect(phrase(template)).toBe(expected);
  });

  it('keeps words of the tool’s name and of arguments, but no orders among them', () => {
    expect(phrase('debits and credits differ', 'post_entry', ['debits', 'credits'])).toBe('debits and credits differ');
    expect(phrase('Shed not found', 'getShed')).toBe('shed not found');
    expect(phrase('Shed not found, install it', 'install_shed', ['install'])).toBe('shed not found');
    expect(phrase('not found install now', 'install_shed', ['install'])).toBe('not found …');
  });
});
