// A process that was killed while members worked: the lead is told, their threads can be told more, and every transcript stays whole, wherever the kill came.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { readPast } from '../../../src/agent/past.ts';
import { isToolResult, isToolUse, type SessionEvent } from '../../../src/domain/events.ts';
import type { WrittenTurn } from '../../../src/domain/script.ts';
import { delegate, faultsOf, leadResults, makeTeamDesk, type TeamDesk } from './team-desk.ts';

const desks: TeamDesk[] = [];
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.remove();
});

// A lead that sends whoever broke off back to work, and members that look twice and then answer.
async function makeDesk(): Promise<TeamDesk> {
  const desk = await makeTeamDesk({
    agents: { lead: { team: ['ana', 'ben'] }, ana: {}, ben: {} },
    says: {
      lead: (_, last): WrittenTurn => {
        const broken = [...last.matchAll(/- (\w+-\d+) broke off/g)].map(([, thread]) => thread);
        if (broken.length > 0) return { tools: [delegate(...broken.map((thread) => ({ thread, message: 'Go on.' })))] };
        if (!last.includes('is done') && !last.includes('had ended'))
          return { tools: [delegate({ member: 'ana', message: 'Look.' }, { member: 'ben', message: 'Look.' })] };
        return { text: 'All done.' };
      },
      ana: (turn) =>
        turn < 2 ? { tools: [{ name: 'glob', input: { pattern: `ana${turn}` } }] } : { text: 'ana is well.' },
      ben: (turn) => (turn < 1 ? { tools: [{ name: 'glob', input: { pattern: 'ben' } }] } : { text: 'ben is well.' }),
    },
  });
  desks.push(desk);
  return desk;
}

it('is gone on with from every line of its transcript', async () => {
  const desk = await makeDesk();
  const whole = await desk.start();
  expect(whole.text).toBe('All done.');
  const lines = readFileSync(whole.path, 'utf8').trimEnd().split('\n');
  const ended = lines.findIndex((line) => line.includes('"text":"All done."'));
  const heard: string[] = [];
  for (let kept = 3; kept <= ended; kept++) {
    writeFileSync(whole.path, `${lines.slice(0, kept).join('\n')}\n`);
    const again = await desk.resume(whole);
    expect(again, `killed after line ${kept}`).toMatchObject({ stop_reason: 'end_turn', text: 'All done.' });
    const events = readPast(whole.path);
    expect(faultsOf(desk), `killed after line ${kept}`).toEqual([]);
    expect(unanswered(events), `killed after line ${kept}`).toEqual([]);
    const ids = events.map((event) => event.id);
    expect(ids).toEqual([...ids].sort());
    heard.push(...leadResults(whole.path));
  }
  const told = heard.join('\n');
  expect(told).toMatch(/Interrupted: the session stopped while members worked on this\.\n- ana-1 broke off/);
  expect(told).toMatch(/- ben-1 had ended \(end_turn\); its answer: list_team/);
  expect(told).toMatch(/1 more of these tasks had not been started/);
});

it('tells a member that its own calls were interrupted, before it goes on', async () => {
  const desk = await makeDesk();
  const whole = await desk.start();
  const lines = readFileSync(whole.path, 'utf8').trimEnd().split('\n');
  const asked = lines.findIndex((line) => line.includes('"thread":"ana-1"') && line.includes('agent.tool_use'));
  // The call of ana's first answer is stored, its result is not.
  const end = lines.findIndex(
    (line, i) => i > asked && line.includes('"thread":"ana-1"') && line.includes('model_request_end'),
  );
  copyFileSync(whole.path, `${whole.path}.whole`);
  writeFileSync(whole.path, `${lines.slice(0, end + 1).join('\n')}\n`);
  await desk.resume(whole);
  const events = readPast(whole.path).filter((event) => event.thread === 'ana-1');
  const results = events.filter(isToolResult);
  expect(results[0]).toMatchObject({ is_error: true, interrupted: true });
  const after = events.slice(events.findIndex(isToolResult)).map((event) => event.type);
  expect(after.slice(0, 3)).toEqual(['agent.tool_result', 'user.message', 'span.model_request_start']);
});

function unanswered(events: readonly SessionEvent[]): string[] {
  const counted = new Set<string>();
  const pending = new Map<string, string[]>();
  for (const event of events) {
    const thread = event.thread ?? 'main';
    if (event.type === 'span.model_request_start') pending.set(thread, []);
    if (isToolUse(event)) pending.get(thread)?.push(event.id);
    if (event.type === 'span.model_request_end') for (const id of pending.get(thread) ?? []) counted.add(id);
    if (isToolResult(event)) counted.delete(event.tool_use_id ?? '');
  }
  return [...counted];
}
