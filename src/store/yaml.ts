// The one door to the yaml package: text in, plain values out; accepts no tags, merge keys or alias bombs.
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  stringify,
  type YAMLMap,
} from 'yaml';
import { type Problem, UserError } from '../base/errors.ts';

/** Larger texts are refused before they are looked at: 256 KB, in characters. */
export const MAX_YAML = 256 * 1024;

/** A parsed text that still knows where its keys stand. */
export interface YamlText {
  value: unknown;
  /** 1-based line of the key at `path`, or of its nearest parent that is in the text. */
  lineOf: (path: readonly PropertyKey[]) => number;
}

/** YAML 1.2 (core schema) as plain values. Throws UserError with `where:line` for anything that is not clean YAML. */
export function parseYaml(text: string, where: string): unknown {
  return parseYamlText(text, where).value;
}

/** Like `parseYaml`, and keeps the line of each key for later messages. `most` characters, where a file may be larger than others. */
export function parseYamlText(text: string, where: string, most = MAX_YAML): YamlText {
  if (text.length > most)
    throw new UserError({ what: `This YAML is larger than ${Math.round(most / 1024)} KB.`, where });
  const lines = new LineCounter();
  const bare = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const document = attempt(where, () =>
    // Duplicate keys are looked for below: the package compares every pair, which takes seconds at 20,000 keys.
    parseDocument(bare, {
      version: '1.2',
      schema: 'core',
      merge: false,
      strict: true,
      uniqueKeys: false,
      lineCounter: lines,
      logLevel: 'error',
    }),
  );
  const first = document.errors[0] ?? document.warnings[0];
  if (first) throw new UserError(problem(firstSentence(first.message), where, lines.linePos(first.pos[0]).line));
  attempt(where, () => refuseDuplicateKeys(document, lines, where));
  const value = attempt(where, () => {
    const plain: unknown = document.toJS({ maxAliasCount: 50 });
    JSON.stringify(plain); // a circular alias parses, and would surprise everybody later
    return plain;
  });
  return { value, lineOf: (path) => lineOf(document, lines, path) };
}

/** YAML that readers of version 1.1 and 1.2 understand alike (`yes`, `12:30` and dates come out quoted); ends with a newline. */
export function printYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, compat: 'yaml-1.1', aliasDuplicateObjects: false });
}

// The package throws plain errors for alias bombs and too deep nesting: at this border they are facts about the text.
function attempt<T>(where: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof UserError || !(error instanceof Error)) throw error;
    throw new UserError({ what: `This is not YAML that agentmem accepts: ${firstSentence(error.message)}.`, where });
  }
}

function refuseDuplicateKeys(document: Document, lines: LineCounter, where: string): void {
  // A walk of our own: the package's asks every scalar of the text who wants to see it.
  const walk = (node: unknown): void => {
    if (isMap(node)) {
      refuseTwice(node, lines, where);
      for (const { key, value } of node.items) {
        walk(key);
        walk(value);
      }
    } else if (isSeq(node)) for (const item of node.items) walk(item);
  };
  walk(document.contents);
}

function refuseTwice({ items }: YAMLMap, lines: LineCounter, where: string): void {
  const seen = new Set<string>();
  for (const { key } of items) {
    if (!isScalar(key)) continue;
    const name = String(key.value);
    if (seen.has(name))
      throw new UserError(problem(`The key “${name.slice(0, 60)}” is there twice`, where, lineAt(lines, key.range)));
    seen.add(name);
  }
}

function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let line = isNode(node) ? lineAt(lines, node.range) : 1;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (!pair) break;
      if (isNode(pair.key)) line = lineAt(lines, pair.key.range);
      node = pair.value;
    } else {
      node =
        document.getIn([], true) && isNode(node) && 'items' in node && Array.isArray(node.items)
          ? node.items[Number(step)]
          : undefined;
      if (!isNode(node)) break;
      line = lineAt(lines, node.range);
    }
  }
  return line;
}

function lineAt(lines: LineCounter, range: readonly number[] | null | undefined): number {
  return lines.linePos(range?.[0] ?? 0).line;
}

function problem(what: string, where: string, line: number): Problem {
  return { what: `${what}.`, where: `${where}:${line}` };
}

// The package's messages go on with an excerpt of the text after the first line.
function firstSentence(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '').replace(/[.:]$/, '');
}
