// Corrections by people: which turns are ones, and when they make a finding.
import { describe, expect, it } from 'vitest';
import { signedWords } from '../../../src/domain/polarity.ts';
import { correction } from '../../../src/mining/detectors/correction.ts';
import { correctionIn } from '../../../src/mining/facts/corrective.ts';
import type { Told } from '../tell.ts';
import { contextOf } from './context.ts';

describe('correctionIn', () => {
  it.each([
    "don't use tabs in yaml",
    'No, use the staging server.',
    'no, that is wrong. Always run the linter before you commit.',
    'Please use spaces instead of tabs',
    'use pnpm, not npm',
    'Stop adding comments to every line',
    'I said two columns, not three',
    'why are you still using the old client?',
    'not a new file but the old one',
    'You should never push to main',
    'ok, but please do not rename public functions',
    'Never commit generated files.\n\n```\nlong log\n```',
    "That's wrong, the port is 8080",
    'Wrong. give whole numbers.',
    'Stop, keep the old names.',
    'Again, spell the town out.',
    'Not like that: put the date first.',
    'no - read the log before that',
    'I said it before: leave the header alone.',
    'Please keep the tests green.',
  ])('hears a correction in: %s', (text) => {
    expect(correctionIn(text, false)).toBeDefined();
  });

  it.each([
    'yes, go ahead',
    'Can we use tabs instead?',
    'thanks, looks good!',
    "I don't know the order number",
    'No, thank you. That is all.',
    'no problem',
    "don't worry about it",
    'add a page about pricing',
    'No.',
    "I'd prefer the aisle seat instead",
    'The tests never finished on my machine',
    '> never do this\nsounds right to me',
  ])('hears none in: %s', (text) => {
    expect(correctionIn(text, false)).toBeUndefined();
  });

  it('hears one in a mere hint after a refused action, and none in a long text', () => {
    expect(correctionIn('the manual instead', false)).toBeUndefined();
    expect(correctionIn('the manual instead', true)).toBeDefined();
    expect(correctionIn(`never use tabs. ${'And here is the next piece of work. '.repeat(30)}`, false)).toBeUndefined();
  });

  it('stays fast on hostile text', () => {
    expect(correctionIn('no, '.repeat(100_000), false)).toBeUndefined();
    expect(correctionIn('ok '.repeat(190), false)).toBeUndefined();
    expect(correctionIn(`use ${'<'.repeat(500)}`, false)).toBeUndefined();
  });
});

it('takes a protest for no part of the wish that follows it', () => {
  const wish = (text: string) => [...(correctionIn(text, false)?.words ?? [])];
  const plain = wish('Please use metric units.');
  expect(plain).toEqual([
    ['metric', 1],
    ['units', 1],
  ]);
  for (const text of [
    'no - use metric units.',
    'Stop, use metric units!',
    'Wrong. use metric units.',
    'Again, use metric units',
  ])
    expect(wish(text)).toEqual(plain);
  expect(wish('no tabs in yaml, never!')).toContainEqual(['tabs', -1]);
});

describe('signedWords', () => {
  const signs = (text: string) => [...signedWords(text)].map(([word, sign]) => (sign < 0 ? `-${word}` : word));

  it('tells wanted from unwanted words', () => {
    expect(signs('use spaces, not tabs')).toEqual(['spaces', '-tabs']);
    expect(signs("don't use tabs, use spaces")).toEqual(['-tabs', 'spaces']);
    expect(signs('use spaces instead of tabs')).toEqual(['spaces', '-tabs']);
    expect(signs('not tabs but spaces')).toEqual(['-tabs', 'spaces']);
  });
});

describe('the finding', () => {
  const said = (id: string, day: string | undefined, text: string): Told => ({
    id,
    ...(day !== undefined && { day }),
    steps: [{ user: 'do it' }, { call: 'w', ok: '' }, { call: 'w', ok: '' }, { user: text }],
  });
  const detect = (...told: Told[]) => correction.detect(contextOf(told));

  it('joins the same wish in other words and quotes the latest', () => {
    const [finding, ...more] = detect(
      said('a', '2026-01-01', "don't use tabs in yaml files"),
      said('b', '2026-01-05', 'Please never use tabs in yaml.'),
      said('c', '2026-01-03', 'no tabs in yaml, never!'),
    );
    expect(more).toEqual([]);
    expect(finding?.claim).toBe(
      'People corrected the agent in 3 sessions, last with the words “Please never use tabs in yaml.”.',
    );
    expect(finding?.normalised).toBe('-tabs -yaml');
    expect(finding?.sightings.map((s) => [s.session.session, s.wasted, s.quote.text])).toEqual([
      ['a', 2, "don't use tabs in yaml files"],
      ['b', 2, 'Please never use tabs in yaml.'],
      ['c', 2, 'no tabs in yaml, never!'],
    ]);
  });

  it('needs two sessions on two days, and undated sessions have none', () => {
    const text = 'never use tabs in yaml';
    expect(detect(said('a', '2026-01-01', text), said('b', '2026-01-01', text))).toEqual([]);
    expect(detect(said('a', undefined, text), said('b', undefined, text), said('c', undefined, text))).toEqual([]);
    expect(detect(said('a', '2026-01-01', text), said('b', '2026-01-02', text))).toHaveLength(1);
  });

  it('lets the latest of two contradicting wishes win and shows the other side', () => {
    const [finding] = detect(
      said('a', '2026-01-01', 'use tabs, not spaces'),
      said('b', '2026-01-02', 'use spaces, not tabs'),
      said('c', '2026-01-03', 'always use spaces, never tabs'),
    );
    expect(finding?.sightings.map((s) => s.session.session)).toEqual(['b', 'c']);
    expect(finding?.against.map((a) => a.session.session)).toEqual(['a']);
    expect(finding?.note).toBe('1 session said the opposite; the latest wins');
  });

  it('never takes the first words of a session for a correction', () => {
    const first = (id: string, day: string): Told => ({ id, day, steps: [{ user: 'never use tabs in yaml' }] });
    expect(detect(first('a', '2026-01-01'), first('b', '2026-01-02'), first('c', '2026-01-03'))).toEqual([]);
  });

  it('is the wish of the team where three people asked for it and at most a tenth said the opposite', () => {
    const by = (person: string, told: Told): Told => ({ ...told, by: person });
    const wish = (n: number, person: string) => by(person, said(`s${n}`, `2026-01-0${n}`, 'never use tabs in yaml'));
    const [finding] = detect(wish(1, 'ann'), wish(2, 'bob'), wish(3, 'cy'));
    expect([finding?.scope, finding?.doubt]).toEqual(['team', undefined]);
    const against = by('dee', said('s0', '2025-12-31', 'always use tabs in yaml'));
    const disputed = detect(against, wish(1, 'ann'), wish(2, 'bob'), wish(3, 'cy'))[0];
    expect(disputed?.scope).toBeUndefined();
    expect(disputed?.doubt).toMatch(/no one asked for it in two sessions on two days/);
  });

  it('is that of a person who asked for it in two sessions on two days, by the first digits of their hash', () => {
    const wish = (n: number, person: string, day = n): Told => ({
      ...said(`s${n}`, `2026-01-0${day}`, 'never use tabs in yaml'),
      by: person,
    });
    expect(detect(wish(1, 'a'.repeat(40)), wish(2, 'a'.repeat(40)), wish(3, 'b'))[0]?.scope).toBe(
      'person:aaaaaaaaaaaa',
    );
    expect(detect(wish(1, 'ann'), wish(2, 'ann'), wish(3, 'bob'), wish(4, 'bob'))[0]?.scope).toBe('person:ann,bob');
    expect(detect(wish(1, 'ann'), wish(2, 'ann', 1), wish(3, 'bob'))[0]?.doubt).toMatch(/no one asked/);
  });
});
