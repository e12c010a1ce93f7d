// Agent files: what they say, what is refused with file, line and field, and what files of Claude Code come to mean.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { sha256 } from '../../src/base/hash.ts';
import { defaultAgent, listAgents, readAgent } from '../../src/store/agents.ts';
import { type Layout, layoutOf } from '../../src/store/layout.ts';

const BUILT_IN = readFileSync(join(import.meta.dirname, '..', '..', 'templates', 'prompts', 'agent.md'), 'utf8');

let dir = '';
let layout: Layout;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-agents-'));
  layout = layoutOf(join(dir, '.agentmem'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(path: string, text: string): string {
  const full = join(dir, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  return full;
}

const own = (name: string, text: string) => write(`.agentmem/agents/${name}.md`, text);
const foreign = (name: string, text: string) => write(`.claude/agents/${name}.md`, text);

function problemOf(name: string) {
  try {
    readAgent(layout, name);
  } catch (error) {
    if (error instanceof UserError) return error.problem;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('readAgent', () => {
  it('reads all that a file says', () => {
    const text = `---
name: navigator
description: Flies one drone.
model: some-model
effort: high
tools: [read, bash, sim__*]
permissions:
  - allow: sim__*
  - ask: bash(*)
memory: { playbooks: none, notes: read_write }
team: [scout]
budget: { usd: 0.5, turns: 40, minutes: 20 }
rubric: landing
colour: blue
---

You fly one drone.
`;
    own('navigator', text);
    expect(readAgent(layout, 'navigator')).toEqual({
      name: 'navigator',
      description: 'Flies one drone.',
      model: 'some-model',
      effort: 'high',
      tools: ['read', 'bash', 'sim__*'],
      permissions: [{ allow: 'sim__*' }, { ask: 'bash(*)' }],
      memory: { playbooks: 'none', notes: 'read_write' },
      team: ['scout'],
      workspace: 'shared',
      critics: [],
      budget: { usd: 0.5, turns: 40, minutes: 20 },
      rubric: 'landing',
      colour: 'blue',
      prompt: 'You fly one drone.',
      sha256: sha256(text),
      from: 'agents/navigator.md',
      notes: [],
    });
  });

  it('needs no front matter: the file’s name is the agent’s', () => {
    own('plain', 'You sweep.\r\nSlowly.\r\n');
    expect(readAgent(layout, 'plain')).toMatchObject({
      name: 'plain',
      model: 'inherit',
      memory: { playbooks: 'auto', notes: 'read_only' },
      prompt: 'You sweep.\nSlowly.',
    });
  });

  it('names file, line and field of a value that does not fit', () => {
    const path = own('a', '---\nname: a\nbudget:\n  usd: cheap\n---\nx\n');
    expect(problemOf('a')).toMatchObject({ where: `${path}:4` });
    expect(problemOf('a').what).toContain('budget.usd');
  });

  it('keeps keys that it does not know, and takes a near miss for a mistake', () => {
    own('a', '---\nowner: teahouse\n---\nx\n');
    expect(readAgent(layout, 'a')).toMatchObject({ owner: 'teahouse' });
    const path = own('b', '---\nname: b\npermisions: []\n---\nx\n');
    expect(problemOf('b')).toEqual({
      what: 'This agent is not valid: unknown key permisions.',
      where: `${path}:3`,
      hint: 'did you mean permissions?',
    });
    own('c', '---\nbudget: { usdd: 1 }\n---\nx\n');
    expect(problemOf('c').hint).toBe('did you mean usd?');
  });

  it('says all that is wrong at once, rules included', () => {
    own('a', '---\nname: b\nmodle: x\npermissions:\n  - allow: "rm -rf"\n  - allows: bash\n---\nx\n');
    const { what } = problemOf('a');
    expect(what).toContain('a.md has 4 problems');
    expect(what).toContain('line 2: name: it says b, and the file is called a.md');
    expect(what).toContain('line 3: unknown key modle (did you mean model?)');
    expect(what).toMatch(/line 5: permissions\.0\.allow: a tool name/);
    expect(what).toContain('line 6: permissions.1: needs exactly one of allow, ask, deny');
  });

  it('says which agents there are where none has that name', () => {
    own('navigator', 'x');
    expect(problemOf('navigater')).toEqual({
      what: 'there is no agent named navigater',
      where: join(layout.agents, 'navigater.md'),
      hint: 'did you mean navigator?',
    });
    expect(problemOf('zzzzzzzzzzzz').hint).toBe('there are: navigator');
  });

  it.each(['../config', 'a/b', '..', '.hidden', 'A', '', 'x\0y', 'a.md', 'x'.repeat(80)])(
    'takes %j for no name and opens nothing',
    (name) => {
      write('.agentmem/config.md', 'stolen');
      expect(problemOf(name).what).toContain('is no name of an agent');
    },
  );

  it('follows no link and reads no folder', () => {
    const secret = write('secret.md', 'the key');
    mkdirSync(join(layout.agents, 'folder.md'), { recursive: true });
    symlinkSync(secret, join(layout.agents, 'link.md'));
    expect(problemOf('link').what).toContain('plain file');
    expect(problemOf('folder').what).toContain('plain file');
    expect(listAgents(layout).agents).toEqual([]);
  });

  it('reads no file over 256 KB', () => {
    own('big', 'x'.repeat(300_000));
    expect(problemOf('big').what).toContain('256 KB');
  });

  it('runs nothing that stands in front matter', () => {
    own('evil', '---js\n{ name: "evil" }\n---\nx\n');
    expect(problemOf('evil').where).toContain('evil.md:1');
  });
});

describe('files of Claude Code', () => {
  const TEXT = `---
name: reviewer
description: Use when code was written. Examples: <example>Context: a change</example>
tools: Read, Grep, Agent(worker, researcher), Bash(git diff *)
disallowedTools: Write, WebFetch, Bash(rm *)
model: sonnet
maxTurns: 12
permissionMode: bypassPermissions
memory: project
color: purple
---

You review.
`;

  it('are accepted as they are, and never allow more than they did', () => {
    foreign('reviewer', TEXT);
    const agent = readAgent(layout, 'reviewer');
    expect(agent).toMatchObject({
      name: 'reviewer',
      from: '.claude/agents/reviewer.md',
      description: 'Use when code was written. Examples: <example>Context: a change</example>',
      tools: ['Read', 'Grep', 'Agent(worker, researcher)', 'Bash(git diff *)'],
      permissions: [{ deny: 'write' }, { deny: 'web_fetch' }, { deny: 'bash(rm *)' }],
      model: 'inherit',
      budget: { turns: 12 },
      memory: { playbooks: 'auto', notes: 'read_only' },
      prompt: 'You review.',
    });
    expect(agent.notes.join('\n')).toMatch(/sonnet[\s\S]*permissionMode is not used here/);
  });

  it('can be copied to agents/ and gain what is ours', () => {
    own(
      'reviewer',
      TEXT.replace('description: Use', 'description: Used')
        .replace('Examples:', 'Examples')
        .replace('Context:', 'Context')
        .replace('color: purple', 'permissions:\n  - allow: bash(git *)\nbudget: { usd: 1 }'),
    );
    expect(readAgent(layout, 'reviewer')).toMatchObject({
      from: 'agents/reviewer.md',
      permissions: [{ deny: 'write' }, { deny: 'web_fetch' }, { deny: 'bash(rm *)' }, { allow: 'bash(git *)' }],
      budget: { usd: 1, turns: 12 },
    });
  });

  it('cannot set permissions, budgets or notes of ours: nobody wrote them for us', () => {
    foreign('x', '---\nname: x\npermissions:\n  - allow: "bash(*)"\nmemory: { notes: read_write }\n---\nx\n');
    expect(readAgent(layout, 'x')).toMatchObject({ permissions: [], memory: { notes: 'read_only' } });
  });

  it('stand behind a file of ours with the same name', () => {
    foreign('x', 'theirs');
    own('x', 'ours');
    expect(readAgent(layout, 'x').prompt).toBe('ours');
  });

  it('are looked for in the project that is named', () => {
    write('elsewhere/.claude/agents/x.md', 'x');
    expect(readAgent(layout, 'x', { project: join(dir, 'elsewhere') }).from).toBe('.claude/agents/x.md');
    expect(() => readAgent(layout, 'x')).toThrow(UserError);
  });

  it('never become the default agent by their name alone', () => {
    foreign('default', 'theirs');
    expect(readAgent(layout, 'default', { builtIn: BUILT_IN }).from).toBe('built in');
    expect(listAgents(layout, { builtIn: BUILT_IN }).agents.map((a) => a.from)).toEqual(['built in']);
  });
});

describe('the agent that ships', () => {
  it('is a valid file, works with every tool and knows its hash', () => {
    const agent = defaultAgent(BUILT_IN);
    expect(agent).toMatchObject({ name: 'default', from: 'built in', sha256: sha256(BUILT_IN), permissions: [] });
    expect(agent.tools).toBeUndefined();
    expect(agent.prompt).toMatch(/^You are/);
    expect(agent.prompt.length).toBeLessThan(4_000);
  });

  it('gives way to agents/default.md', () => {
    expect(readAgent(layout, 'default', { builtIn: BUILT_IN }).from).toBe('built in');
    own('default', BUILT_IN);
    const laidOut = readAgent(layout, 'default', { builtIn: BUILT_IN });
    expect(laidOut.from).toBe('agents/default.md');
    expect(laidOut.sha256).toBe(defaultAgent(BUILT_IN).sha256);
  });
});

describe('listAgents', () => {
  it('lists all of them by name, with the broken ones and the reason', () => {
    own('b', 'x');
    foreign('a', 'x');
    own('c', '---\nmodel: 3\n---\nx');
    own('README.txt', 'x');
    const { agents, broken } = listAgents(layout, { builtIn: BUILT_IN });
    expect(agents.map((a) => [a.name, a.from])).toEqual([
      ['a', '.claude/agents/a.md'],
      ['b', 'agents/b.md'],
      ['default', 'built in'],
    ]);
    expect(broken).toHaveLength(1);
    expect(broken[0]?.from).toContain('c.md:2');
    expect(broken[0]?.reason).toContain('model');
  });

  it('finds none where no folder is there', () => {
    expect(listAgents(layout)).toEqual({ agents: [], broken: [] });
  });
});
