// Tests of the phrase that a title carries.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { phraseOf } from '../../src/learning/phrase.ts';

describe('phraseOf', () => {
  it.each([
    ['Error: the crate is too heavy, weight is <num>, limit is <num>', 'the crate is too heavy'],
    ['ValueError: Error: bad shape <num>', 'bad shape'],
    ['<path>: permission denied', 'permission denied'],
    ['<num> <id>', undefined],
    ['', undefined],
  ])('of %j is %j', (template, phrase) => {
    expect(phraseOf(template)).toBe(phrase);
  });

  it('of no template is nothing', () => {
    expect(phraseOf(undefined)).toBeUndefined();
  });

  it('is cut between words at 60 characters', () => {
    const phrase = phraseOf(`the ${'very '.repeat(30)}long story`) ?? '';
    expect(phrase.length).toBeLessThanOrEqual(60);
    expect(phrase).toMatch(/very…$/);
  });

  it('holds plain words only, whatever the template', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (template) => {
        const phrase = phraseOf(template) ?? 'none';
        expect(phrase).toMatch(/^[\p{L}\p{N}\p{M}\s'’_./-]+…?$/u);
        expect(phrase.length).toBeLessThanOrEqual(61);
      }),
    );
  });
});
