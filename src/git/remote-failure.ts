// Says in plain words why a server could not be reached or refused a push; pure, and prints no password.
import { UserError } from '../base/errors.ts';
import { clip, safeForTerminal } from '../base/text.ts';
import { type GitResult, gitFailure } from './invoke.ts';

interface Named {
  name: string;
  urls: readonly string[];
}

/** The URL without user and password, fit for printing. */
export function shownUrl(url: string): string {
  return safeForTerminal(url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1'));
}

/** A UserError for a fetch, a look or a push that did not get through. git's messages are English: `network.ts` sees to it. */
export function unreachable(root: string, remote: Named, args: readonly string[], result: GitResult): UserError {
  const said = withoutPasswords(result.stderr);
  const known = CAUSES.find(({ pattern }) => pattern.test(said));
  if (known === undefined) return gitFailure(root, args, { ...result, stderr: said });
  return new UserError({
    what: known.what,
    where: `${remote.name} (${shownUrl(remote.urls[0] ?? '')})`,
    hint: `${known.hint(remote.name)}${known.quote ? ` git said: ${clip(lastLine(said), 200)}` : ''}`,
  });
}

/** A UserError for a push that the server or our own check refused; `reason` as git puts it in brackets. */
export function rejection(remote: Named, branch: string, reason: string, stderr = ''): UserError {
  const where = `${remote.name} (${shownUrl(remote.urls[0] ?? '')})`;
  if (/stale info|fetch first|non-fast-forward|failed to update ref|cannot lock ref|needs force/.test(reason)) {
    return new UserError({
      what: `${branch} was changed on the server by somebody else; it was left as it is`,
      where,
      hint: `agent sync ${remote.name}   (shows what changed there and takes it over where it can)`,
    });
  }
  const words = withoutPasswords(stderr)
    .split('\n')
    .filter((line) => line.startsWith('remote:'))
    .map((line) => line.slice('remote:'.length).trim())
    .filter(Boolean);
  return new UserError({
    what: `the server refused ${branch}: ${clip(safeForTerminal(reason), 120)}`,
    where,
    hint: clip(['the branch is protected there, or a rule of the server stands in the way.', ...words].join(' '), 500),
  });
}

interface Cause {
  pattern: RegExp;
  what: string;
  hint: (remote: string) => string;
  quote?: boolean;
}

const BY_HAND = (remote: string) =>
  `Try \`git ls-remote ${remote}\` by hand, where git and ssh may ask. A scheduled run needs a key or a helper that answers without anybody there.`;

// The first that fits counts; ssh says "Could not read from remote repository" after every one of its own reasons.
const CAUSES: Cause[] = [
  { pattern: /host key verification failed/i, what: 'the server’s host key is not known here', hint: BY_HAND },
  {
    pattern:
      /authentication failed|permission denied|could not read (username|password)|terminal prompts disabled|invalid (username|credentials)|returned error: 40[13]|access denied|logon failed/i,
    what: 'the server did not accept the credentials, or there are none',
    hint: BY_HAND,
    quote: true,
  },
  {
    pattern:
      /could not resolve|name or service not known|network is unreachable|no route to host|connection (refused|reset|timed out|closed)|operation timed out|failed to connect|couldn't connect|ssl_|tls|certificate|returned error: 5\d\d|proxy/i,
    what: 'the server can’t be reached',
    hint: () => 'Nothing was changed; run it again when the network is back.',
    quote: true,
  },
  {
    pattern:
      /does not appear to be a git repository|repository .*not found|does not exist|no such (remote|file)|returned error: 404|not a git repository/i,
    what: 'there is no repository at the address of this remote, or you may not see it',
    hint: (remote) => `Check the address: git remote get-url ${remote}`,
  },
  {
    pattern: /hung up unexpectedly|early eof|rpc failed|unexpected disconnect|could not read from remote/i,
    what: 'the server broke off',
    hint: () => 'Nothing was changed; run it again.',
    quote: true,
  },
];

function withoutPasswords(stderr: string): string {
  return stderr.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, '$1');
}

function lastLine(text: string): string {
  const lines = safeForTerminal(text)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const fatal = lines.find((line) => /^(fatal|error|ssh|remote):/.test(line));
  return fatal ?? lines.at(-1) ?? '';
}
