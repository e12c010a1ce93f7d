// tau2-bench results as a source: one session a simulation, labelled with its reward; what the simulated user did with tools is kept apart.

import { sha256, shortHash } from '../base/hash.ts';
import { SIMULATED_USER } from '../domain/events.ts';
import { textBlocks, textOf } from './content.ts';
import { beginsWith, readDocuments } from './document.ts';
import { asCount, asList, asObject, asText, asTime, type Fields, parsedArguments } from './fields.ts';
import { type HeaderFacts, rewardLabel, SessionBuilder } from './session-builder.ts';
import { type FileReport, type FoundSession, noteBad, type OriginFile, type Sample, type Source } from './source.ts';

const FORMAT = 'tau2-bench-json';

export const tau2Bench: Source = {
  tool: 'tau2-bench',
  format: FORMAT,
  recognises,
  keys: () => [],
  read: (files) => readDocuments(FORMAT, simulationsOf, files),
};

// The simulations stand at the end of the file, behind policies and tasks.
function recognises(sample: Sample): boolean {
  const [only] = sample.records;
  if (only !== undefined) return Array.isArray(only.simulations) && asObject(only.info) !== undefined;
  return beginsWith(sample, 'info', 'num_trials', 'user_info') || beginsWith(sample, 'simulations', 'reward_info');
}

function* simulationsOf(results: Fields, file: OriginFile, report: FileReport): Generator<FoundSession> {
  const info = asObject(results.info) ?? {};
  for (const [at, value] of asList(results.simulations).entries()) {
    const simulation = asObject(value);
    if (simulation !== undefined && Array.isArray(simulation.messages)) yield sessionOf(simulation, info, file);
    else noteBad(report, { reason: `simulation ${at + 1} has no messages` });
  }
}

function sessionOf(simulation: Fields, info: Fields, file: OriginFile): FoundSession {
  const id = asText(simulation.id) ?? shortHash(JSON.stringify(simulation.messages), 16);
  const builder = new SessionBuilder('tau2-bench', id);
  for (const value of asList(simulation.messages)) {
    const message = asObject(value);
    if (message === undefined) builder.keep(value);
    else readMessage(builder, message);
  }
  return builder.finish([file], factsOf(simulation, info));
}

function factsOf(simulation: Fields, info: Fields): HeaderFacts {
  const policy = asText(asObject(info.environment_info)?.policy);
  const domain = asText(asObject(info.environment_info)?.domain_name);
  const reward = asObject(simulation.reward_info)?.reward;
  const task = simulation.task_id;
  return {
    at: asTime(simulation.start_time),
    task: typeof task === 'string' || typeof task === 'number' ? String(task) : undefined,
    model: asText(asObject(info.agent_info)?.llm),
    // Task 8 of one domain is not task 8 of another.
    project: `tau2-bench/${domain ?? 'domain'}${policy === undefined ? '' : `-${sha256(policy).slice(0, 8)}`}`,
    label: rewardLabel(reward, 'reward'),
  };
}

function readMessage(builder: SessionBuilder, message: Fields): void {
  const key = JSON.stringify([message.turn_idx, message.role, message.id, message.content, message.tool_calls]);
  const at = asTime(message.timestamp);
  const { role } = message;
  // Several results of one turn may come as one message.
  const parts =
    role === 'tool' && Array.isArray(message.tool_messages) ? message.tool_messages.map(asObject) : [message];
  const byUser = role === 'user' || parts.some((part) => part?.requestor === 'user');
  if (role === 'tool') {
    builder.begin(key, at, byUser ? SIMULATED_USER : undefined);
    for (const part of parts) if (part !== undefined) readResult(builder, part);
    return;
  }
  builder.begin(key, at);
  const content = textBlocks(asText(message.content));
  if (content.length > 0) builder.add({ type: role === 'user' ? 'user.message' : 'agent.message', content });
  const calls = asList(message.tool_calls);
  if (role === 'user' && calls.length > 0) builder.begin(`${key} calls`, at, SIMULATED_USER);
  for (const value of calls) {
    const call = asObject(value);
    const name = asText(call?.name);
    if (name === undefined) builder.keep(value);
    else builder.call(name, parsedArguments(call?.arguments), asText(call?.id));
  }
  const usage = asObject(message.usage);
  if (role === 'assistant' && usage !== undefined)
    builder.add({
      type: 'span.model_request_end',
      usage: { input_tokens: asCount(usage.prompt_tokens), output_tokens: asCount(usage.completion_tokens) },
      ...(typeof message.cost === 'number' && { cost_usd: message.cost }),
    });
}

function readResult(builder: SessionBuilder, message: Fields): void {
  builder.result(textBlocks(textOf(message.content)), { call: asText(message.id) }, { failed: message.error === true });
}
