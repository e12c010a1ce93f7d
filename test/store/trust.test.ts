// Trust: given to one configuration of one memory, and gone as soon as that changes.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runsNightly } from '../../src/domain/trust.ts';
import {
  readConfiguration,
  recordTrust,
  revokeTrust,
  type TrustRequest,
  trustedCommands,
} from '../../src/store/trust.ts';

const AT = '2026-11-21T03:00:00.000Z';
let dir: string;
let request: TrustRequest;
const configure = (text: string) => writeFileSync(request.config, text);
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-trust-'));
  mkdirSync(join(dir, '.agentmem'));
  const memory = join(dir, '.agentmem');
  request = { file: join(dir, 'home', 'trust.json'), memory, config: join(memory, 'config.yaml') };
  configure('nightly:\n  before: ["git fetch", "make data"]\n');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('trust', () => {
  it('is not there until it is given', () => {
    expect(trustedCommands(request)).toBe(undefined);
    const configuration = readConfiguration(request);
    expect(configuration.commands.map((c) => [c.setting, c.command])).toEqual([
      ['nightly.before[0]', 'git fetch'],
      ['nightly.before[1]', 'make data'],
    ]);
    recordTrust(request, configuration, AT);
    expect(trustedCommands(request)).toEqual(['git fetch', 'make data']);
  });

  it('is asked for the commands of tools as well, each with when it would run', () => {
    configure(
      'nightly:\n  before: ["git fetch"]\ntools:\n  - {name: sim__scan, description: Scans., command: ./sim scan}\n' +
        '  - {name: sim, description: All of it., command: ./sim serve, serve: true}\n',
    );
    const configuration = readConfiguration(request);
    expect(configuration.commands.map((c) => [c.setting, c.command, c.when])).toEqual([
      ['nightly.before[0]', 'git fetch', 'before each nightly dream, in the top folder of the repository'],
      ['tools[0].command', './sim scan', 'when an agent calls sim__scan'],
      ['tools[1].command', './sim serve', 'when an agent calls sim, and from then on to the end of its session'],
    ]);
    expect(configuration.commands.map(runsNightly)).toEqual([true, false, false]);
    recordTrust(request, configuration, AT);
    expect(trustedCommands(request)).toEqual(['git fetch', './sim scan', './sim serve']);
  });

  it('ends with any change of the configuration, and comes back with the old bytes', () => {
    recordTrust(request, readConfiguration(request), AT);
    const trusted = readFileSync(request.config, 'utf8');
    configure(`${trusted}# a comment\n`);
    expect(trustedCommands(request)).toBe(undefined);
    configure(trusted);
    expect(trustedCommands(request)).toEqual(['git fetch', 'make data']);
  });

  it('counts for this memory alone, and can be taken back', () => {
    const other = { ...request, memory: '/elsewhere/.agentmem' };
    recordTrust(request, readConfiguration(request), AT);
    expect(trustedCommands(other)).toBe(undefined);
    recordTrust(other, readConfiguration(other), AT);
    expect(revokeTrust(request)).toBe(true);
    expect(revokeTrust(request)).toBe(false);
    expect(trustedCommands(request)).toBe(undefined);
    expect(trustedCommands(other)).toEqual(['git fetch', 'make data']);
  });

  it('in an earlier configuration ends when a new one is trusted', () => {
    const old = readFileSync(request.config, 'utf8');
    recordTrust(request, readConfiguration(request), AT);
    configure('nightly: {before: []}\n');
    recordTrust(request, readConfiguration(request), AT);
    expect(trustedCommands(request)).toEqual([]);
    configure(old);
    expect(trustedCommands(request)).toBe(undefined);
  });

  it('is nobody’s where its record is damaged, which is said and not repaired', () => {
    mkdirSync(join(dir, 'home'));
    for (const text of ['', 'null', '{"version":2,"trusted":[]}', '{"version":1,"trusted":[{"memory":"x"}]}']) {
      writeFileSync(request.file, text);
      expect(() => trustedCommands(request)).toThrow('nothing is trusted');
      expect(() => recordTrust(request, readConfiguration(request), AT)).toThrow('nothing is trusted');
      expect(readFileSync(request.file, 'utf8')).toBe(text);
    }
  });

  it('of a memory without config.yaml is trust in running nothing', () => {
    rmSync(request.config);
    expect(readConfiguration(request).commands).toEqual([]);
    expect(trustedCommands(request)).toBe(undefined);
  });
});
