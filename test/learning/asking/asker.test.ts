// The asking door: forced answers, the cache that pays once, the purse, the signal, and what is left in the log.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Ask } from '../../../src/learning/asking/asker.ts';
import { desk, folder, purseOf } from '../words/desk.ts';

const schema = z.strictObject({ reasoning: z.string(), verdict: z.enum(['support', 'contradict', 'undecided']) });
const question = (user: string, vote?: number): Ask<z.infer<typeof schema>> => ({
  role: 'verifier',
  stage: 'verify',
  card: 'c1',
  system: 'Judge.',
  user,
  tool: { name: 'verdict', description: 'Gives the verdict.' },
  schema,
  maxTokens: 100,
  ...(vote !== undefined && { vote }),
});
const yes = { reasoning: 'It fits.', verdict: 'support' };

describe('an answer', () => {
  it('comes through the forced tool, is counted, and is logged with the prompt', async () => {
    const { asker, asked } = desk(() => yes);
    const answer = await asker.ask(question('Is it so?'));
    expect(answer).toMatchObject({ kind: 'answer', value: yes, cached: false, usd: 0 });
    expect(asked.map((q) => q.text)).toEqual(['Is it so?']);
    expect(asker.spent()).toMatchObject({ requests: 1, usd: 0 });
    expect(asker.spent().usage.input_tokens).toBeGreaterThan(0);
    expect(asker.records()).toMatchObject([
      { role: 'verifier', stage: 'verify', card: 'c1', model: 'strong', user: 'Is it so?', cached: false, answer: yes },
    ]);
  });

  it('of the wrong shape is asked for once more and then given up, and the next try asks again', async () => {
    const { asker, asked } = desk((_, n) => (n <= 2 ? { verdict: 'perhaps' } : yes));
    const none = await asker.ask(question('Is it so?'));
    expect(none).toMatchObject({ kind: 'none' });
    expect(none.kind === 'none' && none.reason).toMatch(/could not be used, twice/);
    expect(asked).toHaveLength(2);
    expect(asked[1]?.text).toMatch(/^Is it so\?[\s\S]*An earlier answer could not be used/);
    expect(await asker.ask(question('Is it so?'))).toMatchObject({ kind: 'answer', value: yes });
  });

  it('is paid for once: from the cache it costs the same in the log and nothing in truth, and opens no model', async () => {
    const first = desk(() => yes);
    await first.asker.ask(question('Is it so?'));
    const again = desk(() => ({ ...yes, verdict: 'contradict' }), {
      dir: first.dir,
      open: async () => {
        throw new Error('no model is opened for what is known');
      },
    });
    expect(await again.asker.ask(question('Is it so?'))).toMatchObject({ kind: 'answer', value: yes, cached: true });
    expect(again.asker.spent()).toMatchObject({ requests: 0, usd: 0 });
    const [a, b] = [first.asker.records()[0], again.asker.records()[0]];
    expect({ ...b, cached: false }).toEqual(a);
  });

  it('is not shared by other prompts, other votes or other models', async () => {
    const { asker, asked, dir } = desk(() => yes);
    await asker.ask(question('Is it so?'));
    await asker.ask({ ...question('Is it so?'), system: 'Judge strictly.' });
    await asker.ask(question('Is it so?', 2));
    await asker.ask(question('Is it?'));
    expect(asked).toHaveLength(4);
    const models = { reflector: 'a', verifier: 'another', curator: 'a', reader: 'a' };
    const other = desk(() => yes, { dir, models });
    await other.asker.ask(question('Is it so?'));
    expect(other.asked).toHaveLength(1);
  });

  it('to one question asked twice at the same time is paid for once', async () => {
    const { asker, asked } = desk(() => yes);
    const both = await Promise.all([asker.ask(question('Is it so?')), asker.ask(question('Is it so?'))]);
    expect(both.map((answer) => answer.kind)).toEqual(['answer', 'answer']);
    expect(asked).toHaveLength(1);
  });
});

describe('no answer', () => {
  it('comes of an empty purse, before anything is asked', async () => {
    const purse = purseOf(1);
    const { asker, asked } = desk(() => yes, { purse: () => purse });
    expect(await asker.ask(question('One?'))).toMatchObject({ kind: 'answer' });
    expect(await asker.ask(question('Two?'))).toEqual({ kind: 'none', reason: 'the budget is used up', budget: true });
    expect(await asker.ask(question('One?'))).toMatchObject({ kind: 'answer', cached: true });
    expect([asked.length, purse.charged.length]).toEqual([1, 1]);
    expect(asker.records()[1]).toMatchObject({ none: 'the budget is used up' });
  });

  it('comes of a model that cannot be opened, which is tried once', async () => {
    let opened = 0;
    const open = async () => {
      opened++;
      return { why: 'there is no key' };
    };
    const { asker } = desk(() => yes, { open });
    expect(await asker.ask(question('One?'))).toEqual({ kind: 'none', reason: 'there is no key', gone: true });
    expect(await asker.ask(question('Two?'))).toEqual({ kind: 'none', reason: 'there is no key', gone: true });
    expect(opened).toBe(1);
  });

  it('comes of a server that fails, and of a key that is refused, which ends the asking of that model', async () => {
    const { asker, asked } = desk(() => ({ error: { status: 401, type: 'authentication_error', message: 'no' } }));
    expect(await asker.ask(question('One?'))).toMatchObject({ kind: 'none', gone: true });
    expect(await asker.ask(question('Two?'))).toMatchObject({ kind: 'none', gone: true });
    expect(asked).toHaveLength(1);
  });

  it('comes of our own signal; what was answered until then need not be asked again', async () => {
    const stop = new AbortController();
    const dir = folder();
    const first = desk(
      (_, n) => {
        if (n === 2) stop.abort();
        return yes;
      },
      { dir, signal: stop.signal },
    );
    const texts = ['One?', 'Two?', 'Three?'];
    for (const text of texts) await first.asker.ask(question(text));
    expect(first.asker.records().at(-1)).toMatchObject({ none: 'interrupted' });
    const second = desk(() => yes, { dir });
    for (const text of texts) expect(await second.asker.ask(question(text))).toMatchObject({ kind: 'answer' });
    const paid = [...first.asked, ...second.asked].map((q) => q.text);
    expect(paid.filter((text) => text === 'One?')).toHaveLength(1);
    expect(paid.filter((text) => text === 'Three?')).toHaveLength(1);
  });
});
