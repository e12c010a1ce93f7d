// Asking for permission: what is shown, what each key means, and that nothing is approved unseen.
import { describe, expect, it } from 'vitest';
import { askPermission, type PermissionQuestion, visible } from '../../src/commands/ask-permission.ts';
import { type Printer, painter } from '../../src/commands/print.ts';
import { CTRL_C, CTRL_D, ESCAPE, type Keys } from '../../src/commands/terminal-keys.ts';

const question: PermissionQuestion = {
  tool: 'bash',
  call: 'npm test -- --watch',
  decision: { verdict: 'ask', reason: 'no rule allows `npm test -- --watch`' },
  forSession: 'bash(npm test *)',
  forAlways: 'bash(npm test *)',
};

/** Answers with these keys; `early` are typed before the question stands there. */
async function answer(keys: readonly string[], asked = question, early: readonly string[] = []) {
  const typed = [...early];
  const shown: string[] = [];
  let asking = [...keys];
  const desk: Keys = {
    next: async () => typed.shift() ?? asking.shift() ?? null,
    away: (work) => work(),
    forget: () => {
      typed.length = 0;
    },
    close: () => {
      asking = [];
    },
  };
  const print: Printer = {
    paint: painter(false),
    line: (text = '') => shown.push(`${text}\n`),
    part: (text) => shown.push(text),
    fresh: () => {},
    json: () => {},
    jsonLine: () => {},
    table: () => {},
    next: () => {},
    outside: (text) => text,
  };
  const given = await askPermission({ print, keys: desk, signal: new AbortController().signal }, asked);
  return { given, text: shown.join('') };
}

describe('the keys', () => {
  it('say once, this session, always, no, why not, and stop', async () => {
    expect((await answer(['y'])).given).toEqual({ type: 'once' });
    expect((await answer(['s'])).given).toEqual({ type: 'session', pattern: 'bash(npm test *)' });
    expect((await answer(['a'])).given).toEqual({ type: 'always', pattern: 'bash(npm test *)' });
    expect((await answer(['n'])).given).toEqual({ type: 'no' });
    expect((await answer(['r', ...'use pnpm', '\r'])).given).toEqual({ type: 'no', because: 'use pnpm' });
    expect((await answer(['r', ESCAPE, 'y'])).given).toEqual({ type: 'once' });
    expect((await answer(['q'])).given).toEqual({ type: 'stop' });
    expect((await answer([CTRL_D])).given).toEqual({ type: 'stop' });
    expect((await answer([CTRL_C])).given).toEqual({ type: 'interrupted' });
    expect((await answer([])).given).toEqual({ type: 'interrupted' });
  });

  it('do nothing where they are not offered, and Enter is no yes', async () => {
    const bare = { ...question, forSession: undefined, forAlways: undefined };
    expect((await answer(['\r', ' ', 's', 'a', 'Y', 'x', 'n'], bare)).given).toEqual({ type: 'no' });
    expect((await answer(['n'], bare)).text).not.toMatch(/this session|always/);
  });

  it('that were typed before the question count for nothing', async () => {
    expect((await answer(['n'], question, ['y', 'y'])).given).toEqual({ type: 'no' });
  });
});

describe('what is shown', () => {
  it('is the tool, the call, the reason, and the pattern that a key would allow', async () => {
    const { text } = await answer(['y']);
    expect(text).toContain('May the agent use bash?');
    expect(text).toContain('  npm test -- --watch\n');
    expect(text).toContain('asked because no rule allows `npm test -- --watch`');
    expect(text).toContain('s this session: bash(npm test *)');
  });

  it('spells out what a terminal would hide or turn around', () => {
    expect(visible('a\u001b[2Kb\rc\td')).toBe('a\\u{1b}[2Kb\\u{d}c\\u{9}d');
    expect(visible('x\u202e\u200b\u{e0041}\u00a0\ud800')).toBe('x\\u{202e}\\u{200b}\\u{e0041}\\u{a0}\\u{d800}');
    expect(visible('naïve 日本語 🙂\nline')).toBe('naïve 日本語 🙂\nline');
  });

  it('is folded where it is long, and shown whole before a yes counts', async () => {
    const long = { ...question, call: `${'echo\n'.repeat(30)}rm -rf hidden\n${'echo\n'.repeat(30)}` };
    const unseen = await answer(['n'], long);
    expect(unseen.text).not.toContain('hidden');
    expect(unseen.text).toContain('m shows them');
    const once = await answer(['y', 'n'], long);
    expect(once.given).toEqual({ type: 'no' });
    expect(once.text).toContain('rm -rf hidden');
    expect((await answer(['y', 'y'], long)).given).toEqual({ type: 'once' });
    expect((await answer(['m', 's'], long)).given).toEqual({ type: 'session', pattern: 'bash(npm test *)' });
    const wide = await answer(['a', 'q'], { ...question, call: `${'x'.repeat(3_000)}hidden${'x'.repeat(3_000)}` });
    expect(wide.given).toEqual({ type: 'stop' });
    expect(wide.text).toContain('hidden');
  });
});
