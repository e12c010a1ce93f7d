// The first event of a session that begins here: what is always said, in which order, and what is left out.
import { expect, it } from 'vitest';
import { liveHeader } from '../../src/agent/live-header.ts';
import { VERSION } from '../../src/base/version.ts';
import { eventSchema } from '../../src/domain/events.ts';

const beginning = {
  id: '20260301-081500-abcd',
  at: new Date('2026-03-01T08:15:00.000Z'),
  by: 'mona',
  modelId: 'claude-test',
  workspace: { folder: '/bakery/oven', project: 'bakery' },
  random: () => '0123456789abcdef',
};

it('a header says when, by whom and where, and leaves out what nobody told', () => {
  const header = liveHeader(beginning, { title: 'Bake\n  rye' });
  expect(header).toEqual({
    ...{ id: header.id, at: '2026-03-01T08:15:00.000Z', type: 'session.created', version: 1 },
    ...{ session: '20260301-081500-abcd', title: 'Bake rye', model: 'claude-test', by: 'mona', project: 'bakery' },
    ...{ source: { tool: 'agentmem', version: VERSION }, cwd: '/bakery/oven' },
  });
  expect(eventSchema.parse(header)).toEqual(header);
});

it('a header keeps its keys in one order, marks last, and its title short', () => {
  const told = {
    ...{
      forked_from: { session: 's', event: 'evt_1' },
      memory: { commit: 'c', entries: [] },
      agent: { name: 'baker' },
    },
    ...{ task: { prompt: 'x' }, title: 'x'.repeat(200) },
  };
  const workspace = { ...beginning.workspace, git: { head: 'd'.repeat(40) } };
  const header = liveHeader({ ...beginning, workspace }, told);
  expect(header.title).toHaveLength(80);
  expect(Object.keys(header)).toEqual([
    ...['id', 'at', 'type', 'version', 'session', 'title', 'task', 'agent', 'model', 'by', 'project', 'source', 'cwd'],
    ...['git', 'memory', 'forked_from'],
  ]);
});
