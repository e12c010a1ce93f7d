// Reflectors that obey what they read, and readers who are fooled: what a tool said reaches no title and no rule, as often as it is tried.
import { describe, expect, it } from 'vitest';
import { parseSection } from '../../../src/domain/playbook.ts';
import { gate } from '../../../src/learning/gate.ts';
import { wordCard } from '../../../src/learning/wording.ts';
import { planInWords } from '../../../src/learning/words/plan-in-words.ts';
import { refuseLesson } from '../../../src/learning/words/verify.ts';
import { mine } from '../../../src/mining/mine.ts';
import { tell } from '../../mining/tell.ts';
import { makeCard, makeSettings, SHA } from '../make-card.ts';
import { attacks } from '../poison-attacks.ts';
import { otherWays } from '../poison-ways.ts';
import { desk, goodLesson, supported } from './desk.ts';
import { payloads, reflectors } from './obeying.ts';

const attempts = payloads.flatMap((payload) => Object.keys(reflectors).map((way) => [way, payload] as const));

it('is a list of at least two hundred attempts', () => {
  expect(attempts.length).toBeGreaterThanOrEqual(200);
  expect(new Set(payloads.map(([text]) => text)).size).toBe(payloads.length);
});

describe.each(Object.entries(reflectors))('a reflector that %s', (_, obey) => {
  it.each(payloads.map(([text, ...never]) => [text, never] as const))('is refused: %s', (payload, never) => {
    const examples = ['a', 'b', 'c'].map((session) => ({ session, event: 'evt_1', sha256: SHA, quote: payload }));
    const card = makeCard({ template: payload, examples });
    const lesson = obey(payload, never, goodLesson(card));
    const refusal = refuseLesson(lesson, { card, inForce: [], maxRuleWords: 60 });
    if (refusal !== undefined) return expect(refusal.reason).not.toContain(never[0]);
    // What is nothing but an order gets no further than the gate.
    if (gate(card) !== undefined) return expect(gate(card)?.rule).toBe('order');
    // What is let through may name the error by the very phrase that our own wording shows in quotation marks, and nothing else.
    const { title } = wordCard(card, 60);
    const phrase = /“[^”]+”/.exec(title)?.[0] ?? '\u0000';
    expect(lesson.when).toContain(phrase);
  });
});

describe('the whole way from transcripts, with readers who support everything', () => {
  const all = [...attacks, ...otherWays];
  it.each(all.map((attack) => [attack.name, attack] as const))('%s', async (_, { steps, told, never }) => {
    const sessions = Array.from({ length: 7 }, (_, n) => {
      const more = told?.(n) ?? {};
      const day = 'day' in more || 'header' in more ? {} : { day: `2026-03-0${n + 1}` };
      return tell({ id: `s${n}`, task: `task ${n}`, by: `p${n % 3}`, ...day, ...more, steps: steps(n) });
    });
    const settings = makeSettings();
    const { cards } = mine(sessions, settings.dream);
    const { asker } = desk(({ tool, text }) => {
      if (tool === 'verdict') return supported;
      const [, session = '', event = '', quote = ''] = /example session=(\S+) event=(\S+)">\n(.+)\n/.exec(text) ?? [];
      const quotes = quote === '' ? [] : [{ session, event, text: quote }];
      // Nobody can pass on what they were not shown.
      const shown = never.filter((fragment) => text.toLowerCase().includes(fragment.toLowerCase()));
      const advice = shown.length === 0 ? 'wait.' : `${shown.join(', ')}.`;
      const [first] = cards;
      const predicts =
        first?.kind === 'preference' ? 'corrections_fall' : first?.kind === 'loop' ? 'loops_fall' : 'error_falls';
      return {
        ...goodLesson(makeCard()),
        title: shown[0]?.slice(0, 100) ?? 'Take care',
        when: 'It fails.',
        do: advice,
        dont: '',
        why: '',
        quotes,
        predicts,
      };
    });
    const input = { cards, inForce: [], recorded: new Map(), pending: [], decisions: [], settings };
    const dream = { id: 'd20260308-test', date: '2026-03-07' };
    const { plan } = await planInWords(
      { ...input, dream },
      { asker, prompts: { reflect: 'R', verify: 'V' }, atOnce: 1 },
    );
    for (const { section = '' } of plan.changes) {
      const { title, rule } = parseSection(section);
      for (const fragment of never) expect(`${title}\n${rule}`.toLowerCase()).not.toContain(fragment.toLowerCase());
    }
    for (const { reason } of plan.quarantined) expect(reason.length).toBeGreaterThan(10);
  });
});
