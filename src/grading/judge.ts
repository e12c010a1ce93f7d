// The judge: each criterion by itself in fresh contexts, as many votes as the rubric wants; decides nothing that a check decides.
import { canonicalJson } from '../base/hash.ts';
import { clip } from '../base/text.ts';
import type { Criterion } from '../domain/rubric.ts';
import { added, type Purse, type Seat, type Spent } from '../model/forced-call.ts';
import { noUsage } from '../model/usage.ts';
import { seeded, shuffle } from '../statistics/random.ts';
import type { CriterionGrade, Evidence, Work } from './graded.ts';
import { FINAL_MESSAGE, type Material, materialOf } from './material.ts';
import { type Opinion, opinionOn } from './opinion.ts';
import type { FoundQuote } from './shown-quote.ts';
import { tally } from './tally.ts';

export interface Judge {
  /** Opens a model by the name that a rubric or the settings give it; says why where it cannot be had. Asked once a name. */
  open: (name: string) => Promise<Seat | { why: string }>;
  /** Who judges where a criterion names nobody: `models.grader`. */
  grader: string;
  /** The model that did the work, so that a judge of its own work can be pointed out. */
  worker?: string | undefined;
  seed: string;
  /** Text of templates/prompts/judge.md. */
  system: string;
  redact: (text: string) => string;
  /** What grading may cost, apart from the work's own budget. */
  purse?: Purse | undefined;
  /** Criteria that are judged side by side; 4 where left out. */
  atOnce?: number;
}

export const ADDRESSED = 'artefact addresses the grader';
export const SAME_MODEL = 'the judge is the model that did the work';
export const DISAGREE = 'votes disagree';

/** A verdict for each criterion, in their order. Never throws for what models answer; asks nobody once the signal has fired. */
export async function judgeCriteria(
  criteria: readonly Criterion[],
  work: Work,
  judge: Judge,
  signal: AbortSignal,
): Promise<CriterionGrade[]> {
  const court = new Court(work, judge, signal);
  const grades = new Map<number, CriterionGrade>();
  const waiting = shuffled(criteria.length, judge.seed);
  const lane = async () => {
    for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
      const criterion = criteria[at];
      if (criterion !== undefined) grades.set(at, await court.decide(criterion));
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, judge.atOnce ?? 4) }, lane));
  return criteria.flatMap((_, at) => grades.get(at) ?? []);
}

/** The verdict that there is none: why nobody could be asked. */
export function unjudged({ id }: Pick<Criterion, 'id'>, why: string): CriterionGrade {
  return { id, verdict: 'cannot_tell', by: 'judge', reason: `ungraded: ${why}` };
}

class Court {
  private readonly work: Work;
  private readonly judge: Judge;
  private readonly signal: AbortSignal;
  private readonly seats = new Map<string, Promise<Seat | { why: string }>>();
  /** Models that have no key, no money or no such name: what one criterion learnt need not be asked again. */
  private readonly gone = new Map<string, string>();

  constructor(work: Work, judge: Judge, signal: AbortSignal) {
    this.work = work;
    this.judge = judge;
    this.signal = signal;
  }

  async decide(criterion: Criterion): Promise<CriterionGrade> {
    const { judge, work, signal } = this;
    const material = materialOf(work, criterion.statement, judge.redact);
    const names = criterion.judge?.models ?? [judge.grader];
    // One more than the rubric wants, where the work tries to vote itself.
    const wanted = (criterion.judge?.votes ?? 1) + (material.addressed.length > 0 ? 1 : 0);
    const opinions: Opinion[] = [];
    const ids = new Set<string>();
    for (let n = 0; n < wanted && !signal.aborted; n++) {
      const name = names[n % names.length] ?? judge.grader;
      const opinion = await this.ask(name, criterion, material, ids);
      opinions.push(opinion);
      if (opinion.unpaid || opinion.interrupted) break;
    }
    return this.graded(criterion, material, opinions, wanted, ids);
  }

  private async ask(name: string, criterion: Criterion, material: Material, ids: Set<string>): Promise<Opinion> {
    const { judge, signal } = this;
    const seat = await this.seat(name);
    const why = this.gone.get(name) ?? ('why' in seat ? seat.why : undefined);
    if ('why' in seat || why !== undefined) return unusable(`no answer of ${name}: ${why}`);
    ids.add(seat.id);
    const { system, purse, seed } = judge;
    const opinion = await opinionOn({ seat, criterion, pieces: material.pieces, seed, system, purse, signal });
    if (opinion.gone) this.gone.set(name, opinion.reason);
    return opinion;
  }

  private seat(name: string): Promise<Seat | { why: string }> {
    const known = this.seats.get(name) ?? this.judge.open(name);
    this.seats.set(name, known);
    return known;
  }

  private graded(
    { id }: Criterion,
    material: Material,
    opinions: readonly Opinion[],
    wanted: number,
    ids: ReadonlySet<string>,
  ): CriterionGrade {
    const { verdict, reason, votes, disagree } = tally(opinions, wanted);
    const quotes = opinions.filter((o) => o.verdict === verdict).flatMap((o) => o.quotes);
    const evidence = evidenceOf(quotes, this.work);
    const { usage, usd, requests } = opinions.reduce<Spent>(added, { usage: noUsage(), usd: 0, requests: 0 });
    const told = opinions.length > 0 && opinions.every((o) => o.verdict === 'unusable');
    const notes = [
      ...(material.addressed.length > 0 ? [`${ADDRESSED}: ${clip(material.addressed.join(', '), 300)}`] : []),
      ...(this.judge.worker !== undefined && ids.has(this.judge.worker) ? [SAME_MODEL] : []),
      ...(disagree ? [DISAGREE] : []),
    ];
    return {
      id,
      verdict,
      by: 'judge',
      reason: `${told ? 'ungraded: ' : ''}${this.judge.redact(withPlaces(reason, quotes, evidence))}`,
      ...(evidence.length > 0 && { evidence }),
      votes,
      ...(notes.length > 0 && { notes }),
      ...(requests > 0 && { usage, ...(usd !== undefined && { usd }) }),
    };
  }
}

// A quote from a file can be cited where the call that wrote the file has it word for word; else the reason names the file.
function evidenceOf(quotes: readonly FoundQuote[], { output, calls, quoteOccurs }: Work): Evidence[] {
  const cited = quotes.flatMap(({ source, text }): Evidence[] => {
    if (source === FINAL_MESSAGE)
      return output.event !== undefined && quoteOccurs(output.event, text)
        ? [{ event: output.event, quote: text }]
        : [];
    const call = calls.findLast(({ use }) => quoteOccurs(use.id, text));
    return call === undefined ? [] : [{ event: call.use.id, quote: text }];
  });
  return [...new Map(cited.map((e) => [canonicalJson(e), e])).values()];
}

function withPlaces(reason: string, quotes: readonly FoundQuote[], evidence: readonly Evidence[]): string {
  const uncited = quotes.filter(({ text }) => !evidence.some(({ quote }) => quote === text)).slice(0, 3);
  const places = new Set(uncited.map(({ source, text }) => `${source}: “${clip(text, 160)}”`));
  return places.size === 0 ? reason : `${reason} [${[...places].join('; ')}]`;
}

function unusable(reason: string): Opinion {
  return { verdict: 'unusable', reason, quotes: [], usage: noUsage(), usd: 0, requests: 0 };
}

function shuffled(length: number, seed: string): number[] {
  const order = Array.from({ length }, (_, at) => at);
  shuffle(order, seeded(`order of criteria\n${seed}`));
  return order;
}
