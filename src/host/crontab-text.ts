// A crontab as text with one block of ours for each memory; every other byte stays as it is, and nothing is read or run.
import { UserError } from '../base/errors.ts';

/** The block of one memory, as it stands in a crontab. */
export interface CrontabBlock {
  /** Lines between the markers. */
  lines: string[];
  /** True if there was no crontab at all before the block was put in. */
  madeCrontab: boolean;
}

interface Found extends CrontabBlock {
  start: number;
  end: number;
  /** The text before had no line break at its end, and got one. */
  addedBreak: boolean;
}

// What must be undone is written in the marker itself: nothing else survives as surely as the crontab.
const MADE = 'there was no crontab before';
const BREAK = 'a line break was added before';
// Not `^`, which takes a carriage return for the end of a line; cron does not.
const LINE_START = '(?<![^\\n])';

/**
 * The crontab with the memory's block in it: put at the end, or in the place of the one that is there. `text` is null
 * where there is no crontab. Throws UserError if a block of this memory is damaged.
 */
export function withBlock(text: string | null, id: string, lines: readonly string[]): string {
  const old = text === null ? undefined : findBlock(text, id);
  const before = text ?? '';
  const addedBreak = old?.addedBreak ?? (before !== '' && !before.endsWith('\n'));
  const madeCrontab = old?.madeCrontab ?? text === null;
  const begin = `# >>> agentmem ${id} >>>${notesOf({ madeCrontab, addedBreak })}`;
  const block = `${[begin, ...lines, `# <<< agentmem ${id} <<<`].join('\n')}\n`;
  if (old !== undefined) return before.slice(0, old.start) + block + before.slice(old.end);
  return `${before}${addedBreak ? '\n' : ''}${block}`;
}

/**
 * The crontab without the memory's block: exactly the text from before it was put in, with what was changed since. Null
 * means that no crontab is left, because there was none. Throws UserError if the block is damaged.
 */
export function withoutBlock(text: string, id: string): string | null {
  const block = findBlock(text, id);
  if (block === undefined) return text;
  const after = passOn(block, text.slice(block.end));
  let before = text.slice(0, block.start);
  // Where somebody has added lines behind the block, the line break is theirs to keep.
  if (block.addedBreak && after === '' && before.endsWith('\n')) before = before.slice(0, -1);
  const rest = before + after;
  return rest === '' && block.madeCrontab ? null : rest;
}

/** The memory's block, or undefined. Throws UserError where its markers do not pair. */
export function readBlock(text: string, id: string): CrontabBlock | undefined {
  return findBlock(text, id);
}

/** Ids of all memories that have a block in this crontab, in order. */
export function blockIds(text: string): string[] {
  return [...text.matchAll(new RegExp(`${LINE_START}# >>> agentmem (\\w+) >>>`, 'g'))].map((match) => match[1] ?? '');
}

// The block of another memory that was put in right behind ours takes over what is to be undone when it goes.
function passOn(block: Found, after: string): string {
  return after.replace(/^# >>> agentmem \w+ >>>/, (begin) => begin + notesOf(block));
}

function notesOf({ madeCrontab, addedBreak }: Pick<Found, 'madeCrontab' | 'addedBreak'>): string {
  return `${madeCrontab ? ` (${MADE})` : ''}${addedBreak ? ` (${BREAK})` : ''}`;
}

function findBlock(text: string, id: string): Found | undefined {
  const begins = [...text.matchAll(new RegExp(`${LINE_START}# >>> agentmem ${id} >>>([^\\n]*)\\n`, 'g'))];
  const ends = [...text.matchAll(new RegExp(`${LINE_START}# <<< agentmem ${id} <<<[^\\n]*(?:\\n|$)`, 'g'))];
  const [begin] = begins;
  const [end] = ends;
  if (begin === undefined && end === undefined) return undefined;
  if (begins.length !== 1 || ends.length !== 1 || begin === undefined || end === undefined || end.index < begin.index) {
    throw new UserError({
      what: 'The block of this memory in your crontab is damaged: its two marker lines do not pair.',
      where: `# >>> agentmem ${id} >>> … # <<< agentmem ${id} <<<`,
      hint: 'crontab -e, delete the lines of the block by hand, then run this again',
    });
  }
  const inner = text.slice(begin.index + begin[0].length, end.index);
  return {
    lines: inner === '' ? [] : inner.replace(/\n$/, '').split('\n'),
    madeCrontab: begin[1]?.includes(MADE) === true,
    addedBreak: begin[1]?.includes(BREAK) === true,
    start: begin.index,
    end: end.index + end[0].length,
  };
}
