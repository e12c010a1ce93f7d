// Units for systemd: what they say, and that nobody else's unit is touched.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCronTime } from '../../src/host/cron-time.ts';
import {
  readUnits,
  removeUnits,
  runSystemctl,
  systemctlCommands,
  unitCronTime,
  unitFiles,
} from '../../src/host/systemd.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-units-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const units = (memory = '/home/mira/p/.agentmem', time = '17 3 * * *') =>
  unitFiles(
    'k7f3a2',
    memory,
    { words: ['/usr/bin/node', '/x/agent.js', 'nightly'], env: [['AGENTMEM_DIR', memory]] },
    parseCronTime(time),
  );

describe('units', () => {
  it('run the nightly run at the given time, and make up for missed ones', () => {
    const both = units();
    expect([...both.keys()]).toEqual(['agentmem-k7f3a2.service', 'agentmem-k7f3a2.timer']);
    const service = both.get('agentmem-k7f3a2.service') ?? '';
    expect(service).toContain(
      '\nType=oneshot\nEnvironment=AGENTMEM_DIR=/home/mira/p/.agentmem\nExecStart=/usr/bin/node /x/agent.js nightly\n',
    );
    const timer = both.get('agentmem-k7f3a2.timer') ?? '';
    expect(timer).toContain('\nOnCalendar=*-*-* 03:17:00\n');
    expect(timer).toContain('\nPersistent=true\n');
    expect(unitCronTime(both)).toBe('17 3 * * *');
  });

  it('keep what is special to systemd out of paths', () => {
    const words = ['/usr/bin/env', '/a b/100%/$HOME/"q"/back\\slash/it\'s'];
    const [service = ''] = unitFiles(
      'k7f3a2',
      '/m',
      { words, env: [['A', '/50% "x" $y']] },
      parseCronTime('@daily'),
    ).values();
    expect(service).toContain(`ExecStart=/usr/bin/env "/a b/100%%/$$HOME/\\"q\\"/back\\\\slash/it's"\n`);
    expect(service).toContain('Environment="A=/50%% \\"x\\" $y"\n');
    expect(() => units('/home/mira/p\nExecStart=/bin/evil')).toThrow('line break');
  });

  it('are found, read and deleted by their first line', () => {
    for (const [name, text] of units()) writeFileSync(join(dir, name), text);
    writeFileSync(join(dir, 'agentmem-other1.timer'), 'not asked about');
    expect([...readUnits(dir, 'k7f3a2').keys()]).toHaveLength(2);
    expect(removeUnits(dir, 'k7f3a2')).toEqual(['agentmem-k7f3a2.service', 'agentmem-k7f3a2.timer']);
    expect(readUnits(dir, 'k7f3a2').size).toBe(0);
    expect(existsSync(join(dir, 'agentmem-other1.timer'))).toBe(true);
  });

  it('of somebody else are refused', () => {
    const path = join(dir, 'agentmem-k7f3a2.timer');
    writeFileSync(path, '[Timer]\n');
    expect(() => readUnits(dir, 'k7f3a2')).toThrow('did not write');
    expect(() => removeUnits(dir, 'k7f3a2')).toThrow('did not write');
    expect(existsSync(path)).toBe(true);
  });
});

describe('systemctl', () => {
  it('that is not there is no failure of ours', async () => {
    const result = await runSystemctl(systemctlCommands('k7f3a2').enable, { PATH: dir }, dir);
    expect(result.there).toBe(false);
  });

  it('that refuses is quoted', async () => {
    writeFileSync(join(dir, 'systemctl'), '#!/bin/sh\necho "Failed to connect to bus" >&2; exit 1\n', { mode: 0o755 });
    const result = await runSystemctl(systemctlCommands('k7f3a2').enable, { PATH: `${dir}:/usr/bin:/bin` }, dir);
    expect(result).toEqual({ there: true, why: 'Failed to connect to bus' });
  });

  it('is told to reload and then to switch the timer on', async () => {
    writeFileSync(join(dir, 'systemctl'), `#!/bin/sh\necho "$@" >> '${dir}/said'\n`, { mode: 0o755 });
    const commands = systemctlCommands('k7f3a2');
    expect(await runSystemctl(commands.enable, { PATH: `${dir}:/usr/bin:/bin` }, dir)).toEqual({ there: true });
    expect(commands.enable).toEqual([
      ['systemctl', '--user', 'daemon-reload'],
      ['systemctl', '--user', 'enable', '--now', 'agentmem-k7f3a2.timer'],
    ]);
  });
});
