// Hold-outs: a draw keeps chosen lessons out of a session, says so, and changes nothing else of the prompt.
import { expect, it } from 'vitest';
import { type BriefingRequest, briefingFor } from '../../src/agent/briefing.ts';
import { readPlaybooks } from '../../src/store/playbooks.ts';

const section = (id: string, extra = '') =>
  `## Lesson ${id} about vouchers\n<!-- entry ${id} kind=mistake grade=C since=2026-11-01${extra} -->\n\nRule of ${id}.\n`;
const text = ['aaaa', 'bbbb', 'cccc'].map((id) => section(id, id === 'cccc' ? ' pinned' : '')).join('\n');
const { playbooks } = readPlaybooks(new Map([['x.md', `---\nplaybook: x\n---\n\n# x\n\n${text}`]]));
const request = (change: Partial<BriefingRequest> = {}): BriefingRequest => ({
  ...{ commit: '0'.repeat(40), playbooks, tools: ['edit'], task: 'Mend the vouchers page', today: '2026-11-20' },
  agent: { name: 'default', memory: { playbooks: 'auto', notes: 'read_only' } },
  ...change,
});

it('a lesson that the draw keeps out is named as held out, and no other takes its place', async () => {
  const caps = { entries: 2, tokens: 1500, playbooks: 3 };
  const whole = await briefingFor(request({ caps }));
  const [, second] = whole.loaded.entries;
  const held = await briefingFor(request({ caps, holdOut: (id) => id === second }));
  expect(whole.loaded.entries).toHaveLength(2);
  expect(held.loaded.entries).toEqual(whole.loaded.entries.filter((id) => id !== second));
  expect(held.loaded.held_out).toEqual([second]);
  expect(held.text).not.toContain(`Rule of ${second}.`);
});

it('what was not chosen anyway is not held out, and a pinned lesson never', async () => {
  const { loaded } = await briefingFor(
    request({ caps: { entries: 1, tokens: 1500, playbooks: 3 }, holdOut: () => true }),
  );
  expect(loaded.entries).toEqual(['cccc']);
  expect(loaded.held_out).toBeUndefined();
  expect((await briefingFor(request({ holdOut: () => true }))).loaded).toMatchObject({
    entries: ['cccc'],
    held_out: expect.arrayContaining(['aaaa', 'bbbb']),
  });
  expect((await briefingFor(request())).loaded.held_out).toBeUndefined();
});
