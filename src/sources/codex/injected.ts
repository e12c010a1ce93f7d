// Tells what a person typed from what Codex put into a user message; never drops or changes a character.
import type { Block } from '../../domain/events.ts';

// Beginnings of texts that Codex, or the editor around it, writes as a whole.
const WHOLE: [beginning: string, kind: string][] = [
  ['# AGENTS.md instructions', 'context'],
  ['<user_instructions>', 'context'],
  ['<INSTRUCTIONS>', 'context'],
  ['<environment_context>', 'environment'],
  ['<permissions instructions>', 'permissions'],
  ['<collaboration_mode>', 'mode'],
  ['<skill>', 'skill'],
  ['<turn_aborted>', 'turn-aborted'],
  ['<user_shell_command>', 'command'],
  ['<subagent_notification>', 'agent'],
];

// An editor's list of open files stands before the words that were typed.
const EDITOR = '# Context from my IDE setup:';
const REQUEST = /\n## My request for Codex:[ \t]*\n?/;

/** One text of a user message as blocks, cut where the person's own words begin. */
export function saidBlocks(text: string): Block[] {
  const beginning = text.trimStart();
  const whole = WHOLE.find(([start]) => beginning.startsWith(start));
  if (whole !== undefined) return [{ type: 'text', text, injected: whole[1] }];
  const request = beginning.startsWith(EDITOR) ? REQUEST.exec(text) : null;
  if (request === null) return text === '' ? [] : [{ type: 'text', text }];
  const cut = request.index + request[0].length;
  const said = text.slice(cut);
  return [
    { type: 'text', text: text.slice(0, cut), injected: 'ide' },
    ...(said === '' ? [] : [{ type: 'text', text: said } as const]),
  ];
}
