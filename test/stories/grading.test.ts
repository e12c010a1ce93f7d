// Work that is graded and revised until it is right, and grading later: through the built command, with scripts for models.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Home, makeHome } from '../support/agent.ts';

let home: Home;
let repo: string;
beforeEach(() => {
  home = makeHome();
  repo = home.memory('work');
});
afterEach(() => home.remove());

interface Line {
  type: string;
  [key: string]: unknown;
}
const put = (path: string, text: string) => {
  mkdirSync(join(repo, path, '..'), { recursive: true });
  writeFileSync(join(repo, path), text);
};
const write = (path: string, content: string) => ({ tools: [{ name: 'write', input: { path, content } }] });
const edit = (path: string, old_string: string, new_string: string) => ({
  tools: [{ name: 'edit', input: { path, old_string, new_string } }],
});
const run = (turns: unknown[], ...args: string[]) => {
  put('script.json', JSON.stringify(turns));
  return home.agent(repo, 'run', ...args, '--model', 'scripted:script.json', '--allow', 'write', '--allow', 'edit');
};
const lines = (path = transcripts().at(-1) ?? ''): Line[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
// The oldest first. Names of one second come in no order.
function transcripts(): string[] {
  const folder = join(repo, '.agentmem', 'sessions');
  const begun = (path: string) => String(lines(path)[0]?.at);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('.jsonl'))
    .map((f) => join(folder, f))
    .sort((a, b) => (begun(a) < begun(b) ? -1 : 1));
}
const grades = (path?: string) => lines(path).filter((l) => l.type === 'span.outcome_evaluation_end');

const RUBRIC = `rubric: report
description: A report that a director can use.
criteria:
  - id: there
    statement: There is a report in report.md.
    check: { file: report.md, exists: true }
  - id: title
    statement: The report begins with a title.
    check: { file: report.md, matches: "^# " }
  - id: numbers
    statement: It names the fuel that is left.
    check: { json: data.json, at: /fuel, op: ">", value: 10 }
  - id: said
    statement: The final message names the report.
    check: { output: { matches: "report[.]md" } }
`;

describe('agent run --rubric', () => {
  it('revises what was not met, round by round, and ends satisfied', () => {
    put('.agentmem/rubrics/report.yaml', RUBRIC);
    const done = run(
      [
        write('report.md', 'no title\n'),
        write('data.json', '{"fuel": 3}'),
        { text: 'Done: report.md' },
        { ...edit('report.md', 'no title', '# Title'), when: { last_contains: 'title' } },
        { text: 'Done again: report.md' },
        { ...edit('data.json', '3', '30'), when: { last_contains: 'numbers' } },
        { text: 'Now report.md is right.' },
        { text: 'All four are met.' },
      ],
      'Write the report',
      '--rubric',
      'report',
    );
    expect(done).toMatchObject({ code: 0, stdout: 'All four are met.\n' });
    const results = grades().map((g) => g.result);
    expect(results).toEqual(['needs_revision', 'needs_revision', 'satisfied']);
    const unmet = grades().map((g) =>
      (g.criteria as { id: string; verdict: string }[]).filter((c) => c.verdict !== 'met').map((c) => c.id),
    );
    expect(unmet).toEqual([['title', 'numbers'], ['numbers'], []]);
    expect(grades().map((g) => g.iteration)).toEqual([0, 1, 2]);
    expect(home.agent(repo, 'sessions', 'verify').code).toBe(0);
    // What the checks look for is not handed to the worker.
    const told = JSON.stringify(lines().filter((l) => l.type === 'user.message'));
    expect(told).toContain('It names the fuel that is left.');
    expect(told).toContain('[withheld]');
    expect(told).not.toContain('^# ');
  });

  it('ends max_iterations_reached with exit code 1 where the rounds are used up', () => {
    put('.agentmem/rubrics/report.yaml', `${RUBRIC}max_iterations: 1\n`);
    const done = run([{ text: 'Done.' }, { text: 'Nothing is there.' }], 'Write the report', '--rubric', 'report');
    expect(done.code).toBe(1);
    expect(lines().at(-1)).toMatchObject({ stop_reason: 'max_iterations_reached' });
    expect(grades()).toHaveLength(1);
    expect(grades()[0]).toMatchObject({ result: 'max_iterations_reached' });
  });

  it('changes nothing any more after the last grade', () => {
    put('.agentmem/rubrics/report.yaml', `${RUBRIC}max_iterations: 1\n`);
    run([{ text: 'Done.' }, write('report.md', '# Late\n'), { text: 'Too late.' }], 'Write it', '--rubric', 'report');
    expect(existsSync(join(repo, 'report.md'))).toBe(false);
    expect(lines().findLast((l) => l.type === 'agent.tool_result')).toMatchObject({ denied: true });
  });

  it('does not grade a worker that waits for a person', () => {
    put('.agentmem/rubrics/report.yaml', RUBRIC);
    const ask = { tools: [{ name: 'ask', input: { question: 'Which mission?' } }] };
    const done = run([ask, { text: 'x' }], 'Write the report', '--rubric', 'report');
    expect(done.code).toBe(1);
    expect(grades()).toEqual([]);
    expect(lines().at(-1)).toMatchObject({ stop_reason: 'requires_action' });
  });

  it('leaves a judge’s criterion ungraded without a key, with its reason, and never as a pass', () => {
    put(
      '.agentmem/rubrics/report.yaml',
      'rubric: report\ncriteria:\n  - id: plain\n    statement: In plain words.\n    judge: { votes: 1 }\n',
    );
    const done = run([{ text: 'Done.' }], 'Write the report', '--rubric', 'report');
    expect(done.code).toBe(1);
    expect(grades()[0]).toMatchObject({ result: 'ungraded' });
    expect(String(grades()[0]?.reason)).toMatch(/no server|ANTHROPIC/i);
  });
});

describe('agent grade', () => {
  it('grades a stored session later by what it made then, not by what lies there now', () => {
    put('.agentmem/rubrics/report.yaml', RUBRIC);
    run([write('report.md', '# Then\n'), write('data.json', '{"fuel": 30}'), { text: 'report.md' }], 'Write it');
    expect(grades()).toEqual([]);
    put('report.md', 'now it is spoilt\n');
    const graded = home.agent(repo, 'grade', '--rubric', 'report');
    expect(graded.stdout).toMatch(/^satisfied/);
    expect(graded.code).toBe(0);
    expect(grades()).toHaveLength(1);
    // A second time changes nothing, unless asked to.
    home.agent(repo, 'grade', '--rubric', 'report');
    expect(grades()).toHaveLength(1);
    home.agent(repo, 'grade', '--rubric', 'report', '--again');
    expect(grades()).toHaveLength(2);
    expect(home.agent(repo, 'sessions', 'verify').code).toBe(0);
  });

  it('says what to do where a session worked for no rubric', () => {
    run([{ text: 'Hello.' }], 'Say hello');
    const graded = home.agent(repo, 'grade');
    expect(graded.code).toBe(2);
    expect(graded.stderr).toContain('--rubric');
  });

  it('measures the grader against labels, and keeps the result beside the rubric', () => {
    put('.agentmem/rubrics/report.yaml', RUBRIC);
    for (const text of ['report.md is done', 'done']) run([{ text }], `Say ${text}`);
    const ids = transcripts().map((path) => String(lines(path)[0]?.session));
    put(
      'labels.jsonl',
      ids
        .map((session, i) => JSON.stringify({ session, criterion: 'said', verdict: i === 0 ? 'met' : 'not_met' }))
        .join('\n'),
    );
    const done = home.agent(repo, 'grade', '--rubric', 'report', '--calibrate', 'labels.jsonl');
    expect(done.stdout).toMatch(/said +check +2 +100 %/);
    expect(existsSync(join(repo, '.agentmem/rubrics/report.calibration.json'))).toBe(true);
  });
});

describe('many stored sessions', () => {
  it('are graded several at once, stopped and gone on with, each exactly once', () => {
    const sessions = join(repo, '.agentmem', 'sessions', 'undated');
    mkdirSync(sessions, { recursive: true });
    const ids = Array.from({ length: 120 }, (_, i) => `many-${String(i).padStart(3, '0')}`);
    for (const [i, id] of ids.entries()) {
      const events = [
        { id: 'evt_0', type: 'session.created', version: 1, session: id, source: { tool: 'made', id } },
        { id: 'evt_1', type: 'user.message', content: [{ type: 'text', text: 'Do it.' }] },
        { id: 'evt_2', type: 'agent.message', content: [{ type: 'text', text: i % 3 === 0 ? 'report.md' : 'no' }] },
      ];
      writeFileSync(join(sessions, `${id}.jsonl`), events.map((e) => `${JSON.stringify(e)}\n`).join(''));
    }
    put(
      '.agentmem/rubrics/said.yaml',
      'rubric: said\ncriteria:\n  - id: said\n    statement: It names the report.\n    check: { output: { matches: "report[.]md" } }\n',
    );
    // The first fifty stand for what was done before somebody stopped it.
    home.agent(repo, 'grade', '--rubric', 'said', '--sessions', ...ids.slice(0, 50));
    const done = home.agent(repo, 'grade', '--rubric', 'said', '--all', '-j', '8', '--json');
    expect(done.code).toBe(1);
    const all = JSON.parse(done.stdout) as { fresh: boolean; evaluation: { result: string } }[];
    expect(all).toHaveLength(120);
    expect(all.filter((g) => g.fresh)).toHaveLength(70);
    expect(all.filter((g) => g.evaluation.result === 'satisfied')).toHaveLength(40);
    expect(transcripts().every((path) => grades(path).length === 1)).toBe(true);
    expect(home.agent(repo, 'sessions', 'verify').code).toBe(0);
  });
});
