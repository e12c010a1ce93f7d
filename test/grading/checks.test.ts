// Checks of a rubric: what each kind decides about a session, what it cites, and what it leaves undecided.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkSchema as checkOfRubric } from '../../src/domain/rubric.ts';
import { openCheckServers } from '../../src/grading/checks/servers.ts';
import { runCheck } from '../../src/grading/checks.ts';
import type { Work } from '../../src/grading/graded.ts';
import { type MadeCall, madeWork } from './made.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-checks-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const decide = (check: unknown, work: Work) =>
  runCheck(checkOfRubric.parse(check), work, {
    env: {},
    folder: dir,
    trusted: () => false,
    servers: openCheckServers(),
    redact: (text) => text.replaceAll('hunter2', '[redacted]'),
    signal: new AbortController().signal,
  });
const verdict = async (check: unknown, work: Work) => (await decide(check, work)).verdict;

describe('tool', () => {
  const calls: MadeCall[] = [
    ['sim__scan', { site: 4 }],
    ['sim__land', { site: 4, speed: 1.5 }],
    ['sim__land', { site: 7, speed: 6.1 }, { is_error: true }],
    ['sim__erase', {}, { denied: true }],
  ];
  const work = madeWork(calls, 'Landed.');

  it.each([
    [{ tool: 'sim__scan' }, 'met'],
    [{ tool: 'sim__erase' }, 'not_met'],
    [{ tool: 'sim__erase', called: false }, 'met'],
    [{ tool: 'sim__scan', called: false }, 'not_met'],
    [{ tool: 'sim__land', at_least: 2 }, 'met'],
    [{ tool: 'sim__land', at_least: 3 }, 'not_met'],
    [{ tool: 'sim__land', at_most: 1 }, 'not_met'],
    [{ tool: 'sim__nothing', at_most: 1 }, 'met'],
    [{ tool: 'sim__nothing', at_least: 0 }, 'met'],
    [{ tool: 'sim__scan', before: 'sim__land' }, 'met'],
    [{ tool: 'sim__land', before: 'sim__scan' }, 'not_met'],
    [{ tool: 'sim__scan', before: 'sim__erase' }, 'met'],
    [{ tool: 'sim__nothing', before: 'sim__scan' }, 'not_met'],
    [{ tool: 'sim__land', args: [{ at: '/speed', op: '<=', value: 2 }] }, 'met'],
    [{ tool: 'sim__land', args: [{ at: '/speed', op: '<=', value: 2 }], which: 'all' }, 'not_met'],
    [{ tool: 'sim__land', args: [{ at: '/speed', op: '<', value: 7 }], which: 'all' }, 'met'],
    [{ tool: 'sim__land', args: [{ at: '/speed', op: '>', value: 9 }], called: false }, 'met'],
    [{ tool: 'sim__land', args: [{ at: '/speed', op: '>', value: 6 }], called: false }, 'not_met'],
    [{ tool: 'sim__nothing', args: [{ at: '/x', op: 'exists' }], which: 'all' }, 'not_met'],
  ])('%j is %s', async (check, expected) => {
    expect(await verdict(check, work)).toBe(expected);
  });

  it('cites the call that decided, with words that occur in it', async () => {
    const check = { tool: 'sim__land', args: [{ at: '/speed', op: '<=', value: 2 }], which: 'all' };
    expect(await decide(check, work)).toEqual({
      verdict: 'not_met',
      reason: 'a call of sim__land: /speed is 6.1, wanted <= 2',
      evidence: [{ event: 'evt_use2', quote: '6.1' }],
    });
    expect(await decide({ tool: 'sim__scan' }, work)).toEqual({
      verdict: 'met',
      reason: 'sim__scan: 1 call',
      evidence: [{ event: 'evt_use0', quote: 'sim__scan' }],
    });
  });

  it('leaves open what a pattern could not decide, and a call that other conditions rule out is ruled out all the same', async () => {
    const long = madeWork([['write', { text: `${'a'.repeat(40)}b`, path: 'x' }]]);
    const slow = { at: '/text', op: 'matches', value: '(a+)+$' };
    expect(await verdict({ tool: 'write', args: [slow] }, long)).toBe('cannot_tell');
    expect(await verdict({ tool: 'write', args: [slow, { at: '/path', op: '==', value: 'y' }] }, long)).toBe('not_met');
  });
});

describe('output', () => {
  const work = madeWork([], 'All sites are done.\nNext site: 9\npassword hunter2');

  it.each([
    [{ matches: '^Next site: \\d+$' }, 'met'],
    [{ matches: 'next SITE' }, 'not_met'],
    [{ matches: '(?i)next SITE' }, 'met'],
    [{ not_matches: 'sorry' }, 'met'],
    [{ not_matches: 'done' }, 'not_met'],
    [{ matches: 'Next', not_matches: 'done' }, 'not_met'],
    [{ matches: '(' }, 'cannot_tell'],
    [{}, 'met'],
  ])('%j is %s', async (output, expected) => {
    expect(await verdict({ output }, work)).toBe(expected);
  });

  it('cites the message, and is not met by silence, not even by the absence of what it must not say', async () => {
    expect((await decide({ output: { matches: 'site: \\d' } }, work)).evidence).toEqual([
      { event: 'evt_end', quote: 'site: 9' },
    ]);
    expect(await verdict({ output: { not_matches: 'sorry' } }, madeWork([]))).toBe('not_met');
  });

  it('hands no secret on in its reason', async () => {
    expect((await decide({ output: { not_matches: 'hunter2' } }, work)).reason).toBe(
      'the final message matches [redacted]',
    );
  });

  it('gives a pattern up that would run for ever', async () => {
    const hostile = madeWork([], `${'a'.repeat(50)}!`);
    expect(await decide({ output: { matches: '(a|a)*$x' } }, hostile)).toMatchObject({ verdict: 'cannot_tell' });
  });
});

describe('file and json', () => {
  let work: Work;
  beforeEach(() => {
    mkdirSync(join(dir, 'out', 'deep'), { recursive: true });
    writeFileSync(join(dir, 'out', 'report.json'), '\uFEFF{"fuel": 3, "sites": ["a", "b"], "note": null}');
    writeFileSync(join(dir, 'out', 'deep', 'notes.md'), '# Notes\nAll is well.\n');
    writeFileSync(join(dir, 'out', 'binary'), Buffer.from([0xff, 0xfe, 0x00]));
    writeFileSync(join(dir, 'secret.txt'), 'outside');
    symlinkSync(join(dir, 'secret.txt'), join(dir, 'out', 'link.txt'));
    symlinkSync(dir, join(dir, 'out', 'up'));
    symlinkSync('deep/notes.md', join(dir, 'out', 'inside.md'));
    symlinkSync('round', join(dir, 'out', 'round'));
    work = madeWork([], 'Done.', join(dir, 'out'));
  });

  it.each([
    [{ file: 'deep/notes.md' }, 'met'],
    [{ file: 'deep' }, 'not_met'],
    [{ file: 'gone.md' }, 'not_met'],
    [{ file: 'gone.md', exists: false }, 'met'],
    [{ file: 'report.json', exists: false }, 'not_met'],
    [{ file: 'deep/notes.md', matches: '^All is' }, 'met'],
    [{ file: 'deep/notes.md', matches: 'bad' }, 'not_met'],
    [{ file: 'binary', matches: '.' }, 'not_met'],
    [{ file: 'inside.md', matches: 'well' }, 'met'],
    [{ file: 'link.txt' }, 'not_met'],
    [{ file: 'link.txt', matches: 'outside' }, 'not_met'],
    [{ file: 'up/secret.txt' }, 'not_met'],
    [{ file: 'round' }, 'not_met'],
    [{ file: '../secret.txt' }, 'cannot_tell'],
    [{ file: 'deep/../../secret.txt', exists: false }, 'cannot_tell'],
    [{ file: '/etc/passwd' }, 'cannot_tell'],
    [{ file: 'report.json', schema: { type: 'object', required: ['fuel'] } }, 'met'],
    [{ file: 'report.json', schema: { properties: { fuel: { minimum: 4 } } } }, 'not_met'],
    [{ file: 'report.json', schema: { $ref: '#/x' } }, 'cannot_tell'],
    [{ file: 'deep/notes.md', schema: {} }, 'not_met'],
    [{ json: 'report.json', at: '/fuel', op: '>=', value: 3 }, 'met'],
    [{ json: 'report.json', at: '/fuel', op: '==', value: '3' }, 'not_met'],
    [{ json: 'report.json', at: '/sites/1', op: '==', value: 'b' }, 'met'],
    [{ json: 'report.json', at: '/sites', op: 'contains', value: 'a' }, 'met'],
    [{ json: 'report.json', at: '/sites/2', op: 'exists' }, 'not_met'],
    [{ json: 'report.json', at: '/note', op: 'exists' }, 'met'],
    [{ json: 'report.json', at: '/gone', op: '!=', value: 1 }, 'not_met'],
    [{ json: 'report.json', at: '/gone', op: 'exists', value: false }, 'met'],
    [{ json: 'report.json', at: '/constructor/name', op: 'exists' }, 'not_met'],
    [{ json: 'deep/notes.md', op: 'exists' }, 'not_met'],
    [{ json: 'gone.json', op: 'exists', value: false }, 'not_met'],
  ])('%j is %s', async (check, expected) => {
    expect(await verdict(check, work)).toBe(expected);
  });

  it('cannot be told without artefacts', async () => {
    expect(await decide({ file: 'report.json' }, madeWork([], 'Done.'))).toEqual({
      verdict: 'cannot_tell',
      reason: 'no artefacts of this session were kept',
    });
    expect(await verdict({ json: 'report.json', op: 'exists' }, madeWork([], 'Done.'))).toBe('cannot_tell');
  });
});
