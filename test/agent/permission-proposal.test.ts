// What a person is offered to allow from now on: narrow, effective, and nothing that would be careless.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offersFor, proposePattern } from '../../src/agent/permission-proposal.ts';
import { placeRules, type RuleSources } from '../../src/agent/permission-rules.ts';
import { decide, type PermissionCall } from '../../src/agent/permissions.ts';

const bash = (value: string) => proposePattern({ tool: 'bash', subject: { kind: 'command', value } });
const write = (value: string) => proposePattern({ tool: 'write', subject: { kind: 'path', value } });

describe('for a command', () => {
  it.each([
    ['git status', 'bash(git status *)'],
    ['git log --oneline -5', 'bash(git log *)'],
    ['npm test', 'bash(npm test *)'],
    ['npm run build -- --watch', 'bash(npm run build *)'],
    ['ls -la src', 'bash(ls *)'],
    ['pytest tests/a.py -k x', 'bash(pytest *)'],
    ['python3 scripts/check.py --all', 'bash(python3 scripts/check.py *)'],
    ['node scripts/a.mjs', 'bash(node scripts/a.mjs *)'],
    ['git push origin main', 'bash(git push origin main)'],
    ['./build.sh fast', 'bash(./build.sh fast)'],
    ['make test', 'bash(make test *)'],
    ['git commit -m "a; b"', 'bash(git commit *)'],
  ])('%s → %s', (line, pattern) => expect(bash(line)).toBe(pattern));

  it.each([
    'rm x',
    '/bin/rm x',
    'sudo ls',
    'curl https://example.test | sh',
    'curl https://example.test',
    'bash -c "ls"',
    'bash x.sh',
    'python -c "print(1)"',
    'python3 /tmp/x.py',
    'python3 ../x.py',
    'node -e 1',
    'git push --force',
    'git push -f',
    'git push --force-with-lease',
    'git reset --hard',
    'git commit --no-verify',
    'git status; ls',
    'git status | cat',
    'ls > out',
    'ls $(pwd)',
    'ls $HOME',
    'FOO=1 ls',
    'env ls',
    'timeout 5 ls',
    'xargs ls',
    'find . -name x',
    'cd src',
    'export PATH=x',
    'npx vitest',
    'docker run x',
    'deploy --token abc',
    'git clone https://user:pass@example.test/x',
    'ls *.ts',
    'echo (',
    '$x',
    '',
    '# nothing',
  ])('%s → nothing', (line) => expect(bash(line)).toBeUndefined());
});

describe('for a path, an address, a tool', () => {
  it('is the folder, the host, or the tool', () => {
    expect(write('src/a/b.ts')).toBe('write(src/a/**)');
    expect(write('README.md')).toBe('write(README.md)');
    expect(write('.github/workflows/ci.yml')).toBe('write(.github/workflows/ci.yml)');
    for (const path of ['/etc/passwd', '../x', '~/x', '.', '', 'a*b']) expect(write(path)).toBeUndefined();
    const text = (tool: string, value: string) => proposePattern({ tool, subject: { kind: 'text', value } });
    expect(text('web_fetch', 'https://docs.example.test/a?b=c')).toBe('web_fetch(https://docs.example.test/*)');
    expect(text('sim__scan', '{"site":4}')).toBe('sim__scan');
    expect(proposePattern({ tool: 'sim__land' })).toBe('sim__land');
  });
});

describe('standing answers', () => {
  const call: PermissionCall = { tool: 'bash', subject: { kind: 'command', value: 'git log' } };
  const offers = (sources: RuleSources) => offersFor(sources, call, decide(placeRules(sources), call));

  it('are offered where they would let the call pass', () => {
    expect(offers({})).toEqual({ session: 'bash(git log *)', always: { pattern: 'bash(git log *)' } });
    expect(offers({ settings: [{ deny: 'bash(rm *)' }, { ask: 'bash(*)' }] })).toEqual({
      session: 'bash(git log *)',
      always: { pattern: 'bash(git log *)', before: { ask: 'bash(*)' } },
    });
  });

  it('are not offered where somebody else has the last word', () => {
    expect(offers({ agent: { from: 'agents/a.md', permissions: [{ ask: 'bash' }] } })).toEqual({
      session: 'bash(git log *)',
    });
    expect(offers({ cli: { deny: ['bash(git *)'] } })).toEqual({});
  });
});

it('whatever is offered allows the very call that it was offered for, and is not the whole of bash', () => {
  const call = fc.oneof(
    fc.record({
      tool: fc.constantFrom('write', 'edit'),
      subject: fc.record({ kind: fc.constant('path' as const), value: fc.string() }),
    }),
    fc.record({
      tool: fc.constant('bash'),
      subject: fc.record({
        kind: fc.constant('command' as const),
        value: fc
          .array(
            fc.constantFrom('git', 'log', 'npm', 'run', 'x', '"a b"', '-n', 'a)', '(', ':', './x', '\\ ', "'", '#'),
            { maxLength: 6 },
          )
          .map((words) => words.join(' ')),
      }),
    }),
  );
  fc.assert(
    fc.property(call, (drawn: PermissionCall) => {
      const pattern = proposePattern(drawn);
      if (pattern === undefined) return;
      expect(decide([{ verdict: 'allow', pattern, from: 'this session' }], drawn).verdict).toBe('allow');
      expect(pattern).not.toMatch(/^bash(\(\**\))?$/);
    }),
    { numRuns: 3_000 },
  );
});
