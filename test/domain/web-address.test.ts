// Web addresses out of remote URLs, and the pages on which a pull request is opened by hand.
import { describe, expect, it } from 'vitest';
import { compareUrl, webAddressOf } from '../../src/domain/web-address.ts';

describe('the web address of a remote', () => {
  it.each([
    ['https://github.com/acme/tea.git', 'github', 'github.com', 'acme/tea'],
    ['https://mira:s3cret@github.com/acme/tea', 'github', 'github.com', 'acme/tea'],
    ['https://x-access-token:a@b@github.com/acme/tea.git/', 'github', 'github.com', 'acme/tea'],
    ['git@github.com:acme/tea.git', 'github', 'github.com', 'acme/tea'],
    ['ssh://git@github.com:22/acme/tea.git', 'github', 'github.com', 'acme/tea'],
    ['ssh://git@ssh.github.com:443/acme/tea.git', 'github', 'github.com', 'acme/tea'],
    ['git@gitlab.com:group/sub/tea.git', 'gitlab', 'gitlab.com', 'group/sub/tea'],
    ['https://gitlab.acme.example:8443/group/tea.git', 'gitlab', 'gitlab.acme.example:8443', 'group/tea'],
    ['git@bitbucket.org:acme/tea.git', 'bitbucket', 'bitbucket.org', 'acme/tea'],
    ['https://codeberg.org/acme/tea', 'gitea', 'codeberg.org', 'acme/tea'],
    ['ssh://git@git.acme.example:2222/acme/tea.git', 'unknown', 'git.acme.example', 'acme/tea'],
  ])('of %s', (url, kind, host, path) => {
    expect(webAddressOf(url)).toEqual({ kind, host, path });
  });

  it.each([
    '/srv/git/tea.git',
    'file:///srv/git/tea.git',
    '../tea.git',
    'C:\\git\\tea',
    'c:/git/tea',
    'ext::sh -c "echo" x/y',
    'https://github.com/acme',
    'https://github.com/../../etc',
    'https://github.com/acme/"><script>',
    '',
  ])('is nothing for %s', (url) => {
    expect(webAddressOf(url)).toBeNull();
  });

  it('carries no password, whatever the URL holds', () => {
    for (const url of ['https://mira:s3cret@git.example.org/a/b', 'ssh://mira:s3cret@git.example.org/a/b']) {
      expect(JSON.stringify(webAddressOf(url))).not.toContain('s3cret');
    }
  });
});

describe('the page for a pull request', () => {
  const at = (url: string) => {
    const address = webAddressOf(url);
    if (address === null) throw new Error(url);
    return compareUrl(address, 'dream/d20261120-8c1f', 'main');
  };

  it('follows the habits of each server', () => {
    expect(at('git@github.com:acme/tea.git')).toBe(
      'https://github.com/acme/tea/compare/main...dream/d20261120-8c1f?expand=1',
    );
    expect(at('git@gitlab.com:g/tea.git')).toBe(
      'https://gitlab.com/g/tea/-/merge_requests/new?merge_request%5Bsource_branch%5D=dream%2Fd20261120-8c1f&merge_request%5Btarget_branch%5D=main',
    );
    expect(at('git@bitbucket.org:acme/tea.git')).toBe(
      'https://bitbucket.org/acme/tea/pull-requests/new?source=dream%2Fd20261120-8c1f&dest=main',
    );
    expect(at('https://codeberg.org/acme/tea')).toBe(
      'https://codeberg.org/acme/tea/compare/main...dream/d20261120-8c1f',
    );
  });

  it('escapes what a branch name may hold', () => {
    const address = webAddressOf('https://codeberg.org/acme/tea');
    expect(address && compareUrl(address, 'dream/a&b#c', 'ma%in')).toBe(
      'https://codeberg.org/acme/tea/compare/ma%25in...dream/a%26b%23c',
    );
  });
});
