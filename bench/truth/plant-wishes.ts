// Plants what people say into drafted sessions: wishes of one person or of a team, wishes taken back, and talk that is no wish.
import { bystander, insert } from './plant-errors.ts';
import type { Dice } from './random.ts';
import { answerOf, inputOf, phraseOf, type Stage } from './stage.ts';
import type { Beat, Draft } from './transcript.ts';
import type { PreferenceTruth, Truth } from './truth.ts';

interface Wish {
  words: string[];
  said: string[];
}

/** Pairs of wishes that exclude each other. */
const wishes: [Wish, Wish][] = [
  [
    {
      words: ['metric'],
      said: ['use metric units in the report', 'metric units, please use metric units in the report'],
    },
    {
      words: ['imperial'],
      said: ['use imperial units in the report', 'imperial units, please use imperial units in the report'],
    },
  ],
  [
    { words: ['french'], said: ['write the summary in French', 'the summary should be in French, write it in French'] },
    { words: ['german'], said: ['write the summary in German', 'the summary should be in German, write it in German'] },
  ],
  [
    {
      words: ['three', 'lines'],
      said: ['keep the closing note under three lines', 'closing note under three lines please'],
    },
    {
      words: ['every', 'step'],
      said: ['describe every step in the closing note', 'the closing note should describe every step'],
    },
  ],
  [
    {
      words: ['photo'],
      said: ['always attach a photo before you close the job', 'attach a photo before you close the job'],
    },
    {
      words: ['sketch'],
      said: ['always attach a sketch before you close the job', 'attach a sketch before you close the job'],
    },
  ],
  [
    { words: ['finished'], said: ["don't touch finished orders", 'never touch finished orders'] },
    { words: ['archive'], said: ['move finished orders to the archive', 'finished orders go to the archive'] },
  ],
  [
    {
      words: ['without', 'asking'],
      said: ['never write to the client without asking me first', "don't write to the client without asking me first"],
    },
    { words: ['straight', 'away'], said: ['write to the client straight away', 'tell the client straight away'] },
  ],
  [
    { words: ['round', 'amounts'], said: ['round amounts to whole coins', 'please round amounts to whole coins'] },
    {
      words: ['exact', 'amounts'],
      said: ['give exact amounts with the cents', 'please give exact amounts with the cents'],
    },
  ],
  [
    { words: ['tabs'], said: ['use tabs for the table columns', 'table columns with tabs, use tabs'] },
    { words: ['commas'], said: ['use commas for the table columns', 'table columns with commas, use commas'] },
  ],
];

const openings = ['No, ', 'no - ', 'Please ', 'Not like that: ', 'I said it before: ', 'Wrong. ', 'Again, ', 'Stop, '];
const chatter = [
  'Thanks, that looks good.',
  'How far along is it?',
  'Carry on.',
  'And now the next one please.',
  'ok',
  'Great work!',
  'What did the last call say?',
  'Nice, on we go.',
];

/** One person says it in three to six sessions, on different days. */
export function plantPersonalWish(stage: Stage, drafts: Draft[]): Truth[] {
  const [wish] = takeWish(stage);
  const person = stage.dice.pick(stage.people);
  const sessions = dated(drafts, stage.dice, stage.dice.int(3, 6));
  for (const draft of sessions) voice(stage, draft, person, wish);
  return [wanted(wish, 'personal')];
}

/** Three people or more say it, each in one to three sessions. */
export function plantTeamWish(stage: Stage, drafts: Draft[]): Truth[] {
  const { dice } = stage;
  const [wish] = takeWish(stage);
  const people = dice.sample(stage.people, dice.int(3, 5));
  const sessions = dated(drafts, dice, people.length * dice.int(1, 3));
  for (const [i, draft] of sessions.entries()) voice(stage, draft, people[i % people.length] ?? '', wish);
  return [wanted(wish, 'team')];
}

/** One person says it in earlier sessions and the opposite in later ones: the latest holds. */
export function plantChangedWish(stage: Stage, drafts: Draft[]): Truth[] {
  const { dice } = stage;
  const [before, after] = takeWish(stage);
  const person = dice.pick(stage.people);
  const sessions = dated(drafts, dice, dice.int(6, 8)).sort((a, b) => (a.start ?? 0) - (b.start ?? 0));
  const turn = Math.floor(sessions.length / 2);
  for (const [i, draft] of sessions.entries()) voice(stage, draft, person, i < turn ? before : after);
  // A card that says `before` alone matches no truth, and so counts as wrong.
  return [wanted(after, 'changed')];
}

/** Thanks, questions and one-off requests, which ask for nothing that lasts. */
export function plantChatter(stage: Stage, drafts: Draft[]): Truth[] {
  const { dice } = stage;
  for (const draft of dice.sample(drafts, Math.round(0.5 * drafts.length))) {
    const text = dice.chance(0.7)
      ? dice.pick(chatter)
      : `Also look at ${phraseOf(dice, 2)} ${dice.int(10, 9999)} today.`;
    insert(draft, [{ is: 'user', text }], dice);
  }
  return [];
}

/** Wishes of one world differ in what they are about; which side of a pair comes first is chance. */
function takeWish(stage: Stage): [Wish, Wish] {
  const left = untaken.get(stage) ?? stage.dice.shuffle(wishes);
  untaken.set(stage, left);
  const pair = left.pop();
  if (pair === undefined) throw new Error('a world has more wishes than there are words for');
  return stage.dice.chance(0.5) ? pair : [pair[1], pair[0]];
}

const untaken = new WeakMap<Stage, [Wish, Wish][]>();

function wanted(wish: Wish, sub: string): PreferenceTruth {
  return { is: 'preference', wanted: true, sub, words: wish.words };
}

/** Dated sessions that nobody has been given a voice in by another wish. */
function dated(drafts: readonly Draft[], dice: Dice, count: number): Draft[] {
  const quiet = drafts.filter((d) => d.start !== undefined && !d.segments.flat().some((b) => b.is === 'user'));
  const days = new Map(dice.shuffle(quiet).map((d) => [Math.floor((d.start ?? 0) / 86_400_000), d]));
  return dice.sample([...days.values()], count);
}

function voice(stage: Stage, draft: Draft, person: string, wish: Wish): void {
  const { dice } = stage;
  draft.by = person;
  const said = dice.chance(0.7) ? wish.said[0] : dice.pick(wish.said);
  const tool = bystander(stage);
  const beats: Beat[] = [
    { is: 'user', text: `${dice.pick(openings)}${said}.` },
    { is: 'say', text: `Understood, ${phraseOf(dice, 3)}.` },
    { is: 'call', tool: tool.name, input: inputOf(stage, tool, dice, new Map(), 0.5), gave: answerOf(tool, dice, 0.5) },
  ];
  insert(draft, beats, dice);
}
