// Names of MCP tools: what models accept, no two alike, the same from session to session.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAllowed, toolNames, wantsServer } from '../../../src/agent/mcp/tool-names.ts';
import { chooseTools } from '../../../src/agent/tools/table.ts';
import type { Tool } from '../../../src/agent/tools/tool.ts';
import { isToolOf } from '../../../src/domain/tool-name.ts';

const names = (server: string, own: string[]) => [...toolNames(server, own).values()];

describe('the name of a tool', () => {
  it('keeps the server’s own where models accept it', () => {
    expect(names('git', ['search', 'list-all', 'files.read'])).toEqual([
      'mcp__git__search',
      'mcp__git__list-all',
      'mcp__git__files_read',
    ]);
  });

  it('ends in a hash where two would be called alike, and the one that needs no change keeps its own', () => {
    const [dotted, slashed, plain] = names('git', ['files.read', 'files/read', 'files_read']);
    expect(plain).toBe('mcp__git__files_read');
    expect(new Set([dotted, slashed, plain]).size).toBe(3);
    expect(names('git', ['files/read', 'files_read'])[0]).toBe(slashed);
  });

  it('is always one that models accept, for whatever a server sends', () => {
    const own = fc.uniqueArray(fc.oneof(fc.string({ minLength: 1 }), fc.string({ minLength: 50, maxLength: 200 })));
    fc.assert(
      fc.property(own, fc.constantFrom('a', 'a'.repeat(32)), (all, server) => {
        const given = names(server, all);
        expect(given).toHaveLength(all.length);
        for (const name of given) {
          expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
          expect(name.startsWith(`mcp__${server}__`)).toBe(true);
        }
      }),
    );
  });
});

describe('the tools of an agent’s file', () => {
  it('say which servers are needed', () => {
    for (const wanted of [
      undefined,
      ['*'],
      ['mcp__*'],
      ['mcp__git'],
      ['mcp__git__*'],
      ['read', 'mcp__git__search(x)'],
      ['mcp__g*'],
    ])
      expect(wantsServer(wanted, 'git')).toBe(true);
    for (const wanted of [[], ['read'], ['mcp__github__*'], ['mcp__github'], ['sim__*'], ['mcp__gi']])
      expect(wantsServer(wanted, 'git')).toBe(false);
  });

  it('name all tools of a server by the server alone', () => {
    const all = ['read', 'mcp__git__search', 'mcp__github__search'].map(
      (name): Tool => ({ definition: { name, description: name, input_schema: { type: 'object' } }, ...rest }),
    );
    expect(chooseTools(all, ['mcp__git']).tools.map((t) => t.definition.name)).toEqual(['mcp__git__search']);
    expect(chooseTools(all, ['mcp__gitlab']).unknown).toEqual(['mcp__gitlab']);
  });
});

const rest = { readOnly: false, subject: () => undefined, run: async () => ({ content: [] }) };

describe('a rule for a server', () => {
  it('fits its tools and no other server’s', () => {
    expect(isToolOf('mcp__git', 'mcp__git__push')).toBe(true);
    expect(isToolOf('mcp__git__*', 'mcp__git__push')).toBe(true);
    expect(isToolOf('mcp__git', 'mcp__github__push')).toBe(false);
    expect(isToolOf('mcp__git__push', 'mcp__git__push__now')).toBe(false);
  });
});

describe('the allow-list of a server', () => {
  it('is of the server’s own names, with *', () => {
    expect(isAllowed(undefined, 'x')).toBe(true);
    expect(isAllowed(['files.*'], 'files.read')).toBe(true);
    expect(isAllowed(['files.read'], 'files.write')).toBe(false);
    expect(isAllowed([], 'x')).toBe(false);
  });
});
