// Copies stored sessions into a folder for somebody else, under today's redaction rules; overwrites nothing.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { parseLine } from '../base/jsonl.ts';
import { createAtomic } from './atomic.ts';
import type { Layout } from './layout.ts';
import type { Redact } from './redaction.ts';
import { sessionMarkdown } from './session-markdown.ts';
import { asEvent } from './shape.ts';
import { sessionUnderRules } from './todays-rules.ts';

export interface Exported {
  session: string;
  /** Absolute paths, the transcript first. */
  files: string[];
  /** Lines that the rules changed on the way out. */
  redacted: number;
  /** Damaged lines, and files that lines name and that are gone. */
  left_out: number;
}

/**
 * Writes one session to `folder`: as it is stored, with the files beside it (`jsonl`), or as markdown for reading (`md`).
 * Throws UserError where a file of that name is there.
 */
export function exportSession(
  layout: Layout,
  session: { id: string; path: string },
  target: { folder: string; format: 'jsonl' | 'md'; redact: Redact },
): Exported {
  const { folder, format, redact } = target;
  const ruled = sessionUnderRules(join(layout.sessions, session.path), redact);
  const main = join(folder, `${session.id}.${format}`);
  if (existsSync(main)) throw thereAlready(main);
  const exported: Exported = {
    session: session.id,
    files: [main],
    redacted: ruled.lines.filter(({ changed }) => changed).length,
    left_out: ruled.bad + ruled.missing.length,
  };
  const beside = format === 'jsonl' ? ruled.files : [];
  for (const { name, text } of beside) {
    const path = join(folder, name);
    if (!createAtomic(path, [text])) throw thereAlready(path);
    exported.files.push(path);
  }
  const text =
    format === 'jsonl'
      ? ruled.lines.map(({ line }) => line)
      : [
          sessionMarkdown(
            session.id,
            ruled.lines.flatMap(({ line }) => eventIn(line)),
          ),
        ];
  if (!createAtomic(main, text)) throw thereAlready(main);
  return exported;
}

// The redacted line, not the event that it was made from.
function eventIn(line: string) {
  const parsed = parseLine(Buffer.from(line));
  const checked = parsed.kind === 'object' ? asEvent(parsed.value) : undefined;
  return checked !== undefined && 'event' in checked ? [checked.event] : [];
}

function thereAlready(path: string): UserError {
  return new UserError({
    what: 'a file of that name is there already',
    where: path,
    hint: 'choose another folder with --out, or delete it',
  });
}
