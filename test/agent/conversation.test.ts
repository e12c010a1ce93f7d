import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerEvents } from '../../src/agent/answer-events.ts';
import { Conversation } from '../../src/agent/conversation.ts';
import { shortening } from '../../src/agent/shorten.ts';
import type { EventDraft, SessionEvent } from '../../src/domain/events.ts';
import type { ApiBlock, ModelAnswer } from '../../src/model/model.ts';
import { redactor } from '../../src/store/redaction.ts';

let serial = 0;
const stamped = (draft: EventDraft): SessionEvent =>
  ({ id: `evt_${serial++}`, at: '2026-11-20T10:00:00.000Z', ...draft }) as SessionEvent;
const usage = {
  input_tokens: 1,
  output_tokens: 1,
  cache_read_input_tokens: 0,
  cache_creation_input_tokens: 0,
  known: true,
};
const answer = (content: ApiBlock[], stopReason = 'tool_use'): ModelAnswer => ({
  kind: 'answer',
  content,
  broken: [],
  stopReason,
  model: 'm',
  usage,
  usd: 0,
  ms: 1,
  attempts: 1,
});
const text = (t: string) => ({ type: 'text' as const, text: t });
const says = (t: string): EventDraft => ({ type: 'user.message', content: [text(t)] });
const start: EventDraft = { type: 'span.model_request_start', model: 'm' };

/** Adds drafts and gives back the events. */
function feed(conversation: Conversation, ...drafts: EventDraft[]): SessionEvent[] {
  const events = drafts.map(stamped);
  for (const event of events) conversation.add(event);
  return events;
}
function answered(conversation: Conversation, content: ApiBlock[], stop = 'tool_use'): SessionEvent[] {
  return feed(conversation, start, ...answerEvents(answer(content, stop), redactor())).slice(1);
}
const fresh = () => new Conversation({ load: () => undefined });
const result = (use: SessionEvent, t: string): EventDraft => ({
  type: 'agent.tool_result',
  tool_use_id: use.id,
  content: [text(t)],
});
const call = (id: string, input: unknown = {}): ApiBlock => ({ type: 'tool_use', id, name: 'read', input });

describe('a conversation folded from events', () => {
  it('sends an answer back block for block, signatures and unknown blocks included', () => {
    const conversation = fresh();
    const content = [
      { type: 'thinking', thinking: 'hm', signature: 'c2ln' },
      { type: 'redacted_thinking', data: 'eHl6' },
      { type: 'text', text: 'Look.', citations: [{ type: 'char_location' }] },
      { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: { query: 'x' } },
      { type: 'tool_use', id: 'toolu_1', name: 'read', input: { path: 'a' }, caller: { type: 'direct' } },
    ];
    feed(conversation, says('go'));
    answered(conversation, content);
    expect(conversation.messages()[1]).toEqual({ role: 'assistant', content });
  });

  it('puts results first and in the order of the calls, whatever order they came in', () => {
    const conversation = fresh();
    feed(conversation, says('go'));
    const [a, b] = answered(conversation, [call('t1'), call('t2')]);
    feed(conversation, says('by the way'), result(b as SessionEvent, 'two'), result(a as SessionEvent, 'one'));
    expect(conversation.messages()[2]).toEqual({
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 't1', content: [text('one')] },
        { type: 'tool_result', tool_use_id: 't2', content: [text('two')] },
        text('by the way'),
      ],
    });
  });

  it('passes over an answer whose end was never stored, and asks again from before it', () => {
    const conversation = fresh();
    feed(conversation, says('go'), start);
    feed(conversation, ...answerEvents(answer([text('half'), call('t1')]), redactor()).slice(0, -1));
    feed(conversation, start);
    expect(conversation.messages()).toEqual([{ role: 'user', content: [text('go')] }]);
    expect(conversation.calls()).toEqual([]);
  });

  it('leaves a refused answer out', () => {
    const conversation = fresh();
    feed(conversation, says('go'));
    answered(conversation, [text('I will not')], 'refusal');
    expect(conversation.messages()).toEqual([{ role: 'user', content: [text('go')] }]);
  });

  it('joins what a paused answer goes on with into one message', () => {
    const conversation = fresh();
    feed(conversation, says('go'));
    answered(conversation, [text('one')], 'pause_turn');
    answered(conversation, [text('two')], 'end_turn');
    expect(conversation.messages()[1]).toEqual({ role: 'assistant', content: [text('one'), text('two')] });
    expect(conversation.answered()).toBe(true);
  });

  it('counts the first result of a call and no second one, nor one for a call that was never made', () => {
    const conversation = fresh();
    feed(conversation, says('go'));
    const [a] = answered(conversation, [call('t1')]);
    feed(conversation, result(a as SessionEvent, 'first'), result(a as SessionEvent, 'second'));
    feed(conversation, { type: 'agent.tool_result', tool_use_id: 'evt_elsewhere', content: [text('x')] });
    expect(conversation.messages()[2]?.content).toEqual([
      { type: 'tool_result', tool_use_id: 't1', content: [text('first')] },
    ]);
  });

  it('does not send back thinking of an answer in which something was redacted', () => {
    const conversation = fresh();
    feed(conversation, says('go'));
    const secret = `sk-ant-api03-${'a'.repeat(80)}`;
    const drafts = answerEvents(
      answer([{ type: 'thinking', thinking: 'h', signature: 's' }, text(`key ${secret}`)], 'end_turn'),
      redactor(),
    );
    expect(drafts[0]).toMatchObject({ content: [{ type: 'thinking', thinking: 'h' }] });
    expect(JSON.stringify(drafts[0])).not.toContain('signature');
  });

  it('shortens the oldest long results, drops thinking that was signed over them, and keeps the newest turn whole', () => {
    const conversation = fresh();
    feed(conversation, says('go'));
    const long = 'x'.repeat(50_000);
    for (let i = 0; i < 4; i++) {
      const use = answered(conversation, [{ type: 'thinking', thinking: 'h', signature: 's' }, call(`t${i}`)])[1];
      feed(conversation, result(use as SessionEvent, long));
    }
    const before = JSON.stringify(conversation.messages()).length;
    feed(conversation, shortening(conversation, 'full') as EventDraft);
    const messages = conversation.messages();
    expect(JSON.stringify(messages).length).toBeLessThan(before - 90_000);
    expect(JSON.stringify(messages.at(-1))).toContain(long);
    expect(conversation.hasThinking()).toBe(false);
  });

  it('says that there is nothing left to shorten', () => {
    const conversation = fresh();
    feed(conversation, says('x'.repeat(100_000)));
    expect(shortening(conversation, 'full')).toBeUndefined();
  });

  it('is the same from stored lines as live, and what was sent stays a prefix of what is sent next', () => {
    const turn = fc.record({
      thinking: fc.boolean(),
      texts: fc.array(fc.string(), { maxLength: 2 }),
      calls: fc.integer({ min: 0, max: 3 }),
      remark: fc.option(fc.string({ minLength: 1 }).filter((s) => s.trim() !== '')),
    });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 8 }), (turns) => {
        const live = fresh();
        const lines: string[] = [];
        const put = (...drafts: EventDraft[]) => {
          const events = feed(live, ...drafts);
          lines.push(...events.map((e) => JSON.stringify(e)));
          return events;
        };
        put(says('task'));
        let sent = '';
        for (const [n, { thinking, texts, calls, remark }] of turns.entries()) {
          const now = JSON.stringify(live.messages()).slice(0, -3); // up to the end of the last block
          expect(now.startsWith(sent)).toBe(true);
          sent = now;
          const content: ApiBlock[] = [
            ...(thinking ? [{ type: 'thinking', thinking: 'h', signature: 's' }] : []),
            ...texts.map((t) => ({ type: 'text', text: t })),
            ...Array.from({ length: calls }, (_, i) => call(`t${n}-${i}`, { n })),
          ];
          const events = put(start, ...answerEvents(answer(content), redactor()));
          for (const use of events.filter((e) => e.type === 'agent.tool_use').reverse()) put(result(use, `r${n}`));
          if (remark !== null) put(says(remark));
        }
        const again = fresh();
        for (const line of lines) again.add(JSON.parse(line) as SessionEvent);
        expect(JSON.stringify(again.messages())).toBe(JSON.stringify(live.messages()));
      }),
      { numRuns: 200 },
    );
  });
});
