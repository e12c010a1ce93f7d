// The nightly run: trusted commands, an import, a dream when one is due; a step that fails stops no other, and what happened is logged.
import { join } from 'node:path';
import { throwIfInterrupted, UserError } from '../base/errors.ts';
import { clip, safeForTerminal } from '../base/text.ts';
import { VERSION } from '../base/version.ts';
import { dreamNews } from '../domain/dream-news.ts';
import { runsNightly } from '../domain/trust.ts';
import { appendToLog } from '../host/log-file.ts';
import { type ProgramResult, runProgram } from '../host/program.ts';
import { newFailures } from '../store/last-failures.ts';
import type { Layout } from '../store/layout.ts';
import { acquireLock, HELD, type Lock } from '../store/lock.ts';
import { readConfiguration, type TrustRequest, trustedCommands } from '../store/trust.ts';

export interface NightlyRequest {
  layout: Layout;
  /** Where commands run: the top of the repository. */
  root: string;
  /** Node, our own script, and the flags that come before the verb. */
  agent: readonly string[];
  env: NodeJS.ProcessEnv;
  trust: TrustRequest;
  /** Arguments of `agent import`; undefined where nothing is to be imported, with the reason in `noImport`. */
  importArgs?: readonly string[];
  noImport: string;
  /** Flags of `agent dream` besides `--if-due`. */
  dreamArgs: readonly string[];
  redact: (text: string) => string;
  now: () => Date;
  /** Hears each line of the log as it is written. */
  say: (line: string) => void;
  signal?: AbortSignal;
}

export interface NightlyStep {
  step: 'before' | 'import' | 'dream';
  command: string;
  /** Exit code; 0 as well for what was left out on purpose. */
  code: number;
  said: string;
}

/** What `agent nightly --json` prints. */
export interface NightlyReport {
  status: 'done' | 'skipped';
  reason?: string;
  steps: NightlyStep[];
  /** What a person should hear of: a new branch. */
  news: string[];
  /** Failures that were not reported in the last 24 hours already. */
  failures: string[];
  /** The worst exit code of the steps. */
  code: number;
}

/** The steps so far, and what they came to. */
interface Run {
  request: NightlyRequest;
  steps: NightlyStep[];
  news: string[];
  failures: string[];
}

const LOG = { maxBytes: 256_000, generations: 3 };
const MINUTE = 60_000;

/** Runs the night. Never throws for a step that fails; throws Interrupted after Ctrl-C, when the running step has ended. */
export async function nightly(request: NightlyRequest): Promise<NightlyReport> {
  const { layout, now } = request;
  const lock = lockOrReason(layout, now().toISOString());
  if (typeof lock === 'string') return { status: 'skipped', reason: lock, steps: [], news: [], failures: [], code: 0 };
  const run: Run = { request, steps: [], news: [], failures: [] };
  try {
    log(request, `nightly run begins, agentmem ${VERSION}`);
    await runBefore(run);
    await runImport(run);
    await runDream(run);
    throwIfInterrupted(request.signal);
    const code = Math.max(0, ...run.steps.map((s) => s.code));
    return {
      status: 'done',
      steps: run.steps,
      news: run.news,
      failures: newFailures(layout, run.failures, now()),
      code,
    };
  } finally {
    lock.release();
  }
}

// A nightly run that is still at work when the next one starts is no failure, so the next one just leaves.
function lockOrReason(layout: Layout, since: string): Lock | string {
  try {
    return acquireLock(join(layout.state, 'nightly.lock'), { what: 'a nightly run', since });
  } catch (error) {
    if (error instanceof UserError && error.message.includes(HELD)) return error.message;
    throw error;
  }
}

async function runBefore(run: Run): Promise<void> {
  const { trust, root, env, signal } = run.request;
  let wanted: string[];
  let trusted: string[] | undefined;
  try {
    wanted = readConfiguration(trust)
      .commands.filter(runsNightly)
      .map((c) => c.command);
    trusted = trustedCommands(trust);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    fail(run, { step: 'before', command: '', code: 2, said: problemText(error) });
    return;
  }
  if (wanted.length > 0 && trusted === undefined) {
    const said = `config.yaml wants commands run before the nightly dream, and you have not trusted this configuration. Read them with \`agent trust --show\`, allow them with \`agent trust\`.`;
    fail(run, { step: 'before', command: '', code: 2, said });
    return;
  }
  // What runs is what was shown when trust was given, not what the file says by now.
  for (const command of wanted.filter((c) => trusted?.includes(c))) {
    if (signal?.aborted) return;
    const result = await runProgram({
      command: '/bin/sh',
      args: ['-c', command],
      cwd: root,
      env: { GIT_TERMINAL_PROMPT: '0', ...env },
      timeoutMs: 10 * MINUTE,
      ...(signal && { signal }),
    });
    const step: NightlyStep = { step: 'before', command, code: result.code, said: saidBy(result, 'both') };
    if (result.kind === 'ended' && result.code === 0) note(run, step);
    // Its own code means nothing in our table: whatever it is, the step did not come off.
    else fail(run, { ...step, code: 2, said: `${outcome(result)}${step.said}` });
  }
}

async function runImport(run: Run): Promise<void> {
  const { importArgs, noImport } = run.request;
  if (importArgs === undefined) {
    note(run, { step: 'import', command: '', code: 0, said: noImport });
    return;
  }
  const result = await runAgent(run, ['import', ...importArgs], 120);
  if (result === undefined) return;
  const step: NightlyStep = { step: 'import', command: 'import', code: result.code, said: saidBy(result, 'both') };
  // 1 means that nothing there could be read: worth a line in the log, not a mail.
  if (result.kind === 'ended' && result.code <= 1) note(run, { ...step, code: 0 });
  else failUnlessBusy(run, result, step);
}

async function runDream(run: Run): Promise<void> {
  const result = await runAgent(run, ['dream', '--if-due', '--json', ...run.request.dreamArgs], 360);
  if (result === undefined) return;
  const warnings = saidBy(result, 'stderr');
  const summary = dreamNews(result.stdout.toString());
  if (summary?.news) run.news.push([summary.text, warnings].filter(Boolean).join('\n'));
  const said = [summary?.text, warnings].filter(Boolean).join('\n');
  const step: NightlyStep = { step: 'dream', command: 'dream', code: result.code, said };
  // News is told by whoever prints the report, once.
  if (result.kind === 'ended' && result.code === 0) note(run, step, !summary?.news);
  else failUnlessBusy(run, result, { ...step, said: warnings });
}

async function runAgent({ request }: Run, args: string[], minutes: number): Promise<ProgramResult | undefined> {
  const { agent, env, root, signal } = request;
  if (signal?.aborted) return undefined;
  const [command = '', ...first] = agent;
  const timeoutMs = minutes * MINUTE;
  return runProgram({ command, args: [...first, ...args], cwd: root, env, timeoutMs, ...(signal && { signal }) });
}

// Another dream at work is what --if-due would have said no to a moment later.
function failUnlessBusy(run: Run, result: ProgramResult, step: NightlyStep): void {
  if (run.request.signal?.aborted) return;
  if (result.code === 2 && step.said.includes(HELD)) note(run, { ...step, code: 0 });
  else
    fail(run, { ...step, code: [1, 2, 3].includes(step.code) ? step.code : 3, said: `${outcome(result)}${step.said}` });
}

function note(run: Run, raw: NightlyStep, aloud = true): void {
  const step = { ...raw, said: run.request.redact(raw.said) };
  run.steps.push(step);
  log(run.request, `${nameOf(step)}: ${step.said === '' ? 'done' : step.said}`, aloud);
}

function fail(run: Run, raw: NightlyStep): void {
  const step = { ...raw, said: run.request.redact(raw.said) };
  run.steps.push(step);
  run.failures.push(`${nameOf(step)}: ${step.said}`);
  log(run.request, `${nameOf(step)} FAILED (${step.code}): ${step.said}`);
}

function saidBy(result: ProgramResult, which: 'both' | 'stderr'): string {
  const text = `${which === 'both' ? result.stdout.toString() : ''}${result.stderr.toString()}`;
  return clip(safeForTerminal(text).trim(), 4000);
}

function outcome(result: ProgramResult): string {
  if (result.kind === 'late') return 'ran out of time and was stopped. ';
  return result.kind === 'missing' ? 'could not be started. ' : `ended with code ${result.code}. `;
}

function nameOf({ step, command }: NightlyStep): string {
  return step === 'before' && command !== '' ? `before, \`${command}\`` : step;
}

function problemText(error: UserError): string {
  const { what, where, hint } = error.problem;
  return [what, where, hint].filter((part) => part !== undefined).join('; ');
}

function log(request: NightlyRequest, line: string, aloud = true): void {
  const text = request.redact(line).trimEnd().replaceAll('\n', '\n    ');
  appendToLog(join(request.layout.state, 'schedule.log'), `${request.now().toISOString()} ${text}\n`, LOG);
  if (aloud) request.say(text);
}
