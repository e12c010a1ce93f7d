// The environment in which git talks to a server.
import { describe, expect, it } from 'vitest';
import { networkEnvironment } from '../../src/git/network.ts';

describe('the environment for the network', () => {
  it('keeps keys, proxies and certificates of the person', () => {
    const env = {
      HOME: '/home/mira',
      SSH_AUTH_SOCK: '/run/agent',
      https_proxy: 'http://proxy:3128',
      NO_PROXY: 'localhost',
      GIT_SSL_CAINFO: '/etc/ca.pem',
      GIT_CONFIG_GLOBAL: '/home/mira/gitconfig',
    };
    expect(networkEnvironment(env)).toMatchObject(env);
  });

  it('lets nothing through that asks a question, opens a window or points git elsewhere', () => {
    const made = networkEnvironment({
      GIT_DIR: '/elsewhere/.git',
      GIT_INDEX_FILE: '/elsewhere/index',
      GIT_ASKPASS: '/usr/bin/ask',
      SSH_ASKPASS: '/usr/bin/ask',
      EDITOR: 'vi',
      PAGER: 'less',
      LANGUAGE: 'de',
      LC_ALL: 'de_DE.UTF-8',
    });
    expect(Object.keys(made)).not.toEqual(expect.arrayContaining(['GIT_DIR']));
    for (const name of ['GIT_DIR', 'GIT_INDEX_FILE', 'SSH_ASKPASS', 'EDITOR', 'PAGER'])
      expect(made).not.toHaveProperty(name);
    expect(made).toMatchObject({
      GIT_TERMINAL_PROMPT: '0',
      GIT_ASKPASS: '',
      SSH_ASKPASS_REQUIRE: 'never',
      LC_ALL: 'C',
    });
  });

  it.each([
    [{}, undefined, 'ssh -o BatchMode=yes'],
    [{}, 'ssh -i ~/.ssh/team', 'ssh -i ~/.ssh/team -o BatchMode=yes'],
    [{ GIT_SSH_COMMAND: 'ssh -p 2222' }, 'ssh -i other', 'ssh -p 2222 -o BatchMode=yes'],
    [{ GIT_SSH: '/opt/my tools/ssh' }, undefined, "'/opt/my tools/ssh' -o BatchMode=yes"],
    [{ GIT_SSH_COMMAND: '"C:/Program Files/ssh.exe"' }, undefined, '"C:/Program Files/ssh.exe" -o BatchMode=yes'],
    [{ GIT_SSH_COMMAND: 'plink -batch' }, undefined, 'plink -batch'],
  ])('makes ssh fail rather than ask: %o, setting %s', (env, setting, command) => {
    expect(networkEnvironment(env, setting).GIT_SSH_COMMAND).toBe(command);
  });
});
