// The rule that a person may be offered instead of answering again: as narrow as makes sense, none for what is dangerous; decides nothing.
import { basename, dirname } from 'node:path/posix';
import {
  type PermissionDecision,
  type PermissionRule,
  type PlacedRule,
  permissionRuleSchema,
} from '../domain/permission.ts';
import { pathBelow } from './permission-judge.ts';
import { placeRules, type RuleSources } from './permission-rules.ts';
import { decide, type PermissionCall } from './permissions.ts';
import { readShellLine } from './shell/read-line.ts';
import { isLiteral, type ShellPart } from './shell/word.ts';

/** What a person may answer beside yes and no. */
export interface Offers {
  /** Allows it for the rest of the session. */
  session?: string;
  /** Allows it by a rule in config.yaml, which must come before the rule `before` of that file, or last. */
  always?: { pattern: string; before?: PermissionRule };
}

/** The standing answers that would really let this call pass next time: a flag or an agent's file may have the last word. */
export function offersFor(sources: RuleSources, call: PermissionCall, decided: PermissionDecision): Offers {
  const pattern = proposePattern(call);
  if (pattern === undefined) return {};
  const passes = (changed: RuleSources) => decide(placeRules(changed), call).verdict === 'allow';
  const settings = sources.settings ?? [];
  const rule = decided.rule?.from === 'config.yaml' ? decided.rule : undefined;
  const at = settings.findIndex(
    (each) => rule !== undefined && Object.entries(each)[0]?.join() === `${rule.verdict},${rule.pattern}`,
  );
  const before = settings[at];
  const edited = [...settings];
  edited.splice(at < 0 ? edited.length : at, 0, { allow: pattern });
  return {
    ...(passes({ ...sources, session: [...(sources.session ?? []), pattern] }) && { session: pattern }),
    ...(passes({ ...sources, settings: edited }) && { always: { pattern, ...(before !== undefined && { before }) } }),
  };
}

/**
 * A pattern that allows this call and others much like it, for example `bash(npm test *)` or `write(src/**)`; undefined where
 * a standing permission would be careless: lines of several commands, programs that delete, send or run anything.
 */
export function proposePattern(call: PermissionCall): string | undefined {
  const pattern = patternFor(call);
  if (pattern === undefined || !permissionRuleSchema.safeParse({ allow: pattern }).success) return undefined;
  // What stands in the call may mean something in a pattern; only what does what it is for is offered.
  const rule: PlacedRule = { verdict: 'allow', pattern, from: 'this session' };
  return decide([rule], call).verdict === 'allow' ? pattern : undefined;
}

function patternFor({ tool, subject }: PermissionCall): string | undefined {
  if (subject === undefined) return tool;
  if (subject.value.includes('*')) return undefined;
  if (subject.kind === 'path') return forPath(tool, subject.value);
  const inside = subject.kind === 'command' ? forCommand(subject.value) : forText(subject.value);
  if (inside === undefined) return undefined;
  return inside === '' ? tool : `${tool}(${inside})`;
}

// What begins with a dot steers tools and other people's machines: such files are offered one by one.
function forPath(tool: string, value: string): string | undefined {
  const path = pathBelow(value);
  if (path === undefined || path === '.') return undefined;
  const folder = dirname(path);
  const alone = folder === '.' || folder.split('/').some((segment) => segment.startsWith('.'));
  return `${tool}(${alone ? path : `${folder}/**`})`;
}

// A web address: its host. A tool's arguments as JSON: the tool, since equal arguments hardly come twice. Anything else: itself.
function forText(value: string): string | undefined {
  if (/^https?:\/\//.test(value) && URL.canParse(value)) return `${new URL(value).origin}/*`;
  return /^[[{]/.test(value) ? '' : value;
}

function forCommand(line: string): string | undefined {
  const { parts, opaque, moves } = readShellLine(line);
  const [part] = parts;
  if (part === undefined || parts.length > 1 || opaque.length > 0 || moves) return undefined;
  if (part.assignments.length + part.writesTo.length > 0 || !part.words.every(isLiteral)) return undefined;
  return isCareless(part) ? undefined : wordsFor(part);
}

function isCareless({ words }: ShellPart): boolean {
  const texts = words.map((word) => word.text);
  const name = basename(texts[0] ?? '').toLowerCase();
  // A host, a token or a password in a rule would stay there.
  if (texts.some((text) => /^-{1,2}(?:f|force\b.*|hard|delete|no-verify|mirror|prune)$/.test(text))) return true;
  if (texts.some((text) => /:\/\/|token|secret|passw|api-?key/i.test(text))) return true;
  if (INTERPRETERS.test(name)) return texts[1]?.startsWith('-') || pathBelow(texts[1] ?? '') === undefined;
  return NEVER.has(name);
}

// They delete, send, take over the machine, or run whatever they are told.
const NEVER = new Set(
  (
    'rm rmdir unlink shred dd truncate mkfs mv ln install chmod chown chgrp chattr setfacl kill pkill killall reboot shutdown ' +
    'halt poweroff init systemctl service mount umount swapoff iptables nft ip ifconfig useradd usermod userdel passwd visudo ' +
    'sudo doas su runuser chroot unshare nsenter crontab at batch bash sh dash ash zsh ksh fish csh tcsh pwsh eval exec source . ' +
    'trap env xargs parallel watch find awk gawk mawk sed ed ex vi vim nvim nano emacs less more man script expect tclsh lua ' +
    'curl wget nc ncat netcat socat ssh scp sftp rsync ftp telnet mail sendmail gpg openssl security osascript open xdg-open ' +
    'docker podman kubectl helm terraform pulumi ansible aws gcloud az doctl heroku fly vercel netlify psql mysql mongosh ' +
    'redis-cli sqlite3 alias unalias export set unset shopt enable hash read printf declare typeset local readonly let cd pushd ' +
    'popd time nohup setsid nice timeout stdbuf command builtin tar unzip zip 7z npx bunx pnpx uvx pipx gh glab hg svn tee cp'
  ).split(' '),
);

const INTERPRETERS = /^(?:python[\d.]*|node|nodejs|deno|bun|ruby|perl|php|java|rscript|julia|groovy|tsx|ts-node)$/;

/** How many words of a command say what it does; the rest may vary. */
const PREFIXES: [words: number, names: RegExp][] = [
  [
    1,
    /^(?:ls|pwd|wc|head|tail|cat|file|stat|du|df|which|grep|diff|cmp|basename|dirname|realpath|tsc|vitest|jest|pytest|mypy|ruff)$/,
  ],
  [2, /^(?:npm (?:test|t|ls|outdated|audit)|(?:yarn|pnpm|bun) test|cargo (?:build|test|check|clippy|fmt|doc|bench))$/],
  [2, /^(?:go (?:build|test|vet|fmt|list)|dotnet (?:build|test)|mvn (?:test|verify|compile)|make [a-z][\w-]*)$/],
  [2, /^git (?:status|diff|log|show|blame|rev-parse|ls-files|describe|shortlog|add|commit)$/],
  [3, /^(?:npm|yarn|pnpm|bun) run [\w:.-]+$/],
];

function wordsFor({ words, raw }: ShellPart): string {
  const texts = words.map((word) => word.text);
  for (const [count, names] of PREFIXES) {
    const head = texts.slice(0, count).join(' ');
    if (texts.length >= count && names.test(head)) return `${head} *`;
  }
  // An interpreter with a file of the workspace: that file, whatever its arguments.
  const [name = '', file = ''] = texts;
  if (INTERPRETERS.test(basename(name)) && pathBelow(file) !== undefined && /^[\w./-]+$/.test(file))
    return `${name} ${file} *`;
  return raw;
}
