// What a run rests on, through the built command: the agent that init lays out, and the ledger that status sums.
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, makeHome, ROOT } from '../support/agent.ts';

let home: Home;
let repo: string;
beforeAll(() => {
  home = makeHome();
  repo = home.memory('teahouse');
});
afterAll(() => home.remove());

describe('init', () => {
  it('lays out the agent that ships as a file to edit, and commits with the rest', () => {
    const laidOut = readFileSync(join(repo, '.agentmem', 'agents', 'default.md'), 'utf8');
    expect(laidOut).toBe(readFileSync(join(ROOT, 'templates', 'prompts', 'agent.md'), 'utf8'));
    expect(home.git(repo, 'ls-files', '.agentmem')).toContain('.agentmem/agents/default.md');
  });

  it('leaves settings whose examples are comments only', () => {
    const settings = home.json<{ key: string; origin: string }[]>(repo, 'config', '--json');
    const set = settings.filter((s) => s.origin !== 'default').map((s) => s.key);
    expect(
      set.filter((key) => /^(models|budget|prices|permissions|sandbox|tools|pass_env|base_url)/.test(key)),
    ).toEqual([]);
  });
});

describe('status', () => {
  const spend = () => home.json<{ spend: object }>(repo, 'status', '--json').spend;
  const ledger = () => join(repo, '.agentmem', 'state', 'spend.jsonl');

  it('says nothing of spending where nothing was spent', () => {
    expect(spend()).toEqual({ day: 0, month: 0, unpriced: 0 });
    expect(home.agent(repo, 'status').stdout).not.toContain('spent');
  });

  it('sums what models cost today and this month, and counts what it cannot read', () => {
    // One charge today and one tomorrow, so that it makes no difference whether midnight passes meanwhile.
    const days = [0, 86_400_000].map((later) => new Date(Date.now() + later).toISOString());
    const line = (at: string | undefined, usd: number | null) =>
      `${JSON.stringify({ at, session: 's', role: 'agent', model: 'm', usd, input_tokens: 1, output_tokens: 1 })}\n`;
    mkdirSync(join(repo, '.agentmem', 'state'), { recursive: true });
    appendFileSync(ledger(), `${line(days[0], 1.25)}${line(days[1], 1.25)}torn\n`);
    appendFileSync(ledger(), line(days[0], null) + line(days[1], null));
    const { day, month, unpriced } = spend() as { day: number; month: number; unpriced: number };
    expect(day).toBe(1.25);
    expect([1.25, 2.5]).toContain(month);
    expect([1, 2]).toContain(unpriced);
    const { stdout, stderr } = home.agent(repo, 'status');
    expect(stdout).toMatch(
      /spent: \$1\.25 today, \$(1\.25|2\.50) this month \(UTC\), and \d requests? without a known price/,
    );
    expect(stderr).toContain('1 line of the ledger of spending cannot be read');
    expect(stderr).toContain('spend.jsonl:3');
  });
});
