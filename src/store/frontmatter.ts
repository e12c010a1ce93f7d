// Front matter of markdown files: the one call of gray-matter, closed to code, other languages and its cache.
import matter from 'gray-matter';
import { UserError } from '../base/errors.ts';
import { MAX_YAML, parseYamlText, printYaml, type YamlText } from './yaml.ts';

/** Front matter as a plain mapping (empty where there is none) and the text after it, with LF line ends. */
export interface FrontMatter {
  data: Record<string, unknown>;
  body: string;
}

const MAX_BLOCK = 32 * 1024;
const MAX_BLANK_RUN = 1000;

/**
 * Reads a file's front matter. Only a first line of `---` or `---yaml` opens one; anything else that starts with `---`
 * (`---js`, `---constructor`) is refused, because gray-matter would run or look up whatever is named there.
 * Throws UserError with the file, and the line where YAML is at fault.
 */
export function readFrontMatter(text: string, where: string): FrontMatter {
  const { data, body } = readFrontMatterLines(text, where);
  return { data, body };
}

/** Like `readFrontMatter`, and keeps the line of the file in which each key stands, for later messages. */
export function readFrontMatterLines(text: string, where: string): FrontMatter & Pick<YamlText, 'lineOf'> {
  if (text.length > MAX_YAML) throw new UserError({ what: 'This file is larger than 256 KB.', where });
  const bare = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  let lineOf: YamlText['lineOf'] = () => 1;
  if (!bare.startsWith('---') || bare.startsWith('----')) return { data: {}, body: bare, lineOf };
  refuseTraps(bare, where);
  const file = matter(bare, {
    language: 'yaml', // options are always given: without them gray-matter shares and poisons a global cache
    engines: {
      yaml: {
        parse: (block: string) => {
          const yaml = parseYamlText(block, where); // the block begins with the line break after ---, so lines are the file's
          lineOf = yaml.lineOf;
          return mappingOf(yaml.value, where);
        },
        stringify: printYaml,
      },
      json: refuse,
      js: refuse,
      javascript: refuse,
      coffee: refuse,
      toml: refuse,
    },
  });
  return { data: { ...file.data }, body: file.content, lineOf };
}

/** A file with front matter; reading it back gives equal data and the same body. */
export function printFrontMatter(data: Record<string, unknown>, body: string): string {
  return `---\n${printYaml(data)}---\n${body}`;
}

const refuse = {
  parse: (): object => {
    throw new Error('front matter in another language than YAML reached an engine');
  },
};

function refuseTraps(text: string, where: string): void {
  const [opening = '', ...rest] = text.split('\n');
  if (!/^---(?:yaml)?[ \t]*$/.test(opening)) {
    throw new UserError({
      what: 'The front matter opens with something else than `---`.',
      where: `${where}:1`,
      hint: 'Write --- alone on the first line.',
    });
  }
  const length = rest.findIndex((line) => line.startsWith('---'));
  if (length < 0) {
    throw new UserError({
      what: 'The front matter is never closed.',
      where: `${where}:1`,
      hint: 'Write --- alone on the line after it.',
    });
  }
  // gray-matter takes `---anything` for the closing fence and drops what follows.
  if (!/^---[ \t]*$/.test(rest[length] ?? '')) {
    throw new UserError({
      what: 'The front matter is closed by something else than `---`.',
      where: `${where}:${length + 2}`,
    });
  }
  const block = rest.slice(0, length).join('\n');
  if (block.length > MAX_BLOCK)
    throw new UserError({ what: 'The front matter is larger than 32 KB.', where: `${where}:1` });
  // A pattern inside gray-matter takes quadratic time on long runs of blanks.
  if (new RegExp(`\\s{${MAX_BLANK_RUN}}`).test(block)) {
    throw new UserError({
      what: `The front matter holds more than ${MAX_BLANK_RUN} blanks in a row.`,
      where: `${where}:1`,
    });
  }
}

function mappingOf(value: unknown, where: string): object {
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new UserError({ what: 'The front matter is not a list of `key: value` lines.', where: `${where}:1` });
  }
  return value;
}
