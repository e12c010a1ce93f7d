// Hand-made sessions and throw-away memories for the tests of the store; copies nothing from real transcripts.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Header, SessionEvent } from '../../src/domain/events.ts';
import { type Layout, layoutOf } from '../../src/store/layout.ts';
import { readTranscript, type StoredLine } from '../../src/store/transcript-read.ts';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder that is removed after the test. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'agentmem-store-'));
  folders.push(folder);
  return folder;
}

export function tempLayout(): Layout {
  return layoutOf(join(tempFolder(), '.agentmem'));
}

/** A file with exactly this content. */
export function fileWith(content: string | Buffer, name = 's.jsonl'): string {
  const path = join(tempFolder(), name);
  writeFileSync(path, content);
  return path;
}

export function headerOf(session: string, more: Partial<Header> = {}): Header {
  const source = { tool: 'made-up', id: session };
  return {
    id: `evt_head${session.replace(/[^a-z0-9]/gi, '')}`,
    type: 'session.created',
    version: 1,
    session,
    source,
    ...more,
  };
}

export function says(id: string, text: string, more: Partial<SessionEvent> = {}): SessionEvent {
  return { id: `evt_${id}`, type: 'user.message', content: [{ type: 'text', text }], ...more } as SessionEvent;
}

export function calls(id: string, name: string, input: unknown = {}, more: Partial<SessionEvent> = {}): SessionEvent {
  return { id: `evt_${id}`, type: 'agent.tool_use', name, input, ...more } as SessionEvent;
}

export function answers(id: string, call: string, text: string, more: object = {}): SessionEvent {
  const content = [{ type: 'text' as const, text }];
  return { id: `evt_${id}`, type: 'agent.tool_result', tool_use_id: `evt_${call}`, content, ...more } as SessionEvent;
}

export function linesOf(path: string): StoredLine[] {
  return [...readTranscript(path)];
}

/** The ids of the events in file order, `!` and the reason for a bad line. */
export function outline(path: string): string[] {
  return linesOf(path).map((line) => (line.kind === 'bad' ? `!${line.reason}` : line.event.id));
}

/** A system error as Node throws it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made up`), { code });
}

export const plain = (text: string): string => text;
