// `agent permissions`: which rule would decide a call, and the rules in force; asks nobody, runs nothing, changes nothing.

import { placeRules } from '../agent/permission-rules.ts';
import { decide } from '../agent/permissions.ts';
import type { ToolSubject } from '../agent/tools/tool.ts';
import { UserError } from '../base/errors.ts';
import type { PlacedRule } from '../domain/permission.ts';
import { ownToolName } from '../domain/tool-name.ts';
import { readAgent } from '../store/agents.ts';
import { isTrusted } from '../store/trust.ts';
import { agentTemplate } from '../workspace.ts';
import { visible } from './ask-permission.ts';
import type { CommandContext, Define } from './context.ts';
import { collect } from './flag-values.ts';
import { trustRequest } from './nightly.ts';

interface Flags {
  agent?: string;
  allow?: string[];
  deny?: string[];
  json?: boolean;
}

const ALLOW = ['--allow <pattern>', 'as if `agent run` had been given this flag; may be repeated', collect] as const;
const DENY = ['--deny <pattern>', 'as if `agent run` had been given this flag; may be repeated', collect] as const;
const AGENT = ['--agent <name>', 'with the rules of agents/<name>.md', 'default'] as const;

const TEST_EXAMPLES = `
Examples:
  $ agent permissions test 'bash(git push --force)'
  $ agent permissions test 'bash(git status && npm test)' --allow 'bash(git *)' --allow 'bash(npm test *)'
  $ agent permissions test 'write(src/app.ts)' --agent navigator

Exit code 0 if the call is allowed, 1 if it is denied or a person is asked (without a terminal that is a no).
A shell line is judged command by command, and the strictest verdict counts; a redirection into a file needs a rule for
write(path) too. Arguments are compared as text and not understood. A line that can't be read for sure (a computed command
name, arithmetic with variables, functions) is allowed by bash(*) only, and not where a rule before it denies or asks.`;

const LIST_EXAMPLES = `
Examples:
  $ agent permissions list
  $ agent permissions list --agent navigator --json

First match wins: flags, answers for the session, the agent's file, config.yaml, built in; what no rule fits is asked.
In brackets * is any text, in paths one segment and ** any number of them; git * is also git alone.`;

export const define: Define = (command, bind) => {
  command
    .command('test <call>')
    .description('which rule decides a call, and about which part of it')
    .option(...AGENT)
    .option(...ALLOW)
    .option(...DENY)
    .option('--json', 'print the decision as JSON')
    .addHelpText('after', TEST_EXAMPLES)
    .action(bind(test));
  command
    .command('list')
    .description('the rules in force, in the order in which they are tried')
    .option(...AGENT)
    .option(...ALLOW)
    .option(...DENY)
    .option('--json', 'print the rules as JSON')
    .addHelpText('after', LIST_EXAMPLES)
    .action(bind(list));
};

async function test(context: CommandContext, written: string, flags: Flags): Promise<number> {
  const { print } = context;
  const call = callOf(written);
  const decided = decide(await rulesOf(context, flags), call);
  context.stop();
  if (flags.json) print.json({ ...call, ...decided });
  else {
    const { verdict, rule, part, reason } = decided;
    const color = verdict === 'allow' ? print.paint.green : verdict === 'deny' ? print.paint.red : print.paint.yellow;
    print.line(`${color(verdict)}  ${visible(reason)}`);
    if (rule !== undefined) print.line(`  rule  ${rule.verdict} ${visible(rule.pattern)}  from ${visible(rule.from)}`);
    if (part !== undefined && part !== call.subject?.value) print.line(`  part  ${visible(part)}`);
    if (verdict === 'ask') print.line(print.paint.dim('  where nobody can be asked, the answer is no'));
  }
  print.next('next: agent permissions list');
  return decided.verdict === 'allow' ? 0 : 1;
}

async function list(context: CommandContext, flags: Flags): Promise<number> {
  const { print } = context;
  const rules = await rulesOf(context, flags);
  context.stop();
  if (flags.json) print.json(rules);
  else {
    print.table(
      ['verdict', 'pattern', 'from'],
      rules.map(({ verdict, pattern, from }) => [verdict, visible(pattern), visible(from)]),
    );
    print.line(print.paint.dim('anything else is asked'));
  }
  print.next("next: agent permissions test 'bash(git push)'");
  return 0;
}

// As `agent run` puts them together, but for answers that only a running session has.
async function rulesOf(context: CommandContext, { agent = 'default', allow, deny }: Flags): Promise<PlacedRule[]> {
  const { layout, settings, repo } = await context.open();
  const found = readAgent(layout, agent, { project: repo.root, builtIn: agentTemplate() });
  const trusted = isTrusted(trustRequest(context.world, layout));
  return placeRules({ cli: { allow, deny }, agent: found, settings: settings.permissions, trusted });
}

// What each of our tools is about; a tool that is not named here is about its text.
const SUBJECTS = new Map<string, ToolSubject['kind']>([
  ['bash', 'command'],
  ...['read', 'write', 'edit', 'glob', 'grep'].map((tool) => [tool, 'path'] as const),
]);

function callOf(written: string): { tool: string; subject?: ToolSubject } {
  const match = /^([A-Za-z0-9_-]{1,64})(?:\(([\s\S]*)\))?$/.exec(written.trim());
  if (match === null) {
    throw new UserError({
      what: `${JSON.stringify(written.slice(0, 100))} is no call of a tool`,
      hint: "a tool's name, and in brackets what it is about, for example 'bash(git push --force)'",
    });
  }
  const [, name = '', value] = match;
  const tool = ownToolName(name);
  if (value === undefined) return { tool };
  return { tool, subject: { kind: SUBJECTS.get(tool) ?? 'text', value } };
}
