// Which tools a session has, and how an agent's file chooses among them.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseTools, openTools } from '../../../src/agent/tools/table.ts';
import { said, type Tool } from '../../../src/agent/tools/tool.ts';
import { works, workspaceWith } from '../workspace.ts';

function named(name: string): Tool {
  const definition = { name, description: '', input_schema: { type: 'object' } };
  return { definition, readOnly: true, subject: () => undefined, run: async () => said('') };
}

const ALL = ['read', 'write', 'edit', 'bash', 'bash_output', 'bash_stop', 'sim__scan', 'sim__land', 'mcp__x__y'].map(
  named,
);
const names = (tools: readonly Tool[]) => tools.map((tool) => tool.definition.name);
const chosen = (...wanted: string[]) => names(chooseTools(ALL, wanted).tools);

describe('openTools', () => {
  it('gives what the settings allow, in a fixed order, with names that the API takes', () => {
    const { root } = workspaceWith();
    const base = { workspace: root, notesFolder: join(root, '.agentmem/notes') };
    expect(names(openTools({ ...base, notesMode: 'none', web: false }))).toEqual([
      'read',
      'write',
      'edit',
      'glob',
      'grep',
      'ask',
    ]);
    const all = openTools({ ...base, notesMode: 'read_write', web: true, more: [named('bash')] });
    expect(names(all)).toEqual(['read', 'write', 'edit', 'glob', 'grep', 'web_fetch', 'notes', 'ask', 'bash']);
    for (const tool of all) expect(tool.definition.name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
  });

  it('lets the tools of a session share what was read, and no other session', async () => {
    const ws = workspaceWith({ 'a.txt': 'x' });
    const open = () =>
      openTools({ workspace: ws.root, notesFolder: join(ws.root, 'n'), notesMode: 'none', web: false });
    const [read, write] = open();
    const [, other] = open();
    if (read === undefined || write === undefined || other === undefined) throw new Error('no tools');
    await works(read, { path: 'a.txt' });
    expect(
      (
        await other.run({
          id: 'e',
          input: { path: 'a.txt', content: 'y' },
          signal: AbortSignal.abort(),
          progress: () => undefined,
        })
      ).isError,
    ).toBe(true);
    await works(write, { path: 'a.txt', content: 'y' });
  });
});

describe('chooseTools', () => {
  it('takes all where nothing is named, and none where an empty list is', () => {
    expect(chooseTools(ALL, undefined).tools).toEqual(ALL);
    expect(chosen()).toEqual([]);
  });

  it('takes names, patterns and the names that Claude Code uses, in the order of the table', () => {
    expect(chosen('write', 'read')).toEqual(['read', 'write']);
    expect(chosen('sim__*')).toEqual(['sim__scan', 'sim__land']);
    expect(chosen('mcp__*')).toEqual(['mcp__x__y']);
    expect(chosen('*')).toEqual(names(ALL));
    expect(chosen('Read', 'MultiEdit')).toEqual(['read', 'edit']);
    expect(chosen('Bash')).toEqual(['bash', 'bash_output', 'bash_stop']);
    expect(chosen('bash')).toEqual(['bash', 'bash_output', 'bash_stop']);
  });

  it('says what no tool fits, and which calls an entry was limited to', () => {
    expect(chooseTools(ALL, ['read', 'WebSearch', 'Glob', 'none__*'])).toMatchObject({
      unknown: ['WebSearch', 'Glob', 'none__*'],
    });
    const { tools, limited, unknown } = chooseTools(ALL, ['Bash(git *)', 'sim__*(x)']);
    expect(names(tools)).toEqual(['bash', 'bash_output', 'bash_stop', 'sim__scan', 'sim__land']);
    expect(limited).toEqual(['bash(git *)', 'sim__scan(x)', 'sim__land(x)']);
    expect(unknown).toEqual([]);
  });

  it('prefers a tool of that very name to what the name means elsewhere', () => {
    expect(names(chooseTools([...ALL, named('Read')], ['Read']).tools)).toEqual(['Read']);
  });
});
