// The environment of commands: what they need, and no secret.
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { cleanEnvironment, secretNames } from '../../src/host/clean-env.ts';

const SECRETS = {
  ...{
    ANTHROPIC_API_KEY: 'k',
    ANTHROPIC_AUTH_TOKEN: 'k',
    OPENAI_API_KEY: 'k',
    AWS_SECRET_ACCESS_KEY: 'k',
    AWS_PROFILE: 'p',
  },
  ...{
    GH_TOKEN: 't',
    GITHUB_TOKEN: 't',
    NPM_TOKEN: 't',
    DATABASE_URL: 'postgres://u:p@h',
    MY_PASSWORD: 'p',
    PGPASSWORD: 'p',
  },
  ...{
    HTTPS_PROXY: 'http://u:p@proxy',
    SSH_AUTH_SOCK: '/tmp/agent',
    DBUS_SESSION_BUS_ADDRESS: 'unix:',
    XDG_RUNTIME_DIR: '/run',
  },
  ...{
    GIT_DIR: '/elsewhere/.git',
    GIT_INDEX_FILE: 'x',
    GIT_SSH_COMMAND: 'ssh -i key',
    GIT_CONFIG_COUNT: '1',
    GIT_ASKPASS: 'x',
  },
  ...{
    LD_PRELOAD: '/tmp/x.so',
    NODE_OPTIONS: '--require x',
    BASH_ENV: '/tmp/x',
    ENV: '/tmp/x',
    PROMPT_COMMAND: 'x',
    IFS: 'x',
  },
  ...{ 'BASH_FUNC_ls%%': '() { echo mine; }', PYTHONSTARTUP: 'x', EDITOR: 'vim', PAGER: 'less' },
};
const HARMLESS = { HOME: '/home/mira', LANG: 'de_DE.UTF-8', LC_ALL: 'C.UTF-8', TZ: 'UTC', USER: 'mira', CI: '1' };

describe('the environment of commands', () => {
  it('has what programs need and nothing else', () => {
    const clean = cleanEnvironment({ ...SECRETS, ...HARMLESS, PATH: '/usr/bin:/bin' });
    expect(clean).toMatchObject({ ...HARMLESS, PATH: '/usr/bin:/bin', TERM: 'dumb' });
    const names = Object.keys(SECRETS).filter((name) => name !== 'EDITOR' && name !== 'PAGER');
    expect(Object.keys(clean).filter((name) => names.includes(name))).toEqual([]);
  });

  it('lets nothing wait for a person', () => {
    expect(cleanEnvironment(SECRETS)).toMatchObject({
      ...{ GIT_TERMINAL_PROMPT: '0', PAGER: 'cat', GIT_PAGER: 'cat', EDITOR: 'true', GIT_EDITOR: 'true' },
    });
  });

  it('holds what a person named, whatever it is', () => {
    const clean = cleanEnvironment(SECRETS, ['NPM_TOKEN', 'EDITOR', 'NOT_THERE']);
    expect(clean).toMatchObject({ NPM_TOKEN: 't', EDITOR: 'vim' });
    expect(clean).not.toHaveProperty('NOT_THERE');
    expect(clean).not.toHaveProperty('GH_TOKEN');
  });

  it('looks for programs in no folder that depends on where one stands', () => {
    expect(cleanEnvironment({ PATH: '.:bin::/usr/bin:node_modules/.bin:/bin' }).PATH).toBe('/usr/bin:/bin');
    expect(cleanEnvironment({}).PATH).toBe('/usr/local/bin:/usr/bin:/bin');
  });

  it('is what a program sees in fact', () => {
    const seen = execFileSync('/usr/bin/env', { env: cleanEnvironment({ ...SECRETS, ...HARMLESS }), encoding: 'utf8' });
    expect(seen).toContain('HOME=/home/mira\n');
    for (const name of ['ANTHROPIC', 'TOKEN', 'AWS', 'GIT_DIR', 'LD_PRELOAD', 'PROXY'])
      expect(seen).not.toContain(name);
  });

  it('can be asked which names look like secrets', () => {
    expect(secretNames(['NPM_TOKEN', 'LANG', 'AWS_PROFILE', 'MY_PASSWORD', 'EDITOR'])).toEqual([
      ...['NPM_TOKEN', 'AWS_PROFILE', 'MY_PASSWORD'],
    ]);
  });
});
