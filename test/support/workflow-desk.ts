// A memory in a temporary folder whose workflow steps run as real sessions, answered by a function of the prompt; test code only.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBudget } from '../../src/agent/budget.ts';
import { storedEnd } from '../../src/agent/past.ts';
import type { RunEnd, Runner, RunOrder } from '../../src/agent/run-order.ts';
import { workflowFaults } from '../../src/agent/workflow/check.ts';
import type { WorkflowReport } from '../../src/agent/workflow/report.ts';
import { agentFrontSchema } from '../../src/domain/agent.ts';
import { type Header, spokenText } from '../../src/domain/events.ts';
import { scriptTurnSchema, type WrittenTurn } from '../../src/domain/script.ts';
import type { Workflow, WorkflowLine } from '../../src/domain/workflow.ts';
import { schemaFault } from '../../src/grading/json-schema.ts';
import { openScript } from '../../src/model/open.ts';
import { resumeRun, startRun } from '../../src/stages/run.ts';
import { type NewWorkflow, type ResumedWorkflow, resumeWorkflow, startWorkflow } from '../../src/stages/workflow.ts';
import type { Fault } from '../../src/store/faults.ts';
import { type Layout, layoutOf } from '../../src/store/layout.ts';
import { redactor } from '../../src/store/redaction.ts';
import { findSessionFile, sessionPaths } from '../../src/store/session-files.ts';
import { readTranscript } from '../../src/store/transcript-read.ts';
import { readWorkflowLog } from '../../src/store/workflow-runs.ts';
import { readWorkflow } from '../../src/store/workflows.ts';

/** What a session answers: by its prompt, how many answers it has given, and how often this very prompt came before. */
export type Answers = (prompt: string, turn: number, before: number) => WrittenTurn | string;

export interface WorkflowDesk {
  dir: string;
  layout: Layout;
  /** Prompts in the order in which their sessions began. */
  began: RunOrder[];
  /** Sessions at work at once, at most. */
  most: () => number;
  start: (text: string, answers: Answers, more?: Partial<NewWorkflow>) => Promise<WorkflowReport>;
  resume: (text: string, answers: Answers, more?: Partial<ResumedWorkflow>) => Promise<WorkflowReport>;
  /** The log of the run as it lies there. */
  log: () => WorkflowLine[];
  logPath: string;
  /** Headers of all stored sessions, by path. */
  sessions: () => { path: string; header: Header; prompt: string }[];
  remove: () => void;
}

const RUN = 'run-1';

/** A folder for one run; its runner writes real transcripts. */
export function makeWorkflowDesk(): WorkflowDesk {
  const dir = mkdtempSync(join(tmpdir(), 'agentmem-workflow-'));
  const layout = layoutOf(join(dir, '.agentmem'));
  const began: RunOrder[] = [];
  const counts = { running: 0, most: 0, random: 0 };
  const random = () => (++counts.random).toString(16).padStart(32, '0');
  const request = (text: string, answers: Answers, signal: AbortSignal) => {
    const { workflow, sha256, faults } = soundly(text);
    if (workflow === undefined || faults.length > 0) throw new Error(JSON.stringify(faults));
    const runner = scriptedRunner(layout, answers, { began, counts, random, signal });
    return {
      ...{ layout, runner, workflow, sha256, folder: dir, jobs: 4 },
      ...{ redact: redactor(), now: () => new Date(), emit: () => undefined, signal },
    };
  };
  return {
    dir,
    layout,
    began,
    most: () => counts.most,
    start: (text, answers, more = {}) =>
      startWorkflow({
        ...request(text, answers, more.signal ?? new AbortController().signal),
        ...{ run: RUN, file: 'made-up', inputs: {} },
        ...more,
      }),
    resume: (text, answers, more = {}) =>
      resumeWorkflow({ ...request(text, answers, more.signal ?? new AbortController().signal), run: RUN, ...more }),
    log: () => readWorkflowLog(layout, RUN).lines,
    logPath: join(layout.state, 'workflows', `${RUN}.jsonl`),
    sessions: () =>
      sessionPaths(layout).flatMap((name) => {
        const path = join(layout.sessions, name);
        const events = [...readTranscript(path)].flatMap((line) => (line.kind === 'event' ? [line.event] : []));
        const header = events[0];
        const said = events.find((event) => event.type === 'user.message');
        const prompt = said?.type === 'user.message' ? spokenText(said.content) : '';
        return header?.type === 'session.created' ? [{ path, header, prompt }] : [];
      }),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** What the text of a workflow says, and all that is wrong with it where only the agents and rubrics named here exist. */
export function soundly(
  text: string,
  known: { agents?: string[]; rubrics?: string[]; rubricOf?: Record<string, string> } = {},
): { workflow: Workflow | undefined; sha256: string; faults: Fault[] } {
  const { agents = ['default'], rubrics = [], rubricOf = {} } = known;
  const read = readWorkflow({ text, path: '/made/up.yaml', from: 'up.yaml' });
  const missing = (kind: string, names: string[]) => (name: string) =>
    names.includes(name) ? undefined : { text: `there is no ${kind} named ${name}` };
  const { workflow, lineOf, sha256 } = read;
  const faults =
    workflow === undefined
      ? []
      : workflowFaults(
          workflow,
          {
            ...{ agent: missing('agent', agents), rubric: missing('rubric', rubrics), schema: schemaFault },
            rubricOf: (agent) => rubricOf[agent],
          },
          lineOf,
        );
  return { workflow, sha256, faults: [...read.faults, ...faults].sort((a, b) => a.line - b.line) };
}

interface Desk {
  began: RunOrder[];
  counts: { running: number; most: number };
  random: () => string;
  signal: AbortSignal;
}

function scriptedRunner(layout: Layout, answers: Answers, { began, counts, random, signal }: Desk): Runner {
  const now = () => new Date();
  const parts = async (order: RunOrder) => {
    const before = began.filter(({ prompt }) => prompt === order.prompt).length - 1;
    const { model, id } = await openScript(
      {
        ...{ env: {}, trusted: true, prices: {}, now, random: () => 0.5, interactive: false },
        ...{ readScript: () => [], readCassette: () => [], scrub: (value) => value },
        loadScript: async () => [],
        retryPolicy: { capMs: 2, baseMs: 1, perAskMs: 50, perRunMs: 50, attempts: 2, silences: 1 },
      },
      (_, turn) => {
        const said = answers(order.prompt, turn, before);
        return scriptTurnSchema.parse(typeof said === 'string' ? { text: said } : said);
      },
      'made-up',
    );
    return {
      ...{ layout, redact: redactor(), now, random, model, modelId: id, signal, tools: new Map() },
      agent: { ...agentFrontSchema.parse({ name: order.agent }), prompt: 'You work.', sha256: 'a'.repeat(64) },
      budget: openBudget({ limits: order.budget ?? {}, spent: () => ({ day: 0, month: 0 }), now }),
      rule: async () => ({
        allowed: false,
        by: 'rule' as const,
        decision: { verdict: 'deny' as const, reason: 'test' },
      }),
      progress: () => undefined,
      warn: () => undefined,
      onEvent: () => undefined,
    };
  };
  const counted = async (work: () => Promise<RunEnd>) => {
    counts.most = Math.max(counts.most, ++counts.running);
    try {
      return await work();
    } finally {
      counts.running--;
    }
  };
  return {
    start: (order) => {
      began.push(order);
      return counted(async () =>
        startRun({
          ...(await parts(order)),
          task: { prompt: order.prompt, ...(order.task !== undefined && { id: order.task }) },
          ...{ by: 'someone', workspace: { folder: order.folder, project: 'made-up' } },
          marks: { ...(order.workflow !== undefined && { workflow: order.workflow }) },
        }),
      );
    },
    goOn: (session, order) =>
      counted(async () => {
        const path = findSessionFile(layout, session);
        if (path === undefined) throw new Error(`no session ${session}`);
        return storedEnd(path) ?? (await resumeRun({ ...(await parts(order)), session: { id: session, path } }));
      }),
    close: async () => undefined,
  };
}

/** Cuts the last lines off a file, as a crash before they were written would have. */
export function cutLines(path: string, lines: number): void {
  const kept = readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1 - lines);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, kept.map((line) => `${line}\n`).join(''));
}
