// The tool `edit`: exact replacements in a file that was read before, all of them or none; never guesses what was meant.
import { z } from 'zod';
import { count } from '../../base/text.ts';
import { readPlace, writePlace } from '../confined-files.ts';
import { type Place, placeOf } from '../confinement.ts';
import { argumentsOf, define } from './arguments.ts';
import { unseenReason } from './file-view.ts';
import { lineAt, type Replaced, type Replacement, replaceAll } from './replace-text.ts';
import { bytesOf, contentOf, linesOf } from './text-file.ts';
import { failed, said, type Tool, type ToolOutcome } from './tool.ts';
import { LARGEST_FILE, noFile, pathSubject, type WorkspaceFiles } from './workspace-files.ts';

const CONTEXT = 2;
const MOST_SHOWN = 60; // lines of the result

const one = {
  old_string: z.string().describe('Text to replace, exactly as it is in the file; it must be there once.'),
  new_string: z.string().describe('Text to put in its place.'),
  replace_all: z.boolean().optional().describe('Replace it everywhere.'),
};
const schema = z.strictObject({
  path: z.string().describe('File, relative to the workspace.'),
  old_string: one.old_string.optional(),
  new_string: one.new_string.optional(),
  replace_all: one.replace_all,
  edits: z
    .array(z.strictObject(one))
    .min(1)
    .max(200)
    .optional()
    .describe('Several replacements, done in this order; all or none. Instead of old_string and new_string.'),
});
type Input = z.infer<typeof schema>;

const DESCRIPTION =
  'Replaces text in a file of the workspace that you have read in this session. old_string must be in the file exactly as ' +
  'given, white space included and without line numbers, and only once, unless replace_all is set. With edits several ' +
  'replacements are done one after the other, all or none. Line ends of the file (LF or CRLF) are kept. ' +
  'Shows the changed lines.';

/** The tool `edit` over the files of a workspace. */
export function editTool(files: WorkspaceFiles): Tool {
  return {
    definition: define('edit', DESCRIPTION, schema),
    readOnly: false,
    subject: (input) => pathSubject(files, input, 'write'),
    run: async ({ input }) => {
      const checked = argumentsOf(schema, input);
      return 'fault' in checked ? checked.fault : edit(files, checked.value);
    },
  };
}

function edit(files: WorkspaceFiles, input: Input): ToolOutcome {
  const replacements = replacementsOf(input);
  if (typeof replacements === 'string') return failed(replacements);
  const place = placeOf(files.within, input.path, 'write');
  if ('refused' in place) return failed(place.refused);
  if (place.kind !== 'file') return failed(noFile(place));
  const got = readPlace(files.within, place, LARGEST_FILE);
  if ('refused' in got) return failed(got.refused);
  const content = contentOf(got.bytes);
  if (content.kind !== 'text') return failed(`${place.path} is no text file.`);
  const unseen = unseenReason(files.view, place.path, got.bytes);
  if (unseen !== undefined) return failed(unseen);
  const done = replaceAll(content.text, replacements);
  if ('fault' in done) return failed(`${place.path}: ${done.fault}`);
  const bytes = bytesOf({ text: done.text, encoding: content.encoding });
  if (bytes === undefined)
    return failed(`${place.path} is ${content.encoding}, which lacks some of the new characters. Nothing was changed.`);
  return store(files, place, done, bytes);
}

function replacementsOf(input: Input): Replacement[] | string {
  const { old_string, new_string, replace_all, edits } = input;
  if (edits !== undefined)
    return old_string === undefined && new_string === undefined && replace_all === undefined
      ? edits
      : 'Give either edits or old_string and new_string, not both.';
  if (old_string === undefined) return 'old_string: missing; expected the text to replace.';
  if (new_string === undefined) return 'new_string: missing; expected the text to put in its place (may be empty).';
  return [{ old_string, new_string, replace_all }];
}

function store(files: WorkspaceFiles, place: Place, done: Replaced, bytes: Buffer): ToolOutcome {
  const held = files.claim?.(place.path);
  if (held !== undefined) return failed(held);
  const refused = writePlace(files.within, place, bytes);
  if (refused !== undefined) return failed(refused.refused);
  files.view.saw(place.path, bytes);
  const text = `Changed ${place.path}: ${count(done.times, 'replacement')}.\n${snippet(done)}`;
  return { ...said(text.trimEnd()), changed: [place.path] };
}

// The changed lines with a few around them, numbered; gaps are marked.
function snippet({ text, spans }: Replaced): string {
  const lines = linesOf(text);
  const rows: string[] = [];
  let last = 0;
  for (const span of spans) {
    const from = Math.max(last + 1, lineAt(text, span.start) - CONTEXT);
    const to = Math.min(lines.length, lineAt(text, Math.max(span.start, span.end - 1)) + CONTEXT);
    if (from > last + 1 && rows.length > 0) rows.push('   …');
    for (let n = from; n <= to; n++) {
      if (rows.length >= MOST_SHOWN) return `${rows.join('\n')}\n[more changed lines are not shown]`;
      rows.push(`${String(n).padStart(6)}\t${(lines[n - 1] ?? '').slice(0, 500)}`);
    }
    last = Math.max(last, to);
  }
  return rows.join('\n');
}
