// Ids of sessions and events: sortable by time where there is one, derived from the origin where something is imported.
import { shortHash, sortableNumber } from './hash.ts';

const TIME_DIGITS = 10; // 50 bits of milliseconds, enough until the year 37,000
const NO_TIME = '0'.repeat(TIME_DIGITS);

/**
 * Id of an imported event: `evt_` + time + hash of its origin, so it stays the same however often and in whatever order
 * the origin is imported. Undated origins sort by `position`.
 * @param origin names the origin's record within its tool, for example `claude-code/<session>/<uuid>`
 * @param position index of the event among those made from that record (or within an undated transcript)
 * @param at RFC 3339 time, if the origin has one
 */
export function importedEventId(origin: string, position: number, at?: string): string {
  return `evt_${timeDigits(at)}${sortableNumber(position, 4)}${originDigits(origin)}`;
}

/**
 * Id of an event that happens now: `evt_` + 10 base32 digits of milliseconds + `order` (4 digits, so that events of one
 * millisecond sort as they happened) + 8 random digits. `random` is at least 8 hex digits.
 */
export function liveEventId(at: Date, order: number, random: string): string {
  return `evt_${sortableNumber(at.getTime(), TIME_DIGITS)}${sortableNumber(order % 1_048_576, 4)}${shortHash(random, 8)}`;
}

/** Id of a session that begins now: `YYYYMMDD-HHMMSS-xxxx` in UTC. */
export function liveSessionId(at: Date, random: string): string {
  const [date = '', time = ''] = at.toISOString().split('T');
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${shortHash(random, 4)}`;
}

// The events of one record are made one after another, so the last answer is most often the next one too.
let lastTime: [at: string | undefined, digits: string] = [undefined, NO_TIME];
let lastOrigin: [origin: string, digits: string] = ['', shortHash('', 8)];

function timeDigits(at: string | undefined): string {
  if (at === lastTime[0]) return lastTime[1];
  const ms = at === undefined ? Number.NaN : Date.parse(at);
  lastTime = [at, Number.isFinite(ms) ? sortableNumber(ms, TIME_DIGITS) : NO_TIME];
  return lastTime[1];
}

function originDigits(origin: string): string {
  if (origin !== lastOrigin[0]) lastOrigin = [origin, shortHash(origin, 8)];
  return lastOrigin[1];
}

/**
 * Id of an imported session, derived from tool and origin id alone: readable where the origin id is short and plain,
 * else its first characters and a hash. Only `[a-z0-9-]`, so it is safe as a file name.
 */
export function importedSessionId(tool: string, originId: string): string {
  const slug = originId
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (slug === originId && slug.length <= 24) return `${tool}-${slug}`;
  return `${tool}-${slug.slice(0, 13).replace(/-+$/, '')}-${shortHash(originId, 6)}`;
}
