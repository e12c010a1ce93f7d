// The tools that work on files, the web, notes and the person, and the choice that an agent's file makes among all tools; starts nothing.

import { confineTo } from '../confinement.ts';
import { globPattern } from '../glob-pattern.ts';
import { type AskPerson, askTool } from './ask.ts';
import { editTool } from './edit.ts';
import { openFileView } from './file-view.ts';
import { globTool } from './glob.ts';
import { grepTool } from './grep.ts';
import { notesTool } from './notes.ts';
import { readTool } from './read.ts';
import type { Tool } from './tool.ts';
import { webFetchTool } from './web-fetch.ts';
import type { Claim, WorkspaceFiles } from './workspace-files.ts';
import { writeTool } from './write.ts';

export interface OpenTools {
  /** Folder that the tools for files stay in; it must exist. */
  workspace: string;
  /** Folder of the notes and what the agent may do there; `none` leaves the tool out. */
  notesFolder: string;
  notesMode: 'none' | 'read_only' | 'read_write';
  /** Whether `web_fetch` is there at all. */
  web: boolean;
  /** Puts a question to the person; absent where nobody is there. */
  askPerson?: AskPerson;
  /** Tools made elsewhere: the shell, command tools. */
  more?: readonly Tool[];
  /** Asked before a file is changed, where several threads work in the folder. */
  claim?: Claim;
}

/** The tools of one session, in a fixed order. They share what was read of which file. Throws the system error if the workspace is not there. */
export function openTools(options: OpenTools): Tool[] {
  const { notesFolder: folder, notesMode: mode, claim } = options;
  const within = confineTo(options.workspace);
  const files: WorkspaceFiles = { within, view: openFileView(), ...(claim !== undefined && { claim }) };
  return [
    ...[readTool(files), writeTool(files), editTool(files), globTool(files), grepTool(files)],
    ...(options.web ? [webFetchTool()] : []),
    ...(mode === 'none' ? [] : [notesTool({ folder, mode })]),
    askTool(options.askPerson),
    ...(options.more ?? []),
  ];
}

export interface ToolChoice {
  /** In the order of `all`. */
  tools: Tool[];
  /** Names and patterns that no tool fits. */
  unknown: string[];
  /** Entries with brackets, with our name of the tool (`bash(git *)`): the agent means only such calls of it. */
  limited: string[];
}

/** The tools that an agent's file names: by our names, by Claude Code's, or by patterns (`sim__*`). Nothing named = all. */
export function chooseTools(all: readonly Tool[], wanted: readonly string[] | undefined): ToolChoice {
  if (wanted === undefined) return { tools: [...all], unknown: [], limited: [] };
  const chosen = new Set<string>();
  const choice: ToolChoice = { tools: [], unknown: [], limited: [] };
  for (const entry of wanted) {
    const [, name = entry, brackets = ''] = /^([^(]*)(\(.*\))?$/s.exec(entry) ?? [];
    const names = namesFor(all, name);
    if (names.length === 0) choice.unknown.push(entry);
    for (const one of names) {
      chosen.add(one);
      if (brackets !== '' && !COMPANIONS.has(one)) choice.limited.push(`${one}${brackets}`);
    }
  }
  choice.tools = all.filter((tool) => chosen.has(tool.definition.name));
  return choice;
}

// Claude Code's names for what our tools do. `LS` lists folders, which `read` does; a shell's background commands belong to it.
const CLAUDE_CODE: Record<string, readonly string[]> = {
  Read: ['read'],
  LS: ['read'],
  Write: ['write'],
  Edit: ['edit'],
  MultiEdit: ['edit'],
  Glob: ['glob'],
  Grep: ['grep'],
  Bash: ['bash', 'bash_output', 'bash_stop'],
  BashOutput: ['bash_output'],
  KillBash: ['bash_stop'],
  KillShell: ['bash_stop'],
  WebFetch: ['web_fetch'],
  AskUserQuestion: ['ask'],
};

const COMPANIONS = new Set(['bash_output', 'bash_stop']);

function namesFor(all: readonly Tool[], wanted: string): string[] {
  const names = all.map((tool) => tool.definition.name);
  // A shell without its companions could start commands in the background and never see them again.
  const meant = wanted === 'bash' ? CLAUDE_CODE.Bash : names.includes(wanted) ? [wanted] : CLAUDE_CODE[wanted];
  if (meant !== undefined) return names.filter((name) => meant.includes(name));
  // Claude Code's way to name every tool of a server.
  if (/^mcp__[^*]+$/.test(wanted) && names.some((name) => name.startsWith(`${wanted}__`)))
    return names.filter((name) => name.startsWith(`${wanted}__`));
  const pattern = globPattern(wanted);
  return 'fault' in pattern ? [] : names.filter((name) => pattern.matches(name));
}
