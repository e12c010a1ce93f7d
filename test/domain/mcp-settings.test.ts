// MCP servers in config.yaml: what is refused before anything is started, and what trust is asked for.
import { describe, expect, it } from 'vitest';
import { filledHeader, mcpSettings, mcpVariables } from '../../src/domain/mcp-settings.ts';
import { settingsSchema } from '../../src/domain/settings.ts';
import { configuredCommands } from '../../src/domain/trust.ts';

const reference = (name: string) => `$\{${name}}`;
const faults = (servers: Record<string, object>) => {
  const parsed = mcpSettings.safeParse(servers);
  return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
};

describe('an MCP server in config.yaml', () => {
  it('is a command or an address, and not both', () => {
    expect(faults({ a: { command: 'serve' }, b: { url: 'https://mcp.example/x' } })).toEqual([]);
    for (const server of [{}, { command: 'serve', url: 'https://mcp.example' }])
      expect(faults({ a: server })).toEqual(['a.command: needs exactly one of command, url']);
    expect(faults({ a: { url: 'ftp://mcp.example' } })).toHaveLength(1);
    expect(faults({ a: { command: 'two\nlines' } })).toHaveLength(1);
  });

  it('has a name that no rule for another server fits', () => {
    for (const name of ['git', 'git-hub', 'git_hub', '0']) expect(faults({ [name]: { command: 'x' } })).toEqual([]);
    for (const name of ['git__hub', 'git_', '_git', 'Git', 'a'.repeat(33), 'a b', ''])
      expect(faults({ [name]: { command: 'x' } })).not.toEqual([]);
  });

  it('names secrets and holds none', () => {
    const url = 'https://mcp.example/x';
    expect(faults({ a: { url, headers: { Authorization: `Bearer ${reference('TOKEN')}` } } })).toEqual([]);
    expect(faults({ a: { url, headers: { Authorization: 'Bearer abcdef' } } }).join()).toContain('looks like a secret');
    expect(faults({ a: { url, headers: { 'X-Api-Key': 'abcdef' } } }).join()).toContain('looks like a secret');
    expect(faults({ a: { url: 'https://me:abc@mcp.example/x' } }).join()).toContain('holds a password');
    expect(faults({ a: { url, headers: { 'X-Team': 'kiln\r\nX-Other: 1' } } })).toHaveLength(1);
  });

  it('is sent no value of the environment without encryption, but on this machine', () => {
    const headers = { Authorization: reference('TOKEN') };
    expect(faults({ a: { url: 'http://mcp.example/x', headers } }).join()).toContain('not encrypted');
    for (const host of ['localhost', '127.0.0.1', '[::1]'])
      expect(faults({ a: { url: `http://${host}:9/x`, headers } })).toEqual([]);
    expect(faults({ a: { url: 'http://127.0.0.1.example/x', headers } })).toHaveLength(1);
  });

  it('is listed for trust, with what it would see', () => {
    const settings = settingsSchema.parse({
      mcp: {
        sim: { command: 'node sim.mjs', env: ['SIM_KEY'] },
        web: { url: 'https://mcp.example/x', headers: { Authorization: reference('WEB_TOKEN') } },
      },
    });
    const listed = configuredCommands(settings);
    expect(listed.map(({ setting, command }) => [setting, command])).toEqual([
      ['mcp.sim.command', 'node sim.mjs'],
      ['mcp.web.url', 'https://mcp.example/x'],
    ]);
    expect(listed.map(({ when }) => /with the values of (\S+)$/.exec(when)?.[1])).toEqual(['SIM_KEY', 'WEB_TOKEN']);
  });
});

describe('a header', () => {
  it('is filled from the environment, or says what is missing', () => {
    const value = `${reference('A')}-${reference('B')}`;
    expect(filledHeader(value, { A: '1', B: '$&' })).toEqual({ value: '1-$&' });
    expect(filledHeader(value, { A: '1', B: '' })).toEqual({ missing: ['B'] });
    expect(mcpVariables({ env: [], headers: { one: value, two: reference('A') } })).toEqual(['A', 'B']);
  });
});
