// Extracts on the disk: they answer as those in memory do, give the same cards, and come out the same whatever number of threads made them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SessionEvent } from '../../src/domain/events.ts';
import { extractSession } from '../../src/mining/extract.ts';
import type { Extract } from '../../src/mining/extract-types.ts';
import { type Loaded, loadExtracts } from '../../src/mining/load.ts';
import { mine, type mineGroundInThreads } from '../../src/mining/mine.ts';
import { packExtract, Shelf, thinned } from '../../src/mining/packed-extract.ts';
import { altered, openExtract } from '../../src/mining/stored-extract.ts';
import { type Layout, layoutOf } from '../../src/store/layout.ts';
import { openPacks } from '../../src/store/packs.ts';
import { newPath } from '../../src/store/session-files.ts';
import { openIndex } from '../../src/store/session-index.ts';
import { sessionKey } from '../../src/store/session-key.ts';
import { readTranscript } from '../../src/store/transcript-read.ts';
import { extractOf } from './extracts.ts';
import { entryOf, storedOf } from './stored.ts';

const SESSIONS = 150;
const settings = { min_sessions: 3, min_tasks: 2 };

let dir = '';
let layout: Layout;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-stored-'));
  layout = layoutOf(join(dir, '.agentmem'));
  await mkdir(join(layout.sessions, '2026', '03'), { recursive: true });
  for (let n = 0; n < SESSIONS; n++) store(n);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

// A kiln that is opened too soon now and then, in two shops.
function store(n: number): void {
  const session = `kiln-${String(n).padStart(3, '0')}`;
  let at = 0;
  const stamp = () => ({ id: `evt_${n}_${at}`, at: new Date(Date.UTC(2026, 2, 1, n % 24, at++)).toISOString() });
  const text = (words: string) => [{ type: 'text' as const, text: words }];
  const header = {
    session,
    source: { tool: n % 2 === 0 ? 'pot' : 'clay' },
    task: { id: `t${n % 9}`, prompt: 'Fire it.' },
  };
  const label = n % 4 === 0 ? {} : { label: { outcome: n % 3 === 0 ? 'fail' : 'pass', name: 'potter' } };
  const events: object[] = [
    { ...stamp(), type: 'session.created', version: 1, ...header, ...label },
    { ...stamp(), type: 'user.message', content: text(`Fire bowl ${n}, “glaze” 7 ß.`) },
  ];
  for (let i = 0; i < 3 + (n % 6); i++) {
    const use = {
      ...stamp(),
      type: 'agent.tool_use',
      name: i % 3 === 0 ? 'web_fetch' : 'open_kiln',
      input: { heat: 90 + i, bowl: n },
    };
    const failed = (n + i) % 5 === 0;
    const words = failed
      ? `the kiln is ${400 + n} degrees hot`
      : JSON.stringify({ state: 'cold', degrees: i, note: 'ok' });
    const content = text(words);
    events.push(use, {
      ...stamp(),
      type: 'agent.tool_result',
      tool_use_id: use.id,
      content,
      ...(failed && { is_error: true }),
    });
  }
  events.push({ ...stamp(), type: 'user.message', content: text('No, please never open it while it is hot.') });
  const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  writeFileSync(newPath(layout, { session, at: '2026-03-01T00:00:00.000Z' }), lines);
}

const request = () => ({ layout, sessions: openIndex(layout), emit: () => {}, stage: 'mine' });
const inMemory = () => openIndex(layout).map(({ path }) => extractSession(readTranscript(join(layout.sessions, path))));
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

it('answer as those in memory, made now or found in the cache, and give the same cards', async () => {
  const plain = inMemory();
  const cards = JSON.stringify(mine(plain, settings));
  expect(cards).toContain('degrees hot');
  for (const fromCache of [0, SESSIONS]) {
    const loaded = await loadExtracts(request());
    expect(loaded.fromCache).toBe(fromCache);
    expect(asJson(loaded.extracts)).toEqual(asJson(plain));
    expect(JSON.stringify(mine(loaded.extracts, settings))).toBe(cards);
  }
});

it('read their parts again after others have taken their place on the shelf', () => {
  const plain = inMemory();
  const stored = storedOf(plain, new Shelf(3));
  const first = stored[0]?.actions[0];
  for (const [i, extract] of stored.entries()) {
    expect(extract?.turns).toEqual(plain[i]?.turns);
    expect(extract?.actions.map((a) => [a.tool, a.input, a.error])).toEqual(
      plain[i]?.actions.map((a) => [a.tool, a.input, a.error]),
    );
  }
  expect(first?.call).toEqual(plain[0]?.actions[0]?.call);
});

it('can be had with another outcome, without reading them, and stay as they were', async () => {
  const { extracts } = await loadExtracts(request());
  const one = extracts.find((extract) => extract.outcome === 'pass') as Extract;
  const other = altered(one, { outcome: null, label: undefined });
  expect([one.outcome, one.label, other.outcome, other.label]).toEqual(['pass', 'potter', null, undefined]);
  expect(asJson(other.actions)).toEqual(asJson(one.actions));
  const plain = { ...inMemory()[0] } as Extract;
  expect(altered(plain, { outcome: null })).toEqual({ ...plain, outcome: null });
});

it('are the same from one thread, two or five, and in any order of the sessions', async () => {
  const { loadExtracts: inThreads } = await bundled();
  const cards = JSON.stringify(mine(inMemory(), settings));
  for (const [jobs, turned] of [
    [1, false],
    [2, false],
    [5, true],
  ] as const) {
    rmSync(join(layout.cache, 'extracts'), { recursive: true, force: true });
    const sessions = turned ? openIndex(layout).reverse() : openIndex(layout);
    const { extracts, fromCache } = await inThreads({ ...request(), sessions, jobs });
    expect(fromCache).toBe(0);
    expect(extracts.map((e) => e.session)).toEqual(sessions.map((s) => s.id));
    expect(JSON.stringify(mine(extracts, settings))).toBe(cards);
  }
});

it('of a transcript that lost its header are an error that says so, out of a thread as well, and the others are kept', async () => {
  const { loadExtracts: inThreads } = await bundled();
  const sessions = openIndex(layout);
  const event: SessionEvent = { id: 'evt_x', type: 'user.message', content: [] };
  writeFileSync(join(layout.sessions, sessions.at(-1)?.path ?? ''), `${JSON.stringify(event)}\n`);
  await expect(inThreads({ ...request(), sessions, jobs: 2 })).rejects.toThrow('no readable header');
  const { fromCache } = await loadExtracts({ ...request(), sessions: sessions.slice(0, 32) });
  expect(fromCache).toBe(32);
});

it('stop at Ctrl-C between two pieces, and what was made until then is kept', async () => {
  const { loadExtracts: inThreads } = await bundled();
  const sessions = openIndex(layout);
  const controller = new AbortController();
  const emit = (event: { type: string; done?: number }) => {
    if (event.type === 'progress' && (event.done ?? 0) >= 40) controller.abort();
  };
  await expect(inThreads({ ...request(), sessions, emit, jobs: 2, signal: controller.signal })).rejects.toThrow(
    'interrupted',
  );
  const { fromCache } = await loadExtracts({ ...request(), sessions });
  expect(fromCache).toBeGreaterThanOrEqual(40);
  expect(fromCache).toBeLessThan(SESSIONS);
});

it('are mined by two threads as by one, from the disk and from memory', async () => {
  const { loadExtracts: load, mineGroundInThreads } = await bundled();
  const cards = JSON.stringify(mine(inMemory(), settings));
  for (const fromCache of [0, SESSIONS]) {
    const loaded = await load(request());
    expect(loaded.fromCache).toBe(fromCache);
    const { mined } = await mineGroundInThreads(loaded.extracts, settings, { jobs: 2, least: 1 });
    expect(JSON.stringify(mined)).toBe(cards);
  }
});

// Threads load a program out of the bundle, so these tests make one as `npm run build` does.
let made: Promise<Bundle> | undefined;

interface Bundle {
  loadExtracts: (request: Parameters<typeof loadExtracts>[0]) => Promise<Loaded>;
  mineGroundInThreads: typeof mineGroundInThreads;
}

function bundled(): Promise<Bundle> {
  made ??= bundle();
  return made;
}

async function bundle(): Promise<Bundle> {
  const root = join(import.meta.dirname, '..', '..');
  const outdir = join(root, 'node_modules', '.cache', 'agentmem-test-threads');
  await build({
    entryPoints: {
      load: join(root, 'src/mining/load.ts'),
      mine: join(root, 'src/mining/mine.ts'),
      'mining/search-thread': join(root, 'src/mining/search-thread.ts'),
      'mining/extract-thread': join(root, 'src/mining/extract-thread.ts'),
    },
    ...{ outdir, bundle: true, splitting: true, format: 'esm', platform: 'node', logLevel: 'silent' },
    packages: 'external',
  });
  const made = (name: string) => import(pathToFileURL(join(outdir, name)).href);
  return { ...(await made('load.js')), ...(await made('mine.js')) };
}

it('tell which entries were loaded and which held out, and read nothing of those that had none', () => {
  const plain: Extract = { ...extractOf('ses_none'), turns: [] };
  const loaded: Extract = { ...extractOf('ses_loaded'), loaded: ['k7f3'] };
  const out: Extract = { ...extractOf('ses_out'), heldOut: ['q2m8'] };
  const told = storedOf([plain, loaded, out]).map((one) => [one.loaded, one.heldOut]);
  expect(told).toEqual([
    [undefined, undefined],
    [['k7f3'], undefined],
    [undefined, ['q2m8']],
  ]);
  const packed = packExtract(plain);
  const nothing = Buffer.alloc(packed.bytes.length - packed.head, 0x20); // whoever read it would find no JSON
  const unreadable = { ...packed, bytes: Buffer.concat([packed.bytes.subarray(0, packed.head), nothing]) };
  const folder = mkdtempSync(join(tmpdir(), 'agentmem-stored-'));
  try {
    const entry = entryOf(plain);
    const stored = openExtract(
      openPacks(folder, 1).add(sessionKey(entry), thinned(unreadable, entry)),
      entry,
      new Shelf(),
    );
    expect(stored.loaded).toBeUndefined();
    expect(stored.heldOut).toBeUndefined();
    expect(() => stored.turns).toThrow(/damaged/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
