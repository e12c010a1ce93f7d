// A session with a team, run in process against a Messages API on loopback: real files, real git, members with the real tools for files; test code only.
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openBudget } from '../../../src/agent/budget.ts';
import { readPast } from '../../../src/agent/past.ts';
import { openTeam, type Team } from '../../../src/agent/team/team.ts';
import { openTools } from '../../../src/agent/tools/table.ts';
import type { Tool } from '../../../src/agent/tools/tool.ts';
import { UserError } from '../../../src/base/errors.ts';
import { type Agent, agentFrontSchema } from '../../../src/domain/agent.ts';
import { isToolResult, type SessionEvent, spokenText } from '../../../src/domain/events.ts';
import type { Budget } from '../../../src/domain/run-settings.ts';
import type { WrittenTurn } from '../../../src/domain/script.ts';
import type { Model } from '../../../src/model/model.ts';
import { type RunReport, resumeRun, startRun } from '../../../src/stages/run.ts';
import { layoutOf } from '../../../src/store/layout.ts';
import { redactor } from '../../../src/store/redaction.ts';
import { verifySessions } from '../../../src/store/verify.ts';
import { type Answer, type MessagesServer, startMessagesServer } from '../../support/messages-server.ts';
import { loopbackModel } from '../../support/run-session.ts';

/** What an agent answers: its turns in order, or a function of the turn in its conversation and what it was last told. */
export type Says = readonly WrittenTurn[] | ((turn: number, last: string, first: string) => Answer | Promise<Answer>);

export interface TeamDeskOptions {
  /** By name; `lead` is the session's agent, `advisor` whoever is asked for advice. */
  says: Record<string, Says>;
  /** Front matter of the agents, by name. */
  agents?: Record<string, Record<string, unknown>>;
  threads?: number;
  depth?: number;
  budget?: Budget;
  files?: Record<string, string>;
  /** Tools that members have beside those for files. */
  more?: (agent: string) => Tool[];
  /** Members that cannot be opened, with the reason. */
  absent?: Record<string, string>;
}

export interface TeamDesk {
  /** Where the lead works. */
  folder: string;
  grounds: string;
  server: MessagesServer;
  warnings: string[];
  start(signal?: AbortSignal, onEvent?: (event: SessionEvent) => void): Promise<RunReport>;
  resume(report: Pick<RunReport, 'session' | 'path'>, say?: string): Promise<RunReport>;
  read(path: string): string;
  remove(): Promise<void>;
}

/** Prices of the loopback model: a dollar for a million tokens. */
export async function makeTeamDesk(options: TeamDeskOptions): Promise<TeamDesk> {
  const holder = realpathSync(mkdtempSync(join(tmpdir(), 'agentmem-team-')));
  const folder = join(holder, 'ws');
  const grounds = join(holder, 'grounds');
  mkdirSync(folder);
  for (const [path, text] of Object.entries(options.files ?? {})) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const server = await startMessagesServer({ answer: (body, _, turn) => answerOf(options.says, body, turn) });
  const { model, close } = await loopbackModel(server.url);
  const warnings: string[] = [];
  const layout = layoutOf(join(holder, '.agentmem'));
  let serial = 0;
  const random = () => (++serial).toString(16).padStart(8, '0');
  const parts = (signal: AbortSignal, onEvent: (event: SessionEvent) => void) => {
    const now = () => new Date();
    const budget = openBudget({ limits: options.budget ?? {}, spent: () => ({ day: 0, month: 0 }), now });
    const team = teamOf({ options, folder, grounds, model, budget, signal, warn: (text) => void warnings.push(text) });
    const own = toolsAt(folder, team);
    return {
      ...{ layout, redact: redactor(), now, random, model, modelId: 'claude-sonnet-5', tools: own, budget, onEvent },
      agent: agentNamed(options, 'lead'),
      ...(team !== undefined && { team }),
      rule: allowed,
      progress: () => undefined,
      warn: (text: string) => void warnings.push(text),
      signal,
    };
  };
  const never = new AbortController().signal;
  return {
    ...{ folder, grounds, server, warnings },
    start: (signal = never, onEvent = () => undefined) =>
      startRun({
        ...parts(signal, onEvent),
        task: { prompt: 'Do it together.' },
        by: 'someone',
        workspace: { folder, project: 'made-up' },
      }),
    resume: ({ session, path }, say) =>
      resumeRun({
        ...parts(never, () => undefined),
        session: { id: session, path },
        ...(say !== undefined && { say }),
      }),
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    remove: async () => {
      await close();
      await server.close();
      rmSync(holder, { recursive: true, force: true });
    },
  };
}

const allowed = async () => ({
  allowed: true,
  by: 'rule' as const,
  decision: { verdict: 'allow' as const, reason: 'test' },
});

interface TeamParts {
  options: TeamDeskOptions;
  folder: string;
  grounds: string;
  model: Model;
  budget: ReturnType<typeof openBudget>;
  signal: AbortSignal;
  warn: (text: string) => void;
}

function teamOf({ options, folder, grounds, model, budget, signal, warn }: TeamParts): Team | undefined {
  const { threads = 25, depth = 1, absent = {} } = options;
  return openTeam({
    ...{ folder, grounds, budget, signal, warn },
    lead: agentNamed(options, 'lead'),
    limits: { threads, depth },
    identity: { name: 'Mira', email: 'mira@example.test' },
    now: () => new Date(),
    redact: redactor(),
    readMember: (name) => agentNamed(options, name),
    openMember: async ({ agent, folder: place, more, claim, hands, used }) => {
      const why = absent[agent.name];
      if (why !== undefined) throw new UserError({ what: why });
      const files = openTools({
        ...{ workspace: place, notesFolder: grounds, notesMode: 'none', web: false },
        ...(claim !== undefined && { claim }),
        more: [...(options.more?.(agent.name) ?? []), ...more],
      });
      const now = () => new Date();
      const spent = () => ({ day: 0, month: 0 });
      return {
        ...{ model, modelId: 'claude-haiku-5', rule: allowed, progress: () => undefined },
        tools: new Map(hands ? files.map((tool) => [tool.definition.name, tool]) : []),
        budget: openBudget({ limits: agent.budget, spent, now, earlier: used }),
        close: async () => undefined,
      };
    },
    openAdvisor: async () => ({ model, modelId: 'claude-opus-5' }),
    advice: 'You are advisor.',
  });
}

function toolsAt(folder: string, team: Team | undefined): Map<string, Tool> {
  const all = openTools({
    ...{ workspace: folder, notesFolder: folder, notesMode: 'none', web: false },
    ...(team !== undefined && { claim: team.claim, more: team.tools }),
  });
  return new Map(all.map((tool) => [tool.definition.name, tool]));
}

function agentNamed({ agents = {} }: TeamDeskOptions, name: string): Agent {
  const front = agents[name];
  if (front === undefined) throw new UserError({ what: `there is no agent named ${name}` });
  return { ...agentFrontSchema.parse({ name, ...front }), prompt: `You are ${name}.`, sha256: 'a'.repeat(64) };
}

type Body = { system: string; messages: readonly { role: string; content: unknown }[] };

async function answerOf(says: TeamDeskOptions['says'], body: Body, turn: number): Promise<Answer> {
  const name = /You are ([a-z0-9_-]+)\./.exec(body.system)?.[1] ?? '';
  const said = says[name];
  if (typeof said !== 'function') return said?.[turn];
  return await said(turn, textIn(body.messages.at(-1)?.content), textIn(body.messages[0]?.content));
}

function textIn(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((block: { text?: string; content?: unknown }) => block.text ?? textIn(block.content))
    .filter((text) => text !== '')
    .join('\n');
}

/** One call of `delegate`. */
export function delegate(...tasks: Record<string, unknown>[]): { name: string; input: Record<string, unknown> } {
  return { name: 'delegate', input: { tasks } };
}

/** The results of the lead's calls, as text. */
export function leadResults(path: string): string[] {
  return readPast(path).flatMap((event) =>
    isToolResult(event) && event.thread === undefined ? [spokenText(event.content)] : [],
  );
}

/** What is wrong with the stored sessions of a desk. */
export function faultsOf(desk: TeamDesk): string[] {
  const layout = layoutOf(join(desk.folder, '..', '.agentmem'));
  return verifySessions(layout).problems.map(({ line, reason }) => `line ${line}: ${reason}`);
}
