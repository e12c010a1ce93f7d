// What of a reader's answer is believed: findings with the places that are there; what is not goes to the refused, without a word of the answer.
import type { Candidate, Cited, Digest, Passage, RefusedReading } from '../../domain/reading.ts';
import type { Findings, Place } from './answers.ts';
import { findPlace } from './places.ts';

const NAME = /^[\w.:@/-]{1,128}$/;
const POINTER = /^(?:\/[^`\n]{1,100})?$/;
const CRITERION = /^(?:[^`\n]{1,200})?$/;

/** Candidates of one group, and, in `refused`, what was not believed. A finding with one good place is kept: others may have seen more of it. */
export function believed(findings: Findings, digests: readonly Digest[], refused: RefusedReading[]): Candidate[] {
  const check = new Check(digests, refused);
  return [
    ...findings.preferences.flatMap(({ said, against }): Candidate[] => {
      const good = check.places('preference', said, 'person');
      if (good.length === 0) return [];
      return [{ kind: 'preference', said: good, against: check.places('preference', against, 'person') }];
    }),
    ...findings.workflows.flatMap(({ steps, cited }): Candidate[] => {
      if (!steps.every((step) => NAME.test(step)) || new Set(steps).size < 3)
        return check.refuse('workflow', 'form', 'no three different tools, each with a name that a program would use');
      const good = check.places('workflow', cited, 'agent', (tool) => steps.includes(tool));
      return good.length === 0 ? [] : [{ kind: 'workflow', steps: [...steps], cited: good }];
    }),
    ...findings.gaps.flatMap(({ tool, argument, criterion, cited }): Candidate[] => {
      if (!NAME.test(tool) || !POINTER.test(argument) || !CRITERION.test(criterion))
        return check.refuse('gap', 'form', 'a tool, argument or criterion with a name that none would have');
      const good =
        criterion === ''
          ? check.places('gap', cited, 'person')
          : check.places('gap', cited, 'agent', (used) => used === tool);
      if (good.length === 0) return [];
      return [
        {
          kind: 'gap',
          tool,
          ...(argument !== '' && { argument }),
          ...(criterion !== '' && { criterion }),
          cited: good,
        },
      ];
    }),
  ];
}

class Check {
  readonly #digests: readonly Digest[];
  readonly #refused: RefusedReading[];

  constructor(digests: readonly Digest[], refused: RefusedReading[]) {
    this.#digests = digests;
    this.#refused = refused;
  }

  places(
    kind: Candidate['kind'],
    places: readonly Place[],
    by: Passage['by'],
    isTool: (tool: string) => boolean = () => true,
  ): Cited[] {
    return places.flatMap((place) => {
      const found = findPlace(place, this.#digests, by);
      if ('rule' in found) return this.refuse(kind, found.rule, found.reason, this.#shown(place.session));
      const tool = this.#toolOf(found);
      if (tool === undefined || isTool(tool)) return [found];
      return this.refuse(kind, 'event', 'it cites a call of another tool', [found.session]);
    });
  }

  refuse(kind: Candidate['kind'], rule: string, reason: string, sessions = this.#all()): [] {
    this.#refused.push({ kind, rule, reason, sessions });
    return [];
  }

  #toolOf({ session, event }: Cited): string | undefined {
    const digest = this.#digests.find((d) => d.session === session);
    return [...(digest?.passages.values() ?? [])].find((p) => p.event === event)?.tool;
  }

  #shown(alias: string): string[] {
    const digest = this.#digests[Number(/^s(\d{1,4})$/.exec(alias)?.[1] ?? Number.NaN) - 1];
    return digest === undefined ? this.#all() : [digest.session];
  }

  #all(): string[] {
    return this.#digests.map(({ session }) => session);
  }
}
