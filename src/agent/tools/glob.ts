// The tool `glob`: names of files that fit a pattern; reads no content and follows no link.
import { z } from 'zod';
import { count } from '../../base/text.ts';
import { type Place, placeOf } from '../confinement.ts';
import { allBelow, type FilesBelow, type Search, unignoredBelow } from '../files-below.ts';
import { type GlobPattern, globPattern } from '../glob-pattern.ts';
import { argumentsOf, define } from './arguments.ts';
import { failed, said, type Tool, type ToolCall, type ToolOutcome } from './tool.ts';
import { noFile, pathSubject, type WorkspaceFiles } from './workspace-files.ts';

const MOST_SHOWN = 1000;

const schema = z.strictObject({
  pattern: z.string().describe('For example src/**/*.ts or *.{json,yaml}.'),
  path: z
    .string()
    .optional()
    .describe('Folder to look in, relative to the workspace; the whole workspace unless told.'),
});
type Input = z.infer<typeof schema>;

const DESCRIPTION =
  'Finds files of the workspace by a pattern for their path below the folder: * within a name, ** any folders, ?, [a-z], {a,b}. ' +
  '*.ts means the folder itself, **/*.ts all below it. Names that begin with a dot count. .git and node_modules are passed over ' +
  'unless the pattern names them; files that git ignores are given only where no other fits. Links are not followed. ' +
  `Gives paths relative to the workspace, sorted, at most ${MOST_SHOWN}.`;

/** The tool `glob` over the files of a workspace. */
export function globTool(files: Pick<WorkspaceFiles, 'within'>): Tool {
  return {
    definition: define('glob', DESCRIPTION, schema),
    readOnly: true,
    subject: (input) => pathSubject(files, { path: '.', ...input }, 'read'),
    run: async (call) => {
      const checked = argumentsOf(schema, call.input);
      return 'fault' in checked ? checked.fault : glob(files, checked.value, call);
    },
  };
}

/** Folders that are passed over unless a pattern names them. */
export function passedOver(pattern?: GlobPattern): Set<string> {
  return new Set(['.git', 'node_modules'].filter((name) => pattern?.names.has(name) !== true));
}

async function glob({ within }: Pick<WorkspaceFiles, 'within'>, input: Input, call: ToolCall): Promise<ToolOutcome> {
  const pattern = globPattern(input.pattern);
  if ('fault' in pattern) return failed(`pattern: ${pattern.fault}.`);
  const folder = placeOf(within, input.path ?? '.', 'read');
  if ('refused' in folder) return failed(folder.refused);
  if (folder.kind !== 'folder')
    return failed(folder.kind === 'file' ? `${folder.path} is a file; path names a folder.` : noFile(folder));
  const search: Search = { wanted: pattern.matches, skip: passedOver(pattern), signal: call.signal };
  const found = await unignoredBelow(within, folder, search);
  if (found !== null && found.files.length > 0) return answer(found, folder, call, '');
  const all = await allBelow(within, folder, search);
  return answer(all, folder, call, found === null || all.files.length === 0 ? '' : 'git ignores all of these');
}

function answer({ files, cut }: FilesBelow, folder: Place, call: ToolCall, note: string): ToolOutcome {
  if (call.signal.aborted) return failed('The search was interrupted.');
  const notes = note === '' ? [] : [note];
  if (files.length > MOST_SHOWN)
    notes.push(`${count(files.length, 'file')} fit, the first ${MOST_SHOWN} are shown; narrow the pattern`);
  if (cut) notes.push('there are too many files to look at all of them; name a folder with path');
  const tail = notes.map((text) => `[${text}]`);
  if (files.length === 0) return said([`No file below ${folder.path} fits.`, ...tail].join('\n'));
  return said([...files.slice(0, MOST_SHOWN), ...tail].join('\n'));
}
