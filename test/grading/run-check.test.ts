// Checks that are commands: what they see, what their end means, and what of them never runs.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkSchema as checkOfRubric } from '../../src/domain/rubric.ts';
import type { CheckDeps } from '../../src/grading/check-deps.ts';
import { type CheckServers, openCheckServers } from '../../src/grading/checks/servers.ts';
import { runCheck } from '../../src/grading/checks.ts';
import { madeWork } from './made.ts';

let dir = '';
let servers: CheckServers;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-run-check-'));
  mkdirSync(join(dir, 'out'));
  servers = openCheckServers();
});
afterEach(async () => {
  await servers.close();
  rmSync(dir, { recursive: true, force: true });
});

function decide(
  check: Record<string, unknown>,
  more: Partial<CheckDeps> = {},
  work = madeWork([], 'Done.', join(dir, 'out')),
) {
  return runCheck(checkOfRubric.parse(check), work, {
    env: { PATH: process.env.PATH ?? '' },
    folder: dir,
    memory: join(dir, '.agentmem'),
    trusted: () => true,
    servers,
    redact: (text) => text.replaceAll('hunter2', '[redacted]'),
    signal: new AbortController().signal,
    ...more,
  });
}

describe('a command', () => {
  it('runs in the artefacts and sees session, workspace, outputs, memory, and nothing of our environment', async () => {
    const run =
      'pwd > seen; printf "%s\\n" "$SESSION_FILE" "$WORKSPACE" "$OUTPUTS" "$AGENTMEM_DIR" "$HOME" >> seen; echo good';
    expect(await decide({ run })).toEqual({ verdict: 'met', reason: 'good' });
    const out = join(dir, 'out');
    expect(readFileSync(join(out, 'seen'), 'utf8')).toBe(
      `${[out, '/nowhere/s1.jsonl', out, out, join(dir, '.agentmem'), ''].join('\n')}\n`,
    );
  });

  it.each([
    ['echo first; echo; echo "6.1 m/s is too fast"; exit 1', 'not_met', '6.1 m/s is too fast'],
    ['exit 0', 'met', 'exit code 0'],
    ['echo because >&2; exit 3', 'not_met', 'exit code 3: because'],
    ['printf "\\033[31mred\\033[0m hunter2"; exit 1', 'not_met', 'red [redacted]'],
    ['kill -9 $$', 'cannot_tell', 'the command was ended by SIGKILL'],
    ['seq 100000; echo last', 'met', 'last'],
  ])('%s is %s', async (run, verdict, reason) => {
    expect(await decide({ run })).toEqual({ verdict, reason });
  });

  it('that is not there, or takes too long, decides nothing, and leaves nothing running', async () => {
    expect(await decide({ run: 'no-such-program-here' })).toMatchObject({ verdict: 'cannot_tell' });
    const slow = await decide({ run: '(sleep 1.5; touch late) & sleep 60; echo never', timeout_seconds: 0.3 });
    expect(slow).toEqual({ verdict: 'cannot_tell', reason: 'the command took longer than 0.3 s' });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(existsSync(join(dir, 'out', 'late'))).toBe(false);
  });

  it('looks at no files of today where none were kept, only at the transcript', async () => {
    const work = madeWork([], 'Done.');
    const without = (run: string) => decide({ run }, {}, work);
    expect((await without('touch ran')).reason).toContain('no artefacts of this session were kept');
    expect(existsSync(join(dir, 'ran'))).toBe(false);
    expect(await without('pwd; test "$SESSION_FILE" = /nowhere/s1.jsonl')).toEqual({ verdict: 'met', reason: dir });
  });

  it('that nobody has trusted does not run, nor does one that the sandbox refuses or that comes too late', async () => {
    const run = 'touch ran';
    expect((await decide({ run }, { trusted: (command) => command !== run })).reason).toContain('agent trust');
    const confine = () => ({ kind: 'refused' as const, why: 'there is no sandbox' });
    expect((await decide({ run }, { confine })).reason).toBe('the command was not run: there is no sandbox');
    expect((await decide({ run }, { signal: AbortSignal.abort() })).verdict).toBe('cannot_tell');
    expect((await decide({ run, serve: true }, { trusted: () => false })).verdict).toBe('cannot_tell');
    expect(existsSync(join(dir, 'out', 'ran'))).toBe(false);
  });
});

describe('a command that serves', () => {
  const server = (body: string) => {
    const file = join(dir, 'server.mjs');
    writeFileSync(
      file,
      `import { createInterface } from 'node:readline';\nlet n = 0;\n` +
        `for await (const line of createInterface({ input: process.stdin })) { const q = JSON.parse(line); n++; ${body} }\n`,
    );
    return { run: `${JSON.stringify(process.execPath)} ${JSON.stringify(file)}`, serve: true, timeout_seconds: 20 };
  };

  it('answers many sessions from one process', async () => {
    const check = server(
      'console.log(JSON.stringify({ met: n < 3, reason: [n, q.session_file, q.outputs === q.workspace, q.task].join(" ") }))',
    );
    expect(await decide(check)).toEqual({ verdict: 'met', reason: '1 /nowhere/s1.jsonl true Land.' });
    expect((await decide(check)).reason).toMatch(/^2 /);
    expect(await decide(check)).toMatchObject({ verdict: 'not_met', reason: expect.stringMatching(/^3 /) });
  });

  it('decides nothing where its answer is no verdict, and is given up when it keeps ending', async () => {
    expect(await decide(server('console.log(JSON.stringify({ met: "yes" }))'))).toMatchObject({
      verdict: 'cannot_tell',
    });
    await servers.close();
    servers = openCheckServers();
    const ending = server('process.exit(1)');
    expect((await decide(ending)).verdict).toBe('cannot_tell');
    expect((await decide(ending)).verdict).toBe('cannot_tell');
    expect((await decide(ending)).reason).toContain('is not started again');
  });
});
