// Switches how sessions are shared: edits one line of .gitignore and one of config.yaml, as text; everything else stays byte for byte.
import { UserError } from '../base/errors.ts';
import type { Settings } from '../domain/settings.ts';
import { parseYamlText } from './yaml.ts';

export type SharingMode = Settings['sessions'];

/**
 * The text of config.yaml with `sessions: <mode>`; comments and everything else stay. Throws UserError where the file is
 * written so that a line can't be changed by itself.
 */
export function configWithSharing(text: string, mode: SharingMode, where: string): string {
  const edited = editConfig(text, mode, where);
  const value = edited === undefined ? undefined : parseYamlText(edited, where).value;
  if (
    edited !== undefined &&
    value !== null &&
    typeof value === 'object' &&
    'sessions' in value &&
    value.sessions === mode
  )
    return edited;
  throw new UserError({
    what: 'the settings are written in a way that this command does not edit',
    where,
    hint: `set it by hand: sessions: ${mode}`,
  });
}

/** The text of `.agentmem/.gitignore` for a mode: only lines that we wrote are changed. */
export function ignoreWithSharing(text: string, mode: SharingMode): string {
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
  const ours = (line: string) => HIDDEN.test(line) || COMMITTED.includes(line.trim());
  const wanted = mode === 'commit' ? COMMITTED : ['sessions/'];
  const at = lines.findIndex(ours);
  const rest = lines.filter((line) => !ours(line)).map((line) => comment(line, mode));
  const place = at < 0 ? rest.length : lines.slice(0, at).filter((line) => !ours(line)).length;
  return [...rest.slice(0, place), ...wanted, ...rest.slice(place)].map((line) => `${line}${end}`).join('');
}

/** The text of `.agentmem/.gitattributes` that keeps the bytes of committed transcripts; evidence is a hash of them. */
export function attributesWithSharing(text: string, mode: SharingMode): string {
  if (mode !== 'commit' || /^sessions\/\*\*[ \t]/m.test(text)) return text;
  const lead = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return `${lead}# Evidence cites the hash of a transcript's line, so git must not touch its bytes.\nsessions/** -text\n`;
}

// A writer's lock and temporary file lie beside the transcript.
const COMMITTED = ['sessions/**/*.lock*', 'sessions/**/.*'];
const HIDDEN = /^\/?sessions\/?[ \t]*$/;

const COMMENTS = {
  hidden: '# Transcripts are private, locks and caches are of this machine: none of them belongs in a commit.',
  committed: '# Locks and caches are of this machine: none of them belongs in a commit.',
};

// Our own remark on top would no longer be true.
function comment(line: string, mode: SharingMode): string {
  if (mode === 'commit') return line === COMMENTS.hidden ? COMMENTS.committed : line;
  return line === COMMENTS.committed ? COMMENTS.hidden : line;
}

function editConfig(text: string, mode: SharingMode, where: string): string | undefined {
  const { value, lineOf } = parseYamlText(text, where);
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  if (value === null || value === undefined || (typeof value === 'object' && !('sessions' in value))) {
    const lead = text === '' || text.endsWith('\n') ? text : `${text}${end}`;
    return `${lead}${end}# Whether transcripts go into git: ignore, commit or branch (agent sessions share).${end}sessions: ${mode}${end}`;
  }
  const lines = text.split('\n');
  const at = lineOf(['sessions']) - 1;
  const match = /^(sessions:[ \t]*)(?:"[^"]*"|'[^']*'|[^\s#]*)(.*)$/s.exec(lines[at] ?? '');
  if (match === null) return undefined;
  lines[at] = `${(match[1] ?? '').trimEnd()} ${mode}${match[2] ?? ''}`;
  return lines.join('\n');
}
