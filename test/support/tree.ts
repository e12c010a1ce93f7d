// The source tree as the house test sees it: files, their text, and what they import.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export interface SourceFile {
  /** Path below src/, for example `store/lock.ts`. */
  path: string;
  text: string;
  lines: string[];
  /** Imported files, as paths below src/. */
  imports: string[];
  /** Imported packages and Node modules, by name. */
  packages: string[];
}

const SPECIFIER = /^(?:import|export)\b[^;'=]*?\bfrom\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*'([^']+)'/gm;

/** Every TypeScript file below `root`, in code-unit order. */
export function sourceTree(root: string): SourceFile[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort()
    .map((path) => readSource(root, path));
}

function readSource(root: string, path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const code = text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');
  const specifiers = [...code.matchAll(SPECIFIER)].map((m) => m[1] ?? m[2] ?? m[3] ?? '');
  return {
    path,
    text,
    lines: text.split('\n'),
    imports: specifiers.filter((s) => s.startsWith('.') && s.endsWith('.ts')).map((s) => join(dirname(path), s)),
    packages: specifiers.filter((s) => !s.startsWith('.')).map(packageName),
  };
}

function packageName(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
