// When a crontab line runs: five fields or a nickname, checked and explained; reads no clock and knows no crontab.
import { UserError } from '../base/errors.ts';

/** A checked time of cron. Each list is sorted and holds at least one number. */
export interface CronTime {
  /** The five fields with one blank between, as they go into a crontab. */
  text: string;
  minutes: number[];
  hours: number[];
  days: number[];
  months: number[];
  /** 0 is Sunday. */
  weekdays: number[];
  /** cron's own rule: where neither field begins with `*`, a day matches if one of them does. */
  eitherDay: boolean;
}

const NICKNAMES = new Map([
  ['@hourly', '0 * * * *'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@weekly', '0 0 * * 0'],
  ['@monthly', '0 0 1 * *'],
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
]);
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
interface Field {
  name: string;
  from: number;
  to: number;
  names: readonly string[];
}
const FIELDS: readonly Field[] = [
  { name: 'minute', from: 0, to: 59, names: [] },
  { name: 'hour', from: 0, to: 23, names: [] },
  { name: 'day of the month', from: 1, to: 31, names: [] },
  { name: 'month', from: 1, to: 12, names: MONTHS },
  { name: 'day of the week', from: 0, to: 7, names: WEEKDAYS },
];

// The leap day is what comes most seldom, and 2100 is no leap year: eight years without one.
const YEARS_AHEAD = 9;

/** Checks a time as crontab(5) describes it. Throws UserError that names the field and what it may hold. */
export function parseCronTime(written: string): CronTime {
  const trimmed = written.trim();
  const plain = NICKNAMES.get(trimmed.toLowerCase()) ?? trimmed;
  if (plain.startsWith('@')) {
    throw wrong(written, `${plain} is no time that is known here`, `one of ${[...NICKNAMES.keys()].join(' ')}`);
  }
  const parts = plain.split(/\s+/);
  if (plain === '' || parts.length !== FIELDS.length) {
    throw wrong(written, 'five fields are needed', 'minute hour day month weekday, for example "17 3 * * *"');
  }
  const [minutes, hours, days, months, weekdays] = FIELDS.map((field, i) => numbersOf(field, parts[i] ?? '', written));
  const time: CronTime = {
    text: parts.join(' '),
    minutes: minutes ?? [],
    hours: hours ?? [],
    days: days ?? [],
    months: months ?? [],
    weekdays: [...new Set((weekdays ?? []).map((n) => n % 7))].sort((a, b) => a - b),
    eitherDay: !parts[2]?.startsWith('*') && !parts[4]?.startsWith('*'),
  };
  if (nextTime(time, new Date(2000, 0, 1)) === undefined) {
    throw wrong(written, 'this day never comes', 'check the day against the month');
  }
  return time;
}

/** The first matching minute after `after`, in the local time of this process; undefined if none comes in nine years. */
export function nextTime(time: CronTime, after: Date): Date | undefined {
  let at = new Date(after);
  at.setSeconds(60, 0);
  const last = new Date(after).setFullYear(after.getFullYear() + YEARS_AHEAD);
  while (at.getTime() <= last) {
    if (!dayMatches(time, at)) at = new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1);
    else if (!time.hours.includes(at.getHours())) at = nextHour(at);
    else if (!time.minutes.includes(at.getMinutes())) at = new Date(at.getTime() + 60_000);
    else return at;
  }
  return undefined;
}

/** The same times for systemd's OnCalendar=; two lines where either of two days will do. */
export function onCalendar(time: CronTime): string[] {
  const list = (values: number[], all: number) =>
    values.length === all ? '*' : values.map((n) => String(n).padStart(2, '0')).join(',');
  const clock = `${list(time.hours, 24)}:${list(time.minutes, 60)}:00`;
  const date = (days: string) => `*-${list(time.months, 12)}-${days} ${clock}`;
  const names = time.weekdays.map((n) => capital(WEEKDAYS[n] ?? '')).join(',');
  const weekday = time.weekdays.length === 7 ? '' : `${names} `;
  const days = list(time.days, 31);
  if (time.eitherDay) return [date(days), `${weekday}${date('*')}`];
  return [`${weekday}${date(days)}`];
}

function numbersOf(field: Field, text: string, written: string): number[] {
  const numbers = new Set<number>();
  for (const item of text.split(',')) for (const n of itemOf(field, item, written)) numbers.add(n);
  return [...numbers].sort((a, b) => a - b);
}

// `*`, `7`, `mon`, `1-5`, each perhaps with `/2`.
function itemOf(field: Field, item: string, written: string): number[] {
  const match = /^(?:\*|([a-z0-9]+)(?:-([a-z0-9]+))?)(?:\/(\d{1,4}))?$/i.exec(item);
  const allowed = `the ${field.name} is a number from ${field.from} to ${field.to}, a list (1,3), a range (1-5) or * with a step (*/2)`;
  if (match === null) throw wrong(written, `"${item}" is no ${field.name}`, allowed);
  const [, low, high, stepText] = match;
  const step = stepText === undefined ? 1 : Number(stepText);
  const from = low === undefined ? field.from : numberOf(field, low);
  const to = low === undefined ? field.to : high === undefined ? from : numberOf(field, high);
  if (from === undefined || to === undefined || from > to || step < 1) {
    throw wrong(written, `"${item}" is no ${field.name}`, allowed);
  }
  // Some crons read `5/15` as `5`, others as `5-59/15`; what differs from machine to machine is refused.
  if (stepText !== undefined && low !== undefined && high === undefined) {
    throw wrong(written, `"${item}" needs a range before the step`, `for example ${from}-${field.to}/${step}`);
  }
  const numbers: number[] = [];
  for (let n = from; n <= to; n += step) numbers.push(n);
  return numbers;
}

function numberOf(field: Field, text: string): number | undefined {
  const named = field.names.indexOf(text.toLowerCase());
  const value = named >= 0 ? named + (field.name === 'month' ? 1 : 0) : /^\d{1,2}$/.test(text) ? Number(text) : -1;
  return value >= field.from && value <= field.to ? value : undefined;
}

function dayMatches(time: CronTime, at: Date): boolean {
  if (!time.months.includes(at.getMonth() + 1)) return false;
  const day = time.days.includes(at.getDate());
  const weekday = time.weekdays.includes(at.getDay());
  return time.eitherDay ? day || weekday : day && weekday;
}

// By elapsed time, so that an hour that the clock skips or repeats in spring and autumn can't hold us up.
function nextHour(at: Date): Date {
  return new Date(at.getTime() + (60 - at.getMinutes()) * 60_000);
}

function wrong(written: string, what: string, hint: string): UserError {
  return new UserError({ what: `"${written}" is no time for cron: ${what}`, hint });
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
