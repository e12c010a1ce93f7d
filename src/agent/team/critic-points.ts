// When a critic is asked, and what it is shown: the plan as it was said, the changes as the calls made them; pure, asks nobody.
import { diffLines } from '../../base/line-diff.ts';
import { clip } from '../../base/text.ts';
import { isToolUse, type SessionEvent, type ToolUse } from '../../domain/events.ts';

/** A change that a call made, as lines: those that went are marked -, those that came +. */
export interface Change {
  path: string;
  text: string;
  lines: number;
}

/** A plan is at least so long; less is a remark. */
export const SHORTEST_PLAN = 200; // characters
/** Changes are large from here on. */
export const LARGE = { lines: 100, files: 5 };

const LONGEST_COMMAND = 10_000;
const LONGEST_CHANGE = 8_000;

// Calls that begin to do what was planned. Commands are left out: looking around is done with them as well.
const ACTS = new Set(['write', 'edit', 'delegate', 'take_from', 'merge_branch']);

/** The calls of an answer that change something by our own tools. */
export function actsOf(answer: readonly SessionEvent[]): ToolUse[] {
  return answer.filter(isToolUse).filter((use) => ACTS.has(use.name));
}

/** True if a call of the answer is a command that runs tests. */
export function runsTests(answer: readonly SessionEvent[]): boolean {
  return answer.filter(isToolUse).some((use) => {
    const input: unknown = use.input;
    if (use.name !== 'bash' || input === null || typeof input !== 'object' || !('command' in input)) return false;
    return typeof input.command === 'string' && TESTS.test(input.command.slice(0, LONGEST_COMMAND));
  });
}

/** What a call of `write` or `edit` changed; nothing for other calls. */
export function changeOf({ name, input }: ToolUse): Change | undefined {
  if ((name !== 'write' && name !== 'edit') || input === null || typeof input !== 'object') return undefined;
  const fields = new Map<string, unknown>(Object.entries(input));
  const path = fields.get('path');
  if (typeof path !== 'string') return undefined;
  const edits = fields.get('edits');
  const parts = name === 'write' ? [['', fields.get('content')]] : (Array.isArray(edits) ? edits : [input]).map(sides);
  const lines = parts.flatMap(([before, after]) =>
    diffLines(textIn(before), textIn(after)).filter(({ sign }) => sign !== ' '),
  );
  const text = lines.map((line) => `${line.sign} ${line.text}`).join('\n');
  return { path, text: clip(text, LONGEST_CHANGE), lines: lines.length };
}

/** True if so much was changed that somebody should look. */
export function isLarge(changes: readonly Change[]): boolean {
  const lines = changes.reduce((sum, change) => sum + change.lines, 0);
  return lines > LARGE.lines || new Set(changes.map(({ path }) => path)).size > LARGE.files;
}

/** Changes for reading, file by file in the order in which they were made. */
export function changesInWords(changes: readonly Change[]): string {
  return changes.map(({ path, text }) => `${path}\n${text}`).join('\n\n');
}

function sides(edit: unknown): [unknown, unknown] {
  if (edit === null || typeof edit !== 'object') return ['', ''];
  const fields = new Map<string, unknown>(Object.entries(edit));
  return [fields.get('old_string'), fields.get('new_string')];
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

const RUNNERS = [
  String.raw`(?:npm|pnpm|yarn|bun|deno|go|cargo|make|dotnet|mix|swift|bazel|sbt|lein|zig build|gradle|\.\/gradlew|mvn|\.\/mvnw) (?:run )?(?:-[\w-]{1,30} ){0,3}(?:test|check|nextest)`,
  String.raw`vitest|jest|mocha|ava|playwright test|pytest|py\.test|tox|nox|rspec|phpunit|ctest|node --test`,
  String.raw`python[\d.]{0,5} -m (?:pytest|unittest)`,
];
const TESTS = new RegExp(`(?:^|[\\s;&|(/])(?:${RUNNERS.join('|')})(?![\\w-])`);
