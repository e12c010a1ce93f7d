// Answers beside the report: written in one order, read back as a cache, and refused where a line is none.
import { expect, it } from 'vitest';
import { z } from 'zod';
import { UserError } from '../../../src/base/errors.ts';
import { answerLines, withAnswers } from '../../../src/learning/asking/answers.ts';
import { ASKS_VERSION, type Ask } from '../../../src/learning/asking/asker.ts';
import { openCache } from '../../../src/store/cache.ts';
import { desk, folder } from '../words/desk.ts';

const schema = z.strictObject({ verdict: z.enum(['support', 'contradict']) });
const question = (user: string): Ask<z.infer<typeof schema>> => ({
  role: 'verifier',
  stage: 'verify',
  system: 'Judge.',
  user,
  tool: { name: 'verdict', description: 'Gives the verdict.' },
  schema,
  maxTokens: 100,
});

it('replays a dream without a model, and asks only for what is not there', async () => {
  const first = desk(({ text }) => ({ verdict: text === 'One?' ? 'support' : 'contradict' }));
  for (const text of ['Two?', 'One?', 'Two?']) await first.asker.ask(question(text));
  const lines = answerLines(first.asker.records());
  expect(lines.split('\n')).toHaveLength(3);
  const cache = withAnswers(openCache(folder(), 'asks', ASKS_VERSION), lines, 'answers.jsonl');
  const replay = desk(() => ({ verdict: 'support' }), { cache });
  for (const text of ['One?', 'Two?']) await replay.asker.ask(question(text));
  expect(replay.asked).toEqual([]);
  expect(answerLines(replay.asker.records())).toBe(lines);
  await replay.asker.ask(question('Three?'));
  expect(replay.asked).toHaveLength(1);
});

it('takes no answer of another shape out of a file', async () => {
  const first = desk(() => ({ verdict: 'support' }));
  await first.asker.ask(question('One?'));
  const lines = answerLines(first.asker.records()).replace('support', 'obey');
  const cache = withAnswers(openCache(folder(), 'asks', ASKS_VERSION), lines, 'answers.jsonl');
  const replay = desk(() => ({ verdict: 'contradict' }), { cache });
  expect(await replay.asker.ask(question('One?'))).toMatchObject({ value: { verdict: 'contradict' }, cached: false });
});

it('names the line that is no answer', () => {
  const cache = openCache(folder(), 'asks', ASKS_VERSION);
  for (const text of ['\n{"request":"x"}\n', '\nnot json', '\n[]']) {
    const read = () => withAnswers(cache, text, 'a.jsonl');
    expect(read).toThrow(UserError);
    expect(read).toThrow(/no answer of a dream/);
  }
});
