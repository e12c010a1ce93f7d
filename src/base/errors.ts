// The three kinds of error; only cli.ts turns them into text and exit codes.

/** What a person must know to get past an expected failure. */
export interface Problem {
  /** What went wrong, in one sentence. */
  what: string;
  /** The file, line, ref or setting concerned. */
  where?: string;
  /** What to type or change next. */
  hint?: string;
}

/** An expected failure: printed without a stack, exit code 2 unless `exitCode` says otherwise. */
export class UserError extends Error {
  readonly problem: Problem;
  readonly exitCode: number;

  constructor(problem: Problem, exitCode = 2) {
    super(problem.what);
    this.name = 'UserError';
    this.problem = problem;
    this.exitCode = exitCode;
  }
}

/** Ctrl-C or SIGTERM reached the work: exit code 130, nothing half done. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}

/** Throws Interrupted once the signal has fired; stages call it between steps that may be left apart. */
export function throwIfInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Interrupted();
}

/** The `code` of a Node system error (`ENOENT`, `EACCES`, …), or undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
