// Where a remote repository can be seen in a browser, worked out from its URL; pure, and never passes a password on.

export type ForgeKind = 'github' | 'gitlab' | 'bitbucket' | 'gitea' | 'unknown';

export interface WebAddress {
  kind: ForgeKind;
  /** Host, with the port where a web URL has one. */
  host: string;
  /** `owner/repository`; more parts where GitLab has subgroups. */
  path: string;
}

/** Reads `https://host/a/b.git`, `ssh://git@host:22/a/b`, `git@host:a/b.git` and the like; null for a path on a disk. */
export function webAddressOf(url: string): WebAddress | null {
  const parts = splitUrl(url.trim());
  if (parts === null) return null;
  const host = parts.host.toLowerCase();
  const path = parts.path
    .replace(/^\/+|\/+$/g, '')
    .replace(/\.git$/i, '')
    .replace(/^~/, '');
  if (!/^[a-z0-9.-]+(?::\d+)?$/.test(host) || !/^[\w.~+-]+(?:\/[\w.~+-]+)+$/.test(path)) return null;
  if (path.split('/').some((part) => part === '.' || part === '..')) return null;
  return { kind: kindOf(host), host, path };
}

/** The page on which a person turns `branch` into a pull request against `base`. */
export function compareUrl({ kind, host, path }: WebAddress, branch: string, base: string): string {
  const site = `https://${host}/${path}`;
  const [from, to] = [encodeRef(branch), encodeRef(base)];
  if (kind === 'gitlab') {
    const query = `merge_request%5Bsource_branch%5D=${encodeURIComponent(branch)}&merge_request%5Btarget_branch%5D=${encodeURIComponent(base)}`;
    return `${site}/-/merge_requests/new?${query}`;
  }
  if (kind === 'bitbucket')
    return `${site}/pull-requests/new?source=${encodeURIComponent(branch)}&dest=${encodeURIComponent(base)}`;
  // Gitea, Forgejo and whatever follows GitHub's paths know the bare form.
  return `${site}/compare/${to}...${from}${kind === 'github' ? '?expand=1' : ''}`;
}

function splitUrl(url: string): { host: string; path: string } | null {
  const full = /^(https?|ssh|git|git\+ssh|ssh\+git):\/\/(?:[^/]*@)?(\[[^\]]*\]|[^/:]+)(:\d+)?\/(.*)$/i.exec(url);
  if (full) {
    const [, scheme = '', host = '', port = '', path = ''] = full;
    // The port of ssh or git says nothing about where the web pages are; ssh.github.com serves github.com by port 443.
    const web = /^https?$/i.test(scheme) ? host + port : host.replace(/^(ssh|altssh)\.(?=.*\.)/i, '');
    return { host: web, path: path.replace(/[?#].*$/s, '') };
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return null;
  // The short form of ssh: `user@host:path`. One letter before the colon is a drive, a slash before it makes it a path.
  const short = /^(?:[^@/:\s]+@)?([^@/:\s]{2,}):(?!\/\/)(.+)$/.exec(url);
  return short ? { host: short[1] ?? '', path: short[2] ?? '' } : null;
}

function kindOf(host: string): ForgeKind {
  const name = host.replace(/:\d+$/, '');
  if (/(^|[.-])github([.-]|$)/.test(name)) return 'github';
  if (/(^|[.-])gitlab([.-]|$)/.test(name)) return 'gitlab';
  if (/(^|[.-])bitbucket([.-]|$)/.test(name)) return 'bitbucket';
  return /(^|[.-])(gitea|forgejo)([.-]|$)|^codeberg\.org$/.test(name) ? 'gitea' : 'unknown';
}

function encodeRef(ref: string): string {
  return ref.split('/').map(encodeURIComponent).join('/');
}
