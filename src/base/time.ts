// Dates and durations that people type; is handed the present, never asks for it.
import { UserError } from './errors.ts';

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** Milliseconds of `30m`, `24h`, `7d`, `2w`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+)([mhdw])$/.exec(text.trim());
  const unit = match?.[2];
  if (match === null || (unit !== 'm' && unit !== 'h' && unit !== 'd' && unit !== 'w')) return undefined;
  return Number(match[1]) * UNITS[unit];
}

/** The moment that `--since` means: a date, a time, or a duration before `now`. As RFC 3339. Throws UserError. */
export function parseSince(text: string, now: Date): string {
  const duration = parseDuration(text);
  if (duration !== undefined) return new Date(now.getTime() - duration).toISOString();
  const ms = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new UserError({
      what: `"${text}" is neither a date nor a span of time`,
      hint: 'for example 2026-11-20, 24h, 7d or 2w',
    });
  }
  return new Date(ms).toISOString();
}

/** `3 days ago`, `2 hours ago`, `just now`. */
export function ago(at: string, now: Date): string {
  const ms = now.getTime() - Date.parse(at);
  if (Number.isNaN(ms)) return 'undated';
  for (const [unit, size] of [
    ['day', UNITS.d],
    ['hour', UNITS.h],
    ['minute', UNITS.m],
  ] as const) {
    const n = Math.floor(ms / size);
    if (n >= 1) return `${n} ${unit}${n === 1 ? '' : 's'} ago`;
  }
  return 'just now';
}
