// What secrets look like: one row a kind, with a made-up sample; a table, it redacts nothing itself.
import { isPassword, isSecretValue, looksRandom } from './secret-values.ts';

/**
 * A kind of secret. A text is searched with `pattern` only if one of `literals` occurs in it, in any case of its letters.
 *
 * Patterns run over hostile text, so they are built to take linear time, which a test holds them to: no quantifier
 * inside a quantified group, every quantifier with an upper bound, and a start that cannot be inside its own match:
 * `(?<!(?<!\\)[\w-])` is a word boundary that also knows the letter of an escape, as in `\nsk-…` in quoted JSON.
 */
export interface Rule {
  name: string;
  /** Plain ASCII without quotes and backslashes. Every match holds at least one of them. */
  literals: readonly string[];
  /** Global. What the named groups `before` and `secret` hold is kept and replaced; without them the whole match is replaced. */
  pattern: RegExp;
  /** Decides on a match that the pattern alone can't judge. */
  accept?: (secret: string, before: string) => boolean;
  /** A text with one such secret, for the tests; never a real one. */
  sample: string;
}

// Samples are put together here so that no scanner of this repository takes them for real secrets.
const mixed = 'Zk4vTq9LmX2cRb7WdYh3';
const lower = 'a8f3k2m9x7c4v1b6n5q0';
const hex = '9f86d081884c7d659a2feaa0c55ad015';

/** Keys and tokens that carry a prefix of their own, then secrets known by what stands before them. */
export const rules: readonly Rule[] = [
  plain('anthropic-api-key', 'sk-ant-', /(?<!(?<!\\)[\w-])sk-ant-[\w-]{20,300}/g, `sk-ant-api03-${mixed}${mixed}`),
  plain(
    'openai-api-key',
    'sk-',
    /(?<!(?<!\\)[\w-])sk-(?!ant-)(?:proj-|svcacct-|admin-)?[\w-]{20,300}/g,
    `sk-proj-${mixed}${mixed}`,
    random,
  ),
  plain(
    'aws-access-key-id',
    ['AKIA', 'ASIA'],
    /(?<!(?<!\\)[A-Za-z0-9])A[KS]IA[A-Z2-7]{16}(?![A-Za-z0-9])/g,
    'AKIAQ3EGXMPLK7ZT2WUB',
  ),
  {
    name: 'aws-secret-access-key',
    literals: ['secret_access_key', 'secretaccesskey', 'aws_secret', 'secret access key'],
    pattern: /(?<before>secret[_ ]?(?:access[_ ]?)?key[\s"'\\:=]{1,8})(?<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/gi,
    accept: random,
    sample: `aws_secret_access_key = ${mixed}/${mixed.slice(1)}`,
  },
  plain(
    'github-token',
    ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'],
    /(?<!(?<!\\)[A-Za-z0-9])gh[opusr]_[A-Za-z0-9]{30,255}/g,
    `ghp_${mixed}${lower.slice(4)}`,
  ),
  plain(
    'github-fine-grained-token',
    'hub_pat_',
    /(?<!(?<!\\)[A-Za-z0-9])github_pat_\w{40,255}/g,
    `github_pat_11A${mixed}_${mixed}${lower}`,
  ),
  plain(
    'gitlab-token',
    ['glpat-', 'gldt-', 'glrt-', 'glcbt-'],
    /(?<!(?<!\\)[A-Za-z0-9])gl(?:pat|dt|rt|cbt)-[\w.-]{20,200}/g,
    `glpat-${mixed}`,
  ),
  plain(
    'slack-token',
    'xox',
    /(?<!(?<!\\)[A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9-]{10,250}/g,
    `xoxb-263594206564-${mixed}`,
  ),
  plain('slack-app-token', 'xapp-', /(?<!(?<!\\)[A-Za-z0-9])xapp-\d-[A-Za-z0-9-]{10,250}/g, `xapp-1-A0123-${mixed}`),
  plain(
    'slack-webhook',
    'hooks.slack.com',
    /hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9/]{20,120}/g,
    `https://hooks.slack.com/services/T0AB12CD3/B0AB12CD3/${mixed}`,
  ),
  plain(
    'stripe-key',
    ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'whsec_'],
    /(?<!(?<!\\)[A-Za-z0-9])(?:[sr]k_(?:live|test)|whsec)_[A-Za-z0-9]{16,250}/g,
    `sk_live_${mixed}`,
  ),
  plain('google-api-key', 'AIza', /(?<!(?<!\\)[\w-])AIza[\w-]{35}(?![\w-])/g, `AIza${mixed}${lower.slice(5)}`),
  plain('google-oauth-secret', 'GOCSPX-', /(?<!(?<!\\)[\w-])GOCSPX-[\w-]{20,60}/g, `GOCSPX-${mixed}${lower.slice(12)}`),
  plain('google-oauth-token', 'ya29.', /(?<!(?<!\\)[\w-])ya29\.[\w-]{20,2000}/g, `ya29.${mixed}${mixed}`),
  plain(
    'hugging-face-token',
    'hf_',
    /(?<!(?<!\\)[A-Za-z0-9_])hf_[A-Za-z0-9]{30,60}/g,
    `hf_${mixed}${lower.slice(6)}`,
    random,
  ),
  plain(
    'npm-token',
    'npm_',
    /(?<!(?<!\\)[A-Za-z0-9_])npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])/g,
    `npm_${mixed}${lower.slice(4)}`,
  ),
  plain('pypi-token', 'pypi-', /(?<!(?<!\\)[\w-])pypi-[\w-]{50,400}/g, `pypi-AgEIcHlwaS5vcmc${mixed}${mixed}`),
  plain(
    'sendgrid-key',
    'SG.',
    /(?<!(?<!\\)[\w.-])SG\.[\w-]{16,32}\.[\w-]{32,64}/g,
    `SG.${mixed}ab.${mixed}${mixed}abc`,
  ),
  plain(
    'twilio-key',
    [...'0123456789abcdef'].map((digit) => `SK${digit}`),
    /(?<!(?<!\\)[A-Za-z0-9])SK[0-9a-f]{32}(?![A-Za-z0-9])/g,
    `SK${hex}`,
  ),
  context(
    'twilio-auth-token',
    ['twilio'],
    /(?<before>twilio[\w ]{0,20}token[\s"'\\:=]{1,8})(?<secret>[0-9a-f]{32})(?![0-9a-f])/gi,
    `TWILIO_AUTH_TOKEN=${hex}`,
  ),
  plain(
    'telegram-bot-token',
    ':AA',
    /(?<!(?<!\\)[A-Za-z0-9])\d{8,10}:AA[\w-]{33}(?![\w-])/g,
    `123456789:AA${mixed}${lower.slice(7)}`,
  ),
  context(
    'discord-webhook',
    ['/webhooks/'],
    /(?<before>discord(?:app)?\.com\/api\/webhooks\/\d{5,25}\/)(?<secret>[\w-]{40,120})/g,
    `https://discord.com/api/webhooks/1234567890/${mixed}${mixed}${mixed}`,
  ),
  plain(
    'digitalocean-token',
    ['dop_v1_', 'doo_v1_', 'dor_v1_'],
    /(?<!(?<!\\)[A-Za-z0-9])do[opr]_v1_[0-9a-f]{64}/g,
    `dop_v1_${hex}${hex}`,
  ),
  plain(
    'age-secret-key',
    '-SECRET-KEY-1',
    /AGE-SECRET-KEY-1[A-Z0-9]{58}/g,
    `AGE-SECRET-KEY-1${'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L'.repeat(2).slice(0, 58)}`,
  ),
  plain(
    'json-web-token',
    'eyJ',
    /(?<!(?<!\\)[\w-])eyJ[\w-]{8,4000}\.eyJ[\w-]{8,8000}\.[\w-]{0,2000}/g,
    `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${mixed}`,
  ),
  plain(
    'private-key',
    'PRIVATE KEY',
    // The body may be JSON-escaped (\n, \\n), indented, carry headers, or be cut off before its end.
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[A-Za-z0-9+/=\s\\:,.()]|-(?!-)){40,20000}(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?/g,
    `-----BEGIN RSA PRIVATE KEY-----\n${mixed}${mixed}\n${mixed}==\n-----END RSA PRIVATE KEY-----`,
    (block) => /[A-Za-z0-9+/=]{30}/.test(block.replace(/^-----.{0,80}?-----/, '')),
  ),
  context(
    'azure-account-key',
    ['AccountKey', 'SharedAccessKey'],
    /(?<before>(?:Account|SharedAccess)Key=)(?<secret>[A-Za-z0-9+/]{40,100}={0,2})/gi,
    `AccountName=x;AccountKey=${mixed}${mixed}${mixed}${mixed}123456==`,
  ),
  context(
    'authorization-header',
    ['authorization', 'bearer '],
    /(?<before>(?:authorization["'\\]{0,4}\s{0,3}[:=]\s{0,3}["'\\]{0,4}(?:bearer|basic|token|digest)|(?<!(?<!\\)[A-Za-z])bearer)\s{1,3})(?<secret>[A-Za-z0-9._~+/-]{12,4000}={0,2})/gi,
    `Authorization: Bearer ${mixed}`,
    looksRandom,
  ),
  context(
    'api-key-header',
    ['x-api-key', 'api-key', 'x-auth-token'],
    /(?<before>(?:x-api-key|api-key|x-auth-token)["'\\]{0,4}\s{0,3}[:=]\s{0,3}["'\\]{0,4})(?<secret>[A-Za-z0-9._~+/=-]{12,500})/gi,
    `x-api-key: ${mixed}`,
    looksRandom,
  ),
  context(
    'cookie',
    ['cookie'],
    /(?<before>(?<!(?<!\\)[\w-])(?:set-)?cookie["'\\]{0,4}\s{0,3}:\s{0,3}["'\\]{0,4}(?:[\w.-]{1,80}=)?)(?<secret>[^\s"'\\;,<>]{12,4000}(?:;\s?[\w.-]{1,80}=[^\s"'\\;,<>]{1,2000}){0,50})/gi,
    `Cookie: session=${mixed}; theme=dark`,
    looksRandom,
  ),
  context(
    'url-password',
    ['://'],
    // From the colon on: a scheme in front would make every letter a possible start.
    /(?<before>:\/\/[^\s:/@"'<>\\]{0,200}:)(?<secret>[^\s:/@"'<>\\]{3,200})(?=@[\w.[-])/gi,
    'postgres://app:q7Rw2xT9@db.internal:5432/app',
    isPassword,
  ),
  context(
    'netrc-password',
    ['machine '],
    /(?<before>machine\s{1,3}[\w.-]{1,200}\s{1,9}login\s{1,3}\S{1,200}\s{1,9}password\s{1,3})(?<secret>\S{4,200})/g,
    'machine api.example.org login me password q7Rw2xT9',
    isPassword,
  ),
  context(
    'password',
    ['passw', 'pwd', 'passphrase'],
    assignment('passw(?:or)?d|pwd|passphrase'),
    'DB_PASSWORD="q7Rw2xT9!"',
    isPassword,
  ),
  context(
    'secret-value',
    [
      'secret',
      'token',
      'api_key',
      'apikey',
      'api-key',
      'access_key',
      'accesskey',
      'private_key',
      'privatekey',
      'credential',
    ],
    assignment('secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential'),
    `export SERVICE_API_KEY=${mixed}`,
    isSecretValue,
  ),
];

/** `NAME = value` in the spellings of shells, languages, YAML, JSON and JSON inside JSON; `words` end up in the name. */
function assignment(words: string): RegExp {
  const quote = String.raw`["'\\]{0,4}`;
  const lead = String.raw`(?<before>(?:${words})[\w-]{0,24}${quote}\s{0,3}(?:[:=]|:=|=>)\s{0,3}${quote})`;
  return new RegExp(String.raw`${lead}(?<secret>[^\s"'\\<>(){}\[\],;&|\x60]{6,400})(?![(\[{])`, 'gi');
}

function random(secret: string): boolean {
  return looksRandom(secret);
}

function plain(
  name: string,
  literals: string | string[],
  pattern: RegExp,
  sample: string,
  accept?: Rule['accept'],
): Rule {
  return { name, literals: [literals].flat(), pattern, sample, ...(accept && { accept }) };
}

function context(name: string, literals: string[], pattern: RegExp, sample: string, accept?: Rule['accept']): Rule {
  return { name, literals, pattern, sample, ...(accept && { accept }) };
}
