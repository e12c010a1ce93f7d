// The first event of a session that begins here and now; opens no file and decides no id of a session.
import { liveEventId } from '../base/ids.ts';
import { clip, oneLine } from '../base/text.ts';
import { VERSION } from '../base/version.ts';
import type { Header } from '../domain/events.ts';

/** When, by whom and where a session begins. */
export interface Beginning {
  /** Id of the session. */
  id: string;
  at: Date;
  by: string;
  modelId: string;
  workspace: { folder: string; project: string; git?: Header['git'] };
  random: () => string;
}

/** What it is about, and what else stands in its header. */
export interface Told
  extends Pick<Header, 'task' | 'agent' | 'memory' | 'suite' | 'workflow' | 'dream' | 'forked_from'> {
  title: string;
}

/** The header of a new session. The title is cut to one line of 80 characters; the rest stands in it as it is given. */
export function liveHeader(
  { id, at, by, modelId, workspace, random }: Beginning,
  { title, task, agent, memory, ...marks }: Told,
): Header {
  return {
    id: liveEventId(at, 0, random()),
    at: at.toISOString(),
    type: 'session.created',
    version: 1,
    session: id,
    title: clip(oneLine(title), 80),
    ...(task !== undefined && { task }),
    ...(agent !== undefined && { agent }),
    model: modelId,
    by,
    project: workspace.project,
    source: { tool: 'agentmem', version: VERSION },
    cwd: workspace.folder,
    ...(workspace.git !== undefined && { git: workspace.git }),
    ...(memory !== undefined && { memory }),
    ...marks,
  };
}
