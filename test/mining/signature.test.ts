// Signatures: the line that says what went wrong, found under wrappers, output and stack traces.
import { describe, expect, it } from 'vitest';
import { errorClass, signature, tellingLine } from '../../src/mining/signature.ts';

describe('signature', () => {
  it.each([
    ['<tool_error>Burn is too late. Read the plan first.</tool_error>', 'Burn is too late. Read the plan first.'],
    ['{"error":{"type":"x","message":"Slope 12 is too steep"}}', 'Slope 12 is too steep'],
    ['{"message":"No such site","status":"404"}', 'No such site'],
    ['{"error":"boom and the rest is cut o', 'boom and the rest is cut o'],
    ['[{"type":"text","text":"altitude must be at least 400 m"}]', 'altitude must be at least 400 m'],
    ['API Error: 400 {"error":{"message":"content must not be empty"}}', 'API Error: 400: content must not be empty'],
    ['<html><head><title>502 Bad Gateway</title></head><body>x</body></html>', '502 Bad Gateway'],
    ['Error: "the site is too steep for this drone"', 'Error: the site is too steep for this drone'],
    ['Error: fuel is not enough', 'Error: fuel is not enough'],
    ['Text not found in plan.\nText: Error: fatal exception', 'Text not found in plan.'],
    ['\u001b[31m✗\u001b[0m\n\n----\n  Crew is missing  \n', 'Crew is missing'],
    ['', ''],
    [' \n---\n***\n', ''],
  ])('of %j is %j', (text, expected) => {
    expect(signature(text)).toBe(expected);
  });

  it.each([
    ['Exit code 1\ncloning\nwarning: slow\nfatal: no such branch\ndone', 'Exit code 1: fatal: no such branch'],
    ['Process exited with code 2\nls: cannot open plan', 'Exit code 2: ls: cannot open plan'],
    [
      '{"output":"grep: plan.md: No such file\\n","metadata":{"exit_code":2}}',
      'Exit code 2: grep: plan.md: No such file',
    ],
    ['{"output":"","metadata":{"exit_code":1}}', 'Exit code 1'],
    [
      'Run ID: 7\nWall time: 0.1 seconds\nProcess exited with code 1\nOutput:\n12%\nerror: disk full',
      'Exit code 1: error: disk full',
    ],
    [
      'Command failed with exit code 2\nmake: *** No rule to make target',
      'Exit code 2: make: *** No rule to make target',
    ],
    ['Exit code 1\njust this', 'Exit code 1: just this'],
    ['Exit code 1\none name\nanother name', 'Exit code 1'],
    [
      'Exit code 2\n\n> check\n\na.ts(5,1): error TS2345: bad argument\na.ts(9,1): error TS2322: bad type',
      'Exit code 2: a.ts(5,1): error TS2345: bad argument',
    ],
  ])('puts the status before the telling line of %j', (text, expected) => {
    expect(signature(text)).toBe(expected);
  });

  it('takes the last exception of a Python traceback', () => {
    const text = [
      'Exit code 1',
      'Traceback (most recent call last):',
      '  File "a.py", line 1, in f',
      'KeyError: 1',
      'During handling of the above exception, another exception occurred:',
      'Traceback (most recent call last):',
      '  File "a.py", line 9, in <module>',
      'moon.errors.SlopeError: too steep',
      'see the manual',
    ].join('\n');
    expect(signature(text)).toBe('Exit code 1: moon.errors.SlopeError: too steep');
  });

  it('takes the message of a JavaScript stack, not the source line above it', () => {
    const text =
      'Exit code 1\n/x/a.js:3\n  throw new TypeError("x")\n  ^\n\nTypeError: plan is not a function\n    at f (/x/a.js:3:9)';
    expect(signature(text)).toBe('Exit code 1: TypeError: plan is not a function');
  });

  it('follows a bare label to the line it announces', () => {
    expect(signature('Exit code 1\nfatal error:\n  the index holds other changes')).toBe(
      'Exit code 1: fatal error: the index holds other changes',
    );
  });

  it('holds at most 300 characters and survives any nesting of wrappers', () => {
    expect(signature(`Error: ${'x'.repeat(5000)}`).length).toBe(300);
    expect(signature('{"error":'.repeat(50_000)).length).toBeLessThanOrEqual(300);
    expect(signature(`${'<a_b>'.repeat(20)}lost`)).toContain('lost');
    expect(signature('{"__proto__":{"message":"polluted"},"message":"real"}')).toBe('real');
  });
});

describe('tellingLine', () => {
  it('is a line of the text, without the status', () => {
    expect(tellingLine('Exit code 1\ncloning\nfatal: no such branch\nmore')).toBe('fatal: no such branch');
    expect(tellingLine('Exit code 1')).toBe('');
  });
});

describe('errorClass', () => {
  it.each([
    ['Exit code 1: moon.errors.SlopeError: too steep', 'SlopeError'],
    ['a.ts(5,1): error TS2345: bad argument', 'TS2345'],
    ['Exit code 1: Error: ENOENT: no such file', 'ENOENT'],
    ['Request failed with status code 429', 'HTTP 429'],
    ['duplicate key, SQLSTATE 23505', 'SQLSTATE 23505'],
    ['MCP error -32602: bad input', '-32602'],
    ['Exit code 127: sh: drone: command not found', 'exit 127'],
    ['Error: fuel is not enough', ''],
    ['ERROR: EVERY ENGINE IS EMPTY', ''],
  ])('of %j is %j', (text, expected) => {
    expect(errorClass(text)).toBe(expected);
  });
});
