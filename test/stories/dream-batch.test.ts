// `agent dream --batch` against a server that speaks the Message Batches API: interrupted, run again, everything asked once and paid half.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ScriptBody } from '../../src/model/scripted.ts';
import type { DreamReport } from '../../src/stages/dream.ts';
import { type Home, makeHome, type Ran, ROOT } from '../support/agent.ts';
import { type MessagesServer, startMessagesServer } from '../support/messages-server.ts';
import { faults, later, writeSession } from '../support/world.ts';

let home: Home;
let server: MessagesServer;
let cwd = '';
beforeAll(async () => {
  home = makeHome();
  server = await startMessagesServer({ answer, batches: { looks: 2 }, strict: false });
  cwd = home.memory('kiln');
  const folder = join(home.dir, 'transcripts');
  mkdirSync(folder);
  for (let n = 0; n < 12; n++) writeSession(folder, { day: later('2026-01-05', n), number: n, faults: [faults.ramp] });
  expect(home.agent(cwd, 'import', folder).code).toBe(0);
  const path = join(cwd, '.agentmem', 'config.yaml');
  const models = 'models:\n  reflector: claude-haiku-4-5\n  verifier: claude-haiku-4-5\n';
  writeFileSync(path, `${readFileSync(path, 'utf8')}\n${models}`);
}, 60_000);
afterAll(async () => {
  await server.close();
  home.remove();
});

it('is collected by the next run where it was interrupted, and costs half of what the tokens cost', async () => {
  const first = agent('dream', '--batch');
  await expect.poll(() => server.batches[0]?.looks ?? 0, { timeout: 30_000 }).toBe(1);
  first.child.kill('SIGINT');
  const stopped = await first.ran;
  expect(stopped.code).toBe(130);
  expect(stopped.stderr).toMatch(/sent as batch msgbatch_test_0/);
  const sent = server.batches.flatMap(({ requests }) => requests).length;

  const { code, stdout, stderr } = await agent('dream', '--batch', '--json').ran;
  expect(stderr).not.toContain('our own wording stands');
  expect(code).toBe(0);
  const report = JSON.parse(stdout) as DreamReport;
  expect(report.changes.map(({ title }) => title)).toEqual(['Give `KilnFire` a fitting `ramp`']);
  const all = server.batches.flatMap(({ requests }) => requests.map(({ custom_id }) => custom_id));
  expect(new Set(all).size).toBe(all.length); // what was sent before the interruption was not sent again
  expect(all.length).toBeGreaterThan(sent);
  expect(server.requests.filter(({ path }) => path === '/v1/messages')).toEqual([]);
  const { input_tokens, output_tokens, usd } = report.usage;
  expect(usd).toBeCloseTo((input_tokens * 1 + output_tokens * 5) / 1e6 / 2, 8); // dollars per million: $1 in, $5 out
}, 120_000);

it('is refused where models answer out of a file, or nobody is asked', async () => {
  expect((await agent('dream', '--batch', '--plain').ran).stderr).toContain('--plain asks no model');
  const path = join(cwd, '.agentmem', 'config.yaml');
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll('claude-haiku-4-5', 'scripted:words.yaml'));
  const { code, stderr } = await agent('dream', '--batch').ran;
  expect(code).toBe(2);
  expect(stderr).toContain('scripted:words.yaml answers out of a file');
});

function agent(...args: string[]): { child: ReturnType<typeof spawn>; ran: Promise<Ran> } {
  const env = {
    ...{ HOME: home.dir, PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', GIT_CONFIG_NOSYSTEM: '1' },
    ...{ ANTHROPIC_API_KEY: 'made-up-key-1', ANTHROPIC_BASE_URL: server.url },
  };
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'agent.js'), ...args], { cwd, env });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (piece) => {
    stdout += piece;
  });
  child.stderr.on('data', (piece) => {
    stderr += piece;
  });
  const ran = new Promise<Ran>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
  return { child, ran };
}

// Fits a lesson to the card that it is shown, and sees when claim and passage are about different things.
function answer(body: ScriptBody) {
  const text = JSON.stringify(body.messages[0]?.content)
    .replaceAll('\\n', '\n')
    .replaceAll('\\"', '"')
    .replaceAll('\\\\', '\\');
  const [, session = '', event = '', quote = ''] = /example session=(\S+) event=(\S+)">\n(.+)\n/.exec(text) ?? [];
  const fits = quote.includes(/source="error template">\n(.+)\n/.exec(text)?.[1] ?? '');
  const [tool] = (body.raw.tools ?? []) as { name: string }[];
  const say = (input: Record<string, unknown>) => ({ tools: [{ name: tool?.name ?? '', input }] });
  if (tool?.name === 'findings') return say({ preferences: [], workflows: [], gaps: [] });
  if (text.includes('helped, hurt')) return say({ reasoning: 'It fits.', effect: 'helped' });
  if (tool?.name === 'verdict') return say({ reasoning: 'Compared.', verdict: fits ? 'support' : 'contradict' });
  if (tool?.name !== 'lesson') return say({ changes: [] });
  return say({
    worth: fits,
    title: 'Give `KilnFire` a fitting `ramp`',
    when: 'When `KilnFire` fails:',
    do: 'give `ramp` a different value.',
    dont: '',
    why: '',
    quotes: [{ session, event, text: quote }],
    predicts: 'error_falls',
  });
}
