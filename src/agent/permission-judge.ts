// How one thing that a call does is judged: the first rule that fits it, and what rules that perhaps fit make of it; reads no call itself.
import type { PermissionVerdict, PlacedRule } from '../domain/permission.ts';
import { pathPattern, textPattern, type Wildcard } from './wildcard.ts';

/** `perhaps`: what is judged is not known well enough to say. */
export type Fit = 'yes' | 'perhaps' | 'no';

/** A rule whose pattern has been taken apart. */
export interface ReadyRule {
  rule: PlacedRule;
  /** Name or pattern of tools. */
  tool: string;
  /** What stands in the brackets; absent where there are none. */
  inside?: string;
  /** True for `bash`, `bash(*)` and `bash(**)`: whatever the call says. */
  wide: boolean;
  asText: Wildcard;
  asPath: Wildcard;
  /** As a path of which the case says nothing: on some disks `Secrets` is `secrets`. */
  asFoldedPath: Wildcard;
}

export interface Judgement {
  verdict: PermissionVerdict;
  rule?: PlacedRule;
  /** True where the rule only may fit, so that nobody but a person can say. */
  perhaps: boolean;
}

/** Rules in their order, ready to be compared. A pattern that is none fits nothing. */
export function readyRules(rules: readonly PlacedRule[]): ReadyRule[] {
  return rules.flatMap((rule) => {
    const match = /^([A-Za-z0-9_*-]+)(?:\(([\s\S]*)\))?$/.exec(rule.pattern);
    if (match === null) return [];
    const [, tool = '', inside] = match;
    const path = (inside ?? '').replace(/^(?:\.\/)+/, '').replace(/\/$/, '/**');
    return [
      {
        ...{ rule, tool, wide: inside === undefined || /^:?\*+$/.test(inside) },
        ...{ asText: textPattern(inside ?? ''), asPath: pathPattern(path), asFoldedPath: pathPattern(folded(path)) },
        ...(inside !== undefined && { inside }),
      },
    ];
  });
}

/**
 * The first rule that fits decides. A deny or ask that perhaps fits turns what comes after it into an ask, unless that is a
 * deny; an allow that perhaps fits counts for nothing.
 */
export function judge(rules: readonly ReadyRule[], fitOf: (rule: ReadyRule) => Fit): Judgement {
  let doubt: Judgement | undefined;
  for (const ready of rules) {
    const how = fitOf(ready);
    const { rule } = ready;
    if (how === 'no' || (how === 'perhaps' && rule.verdict === 'allow')) continue;
    if (how === 'perhaps') doubt ??= { verdict: 'ask', rule, perhaps: true };
    else if (doubt === undefined || rule.verdict === 'deny') return { verdict: rule.verdict, rule, perhaps: false };
    else return doubt;
  }
  return doubt ?? { verdict: 'ask', perhaps: false };
}

/** A path as it is compared where its case says nothing. */
export function folded(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

/** The path below the workspace with `.` and `..` worked out by its letters; undefined where it is absolute, begins with `~` or leads out. */
export function pathBelow(path: string): string | undefined {
  if (path === '' || /^[/~\\]|^[A-Za-z]:|\0/.test(path)) return undefined;
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..' && segments.pop() === undefined) return undefined;
    if (segment !== '..' && segment !== '.' && segment !== '') segments.push(segment);
  }
  return segments.length === 0 ? '.' : segments.join('/');
}
