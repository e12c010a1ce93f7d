// Names of tools: the same tool under Claude Code's name and ours, and patterns over both.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isToolOf, ownToolName } from '../../src/domain/tool-name.ts';

describe('ownToolName', () => {
  it.each([
    ['Bash', 'bash'],
    ['WebFetch', 'web_fetch'],
    ['MultiEdit', 'edit'],
    ['KillShell', 'bash_stop'],
    ['bash_output', 'bash_output'],
    ['BashOutput', 'bash_output'],
    ['mcp__GitHub__listIssues', 'mcp__GitHub__listIssues'],
  ])('writes %s as %s', (name, own) => expect(ownToolName(name)).toBe(own));
});

describe('isToolOf', () => {
  it.each([
    ['Edit', 'edit', true],
    ['edit', 'Edit', true],
    ['edit', 'read', false],
    ['sim__*', 'sim__scan', true],
    ['sim__*', 'simulate', false],
    ['*', 'bash', true],
    ['mcp__*__list_*', 'mcp__github__list_issues', true],
    ['mcp__*__list_*', 'mcp__github__get_issue', false],
    ['a*a', 'a', false],
    ['a*b*a', 'aba', true],
    ['a*bb*ba', 'abba', false],
  ])('%s against %s: %s', (pattern, name, expected) => expect(isToolOf(pattern, name)).toBe(expected));

  it('says what a regular expression would say, in one pass', () => {
    const text = fc.stringMatching(/^[ab_]{0,12}$/);
    fc.assert(
      fc.property(fc.stringMatching(/^[ab_*]{1,10}$/), text, (pattern, name) => {
        const own = new RegExp(`^${ownToolName(pattern).replaceAll('*', '.*')}$`);
        expect(isToolOf(pattern, name)).toBe(own.test(ownToolName(name)));
      }),
    );
  });
});
