// The tool `grep`: lines of the workspace's files that fit a regular expression, with a time limit; changes nothing.
import { join } from 'node:path';
import { z } from 'zod';
import { count } from '../../base/text.ts';
import { type Confinement, type Place, placeOf } from '../confinement.ts';
import { allBelow, type FilesBelow, type Search, unignoredBelow } from '../files-below.ts';
import { type GlobPattern, globPattern } from '../glob-pattern.ts';
import { argumentsOf, define } from './arguments.ts';
import { passedOver } from './glob.ts';
import { type GrepHits, grepInWorker } from './grep-worker.ts';
import { failed, said, type Tool, type ToolCall, type ToolOutcome } from './tool.ts';
import { noFile, pathSubject, type WorkspaceFiles } from './workspace-files.ts';

const MOST = 1000;
const USUAL = 100;
const LARGEST = 5_000_000;
const MOST_TEXT = 90_000; // characters
const DEADLINE_MS = 20_000;

const schema = z.strictObject({
  pattern: z.string().min(1).max(1000).describe('JavaScript regular expression, matched against each line.'),
  path: z.string().optional().describe('File or folder, relative to the workspace; the whole workspace unless told.'),
  glob: z.string().optional().describe('Only files whose path fits, for example *.ts (at any depth) or src/**/*.ts.'),
  ignore_case: z.boolean().optional(),
  context: z.int().min(0).max(20).optional().describe('Lines to show before and after each match.'),
  files_only: z.boolean().optional().describe('Only the files and how many lines of each match.'),
  max: z.int().min(1).max(MOST).optional().describe(`Matches to give (files, with files_only); ${USUAL} unless told.`),
});
type Input = z.infer<typeof schema>;

const DESCRIPTION =
  'Searches the content of files of the workspace line by line with a regular expression. Gives path:line:text, with context ' +
  'also path-line-text. Passes over .git, node_modules, files that git ignores (unless path names an ignored folder or there ' +
  'are no others), binary files, links, and files over 5 MB. A pattern that takes too long is ended.';

/** The tool `grep` over the files of a workspace. `deadlineMs` bounds one search. */
export function grepTool(files: Pick<WorkspaceFiles, 'within'>, deadlineMs = DEADLINE_MS): Tool {
  return {
    definition: define('grep', DESCRIPTION, schema),
    readOnly: true,
    subject: (input) => pathSubject(files, { path: '.', ...input }, 'read'),
    run: async (call) => {
      const checked = argumentsOf(schema, call.input);
      return 'fault' in checked ? checked.fault : grep(files.within, checked.value, call, deadlineMs);
    },
  };
}

async function grep(within: Confinement, input: Input, call: ToolCall, deadlineMs: number): Promise<ToolOutcome> {
  const regex = regexOf(input);
  if ('fault' in regex) return failed(regex.fault);
  const only = input.glob === undefined ? undefined : fileFilter(input.glob);
  if (only !== undefined && 'fault' in only) return failed(`glob: ${only.fault}.`);
  const place = placeOf(within, input.path ?? '.', 'read');
  if ('refused' in place) return failed(place.refused);
  if (place.kind === 'missing') return failed(noFile(place));
  const { files, cut } = await filesAt(within, place, only, call.signal);
  const hits = await grepInWorker(
    {
      files: files.map((path) => ({ real: join(within.root, path), path })),
      ...regex,
      context: input.context ?? 0,
      filesOnly: input.files_only ?? false,
      max: input.max ?? USUAL,
      largest: LARGEST,
    },
    deadlineMs,
    call.signal,
  );
  return answer(hits, files.length, cut);
}

// `(?i)` at the beginning is what other engines know; braces after \p and \u mean something only with the flag u.
function regexOf({ pattern, ignore_case }: Input): { source: string; flags: string } | { fault: string } {
  const inline = pattern.startsWith('(?i)');
  const source = inline ? pattern.slice(4) : pattern;
  const flags = (inline || ignore_case === true ? 'i' : '') + (/\\[pPu]\{/.test(source) ? 'u' : '');
  try {
    new RegExp(source, flags);
    return { source, flags };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return {
      fault: `pattern: not a JavaScript regular expression (${error.message}). Put \\ before characters that mean themselves.`,
    };
  }
}

// As other searching programs have it: without a slash the pattern is for the name, at any depth.
function fileFilter(glob: string): GlobPattern | { fault: string } {
  return globPattern(glob.includes('/') ? glob : `**/${glob}`);
}

async function filesAt(
  within: Confinement,
  place: Place,
  only: GlobPattern | undefined,
  signal: AbortSignal,
): Promise<FilesBelow> {
  if (place.kind === 'file') return { files: [place.path], cut: false };
  const skip = passedOver(only);
  for (const name of place.parts) skip.delete(name);
  const search: Search = { wanted: only?.matches ?? (() => true), skip, signal };
  const unignored = await unignoredBelow(within, place, search);
  return unignored !== null && unignored.files.length > 0 ? unignored : allBelow(within, place, search);
}

function answer(hits: GrepHits, files: number, cut: boolean): ToolOutcome {
  const notes: string[] = [];
  const rows = upTo(hits.rows, MOST_TEXT);
  if (rows.length < hits.rows.length)
    notes.push('the result is too long and was cut; narrow the search or use files_only');
  if (hits.more) notes.push('there are more matches; narrow the search or raise max');
  if (cut) notes.push('there are too many files to search all of them; name a folder with path');
  if (hits.tooLarge > 0) notes.push(`${count(hits.tooLarge, 'file')} over 5 MB not searched`);
  if (hits.ended !== undefined) notes.push(hits.ended);
  const tail = notes.map((note) => `[${note}]`);
  if (rows.length > 0) return said([...rows, ...tail].join('\n'));
  const none = said([`No line fits in ${count(files - hits.binary - hits.tooLarge, 'file')}.`, ...tail].join('\n'));
  return hits.ended === undefined ? none : failed(tail.join('\n'));
}

function upTo(rows: readonly string[], characters: number): string[] {
  let length = 0;
  const end = rows.findIndex((row) => {
    length += row.length + 1;
    return length > characters;
  });
  return end === -1 ? [...rows] : rows.slice(0, end);
}
