// When a dream is due again after the newest one.
import { describe, expect, it } from 'vitest';
import { dueFrom } from '../../src/store/dream-log.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

describe('the next dream', () => {
  const ended = Date.UTC(2026, 10, 20, 3, 18);
  const at = new Date(ended).toISOString();

  it('is due at the same minute of the next day, though the last one took a while', () => {
    const nextNight = Date.UTC(2026, 10, 21, 3, 17);
    expect(dueFrom(at, DAY, nextNight)).toBeLessThanOrEqual(nextNight);
  });

  it('is not due an hour earlier, so an hourly schedule keeps its hour', () => {
    const hourBefore = ended + DAY - HOUR;
    expect(dueFrom(at, DAY, hourBefore)).toBeGreaterThan(hourBefore);
  });

  it('is due at once where the last one seems to have ended in the future', () => {
    expect(dueFrom(at, DAY, ended - 400 * DAY)).toBe(ended - 400 * DAY);
  });
});
