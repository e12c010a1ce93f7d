// What somebody changed on a review branch besides its lessons, verdicts and report, which no replay would carry over; pure.
import { parsePlaybook } from '../domain/playbook.ts';
import type { Files } from './apply.ts';

/**
 * Paths below `.agentmem`, of those that differ between `base` and `branch`, whose difference is more than the sections
 * of `entries`, the notes that lessons change, lines added to decisions.jsonl, and the record of `dream`.
 */
export function handMade(
  changed: readonly string[],
  base: Files,
  branch: Files,
  lessons: { entries: readonly string[]; notes: readonly string[]; dream: string },
): string[] {
  return changed.filter((path) => {
    const before = base.get(path);
    const now = branch.get(path);
    if (path === 'decisions.jsonl') return !(now ?? '').startsWith((before ?? '').trimEnd());
    if (RECORD.some((kind) => path === `dreams/${lessons.dream}.${kind}`)) return false;
    if (lessons.notes.includes(path)) return false;
    if (!/^playbooks\/[^/]+\.md$/.test(path)) return true;
    const both = before !== undefined && now !== undefined;
    return rest(before, lessons.entries, both) !== rest(now, lessons.entries, both);
  });
}

// What the dream and its proofs wrote down beside the lessons.
const RECORD = ['md', 'evidence.jsonl', 'answers.jsonl', 'proof.json', 'proof.svg'];

// A playbook without the sections of the branch's lessons. The title of a playbook that comes or goes is no difference.
function rest(text: string | undefined, without: readonly string[], withPreamble: boolean): string {
  if (text === undefined) return '';
  const { preamble, sections } = parsePlaybook('', text.replaceAll('\r\n', '\n'));
  const others = sections.filter((s) => !without.includes(s.mark?.id ?? '')).map((s) => s.raw.trimEnd());
  return [...(withPreamble ? [preamble.trimEnd()] : []), ...others].join('\n');
}
