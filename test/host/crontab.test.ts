// Reading and replacing a crontab through a program of that name.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asBytes, type Crontab, fromBytes, userCrontab } from '../../src/host/crontab.ts';
import { type FakeCrontab, fakeCrontab } from '../support/crontab.ts';

let dir: string;
let fake: FakeCrontab;
let crontab: Crontab;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-crontab-'));
  fake = fakeCrontab(dir);
  crontab = userCrontab({ PATH: `${fake.bin}:/usr/bin:/bin` }, dir);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('the crontab', () => {
  it('is null where there is none, and can be made and removed', async () => {
    expect(await crontab.read()).toBe(null);
    await crontab.write('1 * * * * x\n');
    expect(await crontab.read()).toBe('1 * * * * x\n');
    await crontab.write(null);
    expect(await crontab.read()).toBe(null);
    expect(fake.read()).toBe(null);
  });

  it('keeps bytes that are no text', async () => {
    const bytes = `# ${Buffer.from([0xff, 0xfe, 0x80]).toString('latin1')} ${asBytes('Grüße 😀')}\n`;
    fake.write(bytes);
    const text = await crontab.read();
    expect(text).toBe(bytes);
    await crontab.write(text);
    expect(fake.read()).toBe(bytes);
    expect(fromBytes(asBytes('Grüße 😀'))).toBe('Grüße 😀');
  });

  it.each([
    ['You (mira) are not allowed to use this program (crontab)'],
    ['crontabs/mira/: fopen: Permission denied'],
    ['no crontab for mira, or so it seems: the disk answered with an error'],
    [''],
  ])('that cannot be read for another reason is no empty crontab: %s', async (message) => {
    fake.breakWith(message);
    await expect(crontab.read()).rejects.toThrow('left alone');
  });

  it('says what crontab said when it refuses a change, and keeps the old one', async () => {
    fake.write('1 * * * * x\n');
    await expect(crontab.write('no line break')).rejects.toThrow('cannot be changed');
    expect(fake.read()).toBe('1 * * * * x\n');
  });

  it('without a crontab program says what else there is', async () => {
    const none = userCrontab({ PATH: dir }, dir);
    await expect(none.read()).rejects.toMatchObject({ problem: { hint: expect.stringContaining('--systemd') } });
  });

  it('asks for English, whatever the user reads', async () => {
    const script = '#!/bin/sh\n[ "$LC_ALL" = C ] && echo "no crontab for x" >&2 || echo "kein crontab" >&2; exit 1\n';
    writeFileSync(join(fake.bin, 'crontab'), script);
    const german = userCrontab({ PATH: `${fake.bin}:/usr/bin:/bin`, LC_ALL: 'de_DE.UTF-8' }, dir);
    expect(await german.read()).toBe(null);
  });
});
