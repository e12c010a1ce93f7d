// One request to the model with its events in the journal; judges no answer and stores none.
import type { ApiMessage, Effort, Model, ModelAnswer, ModelFailure, ModelWatcher } from '../model/model.ts';
import type { Conversation } from './conversation.ts';
import type { Journal } from './journal.ts';
import type { Tool } from './tools/tool.ts';

export interface AskingRequest {
  model: Model;
  modelId: string;
  effort?: Effort;
  tools: ReadonlyMap<string, Tool>;
  journal: Journal;
  /** Folds every event of the journal; the caller connects the two. */
  conversation: Conversation;
  signal: AbortSignal;
  watcher?: ModelWatcher;
}

/** What is asked beside the conversation as it stands. */
export interface Aside {
  /** Marks the request's events: it is no turn of the conversation. */
  purpose: string;
  messages: ApiMessage[];
}

/** Asks once. Everything but `messages` is the same for every request of a session, so that the cached prefix holds. */
export async function askModel(
  request: AskingRequest,
  maxTokens: number,
  aside?: Aside,
): Promise<ModelAnswer | ModelFailure> {
  const { model, modelId, effort, tools, journal, conversation, signal } = request;
  // What is written aside is not for the person who watches.
  const watcher = aside === undefined ? request.watcher : undefined;
  journal.append({
    type: 'span.model_request_start',
    model: modelId,
    ...(aside !== undefined && { purpose: aside.purpose }),
  });
  return await model.ask(
    {
      model: modelId,
      system: conversation.system(),
      tools: [...tools.values()].map((tool) => tool.definition),
      messages: aside?.messages ?? conversation.messages(),
      maxTokens,
      ...(effort !== undefined && { effort }),
      thinking: true,
    },
    signal,
    {
      ...watcher,
      onRetry: (retry) => {
        const { attempt, waitMs, message, status, code } = retry;
        journal.append({
          type: 'session.status_rescheduled',
          attempt,
          wait_ms: waitMs,
          reason: message,
          ...(status !== undefined && { status }),
          ...(code !== undefined && { code }),
        });
        request.watcher?.onRetry?.(retry);
      },
    },
  );
}
