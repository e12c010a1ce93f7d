// A judge over a real server on loopback whose answers a test makes up, and small rubrics; test code only.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { type Rubric, rubricSchema } from '../../src/domain/rubric.ts';
import type { WrittenTurn } from '../../src/domain/script.ts';
import type { Judge } from '../../src/grading/judge.ts';
import { openModel } from '../../src/model/open.ts';
import { redactor } from '../../src/store/redaction.ts';
import type { Fault } from '../support/messages-server/faults.ts';
import { type MessagesServer, startMessagesServer } from '../support/messages-server.ts';

export const TEMPLATES = join(import.meta.dirname, '..', '..', 'templates', 'prompts');
export const judgePrompt = readFileSync(join(TEMPLATES, 'judge.md'), 'utf8');

/** What the judge is asked, read back out of the request. */
export interface Asked {
  /** The whole user message. */
  text: string;
  criterion: string;
  model: string;
  n: number;
  /** What stands between the tags of a source. */
  shown: (source: string) => string | undefined;
  raw: Record<string, unknown>;
}

export type Answering = (asked: Asked) => WrittenTurn | Fault;

const running: MessagesServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

/** A server that answers so, and a judge that asks it. */
export async function court(answer: Answering, more: Partial<Judge> = {}): Promise<{ judge: Judge; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = await startMessagesServer({
    answer: (body, n) => {
      const question = readQuestion(body.raw, n);
      asked.push(question);
      return answer(question);
    },
  });
  running.push(server);
  const seat = async (name: string) => {
    const { model, id } = await openModel({
      name,
      env: { ANTHROPIC_BASE_URL: server.url, ANTHROPIC_API_KEY: 'made-up-key-1' },
      trusted: true,
      prices: { 'made-up-judge': { input: 1, output: 1 }, 'made-up-second': { input: 1, output: 1 } },
      now: () => new Date(),
      random: () => 0.5,
      interactive: true,
      loadScript: async (path) => {
        throw new Error(`${path} is not read`);
      },
      readScript: () => [],
      readCassette: () => [],
      scrub: (value) => value,
      retryPolicy: { capMs: 5, baseMs: 0, perAskMs: 100, perRunMs: 1000, attempts: 2, silences: 1 },
    });
    return { model, id };
  };
  const judge: Judge = {
    open: seat,
    grader: 'made-up-judge',
    seed: 'seed',
    system: judgePrompt,
    redact: redactor(),
    ...more,
  };
  return { judge, asked };
}

/** An answer through the tool. */
export function verdict(input: Record<string, unknown>): WrittenTurn {
  return { tools: [{ name: 'verdict', input }] };
}

/** The answer of a judge that does its work: `met` with this quote. */
export function met({ criterion }: Pick<Asked, 'criterion'>, source: string, text: string): WrittenTurn {
  return verdict({ criterion, reasoning: 'It is there.', quotes: [{ source, text }], verdict: 'met' });
}

export function notMet({ criterion }: Pick<Asked, 'criterion'>, reasoning = 'It is missing.'): WrittenTurn {
  return verdict({ criterion, reasoning, quotes: [], verdict: 'not_met' });
}

/** A rubric out of what a file would say. */
export function rubricOf(criteria: Record<string, unknown>[], more: Record<string, unknown> = {}): Rubric {
  return { ...rubricSchema.parse({ rubric: 'landing', criteria, ...more }), sha256: 'f'.repeat(64) };
}

function readQuestion(raw: Record<string, unknown>, n: number): Asked {
  const messages = raw.messages as { content: { text: string }[] }[]; // what our own code sent
  const text = (messages[0]?.content ?? []).map((block) => block.text).join('');
  const mark = /<(material-[a-z0-9]+)>/.exec(text)?.[1] ?? '';
  const pieces = [
    ...text.matchAll(new RegExp(`<${mark} source="((?:[^"\\\\]|\\\\.)*)">\\n([\\s\\S]*?)\\n</${mark}>`, 'g')),
  ];
  return {
    text,
    criterion: /The statement to judge is criterion ([a-z0-9_-]+):/.exec(text.slice(text.lastIndexOf(mark)))?.[1] ?? '',
    model: String(raw.model),
    n,
    shown: (source) => pieces.find((piece) => piece[1] === source)?.[2],
    raw,
  };
}
