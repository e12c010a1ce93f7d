// Rubrics as their files describe them: rubrics/<name>.yaml, or a file that a person names; never writes one.
import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { systemCode, UserError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { nearest } from '../base/text.ts';
import { MOST_RUBRIC_CHARACTERS, type Rubric, rubricSchema } from '../domain/rubric.ts';
import { type Fault, faultsError, schemaFaults } from './faults.ts';
import type { Layout } from './layout.ts';
import { parseYamlText, type YamlText } from './yaml.ts';

/** A rubric and where it was found. */
export interface FoundRubric extends Rubric {
  /** `rubrics/landing.yaml`, or the path that was named. */
  from: string;
  /** Absolute path of its file. */
  path: string;
  /** 1-based line of a key, for later messages. */
  lineOf: YamlText['lineOf'];
}

export interface RubricsRead {
  /** By name. */
  rubrics: FoundRubric[];
  /** Files that describe no rubric, with the reason and, where it is known, the line. */
  broken: { from: string; reason: string; hint?: string }[];
}

const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** The text of a rubric and where it lies, before anybody has looked at what it says. */
export interface RubricFile {
  text: string;
  path: string;
  from: string;
  /** The name that it must have, where its file gives it one. */
  name?: string;
}

/**
 * The rubric of that name, or of the file at that path (relative to `folder`, the one of `.agentmem` by default).
 * Throws UserError with file, line and field where its file is not valid, and with the names there are where none is.
 */
export function readRubric(layout: Layout, nameOrPath: string, folder = layout.root): FoundRubric {
  return parseRubric(findRubric(layout, nameOrPath, folder));
}

/** The file that `readRubric` would read. Throws UserError where there is none, or it cannot be read. */
export function findRubric(layout: Layout, nameOrPath: string, folder = layout.root): RubricFile {
  if (NAME.test(nameOrPath)) return ownRubric(layout, nameOrPath);
  if (!/[/\\]|\.ya?ml$/.test(nameOrPath)) {
    throw new UserError({
      what: `“${nameOrPath.slice(0, 80)}” is no name of a rubric`,
      hint: 'small letters, digits, - and _, as in rubrics/<name>.yaml; or the path of a .yaml file',
    });
  }
  const path = resolve(folder, nameOrPath);
  // A file of rubrics/ is the same rubric however it is named, and its commands are trusted under one name.
  const inside = /^([a-z0-9][a-z0-9_-]{0,63})\.yaml$/.exec(relative(layout.rubrics, path))?.[1];
  return inside === undefined ? { text: readNamed(path), path, from: nameOrPath } : ownRubric(layout, inside);
}

/** Every rubric of rubrics/, and the files that describe none. Throws UserError only where the folder cannot be read. */
export function listRubrics(layout: Layout): RubricsRead {
  const read: RubricsRead = { rubrics: [], broken: [] };
  for (const name of namesIn(layout)) {
    try {
      read.rubrics.push(readRubric(layout, name));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const { what, where, hint } = error.problem;
      read.broken.push({ from: where ?? `${name}.yaml`, reason: what, ...(hint !== undefined && { hint }) });
    }
  }
  return read;
}

/** A rubric out of its text. Throws UserError that lists every problem with its line. */
export function parseRubric({ text, path, from, name }: RubricFile): FoundRubric {
  if (text.length > MOST_RUBRIC_CHARACTERS)
    throw new UserError({ what: 'a rubric has at most 262,144 characters', where: path });
  const { value, lineOf } = parseYamlText(text, path);
  const parsed = rubricSchema.safeParse(value);
  const faults: Fault[] = parsed.success
    ? [...repeatedIds(parsed.data, lineOf), ...misnamed(parsed.data.rubric, name, lineOf)]
    : schemaFaults(parsed.error.issues, rubricSchema, lineOf);
  if (!parsed.success || faults.length > 0) throw faultsError('This rubric is not valid', path, faults);
  return { ...parsed.data, sha256: sha256(text), from, path, lineOf };
}

// Verdicts are kept by id: of two criteria with one id, one would be decided by the other's verdict.
function repeatedIds({ criteria }: Pick<Rubric, 'criteria'>, lineOf: YamlText['lineOf']): Fault[] {
  const seen = new Set<string>();
  return criteria.flatMap(({ id }, i): Fault[] => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [{ line: lineOf(['criteria', i, 'id']), text: `criteria.${i}.id: ${id} is the id of an earlier criterion` }];
  });
}

function misnamed(said: string, name: string | undefined, lineOf: YamlText['lineOf']): Fault[] {
  if (name === undefined || said === name) return [];
  return [{ line: lineOf(['rubric']), text: `rubric: it says ${said}, and the file is called ${name}.yaml` }];
}

function namesIn({ rubrics }: Layout): string[] {
  try {
    return readdirSync(rubrics, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && entry.name.endsWith('.yaml') && NAME.test(entry.name.slice(0, -5)))
      .map((entry) => entry.name.slice(0, -5))
      .sort();
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    if (code === undefined) throw error;
    throw new UserError({ what: `the rubrics cannot be read (${code})`, where: rubrics });
  }
}

function ownRubric(layout: Layout, name: string): RubricFile {
  const path = join(layout.rubrics, `${name}.yaml`);
  const text = readOwn(path);
  if (text === undefined) throw unknownRubric(layout, name);
  return { text, path, from: `rubrics/${name}.yaml`, name };
}

// Undefined where there is none. A link in a clone could lead to any file of this machine.
function readOwn(path: string): string | undefined {
  try {
    const found = lstatSync(path);
    if (!found.isFile()) throw new UserError({ what: 'a rubric is a plain file, and this is none', where: path });
    return readSmall(path, found.size);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === undefined) throw error;
    throw new UserError({ what: `this rubric cannot be read (${code})`, where: path });
  }
}

function readNamed(path: string): string {
  try {
    const found = statSync(path);
    if (!found.isFile()) throw new UserError({ what: 'a rubric is a file, and this is none', where: path });
    return readSmall(path, found.size);
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    const what = code === 'ENOENT' ? 'there is no such rubric' : `this rubric cannot be read (${code})`;
    throw new UserError({ what, where: path });
  }
}

// A character of UTF-8 has at most four bytes.
function readSmall(path: string, size: number): string {
  if (size > 4 * MOST_RUBRIC_CHARACTERS)
    throw new UserError({ what: 'a rubric has at most 262,144 characters', where: path });
  return readFileSync(path, 'utf8');
}

function unknownRubric(layout: Layout, name: string): UserError {
  const names = namesIn(layout);
  const meant = nearest(name, names);
  const known = names.length === 0 ? `there are none yet: agent rubric new ${name}` : `there are: ${names.join(', ')}`;
  return new UserError({
    what: `there is no rubric named ${name}`,
    where: join(layout.rubrics, `${name}.yaml`),
    hint: meant === undefined ? known : `did you mean ${meant}?`,
  });
}
