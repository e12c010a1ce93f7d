// The readable text of an HTML page, in one pass over it; runs nothing, loads nothing, and takes time in proportion to the page.

/** Headings get #, list items -, links their address in <>; scripts, styles and the like are left out. */
export function htmlToText(html: string, base: URL): string {
  const state: State = { out: [], links: [], pre: 0, base };
  // Letter by letter, since toLowerCase() changes the length of some texts.
  const lower = html.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open === -1) break;
    addText(state, html.slice(at, open));
    at = tagAt(state, html, lower, open);
  }
  addText(state, html.slice(at));
  return tidy(state.out.join(''));
}

interface State {
  out: string[];
  /** Addresses of the links that are open. */
  links: (string | undefined)[];
  /** Depth of <pre>, where white space stays. */
  pre: number;
  base: URL;
}

const UNSEEN = new Set([
  'script',
  'style',
  'noscript',
  'template',
  'svg',
  'iframe',
  'object',
  'head',
  'select',
  'textarea',
]);
const BLOCKS =
  /^(?:address|article|aside|blockquote|body|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|hr|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|title|tr|ul)$/;

/** Handles what begins with `<` at `open`; gives back where the text goes on. */
function tagAt(state: State, html: string, lower: string, open: number): number {
  if (html.startsWith('<!--', open)) return after(html, '-->', open + 4);
  if (html[open + 1] === '!' || html[open + 1] === '?') return after(html, '>', open + 2);
  const name = /^<\/?([a-z][a-z0-9:-]*)/.exec(lower.slice(open, open + 64))?.[1];
  if (name === undefined) {
    state.out.push('<');
    return open + 1;
  }
  const end = tagEnd(html, open);
  const closing = html[open + 1] === '/';
  if (closing) closeTag(state, name);
  else if (!UNSEEN.has(name)) openTag(state, name, html.slice(open, end));
  else if (html[end - 2] !== '/') return unseenEnd(state, html, lower, name, end);
  return end;
}

function after(html: string, mark: string, from: number): number {
  const at = html.indexOf(mark, from);
  return at === -1 ? html.length : at + mark.length;
}

// The > that ends the tag; one inside quotes does not.
function tagEnd(html: string, open: number): number {
  let quote = '';
  for (let i = open + 1; i < html.length; i++) {
    const char = html[i] ?? '';
    if (quote !== '') quote = char === quote ? '' : quote;
    else if ((char === '"' || char === "'") && html[i - 1] === '=') quote = char;
    else if (char === '>') return i + 1;
  }
  return html.length;
}

// Of what is not shown only a page's title is kept. Without an end the rest of the page is not shown either.
function unseenEnd(state: State, html: string, lower: string, name: string, from: number): number {
  const end = lower.indexOf(`</${name}`, from);
  const stop = end === -1 ? html.length : end;
  if (name === 'head') addTitle(state, html.slice(from, stop), lower.slice(from, stop));
  return end === -1 ? html.length : tagEnd(html, end);
}

function addTitle(state: State, head: string, lower: string): void {
  const open = lower.indexOf('<title');
  const close = lower.indexOf('</title', open);
  if (open === -1 || close === -1) return;
  state.out.push(`# ${collapsed(entities(head.slice(tagEnd(head, open), close))).trim()}\n\n`);
}

function openTag(state: State, name: string, tag: string): void {
  if (name === 'br') state.out.push('\n');
  else if (name === 'a') state.links.push(target(tag, state.base));
  else if (name === 'img') addText(state, attribute(tag, 'alt') ?? '');
  else if (BLOCKS.test(name)) state.out.push(name === 'td' || name === 'th' ? '\t' : '\n');
  if (name === 'li') state.out.push('- ');
  if (name === 'pre') state.pre++;
  if (/^h[1-6]$/.test(name)) state.out.push(`\n${'#'.repeat(Number(name[1]))} `);
}

function closeTag(state: State, name: string): void {
  if (name === 'a') {
    const link = state.links.pop();
    if (link !== undefined) state.out.push(` <${link}>`);
  } else if (name === 'pre') {
    state.pre = Math.max(0, state.pre - 1);
    state.out.push('\n');
  } else if (name === 'p' || /^h[1-6]$/.test(name)) state.out.push('\n\n');
  else if (BLOCKS.test(name) && name !== 'td' && name !== 'th') state.out.push('\n');
}

function target(tag: string, base: URL): string | undefined {
  const href = attribute(tag, 'href')?.trim();
  if (href === undefined || href === '' || href.startsWith('#')) return undefined;
  if (!URL.canParse(href, base.href)) return undefined;
  const url = new URL(href, base);
  return /^https?:$/.test(url.protocol) && url.href.length <= 500 ? url.href : undefined;
}

function attribute(tag: string, name: string): string | undefined {
  const found = new RegExp(`\\s${name}=(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(tag.slice(0, 4000));
  const value = found?.[1] ?? found?.[2] ?? found?.[3];
  return value === undefined ? undefined : entities(value);
}

function addText(state: State, raw: string): void {
  if (raw === '') return;
  const text = entities(raw);
  state.out.push(state.pre > 0 ? text : collapsed(text));
}

function collapsed(text: string): string {
  return text.replace(/[ \t\r\n\f]+/g, ' ');
}

const NAMED: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  copy: '©',
  reg: '®',
  trade: '™',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  bull: '•',
  middot: '·',
  times: '×',
  rarr: '→',
  larr: '←',
  euro: '€',
  deg: '°',
};

function entities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi, (whole, decimal, hex, name) => {
    if (typeof name === 'string') return NAMED[name] ?? NAMED[name.toLowerCase()] ?? whole;
    const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16);
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : '�';
  });
}

function tidy(text: string): string {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const kept = lines.filter((line, i) => line !== '' || (i > 0 && lines[i - 1] !== ''));
  return kept
    .map((line) => line.replace(/^ (?=\S)/, ''))
    .join('\n')
    .trim();
}
