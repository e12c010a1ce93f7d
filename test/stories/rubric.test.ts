// Rubrics through the real command: a new one, its faults with their lines, its verdicts on stored sessions, and what trust it needs.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, makeHome } from '../support/agent.ts';

let home: Home;
beforeAll(() => {
  home = makeHome();
});
afterAll(() => home.remove());

const rubricFile = (repo: string, name: string) => join(repo, '.agentmem', 'rubrics', `${name}.yaml`);
function writeRubric(repo: string, name: string, criteria: string): void {
  mkdirSync(join(repo, '.agentmem', 'rubrics'), { recursive: true });
  writeFileSync(rubricFile(repo, name), `rubric: ${name}\ncriteria:\n${criteria}`);
}

/** A stored session with a label, in which these tools were called. */
function session(repo: string, id: string, outcome: 'pass' | 'fail', tools: string[], message: string): void {
  const folder = join(repo, '.agentmem', 'sessions', 'undated');
  mkdirSync(folder, { recursive: true });
  const lines: object[] = [
    { id: 'evt_0', type: 'session.created', version: 1, session: id, source: { tool: 'made', id }, label: { outcome } },
    { id: 'evt_1', type: 'user.message', content: [{ type: 'text', text: 'Land.' }] },
  ];
  tools.forEach((name, i) => {
    lines.push({ id: `evt_u${i}`, type: 'agent.tool_use', name, input: {} });
    lines.push({ id: `evt_r${i}`, type: 'agent.tool_result', tool_use_id: `evt_u${i}`, content: [] });
  });
  lines.push({ id: 'evt_9', type: 'agent.message', content: [{ type: 'text', text: message }] });
  writeFileSync(join(folder, `${id}.jsonl`), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

describe('agent rubric new', () => {
  it('writes a template under the name, which lint finds sound, and overwrites nothing', () => {
    const repo = home.memory('new');
    for (const template of ['code-change', 'report', 'data'])
      expect(home.agent(repo, 'rubric', 'new', `my-${template}`, '--template', template).code).toBe(0);
    expect(readFileSync(rubricFile(repo, 'my-data'), 'utf8')).toMatch(/^rubric: my-data$/m);
    const lint = home.agent(repo, 'rubric', 'lint');
    expect(lint.stdout).toContain('3 rubrics are sound');
    expect(lint.code).toBe(0);
    const again = home.agent(repo, 'rubric', 'new', 'my-data');
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('exists already')]);
    expect(home.agent(repo, 'rubric', 'new', 'x', '--template', 'dat').stderr).toContain('did you mean data?');
    expect(home.agent(repo, 'rubric', 'new', '../x').code).toBe(2);
  });

  it('says that drafting from a file needs a model, and leaves no file behind', () => {
    const repo = home.memory('draft');
    writeFileSync(join(repo, 'good.md'), '# Report\nAll 9 sites are done.\n');
    const { code, stderr } = home.agent(repo, 'rubric', 'new', 'weekly', '--from', 'good.md');
    expect(code).toBe(2);
    expect(stderr).toContain('drafting criteria needs a model');
    expect(existsSync(rubricFile(repo, 'weekly'))).toBe(false);
  });
});

describe('agent rubric list, show, lint, schema', () => {
  it('show what is there, and name what is wrong with file and line', () => {
    const repo = home.memory('wrong');
    expect(home.agent(repo, 'rubric', 'list').stdout).toContain('no rubric yet');
    writeRubric(
      repo,
      'landing',
      '  - {id: a, statement: It is good., judge: {}}\n  - {id: b, statement: Is there., check: {file: ../x}}\n',
    );
    writeRubric(repo, 'broken', '  - {id: a, statement: It is., check: {tol: read}}\n');
    const list = home.agent(repo, 'rubric', 'list');
    expect(list.code).toBe(1);
    expect(list.stdout).toContain('landing');
    expect(list.stdout).toContain('broken.yaml:3');
    const lint = home.agent(repo, 'rubric', 'lint');
    expect(lint.code).toBe(1);
    expect(lint.stdout).toContain('rubrics/landing.yaml:3: a: “good” measures nothing');
    expect(lint.stdout).toContain('rubrics/landing.yaml:4: b: ../x lies outside the artefacts');
    expect(lint.stdout).toContain('nothing can pass: b is required');
    expect(home.json(repo, 'rubric', 'show', 'landing', '--json')).toMatchObject({
      rubric: 'landing',
      max_iterations: 3,
    });
    const missing = home.agent(repo, 'rubric', 'lint', 'landin');
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('did you mean landing?')]);
    expect(home.json(repo, 'rubric', 'schema')).toHaveProperty('properties.criteria');
  });
});

describe('agent rubric test', () => {
  it('shows verdicts on stored sessions beside their outcomes, and writes nothing into them', () => {
    const repo = home.memory('tested');
    session(repo, 's-good', 'pass', ['scan', 'land'], 'Landed, site 4.');
    session(repo, 's-bad', 'fail', ['land'], 'Landed, site 4.');
    session(repo, 's-odd', 'fail', ['scan', 'land'], 'Landed, site 7.');
    writeRubric(
      repo,
      'landing',
      '  - {id: scanned, statement: It scanned first., check: {tool: scan, before: land}}\n',
    );
    const before = readFileSync(join(repo, '.agentmem', 'sessions', 'undated', 's-odd.jsonl'), 'utf8');
    const told = home.json<{ agreement: object; sessions: { session: string; verdict: string }[] }>(
      repo,
      ...['rubric', 'test', 'landing', '--json'],
    );
    expect(told.agreement).toMatchObject({ sessions: 3, compared: 3, agreed: 2, false_passes: 1, false_fails: 0 });
    expect(Object.fromEntries(told.sessions.map((s) => [s.session, s.verdict]))).toEqual({
      's-good': 'pass',
      's-bad': 'fail',
      's-odd': 'pass',
    });
    expect(home.agent(repo, 'rubric', 'test', 'landing').stdout).toContain('agrees with 2 of 3 outcomes');
    expect(home.agent(repo, 'rubric', 'test', 'landing').code).toBe(1);
    expect(home.agent(repo, 'rubric', 'test', 'landing', 's-good', 's-bad').code).toBe(0);
    expect(readFileSync(join(repo, '.agentmem', 'sessions', 'undated', 's-odd.jsonl'), 'utf8')).toBe(before);
  });

  it('leaves judge criteria open, which is never a pass', () => {
    const repo = home.memory('judged');
    session(repo, 's-good', 'pass', [], 'Landed.');
    writeRubric(repo, 'landing', '  - {id: told, statement: It names the site., judge: {}}\n');
    expect(home.json(repo, 'rubric', 'test', 'landing', '--json')).toMatchObject({
      agreement: { compared: 0 },
      sessions: [{ verdict: null, result: 'ungraded', criteria: [{ verdict: 'cannot_tell' }] }],
    });
  });

  it('runs a command of a rubric only after agent trust, and never again once the rubric has changed', () => {
    const repo = home.memory('trusted');
    session(repo, 's-good', 'pass', [], 'Landed.');
    const criteria = (command: string) =>
      `  - {id: ran, statement: It ran., check: {run: ${JSON.stringify(command)}}}\n`;
    writeRubric(repo, 'landing', criteria('touch ran; grep -q Landed "$SESSION_FILE"'));
    const verdict = () =>
      home.json<{ sessions: { criteria: object[] }[] }>(repo, 'rubric', 'test', 'landing', '--json').sessions[0]
        ?.criteria[0];
    expect(verdict()).toMatchObject({ verdict: 'cannot_tell', reason: expect.stringContaining('agent trust') });
    expect(existsSync(join(repo, 'ran'))).toBe(false);
    const shown = home.agent(repo, 'trust', '--show');
    expect(shown.code).toBe(1);
    expect(shown.stdout).toContain('rubrics/landing.yaml ran');
    expect(home.agent(repo, 'trust').code).toBe(0);
    expect(verdict()).toMatchObject({ verdict: 'met', reason: 'exit code 0' });
    expect(existsSync(join(repo, 'ran'))).toBe(true);
    writeRubric(repo, 'landing', criteria('touch ran-changed'));
    expect(verdict()).toMatchObject({ verdict: 'cannot_tell' });
    expect(existsSync(join(repo, 'ran-changed'))).toBe(false);
  });
});

describe('agent trust', () => {
  it('shows the rules that allow as well, byte by byte', () => {
    const repo = home.memory('allowing');
    writeFileSync(
      join(repo, '.agentmem', 'agents', 'sly.md'),
      '---\nname: sly\npermissions:\n  - allow: "bash(*\\u202E)"\n---\nYou work.\n',
    );
    const { code, stdout } = home.agent(repo, 'trust', '--show');
    expect(code).toBe(1);
    expect(stdout).toContain('agents/sly.md  allow "bash(*\\u202e)"');
    expect(home.agent(repo, 'trust').code).toBe(0);
    expect(home.agent(repo, 'trust', '--show').code).toBe(0);
  });
});
