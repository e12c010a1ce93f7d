// Rubrics as their files describe them: rubrics/<name>.yaml, or a file that a person names; never writes one.
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { systemCode, UserError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { MOST_RUBRIC_CHARACTERS, type Rubric, rubricSchema } from '../domain/rubric.ts';
import { type Fault, faultsError, schemaFaults } from './faults.ts';
import type { Layout } from './layout.ts';
import {
  type BrokenFile,
  isOwnName,
  nameBelow,
  namesBelow,
  type OwnFiles,
  readEach,
  readPlain,
  unknownName,
} from './own-files.ts';
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
  broken: BrokenFile[];
}

// A character of UTF-8 has at most four bytes.
const RUBRICS: OwnFiles = {
  one: 'a rubric',
  ending: '.yaml',
  most: 4 * MOST_RUBRIC_CHARACTERS,
  tooLarge: 'a rubric has at most 262,144 characters',
};

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
  if (isOwnName(nameOrPath)) return ownRubric(layout, nameOrPath);
  if (!/[/\\]|\.ya?ml$/.test(nameOrPath)) {
    throw new UserError({
      what: `“${nameOrPath.slice(0, 80)}” is no name of a rubric`,
      hint: 'small letters, digits, - and _, as in rubrics/<name>.yaml; or the path of a .yaml file',
    });
  }
  const path = resolve(folder, nameOrPath);
  // A file of rubrics/ is the same rubric however it is named, and its commands are trusted under one name.
  const inside = nameBelow(layout.rubrics, RUBRICS, path);
  return inside === undefined ? { text: readNamed(path), path, from: nameOrPath } : ownRubric(layout, inside);
}

/** Every rubric of rubrics/, and the files that describe none. Throws UserError only where the folder cannot be read. */
export function listRubrics(layout: Layout): RubricsRead {
  const { found, broken } = readEach(namesBelow(layout.rubrics, RUBRICS), RUBRICS, (name) => readRubric(layout, name));
  return { rubrics: found, broken };
}

/** A rubric out of its text. Throws UserError that lists every problem with its line. */
export function parseRubric({ text, path, from, name }: RubricFile): FoundRubric {
  if (text.length > MOST_RUBRIC_CHARACTERS) throw new UserError({ what: RUBRICS.tooLarge, where: path });
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

function ownRubric({ rubrics }: Layout, name: string): RubricFile {
  const path = join(rubrics, `${name}.yaml`);
  const text = readPlain(path, RUBRICS);
  if (text !== undefined) return { text, path, from: `rubrics/${name}.yaml`, name };
  throw unknownName(name, RUBRICS, {
    names: namesBelow(rubrics, RUBRICS),
    none: `there are none yet: agent rubric new ${name}`,
    where: path,
  });
}

function readNamed(path: string): string {
  try {
    const found = statSync(path);
    if (!found.isFile()) throw new UserError({ what: 'a rubric is a file, and this is none', where: path });
    if (found.size > RUBRICS.most) throw new UserError({ what: RUBRICS.tooLarge, where: path });
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    const what = code === 'ENOENT' ? 'there is no such rubric' : `this rubric cannot be read (${code})`;
    throw new UserError({ what, where: path });
  }
}
