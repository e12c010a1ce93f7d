// How words from transcripts are shown where sentences about a card go; a contract, escapes nothing itself.

/** How words from transcripts are shown where the sentences go: markdown, or a commit message. */
export interface Style {
  code: (text: string) => string;
  words: (text: string) => string;
}
