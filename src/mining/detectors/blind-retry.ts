// Detects the same call made again right after its error, in vain; never counts a repeat that came after a change.
import { count } from '../../base/text.ts';
import { quoteCall, quoteError } from '../quotes.ts';
import { type Context, type Detector, type ErrorTemplate, type Finding, inGroup, timeOf } from './detector.ts';
import { type Repeat, repeatsOf } from './repair.ts';

export const blindRetry: Detector = {
  family: 'blind_retry',
  nothing: 'no failing call was repeated unchanged in at least two sessions, or twice in one',
  detect,
};

interface Group {
  template: ErrorTemplate;
  bySession: Map<Context['sessions'][number], Repeat[]>;
}

function detect(context: Context): Finding[] {
  const groups = new Map<string, Group>();
  for (const session of context.sessions) {
    for (const repeat of repeatsOf(session)) {
      const template = context.templateOf(repeat.error.tool, repeat.error.error ?? '');
      if (template === undefined) continue;
      const group = inGroup(groups, template.key, () => ({ template, bySession: new Map() }));
      inGroup(group.bySession, session, () => []).push(repeat);
    }
  }
  return [...groups.values()].flatMap(findingOf);
}

// Where repeating helps at least every other time it is a remedy, not a mistake.
function findingOf({ template, bySession }: Group): Finding[] {
  const all = [...bySession];
  const worked = all.filter(([, repeats]) => repeats.some((r) => r.again.status === 'ok'));
  const often = all.some(([, repeats]) => repeats.length >= 2);
  if ((all.length < 2 && !often) || worked.length * 2 >= all.length) return [];
  const sightings = all.map(([session, repeats]) => {
    const first = repeats[0]?.error;
    if (first === undefined) throw new Error('a group of repeats is never empty');
    return {
      session,
      quote: quoteError(first),
      events: repeats.length,
      wasted: repeats.length,
      action: first,
      ...timeOf(session, first),
    };
  });
  const against = worked.flatMap(([session, repeats]) =>
    repeats
      .filter((r) => r.again.status === 'ok')
      .slice(0, 1)
      .map((r) => ({ session, quote: quoteCall(r.again) })),
  );
  return [
    {
      kind: 'blind_retry',
      tool: template.tool,
      template,
      claim: `Repeating the same call of ${template.tool} after “${template.text}” worked in ${worked.length} of ${count(all.length, 'session')}.`,
      normalised: 'repeated unchanged',
      sightings,
      against,
      words: 'tool',
    },
  ];
}
