// The tool `bash`: one command line in a shell of its own, confined where this machine can; keeps nothing from one call to the next.
import { z } from 'zod';
import type { Confiner } from '../../host/sandbox.ts';
import { runShell, type ShellOrder, shellArgv } from '../../host/shell.ts';
import { argumentsOf, define, textSubject } from './arguments.ts';
import { type Backgrounds, backgroundShells, backgroundTools } from './bash-background.ts';
import { shellOutcome } from './shell-outcome.ts';
import { failed, type Tool, type ToolCall, type ToolOutcome } from './tool.ts';

/** Where and how the commands of a session run. */
export interface CommandGround {
  /** Absolute path; every command starts here. */
  workspace: string;
  /** What `cleanEnvironment` gave. */
  env: Record<string, string>;
  confine: Confiner;
  /** What the model is told of the walls around its commands (`wallsInWords`); the same for the whole session. */
  walls: string;
}

/** Characters of output that a model is shown. */
export const MOST_OUTPUT = 30_000;
const DEFAULT_SECONDS = 120;
const MOST_SECONDS = 600;

const schema = z.strictObject({
  command: z
    .string()
    .min(1)
    .regex(/^[^\0]*$/, 'no NUL')
    .describe('The command line.'),
  timeout_seconds: z
    .number()
    .positive()
    .max(MOST_SECONDS)
    .optional()
    .describe(`Ends the command after this time; ${DEFAULT_SECONDS} unless told, at most ${MOST_SECONDS}.`),
  background: z
    .boolean()
    .optional()
    .describe('Return at once and let it run; bash_output and bash_stop take the id that comes back.'),
  description: z.string().max(200).optional().describe('What it does, in a few words, for the person who watches.'),
});
type Input = z.infer<typeof schema>;

const DESCRIPTION =
  'Runs a command line in bash and gives its output, stdout and stderr together. Every call starts in the workspace with a ' +
  'fresh shell: neither cd nor variables carry over, so join what belongs together with &&. Nothing can be typed into it, ' +
  'and what it leaves running ends with it, unless background is true. ' +
  `Of long output the first and the last ${MOST_OUTPUT / 2000},000 characters are shown; send the rest into a file and read that. `;

/** `bash`, `bash_output` and `bash_stop`, which share the commands in the background. */
export function bashTools(ground: CommandGround): Tool[] {
  const backgrounds = backgroundShells();
  const bash: Tool = {
    definition: define('bash', DESCRIPTION + ground.walls, schema),
    readOnly: false,
    subject: textSubject('command', 'command'),
    run: async (call) => {
      const checked = argumentsOf(schema, call.input);
      return 'fault' in checked ? checked.fault : run(ground, backgrounds, checked.value, call);
    },
    close: backgrounds.close,
  };
  return [bash, ...backgroundTools(backgrounds)];
}

async function run(
  ground: CommandGround,
  backgrounds: Backgrounds,
  input: Input,
  call: ToolCall,
): Promise<ToolOutcome> {
  const confined = ground.confine(shellArgv(input.command, ground.env.PATH));
  if (confined.kind === 'refused') return failed(`The command was not run. ${confined.why}`);
  const order: ShellOrder = {
    ...{ argv: confined.argv, inSandbox: confined.inSandbox },
    ...{ cwd: ground.workspace, env: ground.env, maxOutput: MOST_OUTPUT },
  };
  if (input.background === true) return backgrounds.start(order, input.command);
  const seconds = input.timeout_seconds ?? DEFAULT_SECONDS;
  const { signal, progress } = call;
  const { end, text } = await runShell({ ...order, onLine: progress, timeoutMs: seconds * 1000, signal });
  return shellOutcome(end, text, seconds);
}
