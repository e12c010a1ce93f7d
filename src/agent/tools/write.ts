// The tool `write`: makes a file or replaces one that was read before; whole or not at all, and never what was not seen.
import { z } from 'zod';
import { bytes as size } from '../../base/text.ts';
import { readPlace, writePlace } from '../confined-files.ts';
import { type Place, placeOf } from '../confinement.ts';
import { argumentsOf, define } from './arguments.ts';
import { unseenReason } from './file-view.ts';
import { bringsMarks, MARK_REFUSED } from './redaction-marks.ts';
import { contentOf } from './text-file.ts';
import { failed, said, type Tool, type ToolOutcome } from './tool.ts';
import { LARGEST_FILE, noFile, pathSubject, type WorkspaceFiles } from './workspace-files.ts';

const schema = z.strictObject({
  path: z.string().describe('File, relative to the workspace. Folders are made as needed.'),
  content: z.string().max(LARGEST_FILE).describe('The whole new content, written as UTF-8 exactly as given.'),
});
type Input = z.infer<typeof schema>;

const DESCRIPTION =
  'Writes a whole file of the workspace: a new one, or in place of one that you have read in this session. ' +
  'Refused where the file has changed since you read it. For a change within a file use edit. ' +
  'The content is written as given, line ends included. Files of git and of the memory (.agentmem) cannot be written.';

/** The tool `write` over the files of a workspace. */
export function writeTool(files: WorkspaceFiles): Tool {
  return {
    definition: define('write', DESCRIPTION, schema),
    readOnly: false,
    subject: (input) => pathSubject(files, input, 'write'),
    run: async ({ input }) => {
      const checked = argumentsOf(schema, input);
      return 'fault' in checked ? checked.fault : write(files, checked.value);
    },
  };
}

function write(files: WorkspaceFiles, input: Input): ToolOutcome {
  const place = placeOf(files.within, input.path, 'write');
  if ('refused' in place) return failed(place.refused);
  if (place.kind === 'folder') return failed(noFile(place));
  if (place.kind === 'missing' && input.path.endsWith('/'))
    return failed(`“${input.path}” names a folder; name the file.`);
  const before = place.kind === 'file' ? current(files, place) : { text: '', note: '' };
  if ('refused' in before) return failed(before.refused);
  if (bringsMarks(before.text, input.content)) return failed(MARK_REFUSED);
  const held = files.claim?.(place.path);
  if (held !== undefined) return failed(held);
  const bytes = Buffer.from(input.content);
  const refused = writePlace(files.within, place, bytes);
  if (refused !== undefined) return failed(refused.refused);
  files.view.saw(place.path, bytes);
  const did = place.kind === 'missing' ? 'Created' : 'Updated';
  return { ...said(`${did} ${place.path} (${size(bytes.length)}).${before.note}`), changed: [place.path] };
}

function current(files: WorkspaceFiles, place: Place): { text: string; note: string } | { refused: string } {
  const got = readPlace(files.within, place, LARGEST_FILE);
  if ('refused' in got) return got;
  const content = contentOf(got.bytes);
  if (content.kind !== 'text') {
    const what = content.kind === 'image' ? 'an image' : content.what;
    return { refused: `${place.path} is ${what}; this tool only replaces text files.` };
  }
  const unseen = unseenReason(files.view, place.path, got.bytes);
  if (unseen !== undefined) return { refused: unseen };
  const note = content.encoding === 'utf8' ? '' : ` It was ${content.encoding} before and is UTF-8 now.`;
  return { text: content.text, note };
}
