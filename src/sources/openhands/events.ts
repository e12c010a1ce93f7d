// Turns OpenHands' actions and observations into events of ours; an observation answers the action that it names as its cause.
import type { Block } from '../../domain/events.ts';
import { textBlocks, textOf } from '../content.ts';
import { asList, asObject, asText, asTime, type Fields, without } from '../fields.ts';
import type { HeaderFacts, SessionBuilder } from '../session-builder.ts';

// Copied beside every event: the whole answer of the model, and sums so far.
const COPIES = ['tool_call_metadata', 'llm_metrics'];

/** Reads a session's events in their order. */
export function readHistory(builder: SessionBuilder, facts: HeaderFacts, history: readonly unknown[]): void {
  for (const value of history) {
    // Older files keep pairs of action and observation.
    for (const part of Array.isArray(value) ? value : [value]) {
      const event = asObject(part);
      builder.begin(textOf(event === undefined ? part : without(event, ...COPIES)), asTime(event?.timestamp));
      if (event === undefined) builder.keep(part);
      else readEvent(builder, facts, event);
    }
  }
}

function readEvent(builder: SessionBuilder, facts: HeaderFacts, event: Fields): void {
  const action = asText(event.action);
  const observation = asText(event.observation);
  if (action !== undefined) readAction(builder, facts, event, action);
  else if (observation !== undefined) readObservation(builder, event, observation);
  else builder.keep(without(event, ...COPIES));
}

function readAction(builder: SessionBuilder, facts: HeaderFacts, event: Fields, action: string): void {
  const args = asObject(event.args) ?? {};
  if (action === 'system') {
    builder.add({
      type: 'system.message',
      content: textBlocks(asText(args.content) ?? asText(event.message), 'system-prompt'),
    });
    return;
  }
  if (action === 'message') {
    const content = [...textBlocks(asText(args.content) ?? asText(event.message)), ...imagesOf(args.image_urls)];
    builder.add({ type: event.source === 'user' ? 'user.message' : 'agent.message', content });
    return;
  }
  if (event.source !== 'agent' || HOUSEKEEPING.has(action)) {
    builder.keep(without(event, ...COPIES));
    return;
  }
  readCall(builder, facts, event, action, args);
}

// What the frame around the agent does by itself.
const HOUSEKEEPING = new Set(['change_agent_state', 'recall', 'null', 'condensation', 'loop_recovery']);

function readCall(builder: SessionBuilder, facts: HeaderFacts, event: Fields, action: string, args: Fields): void {
  const metadata = asObject(event.tool_call_metadata);
  const response = asObject(metadata?.model_response);
  facts.model ??= asText(response?.model);
  const thought = asText(args.thought);
  if (thought !== undefined) builder.add({ type: 'agent.message', content: textBlocks(thought) });
  if (action === 'finish') {
    const said = asText(args.final_thought) ?? asText(args.message);
    if (said !== undefined && said !== thought) builder.add({ type: 'agent.message', content: textBlocks(said) });
    builder.add({ type: 'session.status_idle', stop_reason: 'end_turn' });
    return;
  }
  const input = argumentsIn(response, asText(metadata?.tool_call_id)) ?? without(args, 'thought');
  builder.call(asText(metadata?.function_name) ?? action, input, causeOf(event.id));
}

// The arguments as the model wrote them; those of the action are what OpenHands made of them.
function argumentsIn(response: Fields | undefined, id: string | undefined): unknown {
  for (const choice of asList(response?.choices)) {
    const message = asObject(asObject(choice)?.message);
    const call = asList(message?.tool_calls)
      .map(asObject)
      .find((made) => id !== undefined && made?.id === id);
    const text = asText(asObject(call?.function)?.arguments);
    if (text === undefined) continue;
    try {
      return asObject(JSON.parse(text));
    } catch {
      return undefined; // cut off, or no JSON: the action says what was done
    }
  }
  return undefined;
}

function readObservation(builder: SessionBuilder, event: Fields, observation: string): void {
  const extras = asObject(event.extras);
  const content = textBlocks(asText(event.content) ?? asText(event.message));
  const exit = asObject(extras?.metadata)?.exit_code ?? extras?.exit_code;
  const failed = observation === 'error' || (typeof exit === 'number' && exit > 0) || event.success === false;
  const cause = causeOf(event.cause);
  if (cause !== undefined && builder.waits(cause)) builder.result(content, { call: cause }, { failed });
  else if (observation === 'error')
    builder.add({ type: 'session.error', message: asText(event.content) ?? 'an error without a message' });
  else if (observation === 'user_rejected') builder.add({ type: 'user.interrupt', reason: 'rejected' });
  else builder.keep(without(event, ...COPIES));
}

// Calls are told apart by the number of their action: the model's own ids repeat from answer to answer.
function causeOf(id: unknown): string | undefined {
  return typeof id === 'number' ? `action-${id}` : undefined;
}

function imagesOf(urls: unknown): Block[] {
  return asList(urls).flatMap((url) =>
    typeof url === 'string' && url !== '' ? [{ type: 'image', url } as const] : [],
  );
}
