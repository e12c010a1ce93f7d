// What a dream may spend: the limits of a day and a month hold for it as for any run, and every request is in the ledger.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { CommandContext } from '../../../src/commands/context.ts';
import { openPurses } from '../../../src/commands/dream/purse.ts';
import { settingsSchema } from '../../../src/domain/settings.ts';
import { openAsker } from '../../../src/learning/asking/asker.ts';
import { lessonSchema } from '../../../src/learning/words/lesson.ts';
import { openCache } from '../../../src/store/cache.ts';
import { layoutOf } from '../../../src/store/layout.ts';
import { openSpendLedger } from '../../../src/store/spend.ts';
import type { Workspace } from '../../../src/workspace.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const usage = {
  input_tokens: 10,
  output_tokens: 5,
  cache_read_input_tokens: 0,
  cache_creation_input_tokens: 0,
  known: true,
};
const reply = { kind: 'answer' as const, usage, usd: 0.3 };

function pursesWith(budget: unknown, limits = {}, at = '2026-11-20T22:00:00Z') {
  const folder = mkdtempSync(join(tmpdir(), 'agentmem-purse-'));
  folders.push(folder);
  const layout = layoutOf(join(folder, '.agentmem'));
  // All that a purse looks at.
  const context = { world: { now: () => new Date(at) } } as unknown as CommandContext;
  const workspace = { layout, settings: settingsSchema.parse({ budget }) } as unknown as Workspace;
  return { layout, purse: openPurses(context, workspace, { limits }), ledger: openSpendLedger(layout) };
}

const spentBy = (ledger: ReturnType<typeof openSpendLedger>, at: string, usd: number) =>
  ledger.append({ at, session: 's1', role: 'agent', model: 'm', usd, input_tokens: 1, output_tokens: 1 });

it.each<[string, unknown, string, RegExp]>([
  ['of today', { day: { usd: 1 } }, '2026-11-20T03:00:00Z', /today’s budget of \$1\.00/],
  ['of this month', { month: { usd: 1 } }, '2026-11-02T03:00:00Z', /this month’s budget of \$1\.00/],
])('what agents spent %s counts against the budget that a dream shares with them', (_, budget, at, text) => {
  const { purse, ledger } = pursesWith(budget);
  spentBy(ledger, at, 0.5);
  expect(purse('curator').check()).toBeUndefined();
  purse('reflector').charge(reply, 'cheap');
  expect(purse('verifier').check()).toBeUndefined();
  purse('verifier').charge(reply, 'strong');
  for (const role of ['reader', 'reflector', 'verifier', 'curator'] as const)
    expect(purse(role).check()?.text).toMatch(text);
});

it('a dream’s own limit is one for all its roles, and each request is a line with the role that asked', () => {
  const { purse, ledger } = pursesWith({}, { usd: 0.6 });
  purse('reflector').charge(reply, 'cheap');
  purse('curator').charge(reply, 'strong');
  expect(purse('verifier').check()?.text).toContain('the dream’s budget of $0.60 is used up');
  expect(ledger.spent(new Date('2026-11-20T23:00:00Z')).day).toBeCloseTo(0.6);
});

it('nobody is asked once the day’s budget is used up, though the model is there', async () => {
  const { purse, ledger, layout } = pursesWith({ day: { usd: 1 } });
  spentBy(ledger, '2026-11-20T03:00:00Z', 2);
  const asker = openAsker({
    models: { reflector: 'a', verifier: 'b', curator: 'b', reader: 'a' },
    open: async () => {
      throw new Error('nobody should be opened');
    },
    purse,
    cache: openCache(layout.cache, 'asks', 1),
    signal: new AbortController().signal,
  });
  const tool = { name: 'lesson', description: 'A lesson.' };
  const asked = await asker.ask({
    role: 'curator',
    stage: 'x',
    system: 's',
    user: 'u',
    tool,
    schema: lessonSchema,
    maxTokens: 10,
  });
  expect(asked).toMatchObject({ kind: 'none', budget: true, reason: expect.stringContaining('today’s budget') });
});
