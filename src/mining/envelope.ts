// Takes an error's message out of the JSON, tags or page it was sent in; never interprets what the message says.

/** A message without its wrapping, and the exit code where the wrapping named one. */
export interface Opened {
  text: string;
  exitCode?: number;
}

/** Unwraps up to five layers: a tag around the whole, a JSON error object (even one cut off), an HTML page, a block of `Key: value` lines above `Output:`. */
export function openEnvelope(raw: string): Opened {
  let opened: Opened = { text: raw.trim() };
  for (let layer = 0; layer < 5; layer++) {
    const inner =
      fromTag(opened.text) ?? fromJson(opened.text) ?? fromPage(opened.text) ?? fromHeaderBlock(opened.text);
    if (inner === undefined) break;
    const exitCode = inner.exitCode ?? opened.exitCode;
    opened = { text: inner.text.trim(), ...(exitCode !== undefined && { exitCode }) };
  }
  return opened;
}

function fromTag(text: string): Opened | undefined {
  const name = /^<([A-Za-z][\w-]{0,60})>/.exec(text)?.[1];
  if (name === undefined || /^(?:num|id|path|url|date|time|hex|str|email|ip|html)$/i.test(name)) return undefined;
  const close = `</${name}>`;
  if (text.endsWith(close)) return { text: text.slice(name.length + 2, -close.length) };
  // A long text may have lost its end; a name of two words is a wrapper even so.
  return /[_-]/.test(name) && !text.includes(close) ? { text: text.slice(name.length + 2) } : undefined;
}

function fromJson(text: string): Opened | undefined {
  const start = text.search(/[[{]/);
  if (start < 0 || start > 160) return undefined;
  const body = text.slice(start);
  if (!/^(?:\[\s{0,20})?\{\s{0,20}"/.test(body)) return undefined;
  const before = text.slice(0, start);
  const opened = messageOf(parsed(body), 0) ?? (start === 0 ? cutOffMessage(body) : undefined);
  if (opened === undefined || opened.text.trim() === '')
    return start === 0 && opened?.exitCode !== undefined ? opened : undefined;
  // What stands before the object is kept only where it reads as a label of the message.
  if (start > 0 && !/(?:^|\s)\S*(?:error|failed|exception|\d{3})\b[^\n]{0,40}$/i.test(before)) return undefined;
  return { ...opened, text: before.trim() === '' ? opened.text : `${before.trim().replace(/:$/, '')}: ${opened.text}` };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not JSON after all, or cut off
  }
}

const MESSAGE_KEYS = [
  'error',
  'message',
  'detail',
  'details',
  'error_description',
  'errors',
  'error_message',
  'errorMessage',
  'msg',
  'title',
  'reason',
  'text',
  'stderr',
  'output',
  'stdout',
];
const EXIT_KEYS = ['exit_code', 'exitCode', 'returncode'];

function messageOf(value: unknown, depth: number): Opened | undefined {
  if (typeof value === 'string') return depth > 0 && /\p{L}/u.test(value) ? { text: value } : undefined;
  if (depth > 4 || value === null || typeof value !== 'object') return undefined;
  if (Array.isArray(value)) return messageOf(value[0], depth + 1);
  const fields = new Map<string, unknown>(Object.entries(value));
  const exitCode = exitCodeOf(fields);
  for (const key of MESSAGE_KEYS) {
    const inner = messageOf(fields.get(key), depth + 1);
    if (inner !== undefined) return { ...(exitCode !== undefined && { exitCode }), ...inner };
  }
  return exitCode === undefined ? undefined : { text: '', exitCode };
}

function exitCodeOf(fields: Map<string, unknown>): number | undefined {
  const metadata = fields.get('metadata');
  const all =
    metadata !== null && typeof metadata === 'object' ? [...fields, ...Object.entries(metadata)] : [...fields];
  return all.flatMap(([key, v]) => (EXIT_KEYS.includes(key) && typeof v === 'number' ? [v] : []))[0];
}

// The first message string of an object whose end is missing.
function cutOffMessage(text: string): Opened | undefined {
  const found = /"(?:message|error|detail|output|stderr|msg)"\s{0,4}:\s{0,4}"/.exec(text);
  if (found === null) return undefined;
  const from = found.index + found[0].length;
  let end = from;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  const inner = parsed(`"${text.slice(from, end)}"`);
  return typeof inner === 'string' ? { text: inner } : undefined;
}

function fromPage(text: string): Opened | undefined {
  if (!/^<(?:!doctype html|html)\b/i.test(text)) return undefined;
  const title = /<(title|h1)[^>]{0,200}>([^<]{1,300})/i.exec(text)?.[2];
  return title === undefined ? undefined : { text: title };
}

// `Key: value` lines that a tool puts above what a command printed.
function fromHeaderBlock(text: string): Opened | undefined {
  const lines = text.split('\n', 12);
  const label = lines.findIndex((line) => /^(?:output|stdout|stderr):\s*$/i.test(line));
  if (label < 1) return undefined;
  const head = lines.slice(0, label);
  if (!head.every((line) => /^[A-Z][\w ]{0,40}(?::| with code )/.test(line))) return undefined;
  const code = head.flatMap(
    (line) => /\b(?:exit(?:ed)?|code|status)\b[\w ]{0,20}[ :](\d{1,3})\s*$/i.exec(line)?.[1] ?? [],
  )[0];
  const body = text
    .split('\n')
    .slice(label + 1)
    .join('\n');
  return code === undefined ? { text: body } : { text: body, exitCode: Number(code) };
}
