// The tool `read`: a file's numbered lines, an image, or what lies in a folder; changes nothing and remembers what was seen.
import { z } from 'zod';
import { count, nearest, bytes as size } from '../../base/text.ts';
import { listPlace, readPlace } from '../confined-files.ts';
import { mayRead, type Place, placeOf } from '../confinement.ts';
import { argumentsOf, define } from './arguments.ts';
import { contentOf, linesOf, type TextFile } from './text-file.ts';
import { failed, said, type Tool, type ToolOutcome } from './tool.ts';
import { LARGEST_FILE, pathSubject, type WorkspaceFiles } from './workspace-files.ts';

const LINES = 2000;
const LINE_LENGTH = 2000;
const MOST_TEXT = 90_000; // characters; a longer result would be stored outside the transcript's line
const MOST_ENTRIES = 1000;
/** The API takes images of 5 MiB, measured in base64. */
const LARGEST_IMAGE = Math.floor((5 * 1024 * 1024 * 3) / 4);

const schema = z.strictObject({
  path: z.string().describe('File or folder, relative to the workspace.'),
  offset: z.int().min(1).optional().describe('First line, counted from 1.'),
  limit: z.int().min(1).max(100_000).optional().describe(`Number of lines; ${LINES} unless told.`),
});
type Input = z.infer<typeof schema>;

const DESCRIPTION =
  'Reads a file of the workspace. Text comes with line numbers, as “number, tab, line”; the numbers are not part of the file. ' +
  `Gives ${LINES} lines unless told otherwise and cuts lines after ${LINE_LENGTH} characters; go on with offset. ` +
  'PNG, JPEG, GIF and WebP are shown as images; other binary files are refused. A folder gives what lies in it. ' +
  'Read a file before you change it with edit or write.';

/** The tool `read` over the files of a workspace. */
export function readTool(files: WorkspaceFiles): Tool {
  return {
    definition: define('read', DESCRIPTION, schema),
    readOnly: true,
    subject: (input) => pathSubject(files, input, 'read'),
    run: async ({ input }) => {
      const checked = argumentsOf(schema, input);
      return 'fault' in checked ? checked.fault : read(files, checked.value);
    },
  };
}

function read(files: WorkspaceFiles, input: Input): ToolOutcome {
  const place = placeOf(files.within, input.path, 'read');
  if ('refused' in place) return failed(place.refused);
  if (place.kind === 'missing') return failed(missing(files, place));
  if (place.kind === 'folder') return listing(files, place);
  const got = readPlace(files.within, place, LARGEST_FILE);
  if ('refused' in got)
    return failed(`${got.refused} grep finds lines in it; bash can show parts of it (head, tail, sed -n).`);
  const content = contentOf(got.bytes);
  if (content.kind === 'binary')
    return failed(`${place.path} is ${content.what}, ${size(got.bytes.length)}: no text to show.`);
  if (content.kind === 'image') return image(place, content.mediaType, got.bytes);
  files.view.saw(place.path, got.bytes);
  return numbered(place, content, input);
}

function missing(files: WorkspaceFiles, place: Place): string {
  const folder: Place = { parts: place.parts.slice(0, -1), path: place.path, kind: 'folder' };
  const listed = listPlace(files.within, folder);
  const names = 'refused' in listed ? [] : listed.entries.map((entry) => entry.name);
  const near = nearest(place.parts.at(-1) ?? '', names);
  const meant = near === undefined ? '' : ` There is ${[...folder.parts, near].join('/')}.`;
  return `${place.path} does not exist.${meant}`;
}

function listing(files: WorkspaceFiles, place: Place): ToolOutcome {
  const listed = listPlace(files.within, place);
  if ('refused' in listed) return failed(listed.refused);
  const open = listed.entries.filter((entry) => mayRead(files.within, [...place.parts, entry.name].join('/')));
  const names = open.map((entry) => `${entry.name}${entry.isDirectory() ? '/' : entry.isSymbolicLink() ? '@' : ''}`);
  if (names.length === 0) return said(`${place.path} is an empty folder.`);
  const rest = names.length - MOST_ENTRIES;
  const more = rest > 0 ? `\n[${count(rest, 'entry', 'entries')} more; use glob]` : '';
  return said(
    `${place.path} is a folder with ${count(names.length, 'entry', 'entries')}:\n${names.slice(0, MOST_ENTRIES).join('\n')}${more}`,
  );
}

function image(place: Place, mediaType: string, bytes: Buffer): ToolOutcome {
  if (bytes.length > LARGEST_IMAGE)
    return failed(`${place.path} is an image of ${size(bytes.length)}; at most ${size(LARGEST_IMAGE)} can be shown.`);
  return {
    content: [
      { type: 'text', text: `${place.path}: ${mediaType}, ${size(bytes.length)}` },
      { type: 'image', media_type: mediaType, data: bytes.toString('base64') },
    ],
  };
}

function numbered(place: Place, { text, encoding }: TextFile, input: Input): ToolOutcome {
  const lines = linesOf(text);
  if (lines.length === 0) return said(`[${place.path} is empty]`);
  const first = input.offset ?? 1;
  if (first > lines.length)
    return failed(`${place.path} has ${count(lines.length, 'line')}; offset ${first} is behind its end.`);
  const shown: string[] = [];
  let length = 0;
  let cut = false;
  for (const line of lines.slice(first - 1, first - 1 + (input.limit ?? LINES))) {
    const piece = line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH)}[…]` : line;
    cut ||= piece !== line;
    const row = `${String(first + shown.length).padStart(6)}\t${piece}`;
    length += row.length + 1;
    if (length > MOST_TEXT && shown.length > 0) break;
    shown.push(row);
  }
  const notes: string[] = [];
  const next = first + shown.length;
  if (next <= lines.length) notes.push(`lines ${first} to ${next - 1} of ${lines.length}; go on with offset ${next}`);
  if (cut) notes.push(`lines longer than ${LINE_LENGTH} characters are cut at […]`);
  if (encoding !== 'utf8') notes.push(`encoding: ${encoding}`);
  if (text.includes('\r\n')) notes.push('lines end in CRLF');
  if (!text.endsWith('\n')) notes.push('no line end at the end of the file');
  // The note about the last line would only confuse where that line is not shown.
  const told = next <= lines.length ? notes.filter((note) => !note.startsWith('no line end')) : notes;
  return said([...shown, ...told.map((note) => `[${note}]`)].join('\n'));
}
