// The settings of config.yaml that a run reads: models, prices, budgets, permissions, sandbox, command tools; a schema, no behaviour.
import { z } from 'zod';
import { mcpSettings } from './mcp-settings.ts';
import { permissionRuleSchema } from './permission.ts';

const usd = z.number().positive();
const modelId = z.string().min(1).max(200);

/** What a session (or an agent) may use up. Anything left out is not limited. */
export const budgetSchema = z.strictObject({
  usd: usd.optional(),
  /** Input and output tokens together, cached ones included. */
  tokens: z.number().int().positive().optional(),
  /** Requests to the model. */
  turns: z.number().int().positive().optional(),
  minutes: z.number().positive().optional(),
});
export type Budget = z.infer<typeof budgetSchema>;

/** Dollars per million tokens. */
export const priceSchema = z.strictObject({
  input: z.number().min(0),
  output: z.number().min(0),
  cache_read: z.number().min(0).optional(),
  cache_write: z.number().min(0).optional(),
});
export type Price = z.infer<typeof priceSchema>;

/** A tool that is a command: JSON on stdin, JSON on stdout. It runs only after `agent trust`. */
export const commandToolSchema = z.strictObject({
  /** What the model calls it. */
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/, 'letters, digits, _ and -, at most 64'),
  description: z.string().min(1).max(4000),
  /** JSON schema of the arguments, of type object. */
  schema: z.record(z.string(), z.unknown()).default({ type: 'object' }),
  /** A line for /bin/sh, run in the workspace. */
  command: z
    .string()
    .min(1)
    .max(2000)
    .regex(/^[^\n\r\0]*$/, 'one line'),
  /** One process for the whole session: a JSON line in, a JSON line out, for each call. */
  serve: z.boolean().default(false),
  timeout_seconds: z.number().positive().max(3600).default(60),
  /** True where the command changes nothing: such calls may run side by side. */
  read_only: z.boolean().default(false),
});
export type CommandTool = z.infer<typeof commandToolSchema>;

export const sandboxModes = ['auto', 'required', 'off'] as const;
export type SandboxMode = (typeof sandboxModes)[number];

export const runSettings = {
  models: z
    .strictObject({
      /** Who works. A model id, or `scripted:<file>` or `cassette:<file>`. */
      agent: modelId.default('claude-sonnet-5-5'),
      /** Who judges; another model than the one that works. */
      grader: modelId.default('claude-opus-5-5'),
      /** Who words what a dream found. */
      reflector: modelId.default('claude-haiku-5-5'),
      /** Who checks those words against the evidence; another model than the one that wrote them. */
      verifier: modelId.default('claude-opus-5-5'),
      /** Who proposes to merge, settle and sharpen lessons in force; absent = the verifier. */
      curator: modelId.optional(),
      /** Whom agents with a team ask for advice; absent = the grader. */
      advisor: modelId.optional(),
    })
    .prefault({}),
  /** Address of an Anthropic-compatible server; ANTHROPIC_BASE_URL in the environment comes before it. */
  base_url: z.url({ protocol: /^https?$/ }).optional(),
  /** Prices beside or instead of the built-in ones, by model id. */
  prices: z.record(z.string(), priceSchema).default({}),
  budget: z
    .strictObject({
      /** Each session, unless the agent's file or `--budget` says otherwise. */
      session: budgetSchema.prefault({ usd: 5, turns: 200 }),
      /** The models of one dream. */
      dream: budgetSchema.prefault({ usd: 2, turns: 400 }),
      /** All sessions of a day (UTC) together, in dollars. */
      day: z.strictObject({ usd: usd.optional() }).prefault({}),
      /** All sessions of a month (UTC) together, in dollars. */
      month: z.strictObject({ usd: usd.optional() }).prefault({}),
    })
    .prefault({}),
  grader: z
    .strictObject({
      /** What judges may cost for one run, or one `agent grade`; kept apart from the work's own budget. */
      budget: budgetSchema.prefault({ usd: 2 }),
    })
    .prefault({}),
  team: z
    .strictObject({
      /** Threads of members that work at once; others wait for their turn. */
      threads: z.number().int().min(1).max(100).default(25),
      /** How far down delegating goes: 1 = members delegate to nobody. */
      depth: z.number().int().min(1).max(3).default(1),
    })
    .prefault({}),
  /** First match wins; before the built-in rules and after those of the agent's file. */
  permissions: z.array(permissionRuleSchema).max(500).default([]),
  sandbox: z
    .strictObject({
      /** `auto`: bash runs in a sandbox where this machine has one; `required`: not at all without one; `off`. */
      mode: z.enum(sandboxModes).default('auto'),
      /** Whether commands in the sandbox reach the network. */
      network: z.boolean().default(false),
    })
    .prefault({}),
  /** Whether agents have `web_fetch`. */
  web: z.boolean().default(false),
  /** Names of environment variables that commands may see beside the harmless ones. */
  pass_env: z
    .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/))
    .max(100)
    .default([]),
  /** What happens to a conversation that grows too long for the model. */
  compaction: z
    .strictObject({
      /** True: nothing is summed up; where the server finds it too long, long results are shortened, and then the run ends. */
      off: z.boolean().default(false),
      /** Tokens from which on it is made shorter; absent = 80 % of what the model is known to take. */
      at_tokens: z.number().int().min(1000).optional(),
      /** The newest answers that stay as they are, with the results of their calls. */
      keep_turns: z.number().int().min(1).max(100).default(6),
    })
    .prefault({}),
  tools: z.array(commandToolSchema).max(100).default([]),
  /** MCP servers by name; their tools are called `mcp__<server>__<tool>`. */
  mcp: mcpSettings,
  /** Whether a run reads AGENTS.md, CLAUDE.md, GEMINI.md and the list of skills from the workspace up to the repository's top. */
  context_files: z.boolean().default(true),
};
