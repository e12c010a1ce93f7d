// The program of the threads that import: an entry of the bundle; does nothing outside of such a thread.
import { serve } from '../../base/threads.ts';
import { type Redact, redactor } from '../../store/redaction.ts';
import { type ImportAnswer, type ImportPiece, importPiece } from './piece.ts';

let redact: Redact | undefined;

// Every piece of an import has the same rules.
serve((piece: ImportPiece): ImportAnswer => {
  redact ??= redactor(piece.rules);
  const answer = importPiece(piece, redact);
  // What was found in a group can be as large as its files, and is read again by whoever needs it.
  return { ...answer, groups: answer.groups.map((group) => ('left' in group ? { left: undefined } : group)) };
}, buffersOf);

function buffersOf({ groups }: ImportAnswer): ArrayBuffer[] {
  const sessions = groups.flatMap((group) => ('sessions' in group ? group.sessions : []));
  return sessions.flatMap(({ stored, known }) =>
    [stored?.bytes, known?.extract?.bytes].flatMap((b) => b?.buffer ?? []),
  );
}
