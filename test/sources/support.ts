// Makes small transcripts in Claude Code's shape for the tests of this folder; nothing in them was ever said.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { claudeCode } from '../../src/sources/claude-code/source.ts';
import type { Fields } from '../../src/sources/fields.ts';
import { originFile } from '../../src/sources/file-hash.ts';
import type { Found, FoundSession } from '../../src/sources/source.ts';

export const SESSION = 'aaaaaaaa-0000-4000-8000-000000000001';

/** A folder that is removed after the file's tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'agentmem-sources-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

let clock = 0;

/** A record with a time one second after that of the record made before it. */
export function record(type: string, uuid: string, parent: string | null, more: Fields = {}): Fields {
  const timestamp = new Date(Date.UTC(2026, 0, 1) + clock++ * 1000).toISOString();
  return {
    type,
    uuid,
    parentUuid: parent,
    sessionId: SESSION,
    isSidechain: false,
    timestamp,
    cwd: '/work/shop',
    version: '2.0.0',
    ...more,
  };
}

export function said(uuid: string, parent: string | null, content: unknown, more: Fields = {}): Fields {
  return record('user', uuid, parent, { message: { role: 'user', content }, ...more });
}

export function answered(
  uuid: string,
  parent: string | null,
  block: Fields,
  id = `msg_${uuid}`,
  more: Fields = {},
): Fields {
  const message = { id, role: 'assistant', model: 'model-a', content: [block], usage: { output_tokens: 7 } };
  return record('assistant', uuid, parent, { message, ...more });
}

export const text = (words: string): Fields => ({ type: 'text', text: words });
export const call = (id: string, name = 'Bash', input: Fields = { command: 'ls' }): Fields => ({
  type: 'tool_use',
  id,
  name,
  input,
});

export function result(uuid: string, parent: string | null, id: string, content: unknown, more: Fields = {}): Fields {
  return said(uuid, parent, [{ type: 'tool_result', tool_use_id: id, content, ...more }]);
}

export function jsonl(records: readonly Fields[]): string {
  return records.map((r) => `${JSON.stringify(r)}\n`).join('');
}

export function write(path: string, content: string | Uint8Array): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

export function readFiles(...paths: string[]): Found {
  return claudeCode.read(paths.map(originFile));
}

/** Reads records as one file; there must be one session in it. */
export function sessionOf(folder: string, records: readonly Fields[]): FoundSession {
  const found = readFiles(write(join(folder, `${clock}.jsonl`), jsonl(records)));
  const [session] = found.sessions;
  if (session === undefined || found.sessions.length !== 1) throw new Error(`${found.sessions.length} sessions`);
  return session;
}
