// Tools of the configuration that serve and name the same command: one process for all of them, told which one is called.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { commandTools } from '../../../src/agent/tools/command.ts';
import type { Tool } from '../../../src/agent/tools/tool.ts';
import { commandToolSchema } from '../../../src/domain/run-settings.ts';
import { isGone } from '../../support/processes.ts';
import { call, type Ground, makeGround } from './ground.ts';

let ground: Ground;
let tools: Tool[] = [];
beforeEach(() => {
  ground = makeGround();
  const source = `import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
appendFileSync('starts', process.pid + '\\n');
for await (const line of createInterface({ input: process.stdin })) process.stdout.write(JSON.stringify({ pid: process.pid, heard: JSON.parse(line) }) + '\\n');`;
  writeFileSync(join(ground.workspace, 'serve.mjs'), source);
});
afterEach(async () => {
  for (const tool of tools) await tool.close?.();
  ground.remove();
});

const command = `'${process.execPath}' serve.mjs`;
function make(...settings: object[]): Tool[] {
  const parsed = settings.map((s) => commandToolSchema.parse({ description: 'A tool.', ...s }));
  tools = commandTools(parsed, ground, () => true);
  return tools;
}
const answerOf = async (tool: Tool | undefined, input: Record<string, unknown>) => {
  const [block] = (await call(tool, input)).content;
  return block?.type === 'json' ? (block.value as { pid: number; heard: unknown }) : undefined; // as the server answers
};

it('share one process, and each line says which of them is called', async () => {
  const [look, land] = make({ name: 'look', command, serve: true }, { name: 'land', command, serve: true });
  const [first, second, third] = [
    await answerOf(look, { at: 1 }),
    await answerOf(land, { on: 'b' }),
    await answerOf(look, {}),
  ];
  expect(first?.heard).toEqual({ tool: 'look', input: { at: 1 } });
  expect(second?.heard).toEqual({ tool: 'land', input: { on: 'b' } });
  expect(new Set([first?.pid, second?.pid, third?.pid]).size).toBe(1);
  expect(readFileSync(join(ground.workspace, 'starts'), 'utf8').trim().split('\n')).toHaveLength(1);
});

it('answer each its own caller where they are called at once', async () => {
  const [look, land] = make({ name: 'look', command, serve: true }, { name: 'land', command, serve: true });
  const heard = await Promise.all(Array.from({ length: 20 }, (_, n) => answerOf(n % 2 === 0 ? look : land, { n })));
  expect(heard.map((h) => h?.heard)).toEqual(
    Array.from({ length: 20 }, (_, n) => ({ tool: n % 2 === 0 ? 'look' : 'land', input: { n } })),
  );
});

it('are told nothing of their name where nobody shares with them', async () => {
  const [alone, once] = make(
    { name: 'alone', command, serve: true },
    { name: 'once', command, serve: false },
    { name: 'other', command: `${command} `, serve: true },
  );
  expect((await answerOf(alone, { at: 1 }))?.heard).toEqual({ at: 1 });
  expect((await answerOf(once, { at: 2 }))?.heard).toEqual({ at: 2 });
});

it('end with the session, all of them', async () => {
  const [look, land] = make({ name: 'look', command, serve: true }, { name: 'land', command, serve: true });
  const pid = (await answerOf(land, {}))?.pid ?? 0;
  await Promise.all([look?.close?.(), land?.close?.()]);
  expect(isGone(pid)).toBe(true);
});
