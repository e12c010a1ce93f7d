// What a tool of Codex printed, and whether it says that it failed: there is no flag, only an exit code in the text; reads no file.
import type { Block } from '../../domain/events.ts';
import { textBlocks } from '../content.ts';
import { asObject } from '../fields.ts';
import type { ResultMarks } from '../session-builder.ts';

/** Output and how it ended. Older versions wrap it in JSON with `metadata.exit_code`, newer ones write a heading of lines. */
export function outputOf(value: unknown): { content: Block[]; marks: ResultMarks } {
  if (typeof value !== 'string') return listed(value);
  const wrapped = value.startsWith('{') ? wrappedOutput(value) : undefined;
  if (wrapped !== undefined) return wrapped;
  const denied = /^(?:patch rejected by user|exec command rejected by user|rejected by user)/.test(value);
  return { content: textBlocks(value), marks: { failed: denied || saysItFailed(value), denied } };
}

function wrappedOutput(text: string): { content: Block[]; marks: ResultMarks } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const output = asObject(value);
  const metadata = asObject(output?.metadata);
  if (output === undefined || metadata === undefined || typeof output.output !== 'string') return undefined;
  const { exit_code } = metadata;
  return { content: textBlocks(output.output), marks: { failed: typeof exit_code === 'number' && exit_code !== 0 } };
}

// Function outputs may also be lists of parts, as a message's content is.
function listed(value: unknown): { content: Block[]; marks: ResultMarks } {
  const parts = Array.isArray(value) ? value : [value];
  const content = parts.flatMap((part): Block[] => {
    const text = asObject(part)?.text;
    return typeof text === 'string' ? textBlocks(text) : part === undefined ? [] : [{ type: 'json', value: part }];
  });
  return { content, marks: { failed: saysItFailed(content.map((b) => (b.type === 'text' ? b.text : '')).join('\n')) } };
}

const HEADING = 600; // characters in which the exit code stands, before what the command itself printed

function saysItFailed(text: string): boolean {
  // Where the command could not be run at all there is no code.
  if (/^(?:failed in sandbox|execution error)\b/.test(text)) return true;
  const head = text.slice(0, HEADING).split(/^Output:/m, 1)[0] ?? '';
  const [, code] = /^(?:Process exited with code|Exit code:) (-?\d+)/m.exec(head) ?? [];
  return code !== undefined && Number(code) !== 0;
}
