// May this call be made? Rules in order, first match wins, per command of a shell line; asks nobody and runs nothing.
import { clip, oneLine } from '../base/text.ts';
import type { PermissionDecision, PlacedRule } from '../domain/permission.ts';
import { isToolOf } from '../domain/tool-name.ts';
import { checksOf } from './permission-command.ts';
import { type Fit, folded, type Judgement, judge, pathBelow, type ReadyRule, readyRules } from './permission-judge.ts';
import type { ToolSubject } from './tools/tool.ts';
import { fits } from './wildcard.ts';

/** What permissions look at. */
export interface PermissionCall {
  tool: string;
  subject?: ToolSubject | undefined;
}

/**
 * What the rules say of a call. First match wins. A shell line is taken apart: every command, also in substitutions and
 * behind `env`, `xargs` or `bash -c`, and every file that a redirection writes is judged by itself, and the strictest verdict
 * counts. Arguments are compared as text and not understood: `git *` allows `git -c core.pager=… log` and `git log --output=…`.
 * Where no rule fits, the verdict is `ask`.
 */
export function decide(rules: readonly PlacedRule[], call: PermissionCall): PermissionDecision {
  const ready = readyRules(rules);
  const { tool, subject } = call;
  if (subject?.kind === 'command') return decideLine(ready, tool, subject.value);
  const judgement = judge(ready, (rule) => (isToolOf(rule.tool, tool) ? fitOfSubject(rule, subject) : 'no'));
  return decision(judgement, subject === undefined ? tool : `${tool}(${subject.value})`, 'call');
}

/** The decision where nobody can be asked: an ask becomes a deny whose reason a model can act on. */
export function withoutAsking(decided: PermissionDecision, rules: readonly PlacedRule[]): PermissionDecision {
  if (decided.verdict !== 'ask') return decided;
  const allowed = [...new Set(rules.flatMap((rule) => (rule.verdict === 'allow' ? [rule.pattern] : [])))];
  const shown = allowed.slice(0, MOST_SHOWN).map((pattern) => clip(oneLine(pattern), 100));
  const more = allowed.length > MOST_SHOWN ? ` and ${allowed.length - MOST_SHOWN} more` : '';
  const list = shown.length === 0 ? 'nothing is allowed' : `allowed are: ${shown.join(', ')}${more}`;
  return { ...decided, verdict: 'deny', reason: `${decided.reason}; nobody can be asked here; ${list}` };
}

const MOST_SHOWN = 20;
const STRICTNESS = { allow: 0, ask: 1, deny: 2 };

function decideLine(rules: readonly ReadyRule[], tool: string, line: string): PermissionDecision {
  const { checks, opaque } = checksOf(tool, line);
  let strictest: PermissionDecision | undefined;
  for (const { what, part, fit, free } of checks) {
    const judgement = judge(rules, fit);
    if (free && judgement.rule === undefined) continue;
    const verdict = decision(judgement, part, what, opaque);
    if (strictest === undefined || STRICTNESS[verdict.verdict] > STRICTNESS[strictest.verdict]) strictest = verdict;
  }
  return strictest ?? decision({ verdict: 'ask', perhaps: false }, line, 'line', opaque);
}

function decision(
  { verdict, rule, perhaps }: Judgement,
  part: string,
  what: 'call' | 'command' | 'line' | 'file',
  opaque: readonly string[] = [],
): PermissionDecision {
  const quoted = `\`${clip(oneLine(part), 200)}\``;
  const subject = what === 'file' ? `writing ${quoted}` : quoted;
  const unclear = `the line cannot be read for sure (${opaque.slice(0, 3).join('; ')})`;
  const found = { verdict, part: clip(part, 500), ...(rule !== undefined && { rule }) };
  if (rule === undefined) {
    const advice = `${unclear}, so only a rule for the whole tool could allow it; plain commands are judged one by one`;
    return { ...found, reason: what === 'line' && opaque.length > 0 ? advice : `no rule allows ${subject}` };
  }
  const named = `${rule.verdict} ${clip(oneLine(rule.pattern), 120)} (${rule.from})`;
  if (!perhaps) return { ...found, reason: `${subject}: ${named}` };
  const why = what === 'line' ? unclear : `what ${subject} comes to is known only when it runs`;
  return { ...found, reason: `${why}, and it may be what this rule is about: ${named}` };
}

function fitOfSubject(ready: ReadyRule, subject: ToolSubject | undefined): Fit {
  const { inside, wide, asText } = ready;
  if (inside === undefined) return 'yes';
  if (subject === undefined) return wide ? 'yes' : 'perhaps';
  if (subject.kind === 'path') return fitOfPath(ready, subject.value) ? 'yes' : 'no';
  return wide || fits(asText, [{ text: subject.value, as: 'exact' }]) ? 'yes' : 'no';
}

// An allow holds below the workspace only; what forbids or asks looks at the path as it stands too.
function fitOfPath({ rule, inside = '', asPath, asFoldedPath }: ReadyRule, path: string): boolean {
  const below = pathBelow(path);
  if (rule.verdict === 'allow') return below !== undefined && fits(asPath, [{ text: below, as: 'exact' }]);
  if (inside === '**') return true;
  return [below ?? path, path].some((each) => fits(asFoldedPath, [{ text: folded(each), as: 'exact' }]));
}
