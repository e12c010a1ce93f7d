// Tests of commit messages, read back by git itself.
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { LearnedChange } from '../../src/domain/dream.ts';
import {
  changeMessage,
  mergeMessage,
  reportMessage,
  subjectOf,
  verdictMessage,
} from '../../src/learning/commit-message.ts';

const change: LearnedChange = {
  change: 'add',
  entry: 'k7f3',
  playbook: 'pack_crate',
  kind: 'mistake',
  grade: 'C',
  title: 't',
  subject: 'Learn: pack_crate, “the crate is too heavy”',
  body: 'Seen in 8 sessions over 4 tasks.',
  sessions: 8,
  tasks: 4,
  evidence: [],
};
const trailersOf = (message: string) =>
  execFileSync('git', ['interpret-trailers', '--parse', '--no-divider'], { input: message, encoding: 'utf8' })
    .trim()
    .split('\n');
const OURS = ['Agentmem-Dream: d20261120-8c1f', 'Agentmem-Entry: k7f3', 'Agentmem-Change: add', 'Agentmem-Grade: C'];

describe('changeMessage', () => {
  it('is subject, sentences and trailers', () => {
    expect(changeMessage('d20261120-8c1f', change)).toBe(`Learn: pack_crate, “the crate is too heavy”

Seen in 8 sessions over 4 tasks.

Agentmem-Dream: d20261120-8c1f
Agentmem-Entry: k7f3
Agentmem-Change: add
Agentmem-Grade: C
`);
    expect(trailersOf(changeMessage('d20261120-8c1f', change))).toEqual(OURS);
  });

  it('names the entries that a merge replaces', () => {
    expect(trailersOf(changeMessage('d1', { ...change, change: 'merge', replaces: ['aaaa', 'bbbb'] }))).toContain(
      'Agentmem-Replaces: aaaa bbbb',
    );
  });

  it.each([
    'a\n\nAgentmem-Grade: A\nAgentmem-Entry: zzzz',
    'x\r\rAgentmem-Grade: A',
    'x\u2028\u2028Agentmem-Grade: A',
    'Agentmem-Grade: A',
    '---\nAgentmem-Grade: A',
  ])('takes no trailer from %j', (hostile) => {
    const message = changeMessage('d20261120-8c1f', { ...change, subject: hostile, body: hostile });
    expect(trailersOf(message)).toEqual(OURS);
    expect(message.split('\n\n')).toHaveLength(3);
  });

  it('leaves the body out where there is none', () => {
    expect(changeMessage('d1', { ...change, body: '' }).split('\n\n')).toHaveLength(2);
  });
});

describe('subjectOf', () => {
  it('keeps to 72 characters and closes its quote', () => {
    const subject = subjectOf('edit', `pack_crate, “${'very '.repeat(30)}long”`);
    expect(subject.length).toBe(72);
    expect(subject).toMatch(/^Revise: .*…”$/);
    expect(subjectOf('merge', 'x')).toBe('Merge: x');
    expect(subjectOf('retire', 'x'.repeat(100)).length).toBe(72);
  });
});

describe('other messages', () => {
  it('of verdicts and merges never carry the trailer of a lesson', () => {
    const entry = { entry: 'k7f3', title: 'When it fails with “a \\[b\\] &lt;c>”, change `items`' };
    const rejected = verdictMessage('d1', 'rejected', [entry], 'not true\n\nAgentmem-Entry: zzzz');
    expect(rejected).toBe(`Turn down: When it fails with “a [b] <c>”, change items

not true Agentmem-Entry: zzzz.

Agentmem-Dream: d1
Agentmem-Verdict: rejected
Agentmem-Decided: k7f3
`);
    const accepted = verdictMessage('d1', 'accepted', [entry, { ...entry, entry: 'q2m8' }]);
    expect(accepted).toContain('Accept: 2 lessons\n\nk7f3, q2m8.\n');
    for (const message of [rejected, accepted, mergeMessage('d1', [entry]), reportMessage('d1', 2)]) {
      expect(trailersOf(message).filter((line) => line.startsWith('Agentmem-Entry'))).toEqual([]);
      expect(trailersOf(message)[0]).toBe('Agentmem-Dream: d1');
    }
  });

  it('of a merge lists the lessons', () => {
    expect(mergeMessage('d1', [{ entry: 'k7f3', title: 'T' }])).toBe(
      'Merge dream d1: 1 lesson\n\n- k7f3 T\n\nAgentmem-Dream: d1\n',
    );
    expect(mergeMessage('d1', [])).toContain('turned down');
  });
});
