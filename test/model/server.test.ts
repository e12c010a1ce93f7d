import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { findServer, isServer, normalBaseUrl } from '../../src/model/server.ts';

describe('an address', () => {
  it.each([
    ['https://api.anthropic.com', 'https://api.anthropic.com'],
    ['https://api.anthropic.com/', 'https://api.anthropic.com'],
    ['https://api.anthropic.com/v1', 'https://api.anthropic.com'],
    ['https://api.anthropic.com/v1/', 'https://api.anthropic.com'],
    ['https://api.anthropic.com/v1/messages', 'https://api.anthropic.com'],
    ['https://api.anthropic.com//v1//messages/', 'https://api.anthropic.com'],
    ['http://127.0.0.1:11434', 'http://127.0.0.1:11434'],
    ['https://gate.example/anthropic/v1', 'https://gate.example/anthropic'],
    ['https://gate.example/team/v1/messages/', 'https://gate.example/team'],
    ['https://gate.example/v1beta', 'https://gate.example/v1beta'],
    ['https://gate.example/messages', 'https://gate.example/messages'],
    ['http://[::1]:8080/v1', 'http://[::1]:8080'],
  ])('%s means %s', (given, expected) => {
    const found = findServer({ ANTHROPIC_BASE_URL: given, ANTHROPIC_API_KEY: 'key' });
    expect(isServer(found) && found.baseUrl).toBe(expected);
  });

  it.each([
    ['nonsense', 'is no address'],
    ['localhost:8080', 'is no address'],
    ['ftp://x.example', 'is no address'],
    ['https://x.example/v1?key=abc', 'after ? or #'],
    ['https://x.example/#top', 'after ? or #'],
    ['https://me:secret@x.example', 'name or password'],
  ])('%s is refused, without being repeated', (given, what) => {
    let refused: unknown;
    try {
      normalBaseUrl(given, 'base_url of config.yaml');
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(UserError);
    if (refused instanceof UserError) {
      expect(refused.problem).toMatchObject({ what: expect.stringContaining(what), where: 'base_url of config.yaml' });
      expect(JSON.stringify(refused.problem)).not.toContain('secret');
    }
  });
});

describe('a server', () => {
  it('is looked for in the environment, then the settings, then where Anthropic is', () => {
    const key = { ANTHROPIC_API_KEY: ' key ' };
    expect(findServer({ ...key, ANTHROPIC_BASE_URL: 'https://a.example/' }, 'https://b.example')).toMatchObject({
      where: 'https://a.example',
      chosenBy: 'environment',
      anthropic: false,
      found: 'ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY',
    });
    expect(findServer({ ...key, ANTHROPIC_BASE_URL: ' ' }, 'https://b.example/x/')).toMatchObject({
      where: 'https://b.example/x',
      chosenBy: 'settings',
      loopback: false,
    });
    expect(findServer(key)).toEqual({
      baseUrl: 'https://api.anthropic.com',
      where: 'api.anthropic.com',
      anthropic: true,
      auth: { key: 'key' },
      chosenBy: 'default',
      loopback: false,
      found: 'ANTHROPIC_API_KEY',
    });
  });

  it('is shown a key before a token, and needs neither where it is not Anthropic', () => {
    expect(findServer({ ANTHROPIC_API_KEY: 'k', ANTHROPIC_AUTH_TOKEN: 't' })).toMatchObject({ auth: { key: 'k' } });
    expect(findServer({ ANTHROPIC_API_KEY: '', ANTHROPIC_AUTH_TOKEN: 't' })).toMatchObject({ auth: { token: 't' } });
    expect(findServer({}, 'http://localhost:11434')).toMatchObject({
      auth: undefined,
      loopback: true,
      anthropic: false,
    });
  });

  it('is not Anthropic where only the name looks like it', () => {
    for (const url of [
      'https://api.anthropic.com.evil.example',
      'https://notanthropic.com',
      'https://evil.example/api.anthropic.com',
    ])
      expect(findServer({ ANTHROPIC_API_KEY: 'k' }, url)).toMatchObject({ anthropic: false });
  });

  it.each(['localhost', '127.0.0.1', '127.3.2.1', '[::1]', 'ollama.localhost'])('at %s is on this machine', (host) => {
    expect(findServer({}, `http://${host}:1`)).toMatchObject({ loopback: true });
  });

  it.each(['10.0.0.1', '127.evil.example', 'localhost.evil.example'])('at %s is not', (host) => {
    expect(findServer({}, `http://${host}`)).toMatchObject({ loopback: false });
  });

  it('that is nowhere to be found is told with what was looked for and three ways to go on', () => {
    const found = findServer({ ANTHROPIC_API_KEY: ' ' });
    expect(isServer(found)).toBe(false);
    if (isServer(found)) return;
    expect(found.lookedFor.map((line) => line.split(':')[0])).toEqual([
      'ANTHROPIC_API_KEY',
      'ANTHROPIC_AUTH_TOKEN',
      'ANTHROPIC_BASE_URL and base_url in config.yaml',
    ]);
    expect(found.ways).toHaveLength(3);
    expect(found.ways.join('\n')).toMatch(
      /ANTHROPIC_API_KEY[\s\S]*base_url[\s\S]*scripted:<file>[\s\S]*cassette:<file>/,
    );
  });

  it('is not shown a key that no header can hold, nor is that key repeated', () => {
    expect(() => findServer({ ANTHROPIC_API_KEY: 'half\nkey' })).toThrow(UserError);
    expect(() => findServer({ ANTHROPIC_API_KEY: 'half\nkey' })).not.toThrow(/half/);
  });
});
