// A person at a real terminal gives or refuses permission and answers what the agent asks.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Home, makeHome } from '../support/agent.ts';
import { noTerminal, typeAt } from '../support/terminal.ts';

let home: Home;
let repo: string;
beforeEach(() => {
  home = makeHome();
  repo = home.memory('work');
  writeFileSync(
    join(repo, 'make.mjs'),
    "import { writeFileSync } from 'node:fs';\nwriteFileSync(process.argv[2], '');\n",
  );
});
afterEach(() => home.remove());

const type = (turns: unknown[], steps: [string, string][], ...more: string[]) => {
  writeFileSync(join(repo, 'script.json'), JSON.stringify(turns));
  const args = ['run', 'Do it', '--model', 'scripted:script.json', ...more];
  return typeAt(repo, args, steps, { HOME: home.dir });
};
const touch = (name: string) => ({ tools: [{ name: 'bash', input: { command: `node make.mjs ${name}` } }] });
const made = (name: string) => existsSync(join(repo, name));

describe.skipIf(noTerminal !== undefined)(`a run at a terminal (${noTerminal ?? 'python3 pty'})`, () => {
  it('asks before a call that no rule allows; y allows it once', () => {
    const typed = type(
      [touch('a'), touch('b'), { text: 'Ended.' }],
      [
        ['May the agent use bash?', 'y'],
        ['May the agent use bash?', 'n'],
      ],
    );
    expect(typed).toMatchObject({ code: 0, missing: null, restored: true });
    expect([made('a'), made('b')]).toEqual([true, false]);
  });

  it('tells the model why a person said no', () => {
    const turns = [touch('a'), { text: 'As you wish.', when: { tool_result_contains: 'use mkdir' } }];
    const typed = type(turns, [
      ['May the agent use bash?', 'r'],
      ['instead?', 'use mkdir\r'],
    ]);
    expect(typed).toMatchObject({ code: 0, missing: null });
    expect(typed.output).toContain('As you wish.');
  });

  it('remembers an answer for the session, and writes it into config.yaml only when told always', () => {
    const config = () => readFileSync(join(repo, '.agentmem', 'config.yaml'), 'utf8');
    const before = config();
    expect(type([touch('a'), touch('b'), { text: 'Ended.' }], [['May the agent use bash?', 's']])).toMatchObject({
      code: 0,
    });
    expect([made('a'), made('b')]).toEqual([true, true]);
    expect(config()).toBe(before);
    expect(type([touch('c'), touch('d'), { text: 'Ended.' }], [['May the agent use bash?', 'a']])).toMatchObject({
      code: 0,
    });
    expect([made('c'), made('d')]).toEqual([true, true]);
    expect(config()).toMatch(/- allow: ["']?bash\(node make\.mjs \*\)/);
    // The person's own answer needs no further trust: the next run does not ask.
    expect(type([touch('e'), { text: 'Ended.' }], [])).toMatchObject({ code: 0 });
    expect(made('e')).toBe(true);
  });

  it('q stops the run, which can be resumed', () => {
    expect(type([touch('a'), { text: 'Ended.' }], [['May the agent use bash?', 'q']])).toMatchObject({ code: 130 });
    expect(home.agent(repo, 'run', '--resume', 'last', '--model', 'scripted:script.json')).toMatchObject({
      code: 0,
      stdout: 'Ended.\n',
    });
    expect(made('a')).toBe(false);
  });

  it('puts the agent’s question to the person and hands over the answer', () => {
    const turns = [
      { tools: [{ name: 'ask', input: { question: 'Which colour?', options: ['red', 'blue'] } }] },
      { text: 'Blue it is.', when: { tool_result_contains: 'blue' } },
    ];
    const typed = type(turns, [['Which colour?', '2\r']]);
    expect(typed).toMatchObject({ code: 0, missing: null });
    expect(typed.output).toContain('Blue it is.');
  });
});
