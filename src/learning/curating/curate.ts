// The curator: asked once a dream for changes of what is in force; code checks each and fresh readers judge its words. Decides nothing: it wishes.
import { throwIfInterrupted } from '../../base/errors.ts';
import { absorbing } from '../absorbed.ts';
import type { Asker } from '../asking/asker.ts';
import type { PlanInput } from '../changes.ts';
import type { Wish } from '../wishes/wish.ts';
import { judgeWords, readersAgainst, type SmithParts, type Worded, type WordedRule } from '../words/smith.ts';
import { refuseWords } from '../words/verify.ts';
import { type CheckContext, checkDelta, type DeltaRule, type ToJudge } from './check.ts';
import { curationSchema, type Delta, MOST_DELTAS } from './deltas.ts';
import { curateQuestion } from './question.ts';
import { type View, viewOf } from './view.ts';

export interface CuratorParts {
  asker: Asker;
  /** Texts of templates/prompts/curate.md and verify.md. */
  prompts: { curate: string; verify: string };
  focus?: string | undefined;
  unseen?: SmithParts['unseen'];
  signal?: AbortSignal | undefined;
}

/** What came of asking the curator. */
export interface CuratorTold {
  /** Proposals that were looked at, and those beyond the most that are. */
  proposed: number;
  dropped: number;
  /** What was refused before the plan saw it: the proposal in our words, the rule, and why. */
  refused: { what: string; rule: DeltaRule | WordedRule | 'no answer'; reason: string }[];
  /** Why nothing was proposed, where nobody answered. */
  none?: string;
}

export const CURATION_TOKENS = 4000;

/**
 * The wishes of a curator over the memory in force: each checked and judged, none granted yet. Undefined where there is nothing to
 * curate. Throws Interrupted after Ctrl-C, and nothing for what models do.
 */
export async function curate(
  input: PlanInput,
  parts: CuratorParts,
): Promise<{ wishes: Wish[]; told: CuratorTold } | undefined> {
  const view = viewOf(input);
  if (!isWorthAsking(view)) return undefined;
  const { asker, prompts, focus, signal } = parts;
  const asked = await asker.ask({
    role: 'curator',
    stage: 'curate',
    card: 'the memory in force',
    system: prompts.curate,
    user: curateQuestion(view, input.settings.playbooks, focus),
    tool: { name: 'curation', description: 'Gives the changes that are worth a reviewer’s time; often none.' },
    schema: curationSchema,
    maxTokens: CURATION_TOKENS,
  });
  throwIfInterrupted(signal);
  if (asked.kind === 'none') return { wishes: [], told: { proposed: 0, dropped: 0, refused: [], none: asked.reason } };
  const { deltas } = asked.value;
  const told: CuratorTold = { proposed: deltas.length, dropped: Math.max(0, deltas.length - MOST_DELTAS), refused: [] };
  const wishes: Wish[] = [];
  const context: CheckContext = {
    view,
    notes: input.notes ?? new Map(),
    shown: new Set(input.cards.map((card) => card.fingerprint)),
  };
  for (const delta of deltas.slice(0, MOST_DELTAS)) {
    const wish = await wishFor(delta, context, input, parts);
    throwIfInterrupted(signal);
    if ('deeds' in wish) wishes.push(wish);
    else told.refused.push(wish);
  }
  return { wishes, told };
}

/** Whether there is anything in force that a dream may touch. */
export function isWorthAsking({ entries }: View): boolean {
  return entries.some(({ entry, card }) => card !== undefined && entry.kept === undefined);
}

async function wishFor(
  delta: Delta,
  context: CheckContext,
  input: PlanInput,
  parts: CuratorParts,
): Promise<Wish | CuratorTold['refused'][number]> {
  const what = inOurWords(delta, context);
  const checked = checkDelta(delta, context);
  if ('rule' in checked) return { what, ...checked };
  const against = checked.judge && (await judged(checked.judge, input, what, parts));
  if (against === undefined) return { by: 'curator', text: what, deeds: checked.deeds };
  if (against.kind === 'none') return { what, rule: 'no answer', reason: against.reason };
  return { what, rule: against.rule, reason: against.reason };
}

async function judged(
  { words, cards: [first, ...others], own, fresh }: ToJudge,
  { policy, inForce, settings }: PlanInput,
  label: string,
  parts: CuratorParts,
): Promise<Exclude<Worded, { kind: 'words' }> | undefined> {
  if (first === undefined) return undefined;
  if (!fresh) return await readersAgainst(first, words, label, parts);
  const entries = inForce
    .flatMap((playbook) => playbook.sections)
    .flatMap(({ mark, rule, title }) =>
      mark === undefined || own.includes(mark.id) ? [] : [{ id: mark.id, rule: `${title}. ${rule}` }],
    );
  const maxRuleWords = settings.playbooks.max_rule_words;
  const refusal = refuseWords(words, { card: absorbing(first, others), policy, inForce: entries, maxRuleWords });
  if (refusal !== undefined) return { kind: 'refused', ...refusal };
  const judgement = await judgeWords(first, words, label, parts);
  if (judgement.kind !== 'words') return judgement;
  for (const card of others) {
    const against = await readersAgainst(card, words, label, parts);
    if (against !== undefined) return against;
  }
  return undefined;
}

// Names that were shown and nothing else: what a model made up is not repeated in a report.
function inOurWords({ do: kind, entries, into }: Delta, { view }: CheckContext): string {
  const known = new Set([...view.entries.map(({ entry }) => entry.mark.id), ...view.notes.map(({ name }) => name)]);
  const names = entries.map((name) => (known.has(name) ? name : 'an unknown entry')).join(', ');
  const target = known.has(into) ? ` into ${into}` : '';
  const to = kind === 'settle' && target !== '' ? ` in favour of ${into}` : target;
  return `${kind.replace('_', ' ')} ${names}${to}`;
}
