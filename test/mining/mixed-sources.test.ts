// Sessions of every kind that is imported, mined together: each finding says whose it is, and no tool's words stand in another's.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Header, isToolResult, isToolUse, type SessionEvent } from '../../src/domain/events.ts';
import { sourceName } from '../../src/domain/source-names.ts';
import { extractSession } from '../../src/mining/extract.ts';
import type { Extract } from '../../src/mining/extract-types.ts';
import { type Mined, mine } from '../../src/mining/mine.ts';
import { originFile } from '../../src/sources/file-hash.ts';
import { sniff } from '../../src/sources/sniff.ts';
import { sources } from '../../src/sources/table.ts';
import { samples } from '../sources/samples.ts';
import { write } from '../sources/support.ts';
import { stored } from './tell.ts';

const folder = mkdtempSync(join(tmpdir(), 'agentmem-mixed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const settings = { min_sessions: 3, min_tasks: 2 };
const COPIES = 4;

interface Sample {
  name: string;
  tool: string;
  header: Header;
  events: SessionEvent[];
}

const read: Sample[] = Object.entries(samples).map(([name, files]) => {
  const paths = files.map(({ path, content }) => write(join(folder, name.replaceAll(' ', '-'), path), content));
  const known = sniff(paths[0] ?? '', sources);
  if (known.kind !== 'known') throw new Error(`${name} is not known`);
  const [found] = known.source.read(paths.map(originFile)).sessions;
  if (found === undefined) throw new Error(`${name} holds no session`);
  return { name, tool: known.source.tool, header: found.header, events: found.events };
});

// One of each tool that has a failing call: two samples of one kind would only repeat its words.
const failing = read.filter(({ events }) => events.some((e) => isToolResult(e) && e.is_error === true));
const kinds = [...new Map(failing.map((sample) => [sample.tool, sample])).values()];

/** Several sessions like the sample, of tasks of their own; the call that failed is made again with one more argument, and works. */
function sessionsLike(sample: Sample, change: (event: SessionEvent) => SessionEvent = (event) => event): Extract[] {
  return Array.from({ length: COPIES }, (_, copy) => {
    const session = `${sample.header.session}-${copy}`;
    const renamed = (id: string) => `${id}_${copy}`;
    const header: Header = { ...sample.header, id: renamed(sample.header.id), session, task: { id: `task ${copy}` } };
    const events = sample.events.map((event): SessionEvent => {
      const own = { ...event, id: renamed(event.id) };
      if (isToolResult(own) && own.tool_use_id !== undefined) return { ...own, tool_use_id: renamed(own.tool_use_id) };
      return own;
    });
    return extractSession(stored([header, ...[...events, ...repairOf(events)].map(change)]));
  });
}

function repairOf(events: readonly SessionEvent[]): SessionEvent[] {
  const failed = events.filter(isToolResult).find((event) => event.is_error === true && event.denied !== true);
  const call = events.filter(isToolUse).find((event) => event.id === failed?.tool_use_id);
  if (failed === undefined || call === undefined) return [];
  const input = typeof call.input === 'object' && call.input !== null ? call.input : {};
  const { at: _at, ...undated } = call;
  return [
    { ...undated, id: `${call.id}_again`, input: { ...input, careful: true } },
    {
      id: `${call.id}_worked`,
      type: 'agent.tool_result',
      tool_use_id: `${call.id}_again`,
      content: [{ type: 'text', text: 'done' }],
    },
  ];
}

const errorsOf = (extracts: readonly Extract[]) => extracts.flatMap((e) => e.actions.flatMap((a) => a.error ?? []));
const wordsOf = (text: string) => new Set(text.toLowerCase().match(/\p{L}{3,}/gu) ?? []);
const fixes = (mined: Mined) => mined.cards.filter((card) => card.kind === 'error_fix');
const named = (mined: Mined) =>
  fixes(mined).map(({ tool, template, fingerprint }) => ({ tool, template, fingerprint }));
const sorted = <T extends { fingerprint: string }>(cards: readonly T[]) =>
  [...cards].sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));

describe('sessions of many tools', () => {
  const each = kinds.map((sample) => ({ sample, extracts: sessionsLike(sample) }));
  const all = mine(
    each.flatMap(({ extracts }) => extracts),
    settings,
  );

  it('are mined as if each tool were alone, where no tool of theirs has the same name', () => {
    const alone = each.flatMap(({ extracts }) => named(mine(extracts, settings)));
    expect(alone.length).toBeGreaterThanOrEqual(7);
    expect(sorted(named(all))).toEqual(sorted(alone));
  });

  it('name the tool in each finding, and say nothing of it where there is but one', () => {
    for (const { extracts } of each) {
      const tool = extracts[0]?.tool;
      const ids = new Set(extracts.map((e) => e.session));
      const own = fixes(all).filter(({ examples }) => examples.some((span) => ids.has(span.session)));
      expect(own.flatMap(({ sources: of = [] }) => of.map((one) => one.tool))).toEqual(own.map(() => tool));
      for (const card of fixes(mine(extracts, settings))) expect(card.sources).toBeUndefined();
    }
  });

  it('say how many came from where', () => {
    expect(all.sources.map(({ sessions }) => sessions)).toEqual(kinds.map(() => COPIES));
    expect(new Set(all.sources.map(({ tool }) => tool))).toEqual(new Set(kinds.map(({ tool }) => tool)));
  });

  it('keep their words to themselves: no card says what only another tool said', () => {
    for (const { sample, extracts } of each) {
      const own = wordsOf([...errorsOf(extracts), ...extracts.flatMap((e) => e.actions.map((a) => a.tool))].join(' '));
      const others = each.filter((other) => other.sample !== sample).flatMap((other) => errorsOf(other.extracts));
      const foreign = [...wordsOf(others.join(' '))].filter((word) => !own.has(word));
      const sessions = new Set(extracts.map((e) => e.session));
      const cards = all.cards.filter((card) => card.examples.some((span) => sessions.has(span.session)));
      expect(cards.length, sample.name).toBeGreaterThan(0);
      for (const card of cards)
        for (const word of wordsOf(card.template ?? '')) expect(foreign, sample.name).not.toContain(word);
    }
  });
});

describe('tools of one name in many tools’ sessions', () => {
  const called = (event: SessionEvent): SessionEvent => (isToolUse(event) ? { ...event, name: 'shell' } : event);
  const saying = (text: string) => (event: SessionEvent) => {
    const said = called(event);
    if (!isToolResult(said) || said.is_error !== true || said.denied === true) return said;
    return { ...said, content: [{ type: 'text' as const, text }] };
  };

  it('share a finding where they say the same, and it names them all', () => {
    const extracts = kinds.flatMap((sample) => sessionsLike(sample, saying('Error: the kiln is still warm')));
    const [card, ...more] = fixes(mine(extracts, settings));
    expect(more).toEqual([]);
    expect(card?.template).toContain('the kiln is still warm');
    expect(card?.sources?.map(({ sessions }) => sessions)).toEqual(kinds.map(() => COPIES));
    expect(new Set(card?.sources?.map(({ tool }) => tool))).toEqual(new Set(kinds.map(({ tool }) => tool)));
  });

  it('have no word in a shared template that one of them did not say', () => {
    const nouns = ['kiln', 'lathe', 'loom', 'anvil', 'press', 'crane', 'forge', 'saw', 'plough', 'wheel'];
    const extracts = kinds.flatMap((sample, at) =>
      sessionsLike(sample, saying(`Error: cannot reach the ${nouns[at % nouns.length]} from here`)),
    );
    const [card, ...more] = fixes(mine(extracts, settings));
    expect(more).toEqual([]);
    expect(card?.template).toMatch(/cannot reach the <\S+> from here/);
    expect(card?.sources).toHaveLength(kinds.length);
    for (const noun of nouns) expect(card?.template).not.toContain(noun);
  });

  it('stay apart where they say different things', () => {
    const extracts = kinds.flatMap((sample) => sessionsLike(sample, called));
    for (const card of fixes(mine(extracts, settings))) {
      const of = new Set((card.sources ?? []).map(({ tool }) => tool));
      const saidBy = extracts.filter((e) => of.size === 0 || of.has(e.tool));
      const words = wordsOf(errorsOf(saidBy).join(' '));
      for (const word of wordsOf((card.template ?? '').replace(/<[^<>]{1,12}>/g, ' '))) expect(words).toContain(word);
    }
  });
});

describe('sources', () => {
  it('each have a name for people', () => {
    for (const { tool } of sources) if (tool !== 'agentmem') expect(sourceName(tool), tool).not.toBe('another tool');
    expect(sourceName('<img src=x>')).toBe('another tool');
    expect(sourceName('__proto__')).toBe('another tool');
  });
});
