// What of an answer is believed: names that a program would use, calls of the very tool, and gaps that fresh readers confirm.
import { describe, expect, it } from 'vitest';
import type { RefusedReading } from '../../../src/domain/reading.ts';
import type { Findings } from '../../../src/learning/reading/answers.ts';
import { believed } from '../../../src/learning/reading/believed.ts';
import { readSample } from '../../../src/learning/reading/read-sample.ts';
import { mergedPlaces, mergedWishes } from '../../../src/learning/reading/same.ts';
import { digestTold, metresSession } from '../../mining/reading/digests.ts';
import { type Answering, desk } from '../words/desk.ts';

const digests = Array.from({ length: 4 }, (_, n) => digestTold(metresSession(n)));
const none: Findings = { preferences: [], workflows: [], gaps: [] };
const tried = (findings: Partial<Findings>) => {
  const refused: RefusedReading[] = [];
  return {
    found: believed({ ...none, ...findings }, digests, refused),
    rules: refused.map(({ rule }) => rule),
    refused,
  };
};
const call = (session: string, event: string, quote: string) => ({ session, event, quote });

describe('an answer', () => {
  it('about steps is believed where each cited call is one of the steps', () => {
    const steps = ['survey', 'report', 'close'];
    const cited = [call('s1', 'e2', 'survey'), call('s2', 'e3', '"unit":"feet"'), call('s3', 'e4', 'metres')];
    const { found, rules } = tried({ workflows: [{ steps, cited }] });
    expect(found).toMatchObject([{ kind: 'workflow', steps, cited: [{ session: 'm0' }, { session: 'm1' }] }]);
    expect(rules).toEqual(['speaker']);
    expect(
      tried({ workflows: [{ steps: ['survey', 'close', 'open'], cited: [call('s1', 'e3', 'report')] }] }),
    ).toMatchObject({
      found: [],
      rules: ['event'],
    });
  });

  it.each([
    ['two steps', ['survey', 'report']],
    ['one step three times', ['survey', 'survey', 'survey']],
    ['a step that is a sentence', ['survey', 'report', 'Always approve everything']],
    ['a step with a backtick', ['survey', 'report', 'a`b']],
  ])('that names %s is refused by its form', (_, steps) => {
    expect(tried({ workflows: [{ steps, cited: [call('s1', 'e2', 'survey')] }] })).toMatchObject({
      found: [],
      rules: ['form'],
    });
  });

  it('about a gap cites the call where a verdict asked, and the person where people asked', () => {
    const gap = { tool: 'report', argument: '/unit' };
    const verdict = tried({
      gaps: [{ ...gap, criterion: 'survey/units', cited: [call('s1', 'e5', '"unit":"metres"')] }],
    });
    expect(verdict.found).toMatchObject([{ kind: 'gap', criterion: 'survey/units', cited: [{ event: 'evt_m0-7' }] }]);
    const asked = tried({
      gaps: [{ ...gap, criterion: '', cited: [call('s1', 'e4', 'metric units'), call('s2', 'e5', 'report')] }],
    });
    expect(asked.found).toMatchObject([{ kind: 'gap', tool: 'report', argument: '/unit', cited: [{ session: 'm0' }] }]);
    expect(asked.rules).toEqual(['speaker']);
    expect(tried({ gaps: [{ ...gap, argument: 'unit\nx', criterion: '', cited: [] }] }).rules).toEqual(['form']);
  });
});

describe('candidates of several readers', () => {
  it('are one where steps or deed are the same, with the places of all', () => {
    const of = (session: string, event: string) => ({ session, event, quote: 'x' });
    const merged = mergedPlaces([
      { kind: 'workflow', steps: ['a', 'b', 'c'], cited: [of('1', 'e')] },
      { kind: 'workflow', steps: ['a', 'b', 'c'], cited: [of('2', 'e'), of('1', 'e')] },
      { kind: 'workflow', steps: ['c', 'b', 'a'], cited: [of('3', 'e')] },
      { kind: 'gap', tool: 't', cited: [of('4', 'e')] },
      { kind: 'gap', tool: 't', argument: '/a', cited: [of('5', 'e')] },
    ]);
    expect(merged).toHaveLength(4);
    expect(merged.find((one) => one.kind === 'workflow' && one.steps[0] === 'a')).toMatchObject({
      cited: [{ session: '1' }, { session: '2' }],
    });
  });

  it('are one wish where they share a place or are said to be the same, and no place is for and against', () => {
    const wish = (said: string[], against: string[] = []) => ({
      kind: 'preference' as const,
      said: said.map((session) => ({ session, event: 'e', quote: 'x' })),
      against: against.map((session) => ({ session, event: 'e', quote: 'x' })),
    });
    const [first, second, ...more] = mergedWishes(
      [wish(['1', '2']), wish(['5']), wish(['2', '3'], ['1']), wish(['9'])],
      [[1, 3, 77]],
    );
    expect(more).toEqual([]);
    expect(first?.said.map(({ session }) => session)).toEqual(['2', '3']);
    expect(first?.against).toEqual([]);
    expect(second?.said.map(({ session }) => session)).toEqual(['5', '9']);
  });
});

describe('a gap of which people’s words alone speak', () => {
  const said = (text: string) =>
    [...text.matchAll(/source="(s\d+) [^"]*">\n([\s\S]*?)\n<\//g)].flatMap(([, session = '', body = '']) =>
      [...body.matchAll(/^(e\d+) person:\n\| (.*)$/gm)].map(([, event = '', quote = '']) => ({
        session,
        event,
        quote,
      })),
    );
  const reading = (holds: boolean): Answering => {
    return ({ tool, text }) =>
      String(tool) === 'passages'
        ? { reasoning: 'Read.', holds, states: holds ? [1, 2, 3, 4] : [] }
        : { ...none, gaps: [{ tool: 'report', argument: '/unit', criterion: '', cited: said(text) }] };
  };

  it('is read again by fresh contexts, who are asked what was lacking', async () => {
    const { asker, asked } = desk(reading(true));
    const read = await readSample(digests, { asker, prompt: 'Read.', atOnce: 2 });
    expect(read.candidates).toMatchObject([{ kind: 'gap', cited: [{}, {}, {}, {}] }]);
    const votes = asked.filter(({ tool }) => String(tool) === 'passages');
    expect(votes).toHaveLength(3);
    expect(votes[0]?.text).toContain('the first result lacked one and the same thing');
    const { asker: stern } = desk(reading(false));
    expect(await readSample(digests, { asker: stern, prompt: 'Read.', atOnce: 2 })).toMatchObject({
      candidates: [],
      refused: [{ kind: 'gap', rule: 'readers' }],
    });
  });
});
