// The files that a memory keeps one a name: which are listed, which are read, and what is said of the others.
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import {
  isOwnName,
  nameBelow,
  namesBelow,
  type OwnFiles,
  readEach,
  readPlain,
  unknownName,
} from '../../src/store/own-files.ts';

const OVENS: OwnFiles = { one: 'an oven', ending: '.yaml', most: 20, tooLarge: 'an oven has at most 20 bytes' };

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-own-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const write = (name: string, text = 'hot') => writeFileSync(join(dir, name), text);

function problemOf(act: () => unknown) {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error.problem;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('the names of own files', () => {
  it('are small letters, digits, - and _, and never a path or a hidden file', () => {
    for (const name of ['a', '0-b_c', 'x'.repeat(64)]) expect(isOwnName(name), name).toBe(true);
    for (const name of ['', 'A', '-a', '.a', 'a.b', 'a/b', '../a', 'a\n', 'x'.repeat(65)])
      expect(isOwnName(name), name).toBe(false);
  });

  it('are listed in order, links among them, folders and other files not', () => {
    for (const name of ['stone.yaml', 'gas.yaml', 'Gas.yaml', 'gas.yml', 'notes.md', '.yaml']) write(name);
    mkdirSync(join(dir, 'wood.yaml'));
    symlinkSync(join(dir, 'notes.md'), join(dir, 'linked.yaml'));
    expect(namesBelow(dir, OVENS)).toEqual(['gas', 'linked', 'stone']);
    expect(namesBelow(dir, OVENS, (entry) => entry.isFile())).toEqual(['gas', 'stone']);
  });

  it('are none where there is no folder, and a folder that is a file has none either', () => {
    write('gas.yaml');
    expect(namesBelow(join(dir, 'nowhere'), OVENS)).toEqual([]);
    expect(namesBelow(join(dir, 'gas.yaml'), OVENS)).toEqual([]);
  });

  it('stand for paths right below the folder, and for no others', () => {
    expect(nameBelow(dir, OVENS, join(dir, 'gas.yaml'))).toBe('gas');
    for (const path of ['gas.yml', 'gas', '.yaml', 'deep/gas.yaml', '../gas.yaml', 'Gas.yaml'])
      expect(nameBelow(dir, OVENS, join(dir, path)), path).toBeUndefined();
  });
});

describe('an own file', () => {
  it('is read where it is plain, and is nothing where it is not there', () => {
    write('gas.yaml');
    expect(readPlain(join(dir, 'gas.yaml'), OVENS)).toBe('hot');
    expect(readPlain(join(dir, 'stone.yaml'), OVENS)).toBeUndefined();
    expect(readPlain(join(dir, 'gas.yaml', 'deep.yaml'), OVENS)).toBeUndefined();
  });

  it('that is a link, a folder or too large is refused; a link that a person named is followed', () => {
    write('gas.yaml');
    write('huge.yaml', 'x'.repeat(21));
    mkdirSync(join(dir, 'wood.yaml'));
    const link = join(dir, 'linked.yaml');
    symlinkSync(join(dir, 'gas.yaml'), link);
    expect(problemOf(() => readPlain(link, OVENS))).toEqual({
      what: 'an oven is a plain file, and this is none',
      where: link,
    });
    expect(readPlain(link, OVENS, statSync)).toBe('hot');
    expect(problemOf(() => readPlain(join(dir, 'wood.yaml'), OVENS)).what).toContain('a plain file');
    expect(problemOf(() => readPlain(join(dir, 'huge.yaml'), OVENS)).what).toBe('an oven has at most 20 bytes');
  });

  it('that describes nothing is listed with its reason, and a bug is not caught', () => {
    const read = (name: string) => {
      if (name === 'cold') throw new UserError({ what: 'it is cold', hint: 'light it' });
      return name.length;
    };
    expect(readEach(['gas', 'cold', 'stone'], OVENS, read)).toEqual({
      found: [3, 5],
      broken: [{ from: 'cold.yaml', reason: 'it is cold', hint: 'light it' }],
    });
    expect(() => readEach(['gas'], OVENS, () => JSON.parse('{'))).toThrow(SyntaxError);
  });
});

describe('a name that nobody has', () => {
  const where = '/ovens/x.yaml';
  const said = (name: string, names: string[]) =>
    unknownName(name, OVENS, { names, none: 'there are none yet: build one', where }).problem;

  it('is answered with the one that was meant, else with all there are, else with the way to the first', () => {
    expect(said('stoen', ['gas', 'stone'])).toEqual({
      what: 'there is no oven named stoen',
      where,
      hint: 'did you mean stone?',
    });
    expect(said('zzzzzz', ['gas', 'stone', 'gas']).hint).toBe('there are: gas, stone');
    expect(said('gas', []).hint).toBe('there are none yet: build one');
  });
});
