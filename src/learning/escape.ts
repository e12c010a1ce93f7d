// Words from transcripts made safe to stand in our markdown and commit messages; never shortens or judges them.
import { INVISIBLE, safeForTerminal } from '../base/text.ts';

/** One line without control, invisible or direction characters; half surrogate pairs become U+FFFD. */
export function visible(text: string): string {
  const shown = text.replace(INVISIBLE, '').replace(/[\s\u0085]+/g, ' ');
  return safeForTerminal(shown)
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/**
 * Text that renders as itself in CommonMark and GitHub's dialect: no markup, HTML, comment, link, image, table cell or
 * automatic link can come out of it. Only what would render is escaped, so that most quotes read as they were.
 */
export function prose(text: string): string {
  return visible(text)
    .replace(/\\(?=[!-/:-@[-`{-~]|$)/g, '\\\\')
    .replace(/&(?=#?\w{1,40};)/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/-->/g, '--&gt;')
    .replace(/[`*[\]|~$]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/:\/(?=\/)/g, ':\\/') // a bare `https://` would become a link
    .replace(/\b(www|mailto|xmpp)(?=[.:])/gi, '$1\\');
}

/** Markdown that begins a paragraph: a hash, dash, number or the like in front stays a character and opens no block. */
export function paragraph(markdown: string): string {
  return markdown
    .trim()
    .replace(/^(?=[#>+=-])/, '\\')
    .replace(/^(\d{1,9})(?=[.)](?:\s|$))/, '$1\\');
}

/**
 * A code span that shows the text. Backticks inside make a longer fence; sequences that our own parser and HTML blocks
 * look for, even in code, get a blank inside.
 */
export function codeSpan(text: string): string {
  const shown = visible(text)
    .replace(/<!--/g, '<! --')
    .replace(/--(?=>)/g, '-- ')
    .replace(/<(?=\/?(?:details|summary))/gi, '< ');
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  if (shown === '') return '` `';
  return shown.startsWith('`') || shown.endsWith('`') ? `${fence} ${shown} ${fence}` : fence + shown + fence;
}

/** Text for a commit message: one line, and nothing that a forge would turn into a mention or a reference that closes an issue. */
export function commitText(text: string): string {
  return visible(text)
    .replace(/@(?=\w)/g, '(at)')
    .replace(/#(?=\d)/g, 'no. ')
    .replace(/\bGH-(?=\d)/gi, 'GH ')
    .replace(/:\/(?=\/)/g, ': /');
}
