// The rules in force and their order: flags, this session's answers, the agent's file, config.yaml, built in; decides nothing.
import { UserError } from '../base/errors.ts';
import {
  type PermissionRule,
  type PermissionVerdict,
  type PlacedRule,
  permissionRuleSchema,
} from '../domain/permission.ts';

/** Where rules come from. Each list is in its own order. */
export interface RuleSources {
  cli?: { allow?: readonly string[] | undefined; deny?: readonly string[] | undefined };
  /** Patterns that a person allowed for the rest of the session. */
  session?: readonly string[];
  /** `from` is the file as a person knows it: `agents/navigator.md`. */
  agent?: { from: string; permissions: readonly PermissionRule[] };
  settings?: readonly PermissionRule[];
  /** False where nobody has trusted the configuration: what its files allow is asked then. Default true. */
  trusted?: boolean;
}

/** What is allowed unless somebody says otherwise: tools that only look, or that talk to the person. Everything else is asked. */
export const builtInRules: readonly PlacedRule[] = [
  'read',
  'glob',
  'grep',
  'notes',
  'ask',
  'bash_output',
  'bash_stop',
  // Members have permissions of their own, and an advisor has no tool at all.
  'delegate',
  'list_team',
  'stop_thread',
  'advise',
].map((pattern) => ({ verdict: 'allow', pattern, from: 'built in' }));

/** All rules in the order in which they are tried. Throws UserError for a flag that is no pattern. */
export function placeRules({ cli, session, agent, settings, trusted = true }: RuleSources): PlacedRule[] {
  const fromFiles = (rule: PermissionRule, from: string) => (trusted ? placed(rule, from) : untrusted(rule, from));
  return [
    ...fromFlags('deny', cli?.deny),
    ...fromFlags('allow', cli?.allow),
    ...(session ?? []).map((pattern): PlacedRule => ({ verdict: 'allow', pattern, from: 'this session' })),
    ...(agent?.permissions ?? []).map((rule) => fromFiles(rule, agent?.from ?? '')),
    ...(settings ?? []).map((rule) => fromFiles(rule, 'config.yaml')),
    ...builtInRules,
  ];
}

function fromFlags(verdict: 'allow' | 'deny', patterns: readonly string[] | undefined): PlacedRule[] {
  return (patterns ?? []).map((pattern) => {
    const parsed = permissionRuleSchema.safeParse({ [verdict]: pattern });
    if (parsed.success) return { verdict, pattern, from: `--${verdict}` };
    throw new UserError({
      what: `--${verdict} ${JSON.stringify(pattern.slice(0, 100))} is no rule`,
      hint: 'a tool name, and in brackets a pattern, for example "bash(npm test *)" or "write(src/**)"',
    });
  });
}

function placed(rule: PermissionRule, from: string): PlacedRule {
  const [verdict, pattern] = split(rule);
  return { verdict, pattern, from };
}

// A cloned memory must not bring its own permissions along: until a person has trusted it, what it allows is asked.
function untrusted(rule: PermissionRule, from: string): PlacedRule {
  const [verdict, pattern] = split(rule);
  if (verdict !== 'allow') return { verdict, pattern, from };
  return { verdict: 'ask', pattern, from: `${from}, which nobody has trusted here: see agent trust` };
}

function split(rule: PermissionRule): [PermissionVerdict, string] {
  if ('allow' in rule) return ['allow', rule.allow];
  return 'ask' in rule ? ['ask', rule.ask] : ['deny', rule.deny];
}
