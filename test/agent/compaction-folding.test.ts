// Conversations of any shape, compacted at any point: what is sent stays valid, and what people said stays word for word.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerEvents } from '../../src/agent/answer-events.ts';
import { codeSummary, stateText, writtenSummary } from '../../src/agent/compaction-text.ts';
import { Conversation } from '../../src/agent/conversation.ts';
import type { Block, EventDraft, SessionEvent } from '../../src/domain/events.ts';
import type { ApiBlock, ApiMessage } from '../../src/model/model.ts';
import { redactor } from '../../src/store/redaction.ts';

const usage = {
  input_tokens: 40,
  output_tokens: 2,
  cache_read_input_tokens: 0,
  cache_creation_input_tokens: 0,
  known: true,
};
const answer = (content: ApiBlock[], stopReason: string) => ({
  ...{ kind: 'answer' as const, content, broken: [], stopReason, model: 'm', usage, usd: 0, ms: 1, attempts: 1 },
});
const start: EventDraft = { type: 'span.model_request_start', model: 'm' };
const says = (text: string, injected?: string): EventDraft => ({
  type: 'user.message',
  content: [{ type: 'text', text, ...(injected !== undefined && { injected }) }],
});

/** A conversation that is written line by line, and can be folded again from its lines. */
function session(thread?: string) {
  const options = { load: () => undefined, ...(thread !== undefined && { thread }) };
  const live = new Conversation(options);
  const lines: string[] = [];
  return {
    live,
    put(...drafts: EventDraft[]): SessionEvent[] {
      const events = drafts.map(
        (draft, i) => ({ id: `evt_${lines.length + i}`, ...draft, ...(thread && { thread }) }) as SessionEvent,
      );
      for (const event of events) {
        lines.push(JSON.stringify(event));
        live.add(event);
      }
      return events;
    },
    again(): Conversation {
      const folded = new Conversation(options);
      for (const line of lines) folded.add(JSON.parse(line) as SessionEvent);
      return folded;
    },
  };
}

function compact({ live, put }: ReturnType<typeof session>, keep: number, words?: string): boolean {
  const cut = live.cut(keep);
  if (cut === undefined) return false;
  expect(cut.before.at(-1)?.role).toBe('user');
  expect(faults(cut.before)).toEqual([]);
  const texts = [stateText(live.record), words === undefined ? codeSummary(live.record) : writtenSummary(words)];
  const summary = texts.map((text): Block => ({ type: 'text', text, injected: 'compaction' }));
  put({ type: 'agent.thread_context_compacted', summary, keeps_from: cut.keepsFrom, thinking_dropped: true });
  return true;
}

/** What the Messages API would refuse. */
function faults(messages: readonly ApiMessage[]): string[] {
  const found: string[] = [];
  if (messages[0]?.role !== 'user') found.push('does not begin with a user');
  messages.forEach(({ role, content }, i) => {
    if (role === messages[i - 1]?.role) found.push(`two of ${role} in a row at ${i}`);
    if (content.length === 0) found.push(`nothing at ${i}`);
    const results = content.flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : []));
    const calls = (messages[i - 1]?.content ?? []).flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
    if (JSON.stringify(results) !== JSON.stringify(calls)) found.push(`calls and results differ at ${i}`);
    if (content.findLastIndex((block) => block.type === 'tool_result') >= Math.max(1, results.length))
      found.push(`a result behind words at ${i}`);
  });
  return found;
}

const turn = fc.record({
  thinking: fc.boolean(),
  text: fc.option(fc.string()),
  calls: fc.integer({ min: 0, max: 3 }),
  said: fc.option(fc.string({ minLength: 1 }).filter((text) => text.trim() !== '')),
  nudge: fc.boolean(),
  compact: fc.option(fc.integer({ min: 1, max: 4 })),
  words: fc.option(fc.string({ minLength: 1 })),
});

describe('a compacted conversation', () => {
  it('is valid, folds the same from its lines, and holds what people said in their words and order', () => {
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 12 }), fc.boolean(), (turns, inThread) => {
        const s = session(inThread ? 'scout' : undefined);
        const said = ['The task: §1 “count”.', 'Rubric: it counts.'];
        s.put(says(said[0] ?? ''), says(said[1] ?? '', 'rubric'));
        for (const [
          n,
          { thinking, text, calls, said: words, nudge, compact: keep, words: summary },
        ] of turns.entries()) {
          const content: ApiBlock[] = [
            ...(thinking ? [{ type: 'thinking', thinking: 'hm', signature: 's' }] : []),
            ...(text !== null && text.trim() !== '' ? [{ type: 'text', text }] : []),
            ...Array.from({ length: calls }, (_, i) => ({
              type: 'tool_use',
              id: `t${n}-${i}`,
              name: 'read',
              input: { path: `f${n}` },
            })),
          ];
          if (content.every((block) => block.type === 'thinking')) content.push({ type: 'text', text: `step ${n}` });
          const events = s.put(
            start,
            ...answerEvents(answer(content, calls > 0 ? 'tool_use' : 'end_turn'), redactor()),
          );
          for (const use of events.filter((e) => e.type === 'agent.tool_use').reverse())
            s.put({ type: 'agent.tool_result', tool_use_id: use.id, content: [{ type: 'text', text: `r${n}` }] });
          if (nudge) s.put(says('Go on.', 'agentmem'));
          if (words !== null) said.push(words);
          if (words !== null || (calls === 0 && !nudge))
            s.put(says(words ?? 'And?', words === null ? 'hook' : undefined));
          if (keep !== null && compact(s, keep, summary ?? undefined)) expect(s.live.hasThinking()).toBe(false);
        }
        const messages = s.live.messages();
        expect(faults(messages)).toEqual([]);
        expect(JSON.stringify(s.again().messages())).toBe(JSON.stringify(messages));
        expect(s.again().size(() => 7)).toBe(s.live.size(() => 7));
        const texts = messages.flatMap(({ role, content }) => (role === 'user' ? content.map(({ text }) => text) : []));
        let at = -1;
        for (const words of said) {
          at = texts.indexOf(words, at + 1);
          expect(at, words).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  /** `answers` answers with one call each. */
  function work(s: ReturnType<typeof session>, answers: number, name = 'read') {
    for (let i = 0; i < answers; i++) {
      const call = { type: 'tool_use', id: `t${i}`, name, input: { path: `f${i}`, question: `Which ${i}?` } };
      const [, use] = s.put(start, ...answerEvents(answer([call], 'tool_use'), redactor()));
      s.put({
        type: 'agent.tool_result',
        tool_use_id: use?.id ?? '',
        content: [{ type: 'text', text: `The person answers: ${i}` }],
      });
    }
  }
  const sent = (s: ReturnType<typeof session>) => JSON.stringify(s.live.messages());

  it('keeps of graders only the newest words, and a picture that a person sent', () => {
    const s = session();
    s.put({
      type: 'user.message',
      content: [
        { type: 'text', text: 'Like this:' },
        { type: 'image', data: 'AAAA', media_type: 'image/png' },
      ],
    });
    work(s, 2);
    s.put(says('Round one: too short.', 'grader'));
    work(s, 2);
    s.put(says('Round two: too long.', 'grader'));
    work(s, 2);
    expect(compact(s, 1)).toBe(true);
    expect(sent(s)).toContain('"data":"AAAA"');
    expect(sent(s)).toContain('Round two: too long.');
    expect(sent(s)).not.toContain('Round one');
    s.put(says('Round three: fine but for the end.', 'grader'));
    expect(compact(s, 1)).toBe(false); // nothing new lies before the newest answer
    work(s, 2);
    expect(compact(s, 1)).toBe(true);
    expect(sent(s)).not.toContain('Round two');
  });

  it('keeps questions with their answers through every further compaction', () => {
    const s = session();
    s.put(says('Go.'));
    work(s, 3, 'ask');
    for (let i = 0; i < 3; i++) {
      work(s, 3);
      expect(compact(s, 1, `Summary ${i}.`)).toBe(true);
    }
    expect(sent(s)).toContain('The agent asked: Which 0?\\n  The person answers: 0');
    expect(sent(s)).toContain('Summary 2.');
    expect(sent(s)).not.toContain('Summary 1.');
  });

  it('carries an earlier summary over where the model gives none', () => {
    const s = session();
    s.put(says('Go.'));
    work(s, 3);
    compact(s, 1, 'The port is 8417.');
    work(s, 3);
    compact(s, 1);
    expect(sent(s)).toContain('The port is 8417.');
  });

  it('tells what the agent had said before a person answered it', () => {
    const s = session();
    s.put(
      says('Go.'),
      start,
      ...answerEvents(answer([{ type: 'text', text: 'Shall I drop the old column?' }], 'end_turn'), redactor()),
    );
    s.put(says('Yes.'));
    work(s, 2);
    compact(s, 1);
    expect(sent(s)).toContain('Before the words that begin “Yes.” the agent had said:\\nShall I drop the old column?');
  });

  it('stays as it was where the event that it should keep from is not there', () => {
    const s = session();
    s.put(says('Go.'));
    work(s, 2);
    const before = sent(s);
    s.put({ type: 'agent.thread_context_compacted', summary: [{ type: 'text', text: 'x' }], keeps_from: 'evt_gone' });
    expect(sent(s)).toBe(before);
  });

  it('is none of the other threads’ business', () => {
    const main = session();
    main.put(says('Go.'));
    work(main, 3);
    const before = sent(main);
    main.live.add({
      id: 'evt_x',
      type: 'agent.thread_context_compacted',
      thread: 'scout',
      summary: [],
      keeps_from: 'evt_8',
    });
    expect(sent(main)).toBe(before);
  });
});
