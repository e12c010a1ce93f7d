// Which calls carry in what strangers wrote: told by names of tools and by commands that download; looks at no answer.
import { textsOf } from './arguments.ts';
import type { Action } from './extract-types.ts';

// Parts of names of tools whose answers were written by strangers. `search` alone says little: most search files or a database.
const OUTSIDE = new Set([
  'web',
  'website',
  'webpage',
  'fetch',
  'browser',
  'browse',
  'browsing',
  'http',
  'https',
  'url',
  'internet',
  'crawl',
  'scrape',
  'download',
  'curl',
  'wget',
  'mcp',
  'google',
  'bing',
]);

/** True for a tool that carries in text from outside: the web, another server, or a command that downloads. */
export function bringsOutsideText({ tool, mcp, input }: Pick<Action, 'tool' | 'mcp' | 'input'>): boolean {
  return mcp === true || isOutside(tool) || textsOf(input).some(downloads);
}

function isOutside(tool: string): boolean {
  const parts =
    tool
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(/[a-z]+/g) ?? [];
  return parts.some((p) => OUTSIDE.has(p)) || (parts.length === 1 && parts[0] === 'search');
}

// Forges' own clients bring in what strangers wrote in issues and reviews.
function downloads(text: string): boolean {
  // Nearly all texts hold none of these, and that is seen much faster than matched.
  const isForge = text.includes('gh') || text.includes('glab');
  if (isForge && /\bgh\s+(?:api|issue|pr|search|gist|release)\b|\bglab\s+(?:api|issue|mr)\b/.test(text)) return true;
  return (
    text.includes('://') &&
    /\b(?:curl|wget|invoke-webrequest|iwr|irm|lynx|w3m)\b/i.test(text) &&
    /https?:\/\//i.test(text)
  );
}
