// Decides about a running agent's calls: rules first, then the person at the terminal, where there is one; runs no call.
import type { Ruling } from '../../agent/calls.ts';
import type { Hands } from '../../agent/hands.ts';
import { type Offers, offersFor } from '../../agent/permission-proposal.ts';
import { placeRules } from '../../agent/permission-rules.ts';
import { decide, type PermissionCall, withoutAsking } from '../../agent/permissions.ts';
import type { Tool } from '../../agent/tools/tool.ts';
import type { ToolUse } from '../../domain/events.ts';
import type { PermissionDecision, PlacedRule } from '../../domain/permission.ts';
import type { FoundAgent } from '../../store/agents.ts';
import { addPermissionRule } from '../../store/settings-edit.ts';
import { retrust } from '../../store/trust.ts';
import type { Workspace } from '../../workspace.ts';
import { askPermission, type PermissionAnswer } from '../ask-permission.ts';
import type { CommandContext } from '../context.ts';
import { trustRequest } from '../nightly.ts';
import type { AtTerminal } from './at-terminal.ts';

export interface RulingOptions {
  agent: Pick<FoundAgent, 'from' | 'permissions'>;
  hands: Pick<Hands, 'limited' | 'tools'>;
  flags: { allow?: string[]; deny?: string[] };
  /** Whether rules of the memory's files may allow; what brings nothing needs no trust, and may gain a rule that the person answers. */
  trusted: boolean;
  /** The way to the person; absent where nobody can be asked. */
  terminal: AtTerminal | undefined;
}

/** The function that the loop asks before each call. What a person answers for the session holds until it ends. */
export function ruling(
  context: CommandContext,
  workspace: Workspace,
  { agent, hands, flags, trusted, terminal }: RulingOptions,
): (use: ToolUse, tool: Tool) => Promise<Ruling> {
  const session: string[] = [];
  const sources = { cli: flags, session, agent, settings: workspace.settings.permissions, trusted };
  return async (use, tool) => {
    const subject = tool.subject(asInput(use.input));
    const call: PermissionCall = { tool: use.name, ...(subject !== undefined && { subject }) };
    const limit = outsideLimit(hands.limited, call);
    if (limit !== undefined) return { allowed: false, by: 'rule', decision: limit };
    const rules = placeRules(sources);
    const decision = decide(rules, call);
    if (decision.verdict === 'allow') return { allowed: true, by: 'rule', decision };
    if (decision.verdict === 'deny') return { allowed: false, by: 'rule', decision };
    if (terminal === undefined) return { allowed: false, by: 'nobody', decision: withoutAsking(decision, rules) };
    const offers = offersFor(sources, call, decision);
    const answer = await ask(terminal, call, use, decision, offers);
    if (answer.type === 'always' && offers.always !== undefined) remember(context, workspace, offers.always);
    if (answer.type === 'session' || answer.type === 'always') session.push(answer.pattern);
    return rulingOf(answer, decision);
  };
}

// `tools: [bash(git *)]` in an agent's file means that it has no other calls of bash.
function outsideLimit(limited: readonly string[], call: PermissionCall): PermissionDecision | undefined {
  const own = limited.filter((entry) => entry.startsWith(`${call.tool}(`));
  if (own.length === 0) return undefined;
  const from = 'tools of the agent’s file';
  const rules: PlacedRule[] = own.map((pattern) => ({ verdict: 'allow', pattern, from }));
  const decision = decide([...rules, { verdict: 'deny', pattern: call.tool, from }], call);
  if (decision.verdict === 'allow') return undefined;
  return { ...decision, verdict: 'deny', reason: `this agent has only these calls of ${call.tool}: ${own.join(', ')}` };
}

function ask(
  terminal: AtTerminal,
  call: PermissionCall,
  use: ToolUse,
  decision: PermissionDecision,
  offers: Offers,
): Promise<PermissionAnswer> {
  const shown = call.subject?.value ?? JSON.stringify(use.input, null, 2);
  return terminal((desk) =>
    askPermission(desk, {
      tool: use.name,
      call: use.name === 'bash' ? shown : withArguments(shown, use.input),
      decision,
      forSession: offers.session,
      forAlways: offers.always?.pattern,
    }),
  );
}

// A path alone does not say what would be written there.
function withArguments(subject: string, input: unknown): string {
  const text = JSON.stringify(input, null, 2) ?? '';
  return text === subject ? text : `${subject}\n${text}`;
}

function remember(
  { world, emit }: CommandContext,
  { layout, redact }: Workspace,
  { pattern, before }: NonNullable<Offers['always']>,
): void {
  const renew = retrust(trustRequest(world, layout));
  addPermissionRule(layout, { rule: { allow: pattern }, before }, redact);
  const kept = renew(world.now().toISOString());
  const text = `allowed from now on in config.yaml: ${pattern}${kept ? '' : '; it counts once you trust this configuration'}`;
  emit({ type: 'note', stage: 'run', text });
}

function rulingOf(answer: PermissionAnswer, decision: PermissionDecision): Ruling {
  switch (answer.type) {
    case 'once':
    case 'session':
    case 'always':
      return { allowed: true, by: 'person', decision, message: answer.type };
    case 'no': {
      const words = answer.because === undefined ? '' : ` They say: ${answer.because}`;
      return { allowed: false, by: 'person', decision, message: `The person said no to this call.${words}` };
    }
    case 'stop':
    case 'interrupted':
      return { allowed: false, by: 'person', decision, message: 'The person stopped the run.', stop: true };
  }
}

function asInput(input: unknown): Record<string, unknown> {
  return input !== null && typeof input === 'object' && !Array.isArray(input) ? (input as Record<string, unknown>) : {};
}
