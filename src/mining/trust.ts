// Who supplied the words of a finding; decides nothing about what may be learned from them.
import { leastTrust, type Trust } from '../domain/card.ts';
import { textsOf, valueAt } from './arguments.ts';
import type { Finding } from './detectors/detector.ts';
import type { Action } from './extract-types.ts';

const SHORTEST_ECHO = 4;
const LONGEST_ECHO = 40; // further on a mask may stand in the template

/**
 * The level of a finding's words: `person` for what people said, that of the least trusted tool for quoted errors. A claim made
 * of counts and of names of tools and arguments has only the agent's own words in it.
 */
export function trustOf({ words, sightings, borrowed, template }: Finding): Trust {
  if (borrowed === true) return 'outside_tool';
  if (words === 'person') return 'person';
  if (words === 'nobody') return 'agent';
  return leastTrust(
    sightings.map(({ action }) =>
      action !== undefined && (bringsOutsideText(action) || echoes(action, template?.text ?? ''))
        ? 'outside_tool'
        : 'local_tool',
    ),
  );
}

// A tool that repeats what it was given says the words of whoever gave them.
function echoes({ input, borrowed = [] }: Action, template: string): boolean {
  const said = flat(template);
  return borrowed.some((pointer) => {
    const value = flat(textsOf(valueAt(input, pointer)).join(' ')).slice(0, LONGEST_ECHO);
    return value.length >= SHORTEST_ECHO && said.includes(value);
  });
}

function flat(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ').trim();
}

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
  const parts =
    tool
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(/[a-z]+/g) ?? [];
  if (mcp === true || parts.some((p) => OUTSIDE.has(p)) || (parts.length === 1 && parts[0] === 'search')) return true;
  return textsOf(input).some(downloads);
}

// Forges' own clients bring in what strangers wrote in issues and reviews.
function downloads(text: string): boolean {
  if (/\bgh\s+(?:api|issue|pr|search|gist|release)\b|\bglab\s+(?:api|issue|mr)\b/.test(text)) return true;
  return /\b(?:curl|wget|invoke-webrequest|iwr|irm|lynx|w3m)\b/i.test(text) && /https?:\/\//i.test(text);
}
