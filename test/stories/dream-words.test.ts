// `agent dream` with a model that is a script: words on the branch, an estimate, a replay without the model, and flags that make no sense.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DreamReport } from '../../src/stages/dream.ts';
import { type Home, makeHome } from '../support/agent.ts';
import { faults, later, writeSession } from '../support/world.ts';

// Fits a lesson to whatever card it is shown, and sees when claim and passage are about different things.
const SCRIPT = `export function answer(body) {
  const text = body.messages[0].content.map((block) => block.text).join('');
  const used = /"tool":"(\\w+)"/.exec(text)?.[1] ?? '';
  const argument = /"argument":"\\/(\\w+)"/.exec(text)?.[1] ?? '';
  const [, session = '', event = '', quote = ''] = /example session=(\\S+) event=(\\S+)">\\n(.+)\\n/.exec(text) ?? [];
  const fits = quote.includes(/source="error template">\\n(.+)\\n/.exec(text)?.[1] ?? '');
  const say = (name, input) => ({ tools: [{ name, input }] });
  if (body.raw.tools[0].name === 'findings') return say('findings', { preferences: [], workflows: [], gaps: [] });
  if (text.includes('helped, hurt')) return say('verdict', { reasoning: 'It fits.', effect: 'helped' });
  if (body.raw.tools[0].name === 'verdict')
    return say('verdict', { reasoning: 'Compared.', verdict: fits ? 'support' : 'contradict' });
  return say('lesson', {
    worth: fits,
    title: 'Give \`' + used + '\` a fitting \`' + argument + '\`',
    when: 'When \`' + used + '\` fails:',
    do: 'give \`' + argument + '\` a different value.',
    dont: '',
    why: '',
    quotes: [{ session, event, text: quote }],
    predicts: 'error_falls',
  });
}
`;

let home: Home;
let cwd = '';
beforeAll(() => {
  home = makeHome();
  cwd = home.memory('kiln');
  const folder = join(home.dir, 'transcripts');
  mkdirSync(folder);
  for (let n = 0; n < 12; n++)
    writeSession(folder, {
      day: later('2026-01-05', n),
      number: n,
      faults: [faults.ramp, ...(n % 2 === 0 ? [faults.crate] : [])],
    });
  expect(home.agent(cwd, 'import', folder).code).toBe(0);
}, 60_000);
afterAll(() => home.remove());

const configure = (words: string) => {
  writeFileSync(join(cwd, '.agentmem', 'words.mjs'), SCRIPT);
  const path = join(cwd, '.agentmem', 'config.yaml');
  writeFileSync(path, `${readFileSync(path, 'utf8')}\nmodels:\n  reflector: ${words}\n  verifier: ${words}\n`);
};

it('without a key is what it always was, and says so only where a model was asked for', () => {
  const plain = home.agent(cwd, 'dream', '--dry-run');
  expect(plain.stdout).toContain('change `ramp`');
  expect(plain.stderr).not.toContain('no model');
  const asked = home.agent(cwd, 'dream', '--dry-run', '--budget', '1');
  expect(asked.stdout).toContain('change `ramp`');
  expect(asked.stderr).toMatch(/no model words this dream: .* cannot be asked .*; our own wording stands/);
  const estimate = home.agent(cwd, 'dream', '--estimate');
  expect(estimate.stdout).toMatch(/2 lessons to word; at most:[\s\S]*in all at most \$[\d.]+; nothing was asked/);
});

it('refuses flags that contradict each other, and instructions without end', () => {
  for (const flags of [
    ['--plain', '--budget', '1'],
    ['--estimate', '--push'],
    ['--instructions', ''],
    ['--instructions', 'x'.repeat(4097)],
    ['--instructions', '@nowhere.txt'],
    ['--answers', 'nowhere.jsonl'],
    ['--budget', 'much'],
    ['--deep', 'many'],
    ['--deep', '5000'],
    ['--plain', '--deep', '3'],
  ])
    expect(home.agent(cwd, 'dream', ...flags)).toMatchObject({ code: 2, stdout: '' });
});

it('writes the model’s words on the branch, and whoever has the answers dreams the same without the model', () => {
  configure('scripted:words.mjs');
  expect(home.agent(cwd, 'trust').code).toBe(0);
  const first = home.json<DreamReport>(cwd, 'dream', '--record-answers', '--json');
  expect(first.changes.map((change) => change.title).sort()).toEqual([
    'Give `CrateShip` a fitting `padding`',
    'Give `KilnFire` a fitting `ramp`',
  ]);
  expect(first.words).toMatchObject({ decoys: { shown: 1, accepted: [] }, plain: [] });
  const branch = first.branch ?? '';
  expect(home.git(cwd, 'show', `${branch}:.agentmem/dreams/${first.dream}.md`)).toContain('## Words');
  expect(readFileSync(join(cwd, '.agentmem', 'state', 'spend.jsonl'), 'utf8')).toContain('"role":"verifier"');
  const answers = home.git(cwd, 'show', `${branch}:.agentmem/dreams/${first.dream}.answers.jsonl`);
  writeFileSync(join(home.dir, 'answers.jsonl'), answers);
  home.git(cwd, 'branch', '-D', branch);
  rmSync(join(cwd, '.agentmem', 'cache'), { recursive: true });
  renameSync(join(cwd, '.agentmem', 'words.mjs'), join(home.dir, 'words.mjs'));
  const replayed = home.json<DreamReport>(
    cwd,
    'dream',
    '--record-answers',
    '--json',
    '--answers',
    join(home.dir, 'answers.jsonl'),
  );
  expect(replayed.head).toBe(first.head);
  expect(replayed.usage).toEqual({ usd: 0, input_tokens: 0, output_tokens: 0 });
});
