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
].map((pattern) => ({ verdict: 'allow', pattern, from: 'built in' }));

/** All rules in the order in which they are tried. Throws UserError for a flag that is no pattern. */
export function placeRules({ cli, session, agent, settings }: RuleSources): PlacedRule[] {
  return [
    ...fromFlags('deny', cli?.deny),
    ...fromFlags('allow', cli?.allow),
    ...(session ?? []).map((pattern): PlacedRule => ({ verdict: 'allow', pattern, from: 'this session' })),
    ...(agent?.permissions ?? []).map((rule) => placed(rule, agent?.from ?? '')),
    ...(settings ?? []).map((rule) => placed(rule, 'config.yaml')),
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

function split(rule: PermissionRule): [PermissionVerdict, string] {
  if ('allow' in rule) return ['allow', rule.allow];
  return 'ask' in rule ? ['ask', rule.ask] : ['deny', rule.deny];
}
