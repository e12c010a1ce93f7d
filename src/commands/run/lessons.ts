// The lessons that sessions start with: the memory in force, or a named one, read from git once however many sessions ask; words none itself.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Briefing, briefingFor } from '../../agent/briefing.ts';
import { placeboOf } from '../../agent/placebo.ts';
import type { MemoryChoice } from '../../agent/run-order.ts';
import { resolveCommit } from '../../git/refs.ts';
import { type MemoryAt, memoryAt } from '../../learning/memory-at.ts';
import { seeded, uniform } from '../../statistics/random.ts';
import type { FoundAgent } from '../../store/agents.ts';
import { memoryCommit, packageRoot, type Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';

export interface LessonsRequest {
  agent: FoundAgent;
  /** Names of the tools that the agent has. */
  tools: readonly string[];
  task: string;
  memory?: MemoryChoice | undefined;
}

export interface Lessons {
  /** Begins to read a memory that a briefing will be asked for; what goes wrong is told to whoever asks for that. */
  ahead(memory: MemoryChoice | undefined): void;
  /** What a session starts with; undefined where it runs without memory, or there is none yet. Throws UserError for a bad ref. */
  briefing(request: LessonsRequest): Promise<Briefing | undefined>;
}

/** What a ref means is settled when it is first asked for, so that all sessions of one process have the same memory. */
export function openLessons(context: CommandContext, workspace: Workspace): Lessons {
  const memories = new Map<string, Promise<MemoryAt | undefined>>();
  const reading = (ref: string | undefined): Promise<MemoryAt | undefined> => {
    const known = memories.get(ref ?? '') ?? read(context, workspace, ref);
    memories.set(ref ?? '', known);
    return known;
  };
  return {
    ahead: (memory = {}) => {
      if (memory !== false) reading(memory.ref).catch(() => undefined);
    },
    async briefing({ agent, tools, task, memory = {} }) {
      if (memory === false || agent.memory.playbooks === 'none') return undefined;
      const found = await reading(memory.ref);
      if (found === undefined) return undefined;
      const { commit, playbooks, broken } = found;
      const today = context.world.now().toISOString().slice(0, 10);
      const without = new Map((memory.without ?? []).map((id) => [id, 'left out of this arm']));
      const holdOut = memory.whole === true ? undefined : drawOf(context, workspace);
      const chosen = { commit, playbooks, broken, agent, tools, task, today, without };
      const briefing = await briefingFor({ ...chosen, ...(holdOut !== undefined && { holdOut }) });
      return memory.placebo === true ? placeboOf(briefing, neutralText()) : briefing;
    },
  };
}

// One draw a session; each entry falls by itself, so that which others are out says nothing about it.
function drawOf({ world }: CommandContext, { settings }: Workspace): ((entry: string) => boolean) | undefined {
  if (settings.holdout === 0) return undefined;
  const seed = world.random();
  return (entry) => uniform(seeded(`${seed}/${entry}`)) < settings.holdout;
}

// A memory without any commit has no lessons, which is no reason not to run.
async function read(
  { emit }: CommandContext,
  workspace: Workspace,
  ref: string | undefined,
): Promise<MemoryAt | undefined> {
  const { repo, prefix, settings } = workspace;
  const { branch } = settings.memory;
  if (ref === undefined && (await resolveCommit(repo, `refs/heads/${branch}`)) === null) {
    emit({ type: 'note', stage: 'run', text: `the memory branch ${branch} has no commit: no lessons yet` });
    return undefined;
  }
  const memory = await memoryAt(repo, await memoryCommit(workspace, ref), prefix);
  for (const { name, reason } of memory.broken)
    emit({ type: 'warning', stage: 'run', text: `a playbook cannot be read: ${reason}`, where: name });
  return memory;
}

function neutralText(): string {
  return readFileSync(join(packageRoot(), 'templates', 'prompts', 'placebo.md'), 'utf8');
}
