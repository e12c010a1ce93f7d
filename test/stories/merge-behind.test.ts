// A branch and the memory contradict each other: merge shows both texts, merges nothing, and a person settles it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { edit } from '../../src/stages/edit.ts';
import { card, now, PREFIX, type ReviewMemory, reviewMemory, who } from '../stages/review-memory.ts';
import { ROOT } from '../support/agent.ts';

let memory: ReviewMemory;
const agent = (...args: string[]) => {
  const env = { HOME: memory.test.dir, PATH: process.env.PATH ?? '', GIT_CONFIG_NOSYSTEM: '1' };
  const argv = [join(ROOT, 'bin', 'agent.js'), ...args];
  return spawnSync(process.execPath, argv, { cwd: memory.test.dir, env, encoding: 'utf8' });
};

beforeAll(async () => {
  memory = await reviewMemory();
  await memory.dream('d0', [{ entry: 'aaaa' }]);
  memory.mergeByHand('d0');
  await memory.dream('d1', [
    { entry: 'aaaa', change: 'edit', card: card('aaaa', { grade: 'B', template: 'Error: new' }) },
  ]);
  const state = await memory.state('d1');
  await edit({ repo: memory.repo, prefix: PREFIX, state, entry: 'aaaa', text: '## Ours\n\nBranch words.\n', who, now });
  memory.change('playbooks/crane.md', (text) => text.replace(/^## .*/m, '## Theirs'));
});
afterAll(() => memory.test.remove());

it('merge guesses nothing; --keep settles it, and then it merges', () => {
  const tip = memory.test.git('rev-parse', 'main');
  const refused = agent('merge');
  expect(refused.status).toBe(1);
  expect(refused.stdout).toContain('it was changed on both sides');
  expect(refused.stdout).toContain('- ## Theirs');
  expect(refused.stdout).toContain('+ ## Ours');
  expect(refused.stderr).toContain('--keep');
  expect(memory.test.git('rev-parse', 'main')).toBe(tip);
  expect(agent('review', '--rebuild', '--keep', 'aaaa').status).toBe(0);
  expect(agent('merge').status).toBe(0);
  expect(memory.test.git('show', `main:${PREFIX}/playbooks/crane.md`)).toContain('## Ours');
});
