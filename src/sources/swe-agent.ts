// SWE-agent's trajectories as a source, in text and in function-calling style; what the demonstrations in a prompt did is nobody's work.

import { basename } from 'node:path';
import { sha256 } from '../base/hash.ts';
import type { Block } from '../domain/events.ts';
import { asPrompt, contentBlocks, textBlocks, textOf } from './content.ts';
import { beginsWith, readDocuments } from './document.ts';
import { asList, asObject, asText, type Fields, parsedArguments } from './fields.ts';
import { SessionBuilder } from './session-builder.ts';
import type { FoundSession, OriginFile, Sample, Source } from './source.ts';

const FORMAT = 'swe-agent-traj';

export const sweAgent: Source = {
  tool: 'swe-agent',
  format: FORMAT,
  recognises,
  keys: () => [],
  read: (files) => readDocuments(FORMAT, (run, file) => [sessionOf(run, file)], files),
};

function recognises(sample: Sample): boolean {
  return (
    beginsWith(sample, 'trajectory', 'action', 'observation') ||
    (beginsWith(sample, 'history', 'role', 'agent', 'content') && !beginsWith(sample, 'instance_id'))
  );
}

function sessionOf(document: Fields, file: OriginFile): FoundSession {
  const history = asList(document.history)
    .map(asObject)
    .filter((entry) => entry !== undefined && entry.is_demo !== true);
  const steps = asList(document.trajectory)
    .map(asObject)
    .filter((step) => step !== undefined);
  const builder = new SessionBuilder('swe-agent', idOf(history, steps));
  const withCalls = history.some((entry) => Array.isArray(entry?.tool_calls));
  if (withCalls || steps.length === 0) for (const entry of history) readEntry(builder, entry ?? {});
  else readSteps(builder, history, steps);
  const { environment } = document;
  return builder.finish([file], {
    // The file is named after its task; whether that was solved is not in it.
    task: basename(file.path).replace(/\.traj(?:\.json)?$/, ''),
    title: typeof environment === 'string' ? environment : undefined,
    project: 'swe-agent',
  });
}

// Nothing in the file names the run: what was done in it does.
function idOf(history: readonly unknown[], steps: readonly (Fields | undefined)[]): string {
  const text = JSON.stringify([history.slice(0, 3), steps.map((step) => [step?.action, step?.observation])]);
  return sha256(text === '[[],[]]' ? JSON.stringify(history) : text).slice(0, 24);
}

function readEntry(builder: SessionBuilder, entry: Fields): void {
  builder.begin(JSON.stringify(entry), undefined);
  const { role } = entry;
  const content = contentBlocks(entry.content);
  if (role === 'system') builder.add({ type: 'system.message', content: content.map(asPrompt) });
  else if (role === 'tool') builder.result(content, { call: asText(asList(entry.tool_call_ids)[0]) });
  else if (role === 'assistant') readAnswer(builder, entry, content);
  else if (entry.message_type === 'observation' && builder.waits()) builder.result(content, {});
  else builder.add({ type: 'user.message', content });
}

function readAnswer(builder: SessionBuilder, entry: Fields, content: Block[]): void {
  if (content.length > 0) builder.add({ type: 'agent.message', content });
  const calls = asList(entry.tool_calls).map(asObject);
  for (const call of calls) {
    const made = asObject(call?.function);
    const name = asText(made?.name);
    if (name === undefined) builder.keep(call);
    else builder.call(name, parsedArguments(made?.arguments), asText(call?.id));
  }
  const action = asText(entry.action);
  if (calls.length === 0 && action !== undefined) callAction(builder, action);
}

// In text style the prompts stand in the history alone, and what was done in the steps, without the prompt's own decoration.
function readSteps(
  builder: SessionBuilder,
  history: readonly (Fields | undefined)[],
  steps: readonly (Fields | undefined)[],
): void {
  const first = history.findIndex((entry) => entry?.role === 'assistant');
  for (const entry of first < 0 ? history : history.slice(0, first)) readEntry(builder, entry ?? {});
  for (const step of steps) {
    builder.begin(JSON.stringify(step), undefined);
    const thought = textBlocks(asText(step?.thought) ?? asText(step?.response));
    if (thought.length > 0) builder.add({ type: 'agent.message', content: thought });
    const action = asText(step?.action);
    if (action === undefined) continue;
    callAction(builder, action);
    builder.result(textBlocks(textOf(step?.observation)), {});
  }
}

// A command line is named by its first word where that is a plain one: `open`, `edit`, `python`.
function callAction(builder: SessionBuilder, action: string): void {
  const [, name = 'command'] = /^\s*([A-Za-z_][A-Za-z0-9_.-]{0,39})(?=\s|$)/.exec(action) ?? [];
  builder.call(name, { command: action.trimEnd() }, undefined);
}
