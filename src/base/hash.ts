// Hashes and the short names made from them; reads no clock and no randomness.
import { hash } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'; // Crockford base32: no i, l, o, u

/** SHA-256 as 64 lower-case hex digits. */
export function sha256(bytes: string | Uint8Array): string {
  return hash('sha256', bytes);
}

/** The first `length` Crockford base32 digits (5 bits each) of the SHA-256 of `text`. */
export function shortHash(text: string, length: number): string {
  if (length <= 10) return leading(hash('sha256', text), length);
  const digest = hash('sha256', text, 'buffer');
  let out = '';
  let bits = 0;
  let value = 0;
  for (const byte of digest) {
    value = ((value << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5 && out.length < length) {
      bits -= 5;
      out += ALPHABET[(value >> bits) & 31];
    }
    if (out.length === length) break;
  }
  return out;
}

// Ids are made for every event: a number holds their 50 bits exactly, and is quicker than going through the digest.
function leading(hex: string, length: number): string {
  const digits = Math.ceil((length * 5) / 4);
  return sortableNumber(Number.parseInt(hex.slice(0, digits), 16) / 2 ** (digits * 4 - length * 5), length);
}

/** FNV-1a over UTF-16 units, a signed 32-bit number: quick, no secret, and too regular in its low bits for texts that count up. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** The 32-bit hash of a list of numbers, one after the other: what it came to before, and the next of them. */
export function hashWith(hash: number, next: number): number {
  const mixed = Math.imul(hash ^ next, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

/** 64 bits of a text as 16 hex digits: quick, and no secret. */
export function quickHash(text: string): string {
  const [one, other] = quickNumbers(text);
  return hex(one) + hex(other);
}

/** 128 bits as signed numbers of 32. */
export type Key = readonly [number, number, number, number];

const KEY = new Int32Array(4);
const KEY_BYTES = Buffer.from(KEY.buffer);

/** They as 32 hex digits, in the order in which this machine has its bytes. */
export function keyText(key: Key): string {
  KEY.set(key);
  return KEY_BYTES.toString('hex');
}

/** What `quickHash` says as two signed numbers of 32 bits. */
export function quickNumbers(text: string): [number, number] {
  let one = hashWith(0x811c9dc5, text.length);
  let other = hashWith(0x2545f491, text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    one = hashWith(one, unit);
    other = hashWith(other, unit);
  }
  return [one, other];
}

function hex(hash: number): string {
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** Non-negative integer as base32 digits that sort like the number, left-padded with zeros to `width`. */
export function sortableNumber(value: number, width: number): string {
  let rest = Math.max(0, Math.floor(value));
  let out = '';
  for (let i = 0; i < width; i++) {
    out = ALPHABET[rest % 32] + out;
    rest = Math.floor(rest / 32);
  }
  return out;
}

/** JSON with object keys sorted at every depth, so that equal values have equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const pairs = Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`);
    return `{${pairs.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
