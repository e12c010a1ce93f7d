// An asking door over a scripted model whose answers a test makes up, with a cache in a temporary folder; test code only.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Card } from '../../../src/domain/card.ts';
import type { WrittenTurn } from '../../../src/domain/script.ts';
import { ASKS_VERSION, type Asker, type AskerParts, openAsker } from '../../../src/learning/asking/asker.ts';
import type { Lesson } from '../../../src/learning/words/lesson.ts';
import type { Purse } from '../../../src/model/forced-call.ts';
import { openScript } from '../../../src/model/open.ts';
import { openCache } from '../../../src/store/cache.ts';

/** A question as the script sees it. */
export interface Question {
  tool: 'lesson' | 'verdict' | 'curation';
  text: string;
  system: string;
}

export type Answering = (question: Question, n: number) => Record<string, unknown> | WrittenTurn;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'agentmem-asks-'));
  folders.push(made);
  return made;
}

/** A purse that is empty after so many charges. */
export function purseOf(most = Number.POSITIVE_INFINITY): Purse & { charged: string[] } {
  const charged: string[] = [];
  return {
    charged,
    check: () => (charged.length < most ? undefined : { text: 'the budget is used up' }),
    charge: (_, model) => void charged.push(model),
  };
}

/** A door whose every model is one script; `asked` counts what really reached it. */
export function desk(answer: Answering, more: Partial<AskerParts> & { dir?: string } = {}) {
  const asked: Question[] = [];
  const { dir = folder(), ...parts } = more;
  const open: AskerParts['open'] = async () =>
    await openScript(
      {
        env: {},
        trusted: true,
        prices: {},
        now: () => new Date('2026-11-20T08:00:00Z'),
        random: () => 0.5,
        interactive: true,
        readScript: () => [],
        loadScript: async (path) => {
          throw new Error(`${path} is not read`);
        },
        readCassette: () => [],
        scrub: (value) => value,
        retryPolicy: { capMs: 5, baseMs: 0, perAskMs: 100, perRunMs: 1000, attempts: 2, silences: 1 },
      },
      (body) => {
        const question = questionIn(body.raw);
        asked.push(question);
        const given = answer(question, asked.length);
        const isTurn = ['tools', 'text', 'error'].some((key) => key in given);
        // What is no turn is the input of the tool that was forced.
        return (isTurn ? given : { tools: [{ name: question.tool, input: given }] }) as Turn; // the test's own words
      },
      'made-up',
    );
  const asker: Asker = openAsker({
    models: { reflector: 'cheap', verifier: 'strong', curator: 'strong', reader: 'cheap' },
    open,
    purse: () => purseOf(),
    cache: openCache(dir, 'asks', ASKS_VERSION),
    signal: new AbortController().signal,
    ...parts,
  });
  return { asker, asked, dir };
}

type Turn = { tools: { name: string; input: Record<string, unknown> }[] };

/** A lesson about the card of `makeCard` that every rule lets pass. */
export function goodLesson(card: Card, parts: Partial<Lesson> = {}): Lesson {
  return {
    worth: true,
    title: 'Pack fewer things at once',
    when: 'When `pack_crate` refuses a crate for its weight:',
    do: 'give it a shorter list of `items`.',
    dont: 'Sending the identical list a further time gains nothing.',
    why: 'Most repairs changed exactly that.',
    quotes: card.examples.slice(0, 1).map(({ session, event, quote }) => ({ session, event, text: quote })),
    predicts: 'error_falls',
    ...parts,
  };
}

export const supported = { reasoning: 'It fits.', verdict: 'support' };

function questionIn(raw: Record<string, unknown>): Question {
  const messages = raw.messages as { content: { text: string }[] | string }[]; // what our own code sent
  const content = messages[0]?.content ?? '';
  const text = typeof content === 'string' ? content : content.map((block) => block.text).join('');
  const tools = raw.tools as { name: Question['tool'] }[];
  return { tool: tools[0]?.name ?? 'lesson', text, system: JSON.stringify(raw.system) };
}
