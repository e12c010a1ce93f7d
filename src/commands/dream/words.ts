// Who words a dream's lessons, from flags and settings: models with their purse and cache, or nobody; asks no model anything.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { layeredBudget, parseBudget, unpricedBudget } from '../../agent/budget-limits.ts';
import { UserError } from '../../base/errors.ts';
import { canonicalJson, shortHash } from '../../base/hash.ts';
import { oneLine } from '../../base/text.ts';
import type { Budget } from '../../domain/run-settings.ts';
import { withAnswers } from '../../learning/asking/answers.ts';
import { ASKS_VERSION, type AskRole, openAsker } from '../../learning/asking/asker.ts';
import { ordersIn } from '../../learning/wishes/orders.ts';
import type { DreamWords } from '../../learning/words/dream-words.ts';
import type { GivenOrders } from '../../stages/dream.ts';
import { type Cache, openCache } from '../../store/cache.ts';
import { readGiven } from '../../store/given-file.ts';
import { packageRoot, type Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import { type OpenedModel, openModelFor } from '../model-for.ts';
import { BATCH_AT_ONCE, batchDesk, openHolds } from './batch.ts';
import { openPurses } from './purse.ts';

export interface WordsFlags {
  plain?: boolean;
  budget?: string;
  estimate?: boolean;
  instructions?: string;
  recordAnswers?: boolean;
  answers?: string;
  deep?: string;
  batch?: boolean;
}

export interface OpenedWords {
  /** Undefined where nobody words: asked not to, or no model can be reached. */
  words: DreamWords | undefined;
  /** What the instructions want done with entries by name, with a model or without. */
  orders: GivenOrders | undefined;
  close(): Promise<void>;
}

const MOST_INSTRUCTIONS = 4096;

/**
 * Opens what words lessons. Where no model can be reached there is nobody, which is said if a model was asked for; with
 * `dream.words: auto` alone a dream without a key is what it always was. Throws UserError for flags that make no sense.
 */
export async function openWords(
  context: CommandContext,
  workspace: Workspace,
  flags: WordsFlags,
): Promise<OpenedWords> {
  const { settings } = workspace;
  const { dream } = settings;
  const given = flags.instructions === undefined ? undefined : instructionsIn(context, flags.instructions);
  const { orders, rest } = ordersIn(given ?? '');
  const answered = flags.recordAnswers === true || flags.answers !== undefined;
  const wanted =
    answered ||
    flags.budget !== undefined ||
    flags.estimate === true ||
    flags.deep !== undefined ||
    flags.batch === true;
  refuseTogether(flags, wanted);
  const nobody = nobodyBut(given === undefined ? undefined : { orders, unread: rest });
  // Orders alone need no model, and change no question to one.
  const focus = rest === '' ? undefined : given;
  const models = askedModels(workspace);
  const limits = layeredBudget(settings.budget.dream, parseBudgetOrNone(flags.budget));
  if (flags.plain || (dream.words === 'plain' && !wanted && rest === '')) return nobody;
  const desk = flags.batch === true ? batchDesk(context, workspace, Object.values(models)) : undefined;
  const opened = new Map<string, OpenedModel>();
  const open = (name: string) => seatFor(context, workspace, { opened, limits, desk }, name);
  const close = async () => {
    await Promise.all([...opened.values()].map((model) => model.close()));
  };
  // What it may cost, and what was answered once, can be told without anybody to ask.
  for (const name of flags.estimate || flags.answers !== undefined
    ? []
    : new Set([models.reflector, models.verifier])) {
    const seat = await open(name);
    if (!('why' in seat)) continue;
    await close();
    if (dream.words === 'model' || wanted || rest !== '') sayPlain(context, name, seat.why);
    return nobody;
  }
  const prompts = allPrompts();
  const named = [models.reflector, models.verifier, models.curator, prompts, focus ?? null];
  const asker = openAsker({
    models,
    open,
    purse: openPurses(context, workspace, { limits, ...(desk !== undefined && { holds: openHolds(settings) }) }),
    cache: cacheOf(context, workspace, flags.answers),
    signal: context.signal,
  });
  const words: DreamWords = {
    asker,
    prompts,
    ...(focus !== undefined && { focus }),
    name: shortHash(canonicalJson(named), 8),
    estimate: flags.estimate === true,
    record: flags.recordAnswers === true,
    ...(desk !== undefined && { atOnce: BATCH_AT_ONCE }),
  };
  return { words, orders: given === undefined ? undefined : { orders, unread: '' }, close };
}

function nobodyBut(orders: GivenOrders | undefined): OpenedWords {
  return { words: undefined, orders, close: async () => {} };
}

function askedModels({ settings: { models } }: Workspace): Record<AskRole, string> {
  const { reflector, verifier, curator = verifier } = models;
  return { reflector, reader: reflector, verifier, curator };
}

function cacheOf({ world }: CommandContext, { layout }: Workspace, answers: string | undefined): Cache {
  const cache = openCache(layout.cache, 'asks', ASKS_VERSION);
  return answers === undefined ? cache : withAnswers(cache, readGiven(resolve(world.cwd, answers)), answers);
}

function refuseTogether({ plain }: WordsFlags, wanted: boolean): void {
  if (plain && wanted)
    throw new UserError({
      what: '--plain asks no model, so there is no budget, no estimate, no batch and no answer',
      hint: 'leave one of them out',
    });
}

function instructionsIn({ world }: CommandContext, given: string): string {
  const text = (given.startsWith('@') ? readGiven(resolve(world.cwd, given.slice(1))) : given).trim();
  if (text === '') throw new UserError({ what: 'the instructions are empty', hint: '--instructions "…" or @file' });
  if (text.length > MOST_INSTRUCTIONS)
    throw new UserError({
      what: `the instructions have ${text.length.toLocaleString('en-US')} characters; ${MOST_INSTRUCTIONS.toLocaleString('en-US')} are allowed`,
      hint: 'say what to look at and how to write; lasting rules belong into policy.md',
    });
  return text;
}

function parseBudgetOrNone(text: string | undefined): ReturnType<typeof parseBudget> {
  return text === undefined ? {} : parseBudget(text);
}

async function seatFor(
  context: CommandContext,
  workspace: Workspace,
  {
    opened,
    limits,
    desk,
  }: { opened: Map<string, OpenedModel>; limits: Budget; desk: ReturnType<typeof batchDesk> | undefined },
  name: string,
): Promise<OpenedModel | { why: string }> {
  const known = opened.get(name);
  if (known !== undefined) return known;
  try {
    const model = await openModelFor(context, workspace, { name, ...(desk !== undefined && { batch: desk }) });
    opened.set(name, model);
    const { day, month } = workspace.settings.budget;
    const dollars = day.usd !== undefined || month.usd !== undefined;
    const unpriced = model.priced ? undefined : unpricedBudget(model.id, limits, dollars);
    if (unpriced !== undefined && 'refuse' in unpriced) return { why: unpriced.refuse.what };
    if (unpriced !== undefined) context.emit({ type: 'warning', stage: 'dream', text: unpriced.warn });
    return model;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {
      why: oneLine(error.problem.what.split('\n')[0] ?? error.problem.what).replace(/\.?(?: Looked for:)?$/, ''),
    };
  }
}

function sayPlain({ emit }: CommandContext, name: string, why: string): void {
  const text = `no model words this dream: ${name} cannot be asked (${why}); our own wording stands`;
  emit({ type: 'warning', stage: 'dream', text });
}

function allPrompts() {
  return {
    read: prompt('read-sample'),
    reflect: prompt('reflect'),
    verify: prompt('verify'),
    curate: prompt('curate'),
  };
}

function prompt(name: string): string {
  return readFileSync(join(packageRoot(), 'templates', 'prompts', `${name}.md`), 'utf8');
}
