// Sessions for the bench, with everything that `agent run` gives them but the command around: files, rules, redaction, a transcript on disk.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBudget } from '../../src/agent/budget.ts';
import { placeRules } from '../../src/agent/permission-rules.ts';
import { decide } from '../../src/agent/permissions.ts';
import { openTools } from '../../src/agent/tools/table.ts';
import { agentFrontSchema } from '../../src/domain/agent.ts';
import type { SessionEvent } from '../../src/domain/events.ts';
import { anthropicModel } from '../../src/model/anthropic.ts';
import { capabilities } from '../../src/model/capabilities.ts';
import { openClient } from '../../src/model/client.ts';
import { limiter } from '../../src/model/limiter.ts';
import { retries, unattendedRetries } from '../../src/model/retry.ts';
import { findServer, isServer } from '../../src/model/server.ts';
import { type RunReport, startRun } from '../../src/stages/run.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { redactor } from '../../src/store/redaction.ts';

export interface Bench {
  /** Runs one session of so many turns with a tool call each, and one answer at its end. */
  session: (turns: number, onEvent?: (event: SessionEvent) => void) => Promise<RunReport>;
  /** The bodies of all requests so far, where they are kept. */
  bodies: string[];
  client: Awaited<ReturnType<typeof openClient>>['client'];
  close: () => Promise<void>;
}

/** Opens a folder of files to read and the connection to `url`. */
export async function openBench(url: string, keepBodies = false): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'agentmem-bench-run-'));
  const workspace = join(folder, 'work');
  mkdirSync(workspace);
  for (let part = 0; part < 10; part++) writeFileSync(join(workspace, `part-${part}.txt`), page(part));
  const server = findServer({ ANTHROPIC_API_KEY: 'made-up-key-1', ANTHROPIC_BASE_URL: url });
  if (!isServer(server)) throw new Error('no server');
  const bodies: string[] = [];
  const noted: typeof fetch = (input, init) => {
    bodies.push(String(init?.body));
    return fetch(input, init);
  };
  const { client, close } = await openClient({ server, env: {}, ...(keepBodies && { fetch: noted, recording: true }) });
  const now = () => new Date();
  const shared = { limiter: limiter({ now }), capabilities: capabilities() };
  const redact = redactor();
  const rules = placeRules({ settings: [{ deny: 'bash(git push *)' }, { allow: 'write(src/**)' }] });
  let serial = 0;
  const session: Bench['session'] = async (turns, onEvent = () => undefined) => {
    const tools = openTools({ workspace, notesFolder: join(folder, 'notes'), notesMode: 'read_only', web: false });
    return await startRun({
      layout: layoutOf(join(folder, '.agentmem')),
      redact,
      agent: { ...agentFrontSchema.parse({ name: 'default' }), prompt: 'You read files.', sha256: 'a'.repeat(64) },
      now,
      random: () => (++serial).toString(16).padStart(8, '0'),
      model: anthropicModel({
        ...{ client, server, ...shared, now },
        retries: retries(unattendedRetries, Math.random),
        price: () => 0.001,
      }),
      modelId: 'claude-sonnet-5',
      tools: new Map(tools.map((tool) => [tool.definition.name, tool])),
      budget: openBudget({ limits: { usd: 100, turns: 1000 }, spent: () => ({ day: 0, month: 0 }), now }),
      rule: async (use, tool) => {
        const subject = tool.subject(use.input as Record<string, unknown>); // the loop has checked that it is an object
        const decision = decide(rules, { tool: use.name, ...(subject !== undefined && { subject }) });
        return { allowed: decision.verdict === 'allow', by: 'rule', decision };
      },
      progress: () => undefined,
      warn: () => undefined,
      signal: new AbortController().signal,
      onEvent,
      task: { prompt: `Read ${turns} times. This is session ${++serial}.` },
      by: 'someone',
      workspace: { folder: workspace, project: 'made-up' },
    });
  };
  return {
    session,
    bodies,
    client,
    close: async () => {
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Reads an answer's stream to its end through the SDK and does nothing with it: what the request itself costs. */
export async function bareRequest(client: Bench['client'], body: string): Promise<void> {
  const stream = await client.messages.create(JSON.parse(body));
  for await (const _ of stream as unknown as AsyncIterable<unknown>);
}

// About 6 KB of text that looks like code, so that redaction has something to look at.
function page(part: number): string {
  const line = (i: number) =>
    `  const value${i} = compute(${part}, "${'ab'.repeat(i % 7)}", { token: readToken(${i}) });`;
  return `${Array.from({ length: 100 }, (_, i) => line(i)).join('\n')}\n`;
}
