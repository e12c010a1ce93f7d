// Times as crontab writes them: what is accepted, what is refused and how, when they come next.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextTime, onCalendar, parseCronTime } from '../../src/host/cron-time.ts';

const next = (time: string, after: string) => {
  const at = nextTime(parseCronTime(time), new Date(after));
  if (at === undefined) return 'never';
  const pad = (n: number) => String(n).padStart(2, '0');
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())} ${pad(at.getHours())}:${pad(at.getMinutes())}`;
};

describe('times of cron', () => {
  it.each([
    ['17 3 * * *', '2026-11-20T03:16:59', '2026-11-20 03:17'],
    ['17 3 * * *', '2026-11-20T03:17:00', '2026-11-21 03:17'],
    ['* * * * *', '2026-12-31T23:59:30', '2027-01-01 00:00'],
    ['*/15 * * * *', '2026-11-20T10:31:00', '2026-11-20 10:45'],
    ['@daily', '2026-11-20T10:31:00', '2026-11-21 00:00'],
    ['0 9 * * mon-fri', '2026-11-20T10:00:00', '2026-11-23 09:00'],
    ['0 9 * * 7', '2026-11-20T10:00:00', '2026-11-22 09:00'],
    ['0 0 29 feb *', '2026-11-20T10:00:00', '2028-02-29 00:00'],
    // Either day will do where both are given, both must fit where one of them begins with a star.
    ['0 0 13 * fri', '2026-11-14T00:00:00', '2026-11-20 00:00'],
    ['0 0 */13 * fri', '2026-11-14T00:00:00', '2026-11-27 00:00'],
    ['30 22,23 1-7/2 jan,JUN *', '2026-11-20T10:00:00', '2027-01-01 22:30'],
  ])('%s after %s comes at %s', (time, after, expected) => {
    expect(next(time, after)).toBe(expected);
  });

  it.each([
    ['', 'five fields'],
    ['17 3 * *', 'five fields'],
    ['17 3 * * * *', 'five fields'],
    ['60 3 * * *', 'no minute'],
    ['17 24 * * *', 'no hour'],
    ['17 3 0 * *', 'no day of the month'],
    ['17 3 * 13 *', 'no month'],
    ['17 3 * * 8', 'no day of the week'],
    ['17 3 * * funday', 'no day of the week'],
    ['5-1 * * * *', 'no minute'],
    ['*/0 * * * *', 'no minute'],
    ['1,,2 * * * *', 'no minute'],
    ['5/15 * * * *', 'range before the step'],
    ['-1 * * * *', 'no minute'],
    ['0 0 30 2 *', 'never comes'],
    ['@reboot', 'known here'],
    ['0 3 * * * root; rm -rf /', 'five fields'],
    ['0 3 * * %', 'no day of the week'],
  ])('refuses "%s" and says why', (time, why) => {
    expect(() => parseCronTime(time)).toThrow(why);
  });

  it('writes what it understood on one line, whatever the blanks were', () => {
    expect(parseCronTime(' 17\t3  *\n* * ').text).toBe('17 3 * * *');
    expect(parseCronTime('@Weekly').text).toBe('0 0 * * 0');
  });

  it('the next time always matches and lies ahead', () => {
    const field = (from: number, to: number) =>
      fc.oneof(
        fc.constant('*'),
        fc.integer({ min: from, max: to }).map(String),
        fc.tuple(fc.integer({ min: from, max: to }), fc.integer({ min: from, max: to })).map(([a, b]) => {
          return `${Math.min(a, b)}-${Math.max(a, b)}/2`;
        }),
      );
    const times = fc.tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6));
    const after = fc.date({ min: new Date(2024, 0, 1), max: new Date(2030, 0, 1), noInvalidDate: true });
    fc.assert(
      fc.property(times, after, (fields, from) => {
        const time = parseCronTime(fields.join(' '));
        const at = nextTime(time, from);
        expect(at?.getTime()).toBeGreaterThan(from.getTime());
        expect(time.minutes).toContain(at?.getMinutes());
        expect(time.hours).toContain(at?.getHours());
        expect(time.months).toContain((at?.getMonth() ?? 0) + 1);
      }),
      { numRuns: 60 },
    );
  });
});

describe('systemd’s calendar', () => {
  it.each([
    ['17 3 * * *', ['*-*-* 03:17:00']],
    ['*/30 * * * 1-5', ['Mon,Tue,Wed,Thu,Fri *-*-* *:00,30:00']],
    ['* * * * *', ['*-*-* *:*:00']],
    ['0 0 1 jan 0', ['*-01-01 00:00:00', 'Sun *-01-* 00:00:00']],
  ])('%s is %j', (time, expected) => {
    expect(onCalendar(parseCronTime(time))).toEqual(expected);
  });
});
