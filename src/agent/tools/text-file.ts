// Bytes of a file as text and back in the same encoding; what is no text is named, never guessed at.

export type Encoding = 'utf8' | 'utf8-bom' | 'utf16le' | 'utf16be' | 'latin1';

export interface TextFile {
  text: string;
  encoding: Encoding;
}

/** What bytes are. `what` describes a file that is no text, for people and models. */
export type Content =
  | ({ kind: 'text' } & TextFile)
  | { kind: 'image'; mediaType: string }
  | { kind: 'binary'; what: string };

/** Reads bytes as text: by byte order mark, as UTF-8, or as Latin-1 where nothing speaks against it. */
export function contentOf(bytes: Buffer): Content {
  for (const { mark, mediaType, what } of SIGNATURES) {
    if (!mark.test(bytes.toString('latin1', 0, 16))) continue;
    return mediaType === undefined ? { kind: 'binary', what } : { kind: 'image', mediaType };
  }
  const marked = byMark(bytes);
  if (marked !== undefined) return { kind: 'text', ...marked };
  if (bytes.includes(0)) return { kind: 'binary', what: 'binary data' };
  const utf8 = decodeUtf8(bytes);
  if (utf8 !== undefined) return { kind: 'text', text: utf8, encoding: 'utf8' };
  const latin1 = bytes.toString('latin1');
  // Control characters (C0 but the usual ones, C1) do not stand in Latin-1 text.
  if (/[\u0001-\u0008\u000e-\u001a\u001c-\u001f\u007f-\u009f]/.test(latin1))
    return { kind: 'binary', what: 'binary data' };
  return { kind: 'text', text: latin1, encoding: 'latin1' };
}

/** The bytes of a text in an encoding; undefined where it has characters that the encoding lacks. */
export function bytesOf({ text, encoding }: TextFile): Buffer | undefined {
  switch (encoding) {
    case 'utf8':
      return Buffer.from(text);
    case 'utf8-bom':
      return Buffer.from(`\ufeff${text}`);
    case 'utf16le':
      return Buffer.from(`\ufeff${text}`, 'utf16le');
    case 'utf16be':
      return Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
    case 'latin1':
      return /[^\u0000-\u00ff]/.test(text) ? undefined : Buffer.from(text, 'latin1');
  }
}

/** Whether lines end in CRLF: true where at least half of them do. */
export function endsInCrlf(text: string): boolean {
  const crlf = text.split('\r\n').length - 1;
  return crlf > 0 && crlf * 2 >= text.split('\n').length - 1;
}

/** Text with every line end as CRLF. */
export function withCrlf(text: string): string {
  return text.replace(/\r?\n/g, '\r\n');
}

/** The lines of a text without their ends; the end of the last line begins no further one. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

interface Signature {
  mark: RegExp;
  mediaType?: string;
  what: string;
}

const SIGNATURES: Signature[] = [
  { mark: /^\u0089PNG\r\n\u001a\n/, mediaType: 'image/png', what: 'a PNG image' },
  { mark: /^\u00ff\u00d8\u00ff/, mediaType: 'image/jpeg', what: 'a JPEG image' },
  { mark: /^GIF8[79]a/, mediaType: 'image/gif', what: 'a GIF image' },
  { mark: /^RIFF[\s\S]{4}WEBP/, mediaType: 'image/webp', what: 'a WebP image' },
  { mark: /^%PDF-/, what: 'a PDF document' },
  { mark: /^PK(?:\u0003\u0004|\u0005\u0006)/, what: 'a ZIP archive (or a format made of one)' },
  { mark: /^\u001f\u008b/, what: 'gzip data' },
  { mark: /^\u007fELF/, what: 'an ELF program' },
  { mark: /^SQLite format 3\u0000/, what: 'an SQLite database' },
];

function byMark(bytes: Buffer): TextFile | undefined {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) {
    const text = decodeUtf8(bytes.subarray(3));
    return text === undefined ? undefined : { text, encoding: 'utf8-bom' };
  }
  if (bytes.length % 2 !== 0) return undefined;
  if (a === 0xff && b === 0xfe) return { text: bytes.subarray(2).toString('utf16le'), encoding: 'utf16le' };
  if (a === 0xfe && b === 0xff)
    return { text: Buffer.from(bytes.subarray(2)).swap16().toString('utf16le'), encoding: 'utf16be' };
  return undefined;
}

function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined; // how the decoder says that the bytes are no UTF-8
    throw error;
  }
}
