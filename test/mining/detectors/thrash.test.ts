// Work that was put back.
import { expect, it } from 'vitest';
import { thrash } from '../../../src/mining/detectors/thrash.ts';
import type { Step } from '../tell.ts';
import { sessionsOf } from './context.ts';

const detect = (...steps: Step[]) => thrash.detect(sessionsOf(steps));
const edit = (from: string, to: string, file = 'a.md', ok: string | undefined = ''): Step => ({
  call: 'swap',
  input: { file, from, to },
  ...(ok === undefined ? { error: 'Error: no' } : { ok }),
});
const write = (text: string, file = 'a.md'): Step => ({ call: 'put', input: { file, text }, ok: '' });

it('finds an edit and its inverse', () => {
  const [finding] = detect(edit('one', 'two'), { call: 'look', ok: '' }, edit('two', 'one'));
  expect(finding?.claim).toBe('What swap had done was put back by a later call of swap in 1 session.');
  expect(finding?.sightings[0]).toMatchObject({ events: 1, wasted: 2 });
});

it('finds a file written to A, B and A again', () => {
  const a = 'the first version of this text';
  const b = 'the second version of this text';
  expect(detect(write(a), write(b), write(a))).toHaveLength(1);
  expect(detect(write(a), write(b), write(`${a} more`))).toEqual([]);
  expect(detect(write(a), write(b, 'b.md'), write(a))).toEqual([]);
});

it('does not take the way back for an undoing: names that changed places are a new question', () => {
  const route = (from: string, to: string): Step => ({
    call: 'find',
    input: { from, to, day: '2026-05-01' },
    ok: 'trips',
  });
  expect(detect(route('AAA', 'BBB'), route('BBB', 'AAA'))).toEqual([]);
});

it('does not take asking A, B and A again for rewriting', () => {
  const ask = (q: string): Step => ({ call: 'ask', input: { q, where: 'docs' }, ok: 'x' });
  expect(
    detect(ask('how are things stored here'), ask('how are things read here'), ask('how are things stored here')),
  ).toEqual([]);
});

// Found in real transcripts of a tool that runs commands: "git status" before and after whatever else was sold as work put back.
it('does not take running a command again for rewriting', () => {
  const run = (cmd: string, ok = cmd, workdir = '/home/me/orchard'): Step => ({
    call: 'run',
    input: { cmd, workdir },
    ok,
  });
  const status = 'git status --short --branch';
  expect(detect(run(status, 'clean'), run('ls -la'), run(status, 'changed'))).toEqual([]);
  const script = (n: number) => `set -e\ncd orchard\n./tree-${n} --count ${n}`;
  expect(detect(run(script(1), 'a'), run(script(2), 'b'), run(script(1), 'a'))).toEqual([]);
  const heredocs = ['cat <<X\nplums\nX', 'python3 - <<Y\nimport os\nY', 'node -e "\n1"', 'sed -n 1,9p\necho pears'];
  expect(
    detect(run('git add .\ngit push', '1'), ...heredocs.map((h) => run(h)), run('git add .\ngit push', '2')),
  ).toEqual([]);
});

it('counts no failed call, and nothing in another thread', () => {
  expect(
    detect(edit('one', 'two'), { call: 'swap', input: { file: 'a.md', from: 'two', to: 'one' }, error: 'Error: no' }),
  ).toEqual([]);
  expect(
    detect(edit('one', 'two'), { call: 'swap', input: { file: 'a.md', from: 'two', to: 'one' }, ok: '', thread: 'x' }),
  ).toEqual([]);
});
