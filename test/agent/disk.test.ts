// The disk under a running session: what is stored before a call runs, and what happens to calls that run while it fails.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBudget } from '../../src/agent/budget.ts';
import { runLoop } from '../../src/agent/loop.ts';
import { openSession, textBlocks } from '../../src/agent/session.ts';
import type { Tool } from '../../src/agent/tools/tool.ts';
import { UserError } from '../../src/base/errors.ts';
import type { Header } from '../../src/domain/events.ts';
import type { FileCalls } from '../../src/store/atomic.ts';
import { redactor } from '../../src/store/redaction.ts';
import { createTranscript } from '../../src/store/transcript.ts';
import { type Desk, makeDesk } from '../support/run-session.ts';

let desk: Desk;
beforeEach(() => {
  desk = makeDesk();
});
afterEach(() => desk.remove());

const SESSION = '20261121-080000-disk';
const look = (n: string) => ({ name: 'look', input: { n } });

/** A session over a transcript whose disk does what `calls` says; `end` closes it. */
async function looping(tools: Map<string, Tool>, calls: FileCalls, turns: object[]) {
  const { model } = await desk.world(turns);
  const at = '2026-11-21T08:00:00.000Z';
  const header: Header = {
    ...{ id: 'evt_0', at, type: 'session.created', version: 1, session: SESSION },
    source: { tool: 'agentmem' },
  };
  const path = join(desk.layout.sessions, `${SESSION}.jsonl`);
  const redact = redactor();
  const { writer } = createTranscript(path, header, { redact, calls });
  const now = () => new Date();
  const random = () => Math.random().toString(16).slice(2, 10).padEnd(8, '0');
  const session = openSession({ id: SESSION, path, writer, redact, now, random, onEvent: () => undefined }, [header]);
  session.journal.append({ type: 'user.message', content: textBlocks('Look.') });
  const work = runLoop({
    ...{ model, modelId: 'claude-sonnet-5', tools, redact, ...session },
    budget: openBudget({ limits: {}, spent: () => ({ day: 0, month: 0 }), now }),
    rule: async () => ({ allowed: true, by: 'rule', decision: { verdict: 'allow', reason: 'test' } }),
    progress: () => undefined,
    warn: () => undefined,
    signal: new AbortController().signal,
  });
  return { path, work, writer };
}

describe('the disk', () => {
  it('holds a call, synced, before the call runs', async () => {
    const log: string[] = [];
    const calls: FileCalls = { fsync: () => void log.push('synced') };
    const tool: Tool = {
      ...(desk.tools.get('look') as Tool),
      run: async ({ id }) => {
        log.push(readFileSync(path, 'utf8').includes(id) ? 'ran, stored' : 'ran');
        return { content: textBlocks('seen') };
      },
    };
    const { path, work, writer } = await looping(new Map([['look', tool]]), calls, [
      { tools: [look('a')] },
      { text: 'Done.' },
    ]);
    log.length = 0;
    expect(await work).toMatchObject({ stop: 'end_turn' });
    writer.close();
    expect(log.slice(0, 2)).toEqual(['synced', 'ran, stored']);
  });

  // Found here: the run ended, and its file was closed, while other calls of the same answer still wrote to it.
  it('that fails under one of several calls ends the run only when the others have ended', async () => {
    let ended = 0;
    const started = new Set<string>();
    let full = false;
    const tool: Tool = {
      ...(desk.tools.get('look') as Tool),
      run: async ({ input }) => {
        started.add(String(input.n));
        while (started.size < 2) await pause(1); // side by side
        if (input.n === 'slow') await pause(60);
        else full = true;
        ended++;
        return { content: textBlocks('seen') };
      },
    };
    const calls: FileCalls = {
      write: (_, __, ___, length) => {
        if (full) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
        return length; // nobody reads it back here
      },
    };
    const { work, writer } = await looping(new Map([['look', tool]]), calls, [
      { tools: [look('fast'), look('slow')] },
      { text: 'Done.' },
    ]);
    await expect(work).rejects.toThrow(UserError);
    expect(ended).toBe(2);
    writer.close();
  });
});
