// A check that is a command: exit 0 means met, stdout's last line says why; runs none that nobody has trusted, and outlives none.
import type { Check } from '../../domain/rubric.ts';
import { keepOutput } from '../../host/kept-output.ts';
import type { LineAnswer } from '../../host/line-server.ts';
import type { Program } from '../../host/one-answer.ts';
import { type GroupEnd, startGroup } from '../../host/process-group.ts';
import type { CheckDeps } from '../check-deps.ts';
import type { CheckResult, Work } from '../graded.ts';

type RunCheck = Extract<Check, { run: string }>;

const MOST_OUTPUT = 20_000; // characters, half of them from the end
const GRACE_MS = 2_000;

/** Runs the command, or asks the process that serves. Timeout, a missing program or a broken answer decide nothing. */
export async function runCommandCheck(check: RunCheck, work: Work, deps: CheckDeps): Promise<CheckResult> {
  if (!deps.trusted(check.run)) {
    return unknown('the command of this check was not run: nobody has trusted it on this machine (agent trust --show)');
  }
  // In the folder of today a command would judge today's files, whatever the session made.
  if (work.artefacts === undefined && !check.serve && !check.run.includes('SESSION_FILE'))
    return unknown('no artefacts of this session were kept, and the command does not name SESSION_FILE');
  // As a shell would run it; a sandbox, where there is one, is put around it.
  const argv = ['/bin/sh', '-c', check.run];
  const confined = deps.confine?.(argv) ?? { kind: 'run', argv, inSandbox: false };
  if (confined.kind === 'refused') return unknown(`the command was not run: ${confined.why}`);
  const { inSandbox } = confined;
  const started = { argv: confined.argv, inSandbox };
  const shared = { ...deps.env, ...(deps.memory !== undefined && { AGENTMEM_DIR: deps.memory }) };
  if (check.serve) return await served(check, work, deps, { ...started, cwd: deps.folder, env: shared });
  const env = { ...shared, ...placesOf(work) };
  return await once(check, deps, { ...started, cwd: work.artefacts ?? deps.folder, env });
}

// Where nothing was kept the variables are empty rather than those of somebody else's environment.
function placesOf({ sessionFile, artefacts = '' }: Work): Record<string, string> {
  return { SESSION_FILE: sessionFile, WORKSPACE: artefacts, OUTPUTS: artefacts };
}

async function once({ timeout_seconds: seconds }: RunCheck, deps: CheckDeps, program: Program): Promise<CheckResult> {
  if (deps.signal.aborted) return unknown('interrupted');
  const stdout = keepOutput(MOST_OUTPUT);
  const stderr = keepOutput(MOST_OUTPUT);
  const group = startGroup({ ...program, onOut: stdout.take, onErr: stderr.take });
  let stopped: string | undefined;
  const stop = (why: string, how: 'SIGTERM' | 'SIGINT') => {
    stopped ??= why;
    group.stop(how, GRACE_MS);
  };
  const limit = setTimeout(() => stop(`the command took longer than ${seconds} s`, 'SIGTERM'), seconds * 1000);
  const interrupt = () => stop('interrupted', 'SIGINT');
  deps.signal.addEventListener('abort', interrupt, { once: true });
  const end = await group.ended;
  clearTimeout(limit);
  deps.signal.removeEventListener('abort', interrupt);
  if (stopped !== undefined) return unknown(stopped);
  return ended(end, lastLine(stdout.text()), lastLine(stderr.text()));
}

// 126 and 127 are the shell's own words for a program that can't be started or isn't there (POSIX, exit status for commands).
function ended({ code, signal, failed }: GroupEnd, said: string, complained: string): CheckResult {
  if (failed !== undefined) return unknown(failed);
  if (code === undefined) return unknown(`the command was ended by ${signal ?? 'a signal'}`);
  if (code === 126 || code === 127)
    return unknown(`the command could not be run: ${complained || `exit code ${code}`}`);
  const reason = said || (code === 0 ? 'exit code 0' : [`exit code ${code}`, complained].filter(Boolean).join(': '));
  return { verdict: code === 0 ? 'met' : 'not_met', reason };
}

async function served(check: RunCheck, work: Work, deps: CheckDeps, program: Program): Promise<CheckResult> {
  const { session, sessionFile, artefacts = null, task } = work;
  const question = { session, session_file: sessionFile, workspace: artefacts, outputs: artefacts, task };
  const timeoutMs = check.timeout_seconds * 1000;
  const how = { program, timeoutMs, signal: deps.signal };
  return servedResult(await deps.servers.of(check.run).ask(JSON.stringify(question), how), check.timeout_seconds);
}

function servedResult(answer: LineAnswer, seconds: number): CheckResult {
  switch (answer.kind) {
    case 'answer':
      return toldResult(answer.value);
    case 'gone':
      return unknown(`the command ended before it answered${answer.said === '' ? '' : `: ${lastLine(answer.said)}`}`);
    case 'late':
      return unknown(`the command took longer than ${seconds} s`);
    case 'huge':
      return unknown('the command answered more than 1 MB');
    case 'given up':
      return unknown('the command ended twice without an answer, and is not started again');
    case 'interrupted':
      return unknown('interrupted');
  }
}

function toldResult(value: unknown): CheckResult {
  if (value === null || typeof value !== 'object' || !('met' in value) || typeof value.met !== 'boolean')
    return unknown('the command answered something else than {"met": true or false, "reason": "…"}');
  const reason = 'reason' in value && typeof value.reason === 'string' ? value.reason : '';
  return { verdict: value.met ? 'met' : 'not_met', reason: reason || (value.met ? 'met' : 'not met') };
}

function lastLine(text: string): string {
  return (
    text
      .split('\n')
      .map((line) => line.trim())
      .findLast((line) => line !== '') ?? ''
  );
}

function unknown(reason: string): CheckResult {
  return { verdict: 'cannot_tell', reason };
}
