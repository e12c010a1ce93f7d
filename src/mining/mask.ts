// Replaces what varies in an error text by typed marks such as <num>; never masks a plain word or an error code.
import { oneLine, safeForTerminal } from '../base/text.ts';
import { isErrorCode, isExceptionName } from './error-words.ts';

/** Matches every mark, and the wildcard that templates use. */
export const MARK = /<(?:num|id|path|url|date|time|hex|str|email|ip|\*)>/g;

/** One kind of varying text. Rules run in order; `keep` may decline a match. */
interface Rule {
  /** A cheap test that spares most texts the pattern. */
  needs: RegExp;
  pattern: RegExp;
  mark: string;
  keep?: (match: string, before: string, after: string) => boolean;
}

/**
 * The text on one line with numbers, identifiers, paths, URLs, dates, times, hashes, quoted values, e-mail and network addresses
 * replaced by marks; terminal escapes are taken out first. Masking a masked text changes nothing. Linear in the length of the
 * text: every pattern starts only at the edge of a run and none can match a run in two ways.
 */
export function mask(text: string): string {
  let current = oneLine(safeForTerminal(text));
  // A mark may complete something larger around it (a quote around a quote), so passes repeat until nothing changes.
  for (let pass = 0; pass < 8; pass++) {
    const next = RULES.reduce(apply, current);
    if (next === current) break;
    current = next;
  }
  return current;
}

function apply(text: string, rule: Rule): string {
  if (!rule.needs.test(text)) return text;
  return text.replace(rule.pattern, (match: string, ...rest: unknown[]) => {
    const offset = rest.find((r) => typeof r === 'number') ?? 0;
    const end = offset + match.length;
    if (rule.keep?.(match, text.slice(Math.max(0, offset - 40), offset), text.slice(end, end + 24))) return match;
    return rule.mark + trailingPunctuation(match);
  });
}

// What ends a sentence or closes a bracket is not part of the path or address before it.
function trailingPunctuation(match: string): string {
  let end = match.length;
  while (end > 1 && ',;:.!?'.includes(match[end - 1] ?? '')) end--;
  return '/\\'.includes(match[end - 1] ?? '') ? '' : match.slice(end);
}

const W = '[\\p{L}\\p{N}_]';
const P = '[\\p{L}\\p{N}_.@~+%$#*^-]'; // what one step of a path is made of
const STEP = `(?:${P}|\\([\\w-]{1,60}\\)|\\[[\\w.-]{1,60}\\])`; // with the bracketed steps of file-based routers
const RUN_START = '(?<![\\p{L}\\p{N}_.@~+%$#*^)\\]\\\\/<-])';
const POSITION = '(?::\\d+(?::\\d+)?|\\(\\d+(?:,\\d+)?\\))?';
const EXTENSIONS =
  'tsx?|jsx?|mjs|cjs|mts|cts|json[5lc]?|ya?ml|toml|ini|cfg|conf|env|lock|mdx?|rst|txt|log|csv|tsv|xml|html?|css|s[ac]ss|less|svg|png|jpe?g|gif|' +
  'webp|ico|pdf|docx?|xlsx?|pptx?|zip|tar|t?gz|bz2|xz|7z|jar|war|pyi?|ipynb|rb|php|go|rs|java|kts?|scala|swift|c|cc|cpp|cxx|h|hh|hpp|' +
  'cs|csproj|sln|fs|vb|lua|pl|pm|jl|ex|exs|erl|hs|ml|clj|dart|sh|bash|zsh|fish|ps1|psm1|bat|cmd|exe|dll|so|dylib|wasm|sql|db|sqlite3?|' +
  'proto|graphql|gql|tf|tfvars|hcl|vue|svelte|astro|tmpl|template|patch|diff|snap|bak|tmp|pid|sock|pem|crt|parquet|npy';

// Members of objects, and a product, that look like files.
const NOT_FILES = /^(?:Node\.js|(?:console|[Mm]ath|np|logger)\.log|process\.env)$/;

const NUMBER =
  '\\d+(?:[,_]\\d+)*(?:\\.\\d+)*(?:[eE][-+]?\\d+)?(?:[-+](?:alpha|beta|rc|next|dev|pre|canary|SNAPSHOT)[\\w.]*)?';
const UNIT = '(?:%|[KMGTkmgt]i?[Bb]|[kKMG]|px|em|x|th|st|nd|rd)?';
const NUMBER_ALONE = new RegExp(`^v?${NUMBER}${UNIT}$`);
// Words with digits in them that are words all the same.
const WORD_WITH_DIGITS =
  /^(?:utf-?\d+|base(?:32|58|64)|sha-?\d+|md5|ipv[46]|x86(?:_64)?|x64|amd64|arm64|win(?:32|64)|python[23]|http[123s]|oauth2?|s3|ec2|k8s|i18n|l10n|a11y|mp[34]|es\d{1,4}|u?int\d+|float\d+|[iuf](?:8|16|32|64)|h264|log4j|web3|2fa|3d|2d)$/i;

const RULES: Rule[] = [
  {
    // Opened after a blank or bracket and closed before one, so that an apostrophe is no quote.
    needs: /["'`‘“]/,
    pattern:
      /(?<=^|[\s([{=:,;|/])(?:"[^"]{0,500}"|'(?:[^']|(?<=[\p{L}\p{N}_])'(?=[\p{L}\p{N}_])){0,500}'|`[^`']{0,500}[`']|‘[^’]{0,500}’|“[^”]{0,500}”)(?=$|[\s)\]}=:,;.!?|/])/gu,
    mark: '<str>',
  },
  { needs: /:\/\//, pattern: /(?<![\p{L}\p{N}_])[a-z][a-z0-9+.-]{1,20}:\/\/[^\s<>"'`|)\]}]+/giu, mark: '<url>' },
  {
    needs: /@/,
    pattern: /(?<![\w.+-])[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-])/g,
    mark: '<email>',
  },
  {
    needs: /@/,
    pattern: /(?<![\w@/.-])@?[\w.-]{1,80}(?:\/[\w.-]{1,80})?@[v^~]?\d[\w.+-]*(?![\w.+-]*[\\/])/g,
    mark: '<id>',
  },
  {
    needs: /\d-\d/,
    pattern:
      /(?<![\w\\/-])\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:[.,]\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?)?(?![\w\\/-])/g,
    mark: '<date>',
  },
  { needs: /\d\/\d/, pattern: /(?<![\w/.-])\d{1,4}\/\d{1,2}\/\d{1,4}(?![\w/])/g, mark: '<date>' },
  { needs: /-/, pattern: /(?<![\w\\/-])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![\w\\/-])/gi, mark: '<id>' },
  { needs: /\d\.\d/, pattern: /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5}|\/\d{1,2})?(?![\w.]*\w)/g, mark: '<ip>' },
  { needs: /:/, pattern: /(?<![\w:])(?=[a-f:]{0,8}\d)(?:[0-9a-f]{1,4}:){5,7}[0-9a-f]{1,4}(?![\w:])/gi, mark: '<ip>' },
  {
    // A drive; a blank inside only before a capitalised step that goes on, as in the folder of installed programs.
    needs: /:[\\/]/,
    pattern: new RegExp(
      `(?<!${W})[A-Za-z]:[\\\\/](?:${STEP}|[\\\\/]| (?=[A-Z][\\w.-]{0,40}[\\\\/]))*${POSITION}`,
      'gu',
    ),
    mark: '<path>',
  },
  { needs: /\\\\/, pattern: new RegExp(`${RUN_START}\\\\\\\\[\\w.$-]+(?:\\\\${STEP}+)+`, 'gu'), mark: '<path>' },
  {
    needs: /[\\/]/,
    pattern: new RegExp(`${RUN_START}(?:~|\\.{1,2})?[\\\\/]+${STEP}+(?:[\\\\/]+${STEP}*)*${POSITION}`, 'gu'),
    mark: '<path>',
  },
  {
    needs: /[\\/]/,
    pattern: new RegExp(`${RUN_START}${STEP}+(?:[\\\\/]+${STEP}+)+[\\\\/]?${POSITION}`, 'gu'),
    mark: '<path>',
    keep: isNoPath,
  },
  {
    needs: /\./,
    pattern: new RegExp(`${RUN_START}${P}*[\\p{L}\\p{N}_*-]\\.(?:${EXTENSIONS})(?!${W}|\\.${W})${POSITION}`, 'gu'),
    mark: '<path>',
    keep: (match) => NOT_FILES.test(match),
  },
  { needs: /\./, pattern: /(?<=^|[\s("'`=:,])\.[A-Za-z][\w-]*(?:\.[\w-]+)*/g, mark: '<path>' },
  { needs: /\bgo\./, pattern: /(?<![\p{L}\p{N}_./\\-])go\.(?:mod|sum|work)(?![\w-])/gu, mark: '<path>' },
  { needs: /0x/i, pattern: /(?<![\p{L}\p{N}_])0x[0-9a-f]+(?![\p{L}\p{N}_])/giu, mark: '<hex>' },
  {
    needs: /\d/,
    pattern: /(?<![\p{L}\p{N}_-])(?=[a-f]{0,128}\d)(?=\d{0,128}[a-f])[0-9a-f]{7,128}(?![\p{L}\p{N}_-])/gu,
    mark: '<hex>',
    keep: isNumberOrCode,
  },
  {
    needs: /\d/,
    pattern: /(?<![\p{L}\p{N}_])(?:\d+(?:\.\d+)?(?:ns|[µu]s|ms|secs?|mins?|hrs?|[smhd]))+(?![\p{L}\p{N}_])/gu,
    mark: '<time>',
  },
  {
    needs: /\d:\d/,
    pattern: /(?<![\p{L}\p{N}_.:])\d{1,6}(?::\d{1,6}){1,3}(?:[.,]\d{1,9})?(?![\p{L}\p{N}_])/gu,
    mark: '<time>',
  },
  {
    needs: /\d/,
    pattern: new RegExp(`(?<!${W})${W}*\\d${W}*(?:-${W}*\\d${W}*)*(?!${W})`, 'gu'),
    mark: '<id>',
    keep: isNumberOrCode,
  },
  {
    needs: /\d/,
    pattern: new RegExp(`(?<![\\p{L}\\p{N}_>])[-+]?v?${NUMBER}${UNIT}(?!${W})`, 'gu'),
    mark: '<num>',
    keep: isStatus,
  },
];

// Alternatives of prose (`and/or`), media types, protocol versions, fractions and a lint rule with its name stay.
function isNoPath(match: string): boolean {
  const steps = match.split(/[\\/]/);
  if (/^HTTP\/[\d.]+$/.test(match) || !/\p{L}/u.test(match)) return true;
  if (steps.length === 2 && isErrorCode(steps[0] ?? '')) return true;
  return steps.length === 2 && steps.every((s) => /^[\p{L}+-]+$/u.test(s));
}

function isNumberOrCode(match: string, before: string): boolean {
  if (!/\p{L}/u.test(match) || NUMBER_ALONE.test(match)) return true; // the last rule's business
  if (isErrorCode(match) || isExceptionName(match) || WORD_WITH_DIGITS.test(match)) return true;
  return (
    /\bSQLSTATE[\s:=[(]{0,3}$/.test(before) ||
    (/\b(?:error|warning|code)[ [(#=]$/i.test(before) && /^[A-Z]{1,6}-?\d{1,6}$/.test(match))
  );
}

const EXIT = /\b(?:exit(?:ed|s)?|return(?:ed|s)?)(?: with)?(?: (?:code|status))?[\s:=]{1,3}$/i;
const STATUS = /(?:\bHTTP(?:\/[\d.]{1,4}|\/<num>)?(?: status)?(?: code)?|\bstatus(?: code)?|\bcode)[\s:=(]{1,3}$/i;
const ERROR_NUMBER =
  /(?:\berrno|\bos error|\bWinError|\bsignal|\berror code|\bSQLSTATE|\bORA|\berror [A-Z]{1,4}|\[Errno)[\s:=#[(-]{1,3}$/i;
const REASON_PHRASE =
  /^ (?:Bad Request|Unauthorized|Payment Required|Forbidden|Not [FA]|Method Not|Request|Conflict|Gone|Payload|Content|Unprocessable|Too Many|Internal|Bad Gateway|Service|Gateway)/i;

// Exit codes, HTTP statuses and error numbers say what went wrong, so they stay.
function isStatus(match: string, before: string, after: string): boolean {
  if (!/^-?\d{1,6}$/.test(match)) return false;
  const value = Number(match);
  if (EXIT.test(before)) return value >= 0 && value <= 255;
  if (STATUS.test(before)) return Math.abs(value) < 1000 || (value <= -32000 && value > -33000);
  if (ERROR_NUMBER.test(before)) return true;
  if (/\berror:? $/i.test(before)) return (value >= 400 && value < 600) || (value <= -32000 && value > -33000); // JSON-RPC 2.0, 5.1
  return value >= 400 && value < 600 && REASON_PHRASE.test(after);
}
