// What a dream's flags come to: orders are read with and without a model, and the rest of the instructions is for models alone.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { CommandContext } from '../../../src/commands/context.ts';
import { openWords, type WordsFlags } from '../../../src/commands/dream/words.ts';
import { settingsSchema } from '../../../src/domain/settings.ts';
import { layoutOf } from '../../../src/store/layout.ts';
import type { Workspace } from '../../../src/workspace.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function opened(flags: WordsFlags, settings: unknown = {}, env: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'agentmem-words-'));
  folders.push(folder);
  mkdirSync(join(folder, '.agentmem'));
  const warned: string[] = [];
  const world = {
    env: { HOME: folder, ...env },
    cwd: folder,
    home: folder,
    now: () => new Date('2026-11-20T22:00:00Z'),
    random: () => '0'.repeat(32),
  };
  const emit = (event: { type: string; text?: string }) =>
    void (event.type === 'warning' && warned.push(event.text ?? ''));
  // All that opening looks at.
  const context = {
    world,
    emit,
    interactive: false,
    signal: new AbortController().signal,
  } as unknown as CommandContext;
  const layout = layoutOf(join(folder, '.agentmem'));
  const workspace = {
    layout,
    settings: settingsSchema.parse(settings),
    redact: (t: string) => t,
  } as unknown as Workspace;
  const { words, orders, close } = await openWords(context, workspace, flags);
  await close();
  return { words, orders, warned };
}

it('orders need no model, and what is none is named as unread where none is asked', async () => {
  const { words, orders } = await opened({ plain: true, instructions: 'Retire x9c2. Be kind to kilns.' });
  expect(words).toBeUndefined();
  expect(orders?.orders).toEqual([{ text: 'Retire x9c2', verb: 'retire', names: ['x9c2'] }]);
  expect(orders?.unread).toBe('Be kind to kilns');
  const away = await opened({ instructions: 'Be kind to kilns.' });
  expect(away.orders).toEqual({ orders: [], unread: 'Be kind to kilns' });
  expect(away.warned.join()).toMatch(/no model words this dream/);
  const quiet = await opened({ instructions: 'Retire x9c2.' });
  expect(quiet).toMatchObject({ words: undefined, orders: { unread: '' }, warned: [] });
});

it('models see the instructions as a whole, and none of them where they are orders alone', async () => {
  const only = await opened({ estimate: true, instructions: 'Retire x9c2.' });
  expect(only.words?.focus).toBeUndefined();
  const none = await opened({ estimate: true });
  expect(only.words?.name).toBe(none.words?.name);
  expect(none.orders).toBeUndefined();
  const both = await opened({ estimate: true, instructions: 'Retire x9c2. Be kind.' });
  expect(both.words?.focus).toBe('Retire x9c2. Be kind.');
  expect(both.orders).toMatchObject({ unread: '' });
});

it('a curator of one’s own changes the name of what is asked, and so of the dream', async () => {
  const plain = await opened({ estimate: true });
  const other = await opened({ estimate: true }, { models: { curator: 'claude-haiku-5-5' } });
  expect(other.words?.name).not.toBe(plain.words?.name);
  expect(plain.words?.prompts.curate).toContain('curate, version 1');
});

it('--plain has no use for a budget, an estimate or answers', async () => {
  for (const more of [{ budget: '1' }, { estimate: true }, { recordAnswers: true }, { answers: 'a.jsonl' }])
    await expect(opened({ plain: true, ...more })).rejects.toThrow('--plain asks no model');
});

it('a model without a known price is not asked where dollars are the only limit', async () => {
  const settings = {
    models: { reflector: 'house-made', verifier: 'house-made' },
    budget: { dream: { usd: 1 } },
  };
  const flags: WordsFlags = { budget: 'usd=1,turns=none' };
  const { words, warned } = await opened(flags, settings, {
    ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
    ANTHROPIC_API_KEY: 'made-up',
  });
  expect(words).toBeUndefined();
  expect(warned.join()).toMatch(/price of house-made is not known, so a budget in dollars alone could not be kept/);
});
