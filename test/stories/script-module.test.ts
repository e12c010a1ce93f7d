// A script that is code stands in for a model: named by the person it runs, named by the memory's own files only after `agent trust`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Home, makeHome } from '../support/agent.ts';

let home: Home;
let repo: string;
beforeEach(() => {
  home = makeHome();
  repo = home.memory('work');
});
afterEach(() => home.remove());

const SCRIPT =
  "export function answer(body, turn) { return { text: 'turn ' + turn + ', ' + body.messages.length + ' message' }; }\n";
const put = (path: string, text: string) => writeFileSync(join(repo, path), text);

it('that the person names answers at once, from where the person is', () => {
  put('crew.mjs', SCRIPT);
  expect(home.agent(repo, 'run', 'Say something', '--model', 'scripted:crew.mjs')).toMatchObject({
    ...{ code: 0, stdout: 'turn 0, 1 message\n' },
  });
  expect(home.agent(repo, 'run', 'Say something', '--model', 'scripted:nobody.mjs')).toMatchObject({
    ...{ code: 2, stderr: expect.stringContaining('cannot be read (ENOENT)') },
  });
  put('crew.mjs', 'export const answr = 1;\n');
  expect(home.agent(repo, 'run', 'Say something', '--model', 'scripted:crew.mjs').stderr).toContain(
    'no function `answer`',
  );
  put('crew.mjs', 'export function answer( {\n');
  expect(home.agent(repo, 'run', 'Say something', '--model', 'scripted:crew.mjs')).toMatchObject({
    ...{ code: 2, stderr: expect.stringContaining('cannot be loaded') },
  });
});

it('that config.yaml or an agent’s file names is a command: shown, and run only once it is trusted', () => {
  put('.agentmem/crew.mjs', SCRIPT);
  put('.agentmem/config.yaml', 'version: 1\nmodels:\n  agent: scripted:crew.mjs\n');
  put('.agentmem/agents/other.md', '---\nname: other\nmodel: scripted:crew.mjs\n---\nYou are another.\n');
  const refused = home.agent(repo, 'run', 'Say something');
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('nobody has trusted it') });
  expect(home.agent(repo, 'run', 'Say something', '--agent', 'other').code).toBe(2);
  const shown = home.agent(repo, 'trust', '--show').stdout;
  expect(shown).toContain('models.agent  "scripted:crew.mjs"');
  expect(shown).toContain('agents/other.md model  "scripted:crew.mjs"');
  expect(home.agent(repo, 'trust').code).toBe(0);
  expect(home.agent(repo, 'run', 'Say something').stdout).toBe('turn 0, 1 message\n');
  expect(home.agent(repo, 'run', 'Say something', '--agent', 'other').code).toBe(0);
  put('.agentmem/agents/other.md', '---\nname: other\nmodel: scripted:crew.mjs\n---\nYou are a changed one.\n');
  expect(home.agent(repo, 'run', 'Say something').stderr).toContain('nobody has trusted it');
});
