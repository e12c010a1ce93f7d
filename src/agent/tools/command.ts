// Tools that are commands of the configuration: JSON in, JSON or text out; none runs that was not trusted, and no call runs twice.

import { parsedJson } from '../../base/json.ts';
import { clip, safeForTerminal } from '../../base/text.ts';
import type { CommandTool } from '../../domain/run-settings.ts';
import { plainOutput } from '../../host/kept-output.ts';
import { type LineAnswer, type LineServer, lineServer } from '../../host/line-server.ts';
import { type OneAnswer, oneAnswer, type Program } from '../../host/one-answer.ts';
import type { GroupEnd } from '../../host/process-group.ts';
import { deeperThan } from '../../store/shape.ts';
import { argumentFaults } from './argument-faults.ts';
import { type CommandGround, MOST_OUTPUT } from './bash.ts';
import { endNote } from './shell-outcome.ts';
import { failed, said, type Tool, type ToolCall, type ToolOutcome } from './tool.ts';

const MOST_ANSWER = 10_000_000; // bytes
const MOST_LEVELS = 100;
const NOT_TRUSTED =
  'This tool was not run: its command comes with the configuration, and nobody has trusted it on this machine. A person can read it with `agent trust --show` and allow it with `agent trust`.';

/**
 * The tools of the configuration. `allowed` says whether a person has trusted this very command. What a command answers is
 * JSON, or else text; an object of nothing but `error` with a text is a failure that the tool tells of itself.
 * Tools that serve and name the same command share one process, which is told which of them is called: a line is then
 * `{"tool": name, "input": arguments}` instead of the arguments alone.
 */
export function commandTools(
  tools: readonly CommandTool[],
  ground: CommandGround,
  allowed: (command: string) => boolean,
): Tool[] {
  const serving = tools.filter((tool) => tool.serve);
  const servers = new Map(serving.map(({ command }) => [command, lineServer(MOST_ANSWER)]));
  const shared = (tool: CommandTool) => serving.some((t) => t !== tool && t.command === tool.command);
  return tools.map((tool) =>
    commandTool(tool, ground, allowed(tool.command), {
      server: tool.serve ? servers.get(tool.command) : undefined,
      shared: shared(tool),
    }),
  );
}

/** The process of a tool that serves, and whether other tools have the same. */
interface Served {
  server: LineServer | undefined;
  shared: boolean;
}

function commandTool(settings: CommandTool, ground: CommandGround, allowed: boolean, { server, shared }: Served): Tool {
  const { name, description, schema, read_only, command } = settings;
  const answer = server === undefined ? once(settings) : asking(settings, server, shared);
  return {
    definition: { name, description, input_schema: { ...schema, type: 'object' } },
    readOnly: read_only,
    subject: (input) => ({ kind: 'text', value: JSON.stringify(input) }),
    run: async (call) => {
      if (!allowed) return failed(NOT_TRUSTED);
      const faults = argumentFaults(schema, call.input);
      if (faults.length > 0) return failed(`The call was not made, its arguments do not fit.\n${faults.join('\n')}`);
      // As a shell would run it, and confined as `bash` is.
      const confined = ground.confine(['/bin/sh', '-c', command]);
      if (confined.kind === 'refused') return failed(`The tool was not run. ${confined.why}`);
      const { argv, inSandbox } = confined;
      return answer(call, { argv, inSandbox, cwd: ground.workspace, env: ground.env });
    },
    // Whoever closes a process that others share closes it for them as well: tools of a session are closed together.
    ...(server !== undefined && { close: server.close }),
  };
}

type Answering = (call: ToolCall, program: Program) => Promise<ToolOutcome>;

function once({ timeout_seconds: seconds }: CommandTool): Answering {
  return async ({ input, signal }, program) => {
    const limits = { timeoutMs: seconds * 1000, maxBytes: MOST_ANSWER, signal };
    return onceOutcome(await oneAnswer(program, `${JSON.stringify(input)}\n`, limits), seconds);
  };
}

function onceOutcome({ end, stopped, stdout, tooLong, stderr }: OneAnswer, seconds: number): ToolOutcome {
  const note = endNote({ ...end, ...(stopped && { stopped }) }, seconds);
  if (note !== undefined) return failed(withWords(note, stderr.trim() || plainOutput(stdout.toString('utf8')).trim()));
  if (tooLong) return failed('The tool answered more than 10 MB, which is not shown.');
  const text = stdout.toString('utf8');
  const json = parsedJson(text);
  return json === undefined ? textOutcome(plainOutput(text)) : jsonOutcome(json);
}

function asking({ name, timeout_seconds: seconds }: CommandTool, server: LineServer, shared: boolean): Answering {
  return async ({ input, signal }, program) => {
    const question = JSON.stringify(shared ? { tool: name, input } : input);
    return servedOutcome(await server.ask(question, { program, timeoutMs: seconds * 1000, signal }), seconds);
  };
}

function servedOutcome(answer: LineAnswer, seconds: number): ToolOutcome {
  switch (answer.kind) {
    case 'answer':
      return jsonOutcome(answer.value);
    case 'gone':
      return failed(
        withWords(
          `the tool’s process ended before it answered (${endWords(answer.end)}); the call is not repeated`,
          answer.said,
        ),
      );
    case 'late':
      return failed(`[${endNote({ stopped: 'timeout' }, seconds)}; the next call starts it anew]`);
    case 'interrupted':
      return failed(`[${endNote({ stopped: 'interrupted' })}]`);
    case 'huge':
      return failed('The tool answered more than 10 MB, which is not shown.');
    case 'given up':
      return failed('The tool’s process ended twice without an answer, and is not started again in this session.');
  }
}

function jsonOutcome(raw: unknown): ToolOutcome {
  // Who writes it down walks through it, a call a level.
  if (deeperThan(raw, MOST_LEVELS))
    return failed(`The tool’s answer has more than ${MOST_LEVELS} levels, and is not shown.`);
  const value = plainDeep(raw);
  if (typeof value === 'string') return textOutcome(value);
  const told = errorOf(value);
  if (told !== undefined) return failed(cut(told));
  const text = JSON.stringify(value);
  return text.length > MOST_OUTPUT ? textOutcome(text) : { content: [{ type: 'json', value }] };
}

function textOutcome(text: string): ToolOutcome {
  return said(text.trim() === '' ? '[no output]' : cut(text));
}

function errorOf(value: unknown): string | undefined {
  if (value === null || typeof value !== 'object' || !('error' in value) || Object.keys(value).length !== 1)
    return undefined;
  return typeof value.error === 'string' ? value.error : undefined;
}

function endWords(end: GroupEnd): string {
  return endNote(end) ?? 'exit code 0';
}

function withWords(note: string, words: string): string {
  return words === '' ? `[${note}]` : `${cut(words)}\n[${note}]`;
}

function cut(text: string): string {
  return text.length <= MOST_OUTPUT
    ? text
    : `${clip(text, MOST_OUTPUT)}\n[${text.length - MOST_OUTPUT} more characters]`;
}

// Escapes for terminals hide in JSON as well as in text.
function plainDeep(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, inner: unknown) =>
    typeof inner === 'string' ? safeForTerminal(inner) : inner,
  );
}
