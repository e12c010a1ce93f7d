// What reading a shell line finds: words in pieces, the commands made of them, and what could not be understood; reads nothing itself.

/** Lines longer than this are not read at all. */
export const MAX_LINE = 100_000;

/** Brackets within brackets beyond this are not followed. */
export const MAX_DEPTH = 40;

/**
 * Part of a word. `text`: these characters, quotes taken away. `open`: as it stands, but the shell makes file names, several
 * words or a home folder of it. `unknown`: what it becomes is known only when it runs.
 */
export interface Piece {
  kind: 'text' | 'open' | 'unknown';
  text: string;
}

/** One word of a command. */
export interface ShellWord {
  /** With quotes taken away; what the shell works out stands here as it was written. */
  text: string;
  pieces: Piece[];
  /** As it was written. */
  raw: string;
  /** The beginning that is neither quoted nor worked out; names of assignments and reserved words must lie in it. */
  bare: string;
}

/** One simple command that the line would run. */
export interface ShellPart {
  /** Empty where there are only assignments or redirections. */
  words: ShellWord[];
  assignments: ShellWord[];
  /** Files that redirections write, `/dev/null` and its like left out. */
  writesTo: ShellWord[];
  raw: string;
  /** True for `timeout 5 …` and its like: it only runs the command that it names, which is a part of its own. */
  handsOn: boolean;
}

/** What a line comes to. */
export interface ShellReading {
  parts: ShellPart[];
  /** Why there may be more to the line than its parts; empty where it was understood for sure. */
  opaque: string[];
  /** True where the line changes its folder, so that a relative path says nothing about where it leads. */
  moves: boolean;
}

/** What a command is found to run. */
export interface Others {
  /** True where the command itself does nothing but run the one that it names. */
  handsOn: boolean;
  commands: { words: ShellWord[]; assignments: ShellWord[] }[];
  /** What may be a command, where that is not known. */
  guesses: ShellWord[][];
  /** Texts that it hands to a shell. */
  lines: string[];
  opaque: string[];
  /** It changes the folder that what follows runs in. */
  moves: boolean;
  /** It is a shell that takes commands from its input. */
  readsInput: boolean;
}

/** What is gathered while reading. */
export interface Findings {
  parts: ShellPart[];
  opaque: Set<string>;
  moves: boolean;
  /** Texts that went into a command's input, and whether some shell takes commands from its input. */
  inputs: string[];
  shellReadsInput: boolean;
  /** Characters that may still be read in texts within texts. */
  budget: number;
}

/** A here-document that was announced and whose lines follow after the line break. */
export interface PendingDocument {
  end: string;
  quoted: boolean;
  tabs: boolean;
}

/** A place in a text that is being read. */
export interface Reader {
  text: string;
  at: number;
  depth: number;
  found: Findings;
  pending: PendingDocument[];
  /** How many `$( )` and `<( )` stand around this place, and whether a here-document ended in them. */
  substitutions: number;
  afterDocument: boolean;
  /** Reads commands up to the closing bracket; handed in, because words hold commands and commands hold words. */
  list: (reader: Reader) => void;
  /** Reads a text of its own, for example what stands between backticks. */
  inner: (reader: Reader, text: string) => void;
}

/** A word of which nothing is known. */
export function unknownWord(raw: string): ShellWord {
  return { text: raw, pieces: [{ kind: 'unknown', text: raw }], raw, bare: '' };
}

/** True where the word is exactly its text whatever happens. */
export function isLiteral(word: ShellWord): boolean {
  return word.pieces.every((piece) => piece.kind === 'text');
}

/** True where the word stands there without quotes, as reserved words must. */
export function isBare(word: ShellWord): boolean {
  return word.bare === word.text && word.bare === word.raw;
}
