// One card on its way to a model's words: reflector, verifier in code, fresh readers, unseen sessions; any refusal or absence leaves the plain wording.
import { z } from 'zod';
import type { Card } from '../../domain/card.ts';
import type { Ask, Asked, Asker } from '../asking/asker.ts';
import { lessonSchema, type Words, wordsOf } from './lesson.ts';
import { reflectQuestion, unseenQuestion, verifyQuestion } from './questions.ts';
import { type Grounds, type RefusalRule, refuseLesson } from './verify.ts';

export interface SmithParts {
  asker: Asker;
  /** Texts of templates/prompts/reflect.md and verify.md. */
  prompts: { reflect: string; verify: string };
  /** What the person who dreams wants to have looked at. */
  focus?: string | undefined;
  /** Sessions in which the card's condition held and that are none of its evidence, each in a few lines; at most 10 are read. */
  unseen?: ((card: Card) => readonly string[]) | undefined;
  /** Readers are asked all at once, also where the first of them may settle it: each answer takes minutes. */
  together?: boolean | undefined;
}

/** What judging needs of these. */
export type JudgeParts = Pick<SmithParts, 'asker' | 'unseen' | 'together'> & { prompts: { verify: string } };

export type WordedRule = RefusalRule | 'no lesson' | 'readers' | 'unseen' | 'decoy';

/** `none`: nobody answered, which says nothing about the lesson. */
export type Worded =
  | { kind: 'words'; words: Words }
  | { kind: 'refused'; rule: WordedRule; reason: string }
  | { kind: 'none'; reason: string };

export const VOTES = 3;
const NEEDED = 2;
export const MOST_UNSEEN = 10;
const MOST_HURT = 1;
// A lesson that passes stands in the report as its answer; one that does not is nothing to show to readers of the branch.
const UNTOLD = { title: '…', rule: '…' };
export const LESSON_TOKENS = 1200;
export const VOTE_TOKENS = 600;

const voteSchema = z.strictObject({
  reasoning: z.string().max(2000).describe('what of the evidence speaks for the lesson, and what against'),
  verdict: z.enum(['support', 'contradict', 'undecided']),
});
const effectSchema = z.strictObject({
  reasoning: z.string().max(2000).describe('what would have gone otherwise'),
  effect: z.enum(['helped', 'hurt', 'neither']),
});

/** Asks for words and lets them through all checks. `label` stands in the log for the card. Never throws for what models answer. */
export async function wordWithModel(grounds: Grounds, label: string, parts: SmithParts): Promise<Worded> {
  const { card, maxRuleWords } = grounds;
  const { asker, prompts, focus } = parts;
  const asked = await asker.ask({
    role: 'reflector',
    stage: 'reflect',
    card: label,
    system: prompts.reflect,
    user: reflectQuestion(card, maxRuleWords, focus),
    tool: { name: 'lesson', description: 'Gives the lesson that the evidence carries, or says that it carries none.' },
    schema: lessonSchema,
    maxTokens: LESSON_TOKENS,
  });
  if (asked.kind === 'none') return { kind: 'none', reason: asked.reason };
  if (!asked.value.worth) return { kind: 'refused', rule: 'no lesson', reason: 'the reflector found no lesson in it' };
  const refusal = refuseLesson(asked.value, grounds);
  if (refusal !== undefined) return { kind: 'refused', ...refusal };
  return await judgeWords(card, wordsOf(asked.value), label, parts);
}

/** Has fresh contexts judge words that code let pass: against the card's evidence, then against sessions that gave none. */
export async function judgeWords(card: Card, words: Words, label: string, parts: JudgeParts): Promise<Worded> {
  const against = (await readersAgainst(card, words, label, parts)) ?? (await unseenAgainst(card, words, label, parts));
  return against ?? { kind: 'words', words };
}

// Each reader sees evidence and lesson alone. One who finds that they contradict each other is enough.
/** What fresh readers have against these words; undefined where enough of them support it. */
export async function readersAgainst(
  card: Card,
  words: Words,
  label: string,
  parts: JudgeParts,
): Promise<Exclude<Worded, { kind: 'words' }> | undefined> {
  let support = 0;
  let vote = 0;
  const question = { user: verifyQuestion(card, words), told: verifyQuestion(card, UNTOLD) };
  const ask = (at: number) => askReader(parts, 'verify', label, question, voteSchema, at + 1);
  for await (const asked of answersOf(VOTES, parts, ask)) {
    vote++;
    if (asked.kind === 'none') return { kind: 'none', reason: asked.reason };
    if (asked.value.verdict === 'contradict')
      return { kind: 'refused', rule: 'readers', reason: 'a fresh reader found that the evidence contradicts it' };
    if (asked.value.verdict === 'support') support++;
    if (support + VOTES - vote < NEEDED) break;
  }
  if (support >= NEEDED) return undefined;
  const reason = `${support} of ${VOTES} fresh readers found that the evidence carries it; ${NEEDED} are needed`;
  return { kind: 'refused', rule: 'readers', reason };
}

async function unseenAgainst(
  card: Card,
  words: Words,
  label: string,
  parts: JudgeParts,
): Promise<Exclude<Worded, { kind: 'words' }> | undefined> {
  let hurt = 0;
  const digests = (parts.unseen?.(card) ?? []).slice(0, MOST_UNSEEN);
  const ask = (at: number) => {
    const [digest = ''] = digests.slice(at);
    const question = { user: unseenQuestion(digest, words), told: unseenQuestion(digest, UNTOLD) };
    return askReader(parts, 'unseen', label, question, effectSchema, 1);
  };
  for await (const asked of answersOf(digests.length, parts, ask)) {
    if (asked.kind === 'none') return { kind: 'none', reason: asked.reason };
    if (asked.value.effect === 'hurt') hurt++;
    if (hurt > MOST_HURT)
      return {
        kind: 'refused',
        rule: 'unseen',
        reason: `it would have hurt in ${hurt} sessions that it was not made from`,
      };
  }
  return undefined;
}

// In order, however they are asked.
async function* answersOf<T>(
  n: number,
  { together = false }: Pick<JudgeParts, 'together'>,
  ask: (at: number) => Promise<Asked<T>>,
): AsyncGenerator<Asked<T>> {
  if (together) yield* await Promise.all(Array.from({ length: n }, (_, at) => ask(at)));
  else for (let at = 0; at < n; at++) yield await ask(at);
}

async function askReader<T>(
  { asker, prompts }: JudgeParts,
  stage: string,
  label: string,
  question: { user: string; told: string },
  schema: Ask<T>['schema'],
  vote: number,
): Promise<Asked<T>> {
  return await asker.ask({
    role: 'verifier',
    stage,
    card: label,
    system: prompts.verify,
    ...question,
    tool: { name: 'verdict', description: 'Gives the verdict: reasoning first, then what it comes to.' },
    schema,
    maxTokens: VOTE_TOKENS,
    vote,
  });
}
