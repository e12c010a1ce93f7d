// Writes the map of ARCHITECTURE.md from the first sentence of every source file, so that it cannot go stale.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const FILE = join(ROOT, 'ARCHITECTURE.md');
const ROOMS = [
  'cli.ts',
  'commands',
  'dashboard',
  'workspace.ts',
  'world.ts',
  'stages',
  'listeners',
  'agent',
  'grading',
  'mining',
  'learning',
  'proving',
  'sources',
  'exports',
  'store',
  'git',
  'host',
  'model',
  'statistics',
  'domain',
  'base',
];

export function renderMap() {
  const src = join(ROOT, 'src');
  const files = readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(src, join(entry.parentPath, entry.name)));
  const roomOf = (path) => ROOMS.indexOf(path.split('/')[0]);
  files.sort((a, b) => roomOf(a) - roomOf(b) || (a < b ? -1 : 1));
  const lines = [];
  let room = '';
  for (const path of files) {
    const here = path.includes('/') ? path.split('/')[0] : '';
    if (here !== room || here === '') lines.push(here === '' ? '' : `\n**${here}/**\n`);
    room = here;
    const sentence = readFileSync(join(src, path), 'utf8')
      .split('\n')[0]
      .replace(/^\/\/ /, '');
    lines.push(`- \`${path}\`: ${sentence}`);
  }
  return `${lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}

export function withMap(text) {
  return text.replace(
    /(<!-- map: npm run map -->\n)[\s\S]*?(\n<!-- end of map -->)/,
    (_, start, end) => `${start}\n${renderMap()}${end}`,
  );
}

if (process.argv[1] === import.meta.filename) writeFileSync(FILE, withMap(readFileSync(FILE, 'utf8')));
