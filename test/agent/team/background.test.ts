// Threads that the lead does not wait for: it goes on, hears of each end, and can stop one without the others.
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { readPast } from '../../../src/agent/past.ts';
import { delegate, faultsOf, leadResults, makeTeamDesk, type TeamDesk, type TeamDeskOptions } from './team-desk.ts';

const desks: TeamDesk[] = [];
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.remove();
});

async function deskWith(options: TeamDeskOptions): Promise<TeamDesk> {
  const desk = await makeTeamDesk(options);
  desks.push(desk);
  return desk;
}

const agents = { lead: { team: ['ana', 'ben'] }, ana: {}, ben: {} };
const inBackground = (...members: string[]) => {
  const { name, input } = delegate(...members.map((member) => ({ member, message: 'Go.' })));
  return { name, input: { ...input, wait: false } };
};

it('go on while the lead works, and it hears of them before it is done', async () => {
  let leadWorked = () => {};
  const worked = new Promise<void>((resolve) => {
    leadWorked = resolve;
  });
  const desk = await deskWith({
    agents,
    says: {
      lead: (turn, last) => {
        if (turn === 0) return { tools: [inBackground('ana')] };
        if (turn === 1) return { tools: [{ name: 'glob', input: { pattern: '*' } }] };
        leadWorked();
        return turn === 2 ? { text: 'I think that I am done.' } : { text: `Now I am. I heard: ${last}` };
      },
      ana: async () => {
        await worked;
        return { text: 'ana is well.' };
      },
    },
  });
  const report = await desk.start();
  expect(report.text).toMatch(/^Now I am\. I heard: \[ana-1 is done · 1 turn[^\n]*\]\nana is well\.$/);
  expect(leadResults(report.path)[0]).toBe('[ana-1 is at work]');
  const heard = readPast(report.path).find(
    (e) => e.type === 'user.message' && JSON.stringify(e).includes('ana is well'),
  );
  expect(heard).toMatchObject({ content: [{ injected: 'delegate' }] });
  expect(faultsOf(desk)).toEqual([]);
});

it('are stopped one by one, and told something again', async () => {
  const desk = await deskWith({
    agents,
    says: {
      lead: (turn, last) => {
        if (turn === 0) return { tools: [inBackground('ana', 'ben')] };
        if (turn === 1)
          return {
            tools: [
              { name: 'stop_thread', input: { thread: 'ana-1' } },
              { name: 'stop_thread', input: { thread: 'ana-9' } },
            ],
          };
        if (turn === 2) return { tools: [delegate({ thread: 'ana-1', message: 'Shortly, then.' })] };
        return { text: last };
      },
      ana: (_, last) => (last.includes('Shortly') ? { text: 'ana is well.' } : { text: 'late', delay_ms: 60_000 }),
      ben: (_, last) => ({ text: `ben heard ${last}`, delay_ms: 200 }),
    },
  });
  const { path, stop_reason } = await desk.start();
  expect(stop_reason).toBe('end_turn');
  const [, stopped, unknown, again] = leadResults(path);
  expect(stopped).toBe('ana-1 is stopped.');
  expect(unknown).toMatch(/No thread "ana-9" of yours is at work/);
  expect(again).toMatch(/ana-1 is done[^\n]*\nana is well\./);
  const ends = readPast(path).flatMap((e) =>
    e.type === 'session.thread_status_idle' ? [`${e.thread} ${e.stop_reason}`] : [],
  );
  expect(ends[0]).toBe('ana-1 interrupted');
  expect([...ends].sort()).toEqual(['ana-1 end_turn', 'ana-1 interrupted', 'ben-1 end_turn']);
  expect(JSON.stringify(readPast(path))).toContain('ben heard Go.');
  expect(faultsOf(desk)).toEqual([]);
});

it('are told of after a kill, wherever it came', async () => {
  const desk = await deskWith({
    agents,
    says: {
      lead: (turn, last) => {
        if (last.includes('Do it together') || last.includes('not been started'))
          return { tools: [inBackground('ana')] };
        if (last.includes('broke off')) return { tools: [delegate({ thread: 'ana-1', message: 'Go on.' })] };
        return /ana-\d is done/.test(last) || last.includes('had ended')
          ? { text: 'All done.' }
          : { text: `waiting ${turn}` };
      },
      ana: (turn) => (turn === 0 ? { tools: [{ name: 'glob', input: { pattern: '*' } }] } : { text: 'ana is well.' }),
    },
  });
  const whole = await desk.start();
  expect(whole.text).toBe('All done.');
  const lines = readFileSync(whole.path, 'utf8').trimEnd().split('\n');
  const ended = lines.findIndex((line) => line.includes('"text":"All done."'));
  for (let kept = 3; kept <= ended; kept++) {
    writeFileSync(whole.path, `${lines.slice(0, kept).join('\n')}\n`);
    const again = await desk.resume(whole);
    expect(again, `killed after line ${kept}`).toMatchObject({ stop_reason: 'end_turn', text: 'All done.' });
    expect(faultsOf(desk)).toEqual([]);
  }
});

it('end with the session where the lead’s budget is used up', async () => {
  const desk = await deskWith({
    agents,
    budget: { turns: 3 },
    says: {
      lead: (turn) =>
        turn === 0 ? { tools: [inBackground('ana')] } : { tools: [{ name: 'glob', input: { pattern: `${turn}` } }] },
      ana: [{ text: 'late', delay_ms: 60_000 }],
    },
  });
  const report = await desk.start();
  expect(report.stop_reason).toBe('budget_reached');
  const last = readPast(report.path)
    .filter((e) => e.thread === 'ana-1')
    .at(-1);
  expect(last).toMatchObject({ type: 'session.thread_status_idle', stop_reason: 'interrupted' });
});
