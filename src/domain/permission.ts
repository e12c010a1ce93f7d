// Permissions: who may run which tool with which arguments; rules as data, first match wins. Decides nothing by itself.
import { z } from 'zod';

/** `bash(git *)`, `write(src/**)`, `sim__*`, `read`: a tool's name (with `*`), and in brackets a pattern over its arguments. */
const pattern = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[A-Za-z0-9_*-]{1,64}(\([\s\S]*\))?$/, 'a tool name, and in brackets a pattern, for example bash(git *)');

export const verdicts = ['allow', 'ask', 'deny'] as const;
export type PermissionVerdict = (typeof verdicts)[number];

/** One rule: exactly one of `allow`, `ask`, `deny`. */
export const permissionRuleSchema = z.union([
  z.strictObject({ allow: pattern }),
  z.strictObject({ ask: pattern }),
  z.strictObject({ deny: pattern }),
]);
export type PermissionRule = z.infer<typeof permissionRuleSchema>;

/** A rule and where it stands, so that a decision can say who decided. */
export interface PlacedRule {
  verdict: PermissionVerdict;
  pattern: string;
  /** `--allow`, `this session`, `agents/navigator.md`, `config.yaml`, `built in`. */
  from: string;
}

/** What the rules say of one call. `rule` is absent where none matched (then the verdict is `ask`). */
export interface PermissionDecision {
  verdict: PermissionVerdict;
  rule?: PlacedRule;
  /** One sentence that a model or a person can act on. */
  reason: string;
  /** The part of the call that decided, for example the one command of a line that no rule allows. */
  part?: string;
}
