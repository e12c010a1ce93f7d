// The names of tools that a rubric can mean: ours, the configuration's, and those that stored sessions called; runs none of them.

import { join } from 'node:path';
import { openTools } from '../../agent/tools/table.ts';
import { isToolUse } from '../../domain/events.ts';
import type { Criterion } from '../../domain/rubric.ts';
import { isToolOf } from '../../domain/tool-name.ts';
import { findLayout } from '../../store/find-memory.ts';
import { openIndex } from '../../store/session-index.ts';
import { readSettings } from '../../store/settings.ts';
import { readTranscript } from '../../store/transcript-read.ts';
import type { CommandContext } from '../context.ts';

const SHELL = ['bash', 'bash_output', 'bash_stop'];
const MOST_SESSIONS = 200;

/**
 * All names that are known, and every name or pattern of the rubrics that one of them fits. Stored sessions, newest first,
 * are read only where the tools here leave a name open.
 */
export function knownTools(
  { world, dir, emit }: CommandContext,
  rubrics: readonly { criteria: readonly Criterion[] }[],
): Set<string> {
  const layout = findLayout(world, dir);
  const ours = openTools({ workspace: layout.root, notesFolder: layout.notes, notesMode: 'read_write', web: true });
  const configured = readSettings(layout.config).tools.map((tool) => tool.name);
  const known = new Set([...ours.map((tool) => tool.definition.name), ...SHELL, ...configured]);
  let open = namedIn(rubrics).filter((name) => !settle(name, known));
  if (open.length === 0) return known;
  for (const { path } of openIndex(layout, emit).slice(0, MOST_SESSIONS)) {
    for (const line of readTranscript(join(layout.sessions, path)))
      if (line.kind === 'event' && isToolUse(line.event)) known.add(line.event.name);
    open = open.filter((name) => !settle(name, known));
    if (open.length === 0) break;
  }
  return known;
}

function settle(name: string, known: Set<string>): boolean {
  if (![...known].some((tool) => isToolOf(name, tool))) return false;
  known.add(name);
  return true;
}

function namedIn(rubrics: readonly { criteria: readonly Criterion[] }[]): string[] {
  const names = rubrics.flatMap(({ criteria }) =>
    criteria.flatMap(({ check }) =>
      check !== undefined && 'tool' in check ? [check.tool, ...(check.before === undefined ? [] : [check.before])] : [],
    ),
  );
  return [...new Set(names)];
}
