// The passage that a lesson cites, where it stands in its session, with what came just before and after; changes nothing.
import { conversation } from '../store/conversation.ts';
import type { CheckedSpan } from '../store/evidence.ts';
import { readTranscript, type StoredEvent } from '../store/transcript-read.ts';
import type { Printer } from './print.ts';
import { render } from './show-session.ts';

const AROUND = 3; // events with something to show, on either side
const SHORT = 300;
const CITED = 2000;

/** Prints one cited passage; a session that is not here is named, and that is all. */
export function showPassage(print: Printer, span: CheckedSpan): void {
  const { session, event, file, line, verified } = span;
  const place = line === undefined ? session : `${session}:${line}`;
  print.line(`${print.paint.bold(print.outside(place))} ${verified}`);
  print.line(`  cited: “${print.outside(span.quote).replace(/\s+/g, ' ')}”`);
  if (file === undefined) {
    const why = verified === 'not on this machine' ? 'the session is not on this machine' : 'no such event in it now';
    print.line(`  ${print.paint.yellow(why)}`);
    return;
  }
  for (const { text, cited } of passage(print, file, event))
    for (const part of text.split('\n')) print.line(`${cited ? print.paint.yellow('▶ ') : '  '}${part}`);
}

function passage(print: Printer, file: string, id: string): { text: string; cited: boolean }[] {
  const events: StoredEvent[] = [];
  for (const stored of readTranscript(file)) if (stored.kind === 'event') events.push(stored);
  const placed = conversation(events);
  const lane = placed.find(({ item }) => item.event.id === id)?.lane;
  const shown = placed
    .filter((p) => p.lane === lane)
    .flatMap(({ item }) => {
      const cited = item.event.id === id;
      const lines = render(item.event, print, cited ? CITED : SHORT);
      return lines.length > 0 || cited ? [{ text: lines.join('\n'), cited }] : [];
    });
  const at = shown.findIndex((s) => s.cited);
  return shown.slice(Math.max(0, at - AROUND), at + AROUND + 1);
}
