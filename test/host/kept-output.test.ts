// What is kept of a program's output: beginning and end within a limit, and nothing that a terminal would obey.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepOutput } from '../../src/host/kept-output.ts';

const kept = (max: number, ...chunks: (string | Buffer)[]) => {
  const output = keepOutput(max);
  for (const chunk of chunks) output.take(Buffer.from(chunk));
  return output.text();
};

describe('kept output', () => {
  it('is the whole text where it is short, however it was cut on its way', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.nat(20)), (text, cuts) => {
        const plain = text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '');
        const data = Buffer.from(plain);
        const output = keepOutput(10_000);
        let at = 0;
        for (const cut of cuts) {
          output.take(data.subarray(at, at + cut));
          at += cut;
        }
        output.take(data.subarray(at));
        expect(output.text()).toBe(plain);
      }),
    );
  });

  it('is its beginning and its end where it is long, and never holds more', () => {
    const output = keepOutput(100);
    for (let i = 0; i < 20_000; i++) output.take(Buffer.from(`line ${i}\n`));
    const text = output.text();
    expect(text).toMatch(/^line 0\nline 1\n/);
    expect(text).toMatch(/line 19998\nline 19999\n$/);
    expect(text).toMatch(/\n\[… \d+ KB or more left out …\]\n/);
    expect(text.length).toBeLessThan(160);
  });

  it('stays within its limit and well-formed for any bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }),
        fc.integer({ min: 2, max: 80 }),
        (chunks, max) => {
          const text = kept(max, ...chunks.map((c) => Buffer.from(c)));
          expect(text.length).toBeLessThanOrEqual(max + 80);
          expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
          expect(Buffer.from(text).toString()).toBe(text);
        },
      ),
    );
  });

  it('splits no character, neither by a chunk nor by what is left out', () => {
    expect(kept(10_000, Buffer.from([0xe2, 0x82]), Buffer.from([0xac]))).toBe('€');
    expect(kept(20, '🙂'.repeat(1000))).not.toContain('\ufffd');
  });

  it('has no escapes, no carriage returns and no half-overwritten lines', () => {
    expect(kept(1000, 'a\r\nb\u001b[31mred\u001b[0m\u001b]0;title\u0007\n10%\r20%\r100%\n')).toBe('a\nbred\n100%\n');
  });

  it('replaces invalid UTF-8, breaks at NUL, and shows binary data by its size', () => {
    expect(
      kept(1000, Buffer.concat([Buffer.from('caf'), Buffer.from([0xe9]), Buffer.from(' is open to all of us')])),
    ).toBe('caf\ufffd is open to all of us');
    expect(kept(1000, 'src/first-file.ts\0src/second-file.ts\0')).toBe('src/first-file.ts\nsrc/second-file.ts\n');
    expect(kept(1000, Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 37) % 256)))).toMatch(
      /^\[binary output, 5\.0 KB, not shown/,
    );
  });

  it('is handed over once when it is drained', () => {
    const output = keepOutput(100);
    output.take(Buffer.from('one'));
    expect(output.drain()).toBe('one');
    output.take(Buffer.from('two'));
    expect(output.drain()).toBe('two');
    expect(output.text()).toBe('');
  });
});
