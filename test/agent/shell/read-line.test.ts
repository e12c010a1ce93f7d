// What a line is taken apart into: commands, their words without quotes, files that are written, and doubts.
import { describe, expect, it } from 'vitest';
import { readShellLine } from '../../../src/agent/shell/read-line.ts';

/** Each command as its words with | between them; ~ where it only hands on; what it writes behind >. */
function taken(line: string): string[] {
  return readShellLine(line).parts.map(({ words, assignments, writesTo, handsOn }) =>
    [
      handsOn ? '~' : '',
      [...assignments, ...words].map((word) => word.text).join('|'),
      ...writesTo.map((target) => ` >${target.text}`),
    ].join(''),
  );
}

describe('a line', () => {
  it.each([
    ['', []],
    ['# only a remark', []],
    ['git status', ['git|status']],
    ["g'i't \"a b\" c\\ d $'e\\tf' ''", ['git|a b|c d|e\tf|']],
    ['a;b&&c||d|e&f|&g\nh', ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']],
    ['a $(b `c "$(d)"`) <(e)', ['d', 'c|$(d)', 'b|`c "$(d)"`', 'e', 'a|$(b `c "$(d)"`)|<(e)']],
    ['FOO=1 BAR="x y" cmd', ['FOO=1|BAR=x y|cmd']],
    ['a >x 2>>y </z 3<&0 2>&1 >/dev/null', ['a >x >y']],
    ['if a; then b; elif c; then d; else e; fi > f', ['a', 'b', 'c', 'd', 'e', ' >f']],
    ['while a; do b; done; until c; do d; done', ['a', 'b', 'c', 'd']],
    ['for x in $(a) y; do b; done; for x; do c; done', ['a', 'b', 'c']],
    ['case $x in a|"b)") c;; (d) e;& *) f; esac; g', ['c', 'e', 'f', 'g']],
    ['[[ $(a) == b && ( c || d ) ]] && e', ['a', 'e']],
    ['(a; { b; }) > x', ['a', 'b', ' >x']],
    ['cat <<A <<-"B" | c\n$(d)\nA\n\t$(e)\n\tB\nf', ['cat', 'c', 'd', 'f']],
    [
      'timeout -s KILL 5 env -u X A=1 nice -n 3 git log',
      [
        '~timeout|-s|KILL|5|env|-u|X|A=1|nice|-n|3|git|log',
        '~env|-u|X|A=1|nice|-n|3|git|log',
        '~A=1|nice|-n|3|git|log',
        'A=1|git|log',
      ],
    ],
    ['find . -exec grep x {} + -print', ['find|.|-exec|grep|x|{}|+|-print', 'grep|x|{}']],
    ['xargs -n 1 bash -c \'a "$0"; b\'', ['xargs|-n|1|bash|-c|a "$0"; b', 'bash|-c|a "$0"; b|…', 'a|$0', 'b']],
    ["trap 'a; b' EXIT", ['trap|a; b|EXIT', 'a', 'b']],
    ['eval a \'"b c"\'', ['eval|a|"b c"', 'a|b c']],
    ['command -v git', ['command|-v|git']],
    ['exec > log', ['exec >log']],
    ['/tmp/env git', ['/tmp/env|git', 'git']],
  ] as const)('%s', (line, parts) => {
    expect(taken(line)).toEqual([...parts]);
    expect(readShellLine(line).opaque).toEqual([]);
  });

  it.each([
    ['$x y', 'a command whose name the shell works out'],
    ['f() { a; }', 'a function'],
    ["echo 'a", "a ' without its other half"],
    ['echo $(a', 'a bracket or a case without its end'],
    ['echo $((x))', 'arithmetic with names'],
    ['bash script.sh | bash', 'bash that takes commands from its input'],
    ['env -S "a b"', 'what env runs'],
    ['sudo -X a', 'what sudo runs'],
    ['cat <<E', 'a << without its lines'],
    ['cat <<E\nx', 'a << without its end'],
    ['echo $(cat <<E\nx\nE\na)', 'more after a << inside $( )'],
    ['a\u00a0b', 'a control character or a blank that is none'],
    ['a=(b)', 'an array'],
    ['gi\\\nt', 'a \\ at the end of a line, inside a word'],
  ])('%s is not understood for sure: %s', (line, reason) => {
    expect(readShellLine(line).opaque).toContain(reason);
  });

  it('that bash 5.2 itself misreads is not taken as understood: after a comment it runs what stands in single quotes', () => {
    const line = "x=\"$(a <<'E'\n$(b)\nE\n # x\n( eval c;d '$(e)' ))\"";
    expect(readShellLine(line).opaque).toContain('more after a << inside $( )');
  });

  it('tells whether it changes the folder', () => {
    for (const line of ['cd x; a', '(pushd x)', 'command cd x', 'find . -execdir a ";"'])
      expect(readShellLine(line).moves).toBe(true);
    expect(readShellLine('echo cd').moves).toBe(false);
  });
});
