// Long output and images leave the line and lie beside the transcript; nothing leads out of that folder.
import { describe, expect, it } from 'vitest';
import type { Block, SessionEvent } from '../../src/domain/events.ts';
import { LONGEST_INLINE, spill } from '../../src/store/spill.ts';
import { spilledPath } from '../../src/store/spilled-path.ts';
import { answers, says } from './made.ts';

const result = (content: Block[], id = 'evt_1'): SessionEvent =>
  ({ id, type: 'agent.tool_result', content }) as SessionEvent;
const contentOf = (event: SessionEvent) =>
  'content' in event && Array.isArray(event.content) ? (event.content as Block[]) : [];

describe('spill', () => {
  it('leaves short events and long messages as they are', () => {
    for (const event of [
      answers('1', '0', 'x'.repeat(LONGEST_INLINE)),
      says('2', 'x'.repeat(200_000)),
      { id: 'evt_3', type: 'session.usage' } as SessionEvent,
    ]) {
      expect(spill(event, 's')).toEqual({ event, files: [] });
      expect(spill(event, 's').event).toBe(event);
    }
  });

  it('keeps head and tail of a long result and the whole in a file', () => {
    const text = `head ${'x'.repeat(200_000)} tail`;
    const { event, files } = spill(answers('1', '0', text), 's');
    expect(files).toEqual([{ name: 's.d/evt_1.txt', text }]);
    expect(event).toMatchObject({ file: 's.d/evt_1.txt', tool_use_id: 'evt_0' });
    const [block] = contentOf(event);
    expect(block?.type === 'text' && block.text).toMatch(/^head x+\n\[… \d+ characters left out …\]\nx+ tail$/);
    expect(JSON.stringify(event).length).toBeLessThan(LONGEST_INLINE + 500);
  });

  it('keeps blocks apart, injected ones marked, and counts JSON by its text', () => {
    const big = { rows: 'y'.repeat(80_000) };
    const image: Block = { type: 'image', url: 'https://example.org/x.png' };
    const { event, files } = spill(
      result([{ type: 'text', text: 'x'.repeat(60_000), injected: 'hook' }, image, { type: 'json', value: big }]),
      's',
    );
    const [first, second, third] = contentOf(event);
    expect(first).toMatchObject({ type: 'text', injected: 'hook' });
    expect(second).toBe(image);
    expect(third).toMatchObject({ type: 'text', text: expect.stringMatching(/^\{"rows":"y+/) });
    expect(files[0]?.text).toBe(`${'x'.repeat(60_000)}\n${JSON.stringify(big)}`);
  });

  it('moves long image data out of any message, numbered by its place', () => {
    const data = 'A'.repeat(LONGEST_INLINE + 1);
    const message = {
      ...says('1', 'see'),
      content: [
        { type: 'text', text: 'see' },
        { type: 'image', media_type: 'image/png', data },
      ],
    } as SessionEvent;
    const { event, files } = spill(message, 's');
    expect(files).toEqual([{ name: 's.d/evt_1.1.b64', text: data }]);
    expect(contentOf(event)[1]).toEqual({ type: 'image', media_type: 'image/png', file: 's.d/evt_1.1.b64' });
  });

  it.each(['evt_../../x', '/etc/passwd', `evt_${'x'.repeat(300)}`, 'evt_a\0b', ''])(
    'never makes a path of the id %j',
    (id) => {
      const { files } = spill(result([{ type: 'text', text: 'x'.repeat(200_000) }], id), 's');
      expect(files[0]?.name).toMatch(/^s\.d\/evt_[0-9a-z]{26}\.txt$/);
    },
  );
});

describe('spilledPath', () => {
  it('finds what spill has named', () => {
    expect(spilledPath('/m/sessions/2026/01/s.jsonl', 's.d/evt_1.txt')).toBe('/m/sessions/2026/01/s.d/evt_1.txt');
  });

  it.each([
    '../x',
    '/etc/passwd',
    's.d/../../x',
    's.d/..',
    't.d/evt_1.txt',
    's.d/a/b',
    's.d\\x',
    's.d/',
    '',
    's.d/.hidden',
    's.d/a\0b',
  ])('knows no file %j', (name) => {
    expect(spilledPath('/m/s.jsonl', name)).toBeUndefined();
  });
});
