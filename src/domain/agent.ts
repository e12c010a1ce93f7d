// An agent as its file describes it: front matter and system prompt; a schema, no behaviour.
import { z } from 'zod';
import { permissionRuleSchema } from './permission.ts';
import { budgetSchema } from './run-settings.ts';

// Claude Code's own subagent files list tools as one string: `Read, Grep, Bash`.
const toolNames = z.preprocess(
  (value) =>
    typeof value === 'string'
      ? value
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== '')
      : value,
  z.array(z.string().regex(/^[A-Za-z0-9_*-]{1,64}(\([^()]*\))?$/)).max(200),
);

export const workspaceKinds = ['shared', 'copy', 'worktree'] as const;
export type WorkspaceKind = (typeof workspaceKinds)[number];

/** After the plan, after a large change, before tests are run. */
export const criticPoints = ['plan', 'large_change', 'before_tests'] as const;
export type CriticPoint = (typeof criticPoints)[number];

export const agentFrontSchema = z.looseObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'small letters, digits, - and _'),
  description: z.string().max(2000).default(''),
  /** A model id, or `inherit` for the one in config.yaml. */
  model: z.string().min(1).default('inherit'),
  effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).optional(),
  /** Names or patterns (`sim__*`) of the tools it has; absent = all. */
  tools: toolNames.optional(),
  permissions: z.array(permissionRuleSchema).default([]),
  memory: z
    .strictObject({
      playbooks: z.enum(['auto', 'none']).default('auto'),
      notes: z.enum(['none', 'read_only', 'read_write']).default('read_only'),
    })
    .prefault({}),
  /** Agents that it may delegate to. */
  team: z.array(z.string()).max(20).default([]),
  /** Where it works when somebody delegates to it: in the same folder, in a copy, or in a git worktree with a branch of its own. */
  workspace: z.enum(workspaceKinds).default('shared'),
  /** Agents that are shown its plan or its changes at set points, and nothing else. */
  critics: z
    .array(z.strictObject({ member: z.string(), at: z.enum(criticPoints) }))
    .max(10)
    .default([]),
  budget: budgetSchema.prefault({}),
  rubric: z.string().optional(),
});

/** One agent: what its file says, its system prompt, and the hash of the file that says so. */
export interface Agent extends z.infer<typeof agentFrontSchema> {
  prompt: string;
  /** SHA-256 of the file's bytes; of the built-in text for the agent that ships. */
  sha256: string;
}
