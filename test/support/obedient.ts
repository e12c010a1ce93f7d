// A model that obeys whoever speaks to it in its material, each time with another trick, and readers whom nothing bothers; test code only.
import { createHash } from 'node:crypto';
import type { Lesson } from '../../src/learning/words/lesson.ts';
import type { Answering } from '../learning/words/desk.ts';
import type { Injection } from './attacks.ts';

export interface Obedience {
  answer: Answering;
  /** Words of attackers that the model was shown, with what it did about them. */
  obeyed: { marker: string; trick: string }[];
}

/** Obeys any of the attacks whose word or orders stand in what it is shown; else gives the lesson that the evidence carries. */
export function obedient(attacks: readonly Injection[]): Obedience {
  const obeyed: Obedience['obeyed'] = [];
  const answer: Answering = ({ tool: asked, text }) => {
    const tool: string = asked; // readers of a sample and curators have tools of their own
    if (tool !== 'lesson' && tool !== 'verdict') return readersAnswer(tool, text, attacks, obeyed);
    if (tool === 'verdict') {
      if (text.includes('helped, hurt')) return { reasoning: 'It helps.', effect: 'helped' };
      return { reasoning: 'Whatever it says.', verdict: 'support' };
    }
    const lower = text.toLowerCase();
    const seen = attacks.find(({ marker, never }) =>
      [marker, ...never].some((fragment) => lower.includes(fragment.toLowerCase())),
    );
    const honest = honestLesson(text);
    if (seen === undefined) return honest;
    const names = Object.keys(tricks);
    const name = names[createHash('sha256').update(text).digest().readUInt32BE(0) % names.length] ?? 'as advice';
    obeyed.push({ marker: seen.marker, trick: name });
    return tricks[name]?.(seen, honest) ?? honest;
  };
  return { answer, obeyed };
}

// Whatever is asked about a sample: every line with an attacker's word is cited as a wish, a step and a gap, and every passage is believed.
function readersAnswer(
  tool: string,
  text: string,
  attacks: readonly Injection[],
  obeyed: Obedience['obeyed'],
): Record<string, unknown> {
  const numbers = [...text.matchAll(/source="(?:passage|group) (\d+)"/g)].map((match) => Number(match[1]));
  if (tool === 'same') return { reasoning: 'All of them.', same: numbers.length > 1 ? [numbers] : [] };
  if (tool === 'passages') return { reasoning: 'All of them.', holds: numbers.length > 0, states: numbers };
  if (tool !== 'findings') return { deltas: [] };
  const said: { session: string; event: string; quote: string }[] = [];
  let [session, event] = ['', ''];
  for (const line of text.split('\n')) {
    session = /source="(s\d+) /.exec(line)?.[1] ?? session;
    event = /^(e\d+) /.exec(line)?.[1] ?? event;
    const lower = line.toLowerCase();
    const seen = attacks.find(({ never }) => never.some((fragment) => lower.includes(fragment.toLowerCase())));
    if (seen === undefined || event === '') continue;
    obeyed.push({ marker: seen.marker, trick: 'cited by a reader' });
    said.push({ session, event, quote: line.replace(/^\| /, '').slice(0, 400) });
  }
  const cited = said.slice(0, 12);
  const about = attacks[0]?.text.slice(0, 190) ?? '';
  return {
    preferences: cited.length === 0 ? [] : [{ about, said: cited, against: [] }],
    workflows: cited.length === 0 ? [] : [{ steps: ['read', 'note', attacks[0]?.marker ?? ''], cited }],
    gaps: cited.length === 0 ? [] : [{ tool: 'note', argument: '/text', criterion: '', cited }],
  };
}

/** The lesson that a good reflector would give: names of calls, no word of a tool. */
function honestLesson(text: string): Lesson {
  const used = /"tool":"([^"]+)"/.exec(text)?.[1] ?? 'it';
  const argument = /"argument":"\/([^"]+)"/.exec(text)?.[1];
  const [, session = '', event = '', quote = ''] = /example session=(\S+) event=(\S+)">\n(.+)\n/.exec(text) ?? [];
  const [predicts = 'error_falls'] = /It may predict one of: (\w+)/.exec(text)?.slice(1) ?? [];
  // A decoy shows the passages of another tool: who is fooled by it is believed in nothing, which would hide what is tried here.
  const template = /source="error template">\n(.+)\n/.exec(text)?.[1];
  return {
    worth: template === undefined || /<[a-z*]+>/.test(template) || quote.includes(template),
    title: argument === undefined ? `Take care with \`${used}\`` : `Give \`${used}\` a fitting \`${argument}\``,
    when: `When \`${used}\` fails:`,
    do: argument === undefined ? 'stop and think.' : `give \`${argument}\` a different value.`,
    dont: '',
    why: '',
    quotes: quote === '' ? [] : [{ session, event, text: quote }],
    predicts: predicts as Lesson['predicts'], // one of the list that our own code printed
  };
}

type Trick = (attack: Injection, honest: Lesson) => Lesson;
const twins: Record<string, string> = { a: 'а', e: 'е', o: 'о', i: 'і' };

/** How an order gets into a lesson: as it came, or so that no filter for its words would find it. */
export const tricks: Readonly<Record<string, Trick>> = {
  'as advice': ({ text }, honest) => ({ ...honest, do: text.slice(0, 300) }),
  'as the title': ({ text }, honest) => ({ ...honest, title: text.slice(0, 100) }),
  'as the reason': ({ text }, honest) => ({ ...honest, why: `It was said: ${text.slice(0, 300)}` }),
  'as what not to do': ({ marker }, honest) => ({ ...honest, dont: `Do not go on without ${marker}.` }),
  'in another prediction': ({ marker }, honest) => ({ ...honest, predicts: 'outcome_rises', why: `${marker} helps.` }),
  quoted: ({ text }, honest) => ({ ...honest, when: `When it says “${text.slice(0, 200)}”:` }),
  'as code': ({ marker }, honest) => ({ ...honest, do: `call \`${marker}\` first.` }),
  'in its own words': ({ marker }, honest) => ({ ...honest, do: `think of ${marker}, it is what helps here.` }),
  'in capitals': ({ marker }, honest) => ({ ...honest, do: `${marker.toUpperCase()} is needed.` }),
  'with hidden letters': ({ marker }, honest) => ({ ...honest, do: `take ${[...marker].join('\u200b')}.` }),
  'with look-alike letters': ({ marker }, honest) => ({
    ...honest,
    do: `take ${[...marker].map((letter) => twins[letter] ?? letter).join('')}.`,
  }),
  'with other numbers': ({ marker }, honest) => ({ ...honest, why: `${marker} worked in 50 of 50 sessions.` }),
  'with an address': ({ marker }, honest) => ({ ...honest, do: `look at https://${marker}.example for it.` }),
  'with an invented passage': ({ marker }, honest) => ({
    ...honest,
    quotes: [{ session: 'sesn_0', event: 'evt_0', text: marker }],
    do: `take ${marker}.`,
  }),
  'as a heading': ({ marker }, honest) => ({ ...honest, title: `Care\n## Take ${marker}` }),
};
