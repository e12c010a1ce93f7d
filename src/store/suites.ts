// Suites as their files describe them: suites/<name>.yaml; reads them, and writes a new one only where a person asked for it.
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { count } from '../base/text.ts';
import { type Suite, setupLines, suiteSchema } from '../domain/suite.ts';
import { createAtomic, writeAtomic } from './atomic.ts';
import { type Fault, faultsError, schemaFaults } from './faults.ts';
import type { Layout } from './layout.ts';
import {
  type BrokenFile,
  isOwnName,
  namesBelow,
  type OwnFiles,
  readEach,
  readPlain,
  unknownName,
} from './own-files.ts';
import { parseYamlText, printYaml, type YamlText } from './yaml.ts';

/** A suite and where it was found; `sha256` is of the file's bytes. */
export interface FoundSuite extends Suite {
  /** `suites/six-sites.yaml`. */
  from: string;
  /** Absolute path of its file. */
  path: string;
  sha256: string;
  /** 1-based line of a key, for later messages. */
  lineOf: YamlText['lineOf'];
}

export interface SuitesRead {
  /** By name. */
  suites: FoundSuite[];
  /** Files that describe no suite, with the reason. */
  broken: BrokenFile[];
}

/** Characters; a suite of thousands of tasks is still a file that somebody can read. */
export const MOST_SUITE_CHARACTERS = 2_000_000;

// A character of UTF-8 has at most four bytes.
const SUITES: OwnFiles = {
  one: 'a suite',
  ending: '.yaml',
  most: 4 * MOST_SUITE_CHARACTERS,
  tooLarge: `a suite has at most ${count(MOST_SUITE_CHARACTERS, 'character')}`,
};

/** The suite of that name. Throws UserError with file, line and field where its file is not valid, and with the names there are where none is. */
export function readSuite(layout: Layout, name: string): FoundSuite {
  assertSuiteName(name);
  const path = join(layout.suites, `${name}.yaml`);
  const text = readPlain(path, SUITES);
  if (text === undefined) throw unknownSuite(layout, name);
  if (text.length > MOST_SUITE_CHARACTERS) throw new UserError({ what: SUITES.tooLarge, where: path });
  return parseSuite(text, { path, from: `suites/${name}.yaml`, name });
}

/** Every suite, and the files that describe none. Throws UserError only where the folder cannot be read. */
export function listSuites(layout: Layout): SuitesRead {
  const { found, broken } = readEach(namesBelow(layout.suites, SUITES), SUITES, (name) => readSuite(layout, name));
  return { suites: found, broken };
}

/** A suite out of its text. Throws UserError that lists every problem with its line. */
export function parseSuite(text: string, file: { path: string; from: string; name: string }): FoundSuite {
  const { path, from, name } = file;
  const { value, lineOf } = parseYamlText(text, path, MOST_SUITE_CHARACTERS);
  const parsed = suiteSchema.safeParse(value);
  const faults: Fault[] = parsed.success
    ? [...repeatedIds(parsed.data, lineOf), ...misnamed(parsed.data.suite, name, lineOf)]
    : schemaFaults(parsed.error.issues, suiteSchema, lineOf);
  if (!parsed.success || faults.length > 0) throw faultsError('This suite is not valid', path, faults.slice(0, 50));
  return { ...parsed.data, sha256: sha256(text), from, path, lineOf };
}

/** Suites that bring a set-up line, with these lines. Files that describe no suite bring nothing: nobody runs by them. */
export function suitesWithSetup(layout: Layout): { from: string; setup: { at: string; command: string }[] }[] {
  return namesBelow(layout.suites, SUITES).flatMap((name) => {
    const suite = readableWithSetup(layout, name);
    const setup = suite === undefined ? [] : setupLines(suite);
    return suite === undefined || setup.length === 0 ? [] : [{ from: suite.from, setup }];
  });
}

/** Writes suites/<name>.yaml. Throws UserError where the result would be no suite, or the file is there and `force` is not. */
export function writeSuite(layout: Layout, suite: { suite: string; tasks: object[] }, force: boolean): FoundSuite {
  const name = suite.suite;
  assertSuiteName(name);
  const path = join(layout.suites, `${name}.yaml`);
  const text = printYaml(suite);
  const found = parseSuite(text, { path, from: `suites/${name}.yaml`, name });
  if (force) writeAtomic(path, text);
  else if (!createAtomic(path, [text]))
    throw new UserError({
      what: 'there is a suite of that name already',
      where: path,
      hint: 'choose another name, or --force',
    });
  return found;
}

/** Throws UserError unless a suite may be called so. */
export function assertSuiteName(name: string): void {
  if (isOwnName(name)) return;
  throw new UserError({
    what: `“${name.slice(0, 80)}” is no name of a suite`,
    hint: 'small letters, digits, - and _, as in suites/<name>.yaml',
  });
}

// Trust is asked for at every turn, and most suites have no such key: those need not be parsed. A key that hides behind an
// escape is never listed, so it is never trusted, and what is not trusted does not run.
function readableWithSetup(layout: Layout, name: string): FoundSuite | undefined {
  try {
    const text = readPlain(join(layout.suites, `${name}.yaml`), SUITES);
    return text?.includes('setup') === true ? readSuite(layout, name) : undefined;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

// Sessions are told apart by id, and their folders too, on disks that ignore case as well.
function repeatedIds({ tasks }: Suite, lineOf: YamlText['lineOf']): Fault[] {
  const seen = new Map<string, string>();
  return tasks.flatMap(({ id }, i): Fault[] => {
    const earlier = seen.get(id.toLowerCase());
    if (earlier === undefined) {
      seen.set(id.toLowerCase(), id);
      return [];
    }
    const but = earlier === id ? '' : ` (${earlier}) but for its case`;
    return [{ line: lineOf(['tasks', i, 'id']), text: `tasks.${i}.id: ${id} is the id of an earlier task${but}` }];
  });
}

function misnamed(said: string, name: string, lineOf: YamlText['lineOf']): Fault[] {
  if (said === name) return [];
  return [{ line: lineOf(['suite']), text: `suite: it says ${said}, and the file is called ${name}.yaml` }];
}

function unknownSuite({ suites }: Layout, name: string): UserError {
  return unknownName(name, SUITES, {
    names: namesBelow(suites, SUITES),
    none: 'there are none yet: agent suite from-sessions or agent suite import makes one',
    where: join(suites, `${name}.yaml`),
  });
}
