// The house rules of ARCHITECTURE.md, held with no list of exceptions: floors, doors, sizes, names.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type SourceFile, sourceTree } from './support/tree.ts';

const ROOT = join(import.meta.dirname, '..');
const SRC = join(ROOT, 'src');
const files = sourceTree(SRC);

const FLOORS: Record<string, number> = {
  base: 1,
  domain: 2,
  statistics: 2,
  store: 3,
  git: 3,
  host: 3,
  model: 3,
  agent: 4,
  grading: 4,
  mining: 4,
  learning: 4,
  proving: 4,
  sources: 4,
  exports: 4,
  stages: 5,
  listeners: 5,
  'world.ts': 6,
  'workspace.ts': 7,
  commands: 8,
  dashboard: 8,
  'cli.ts': 9,
};
const room = (path: string) => path.split('/')[0] ?? path;
const floor = (path: string) => FLOORS[room(path)];

const DOORS: Record<string, (path: string) => boolean> = {
  commander: (p) => p === 'cli.ts' || p.startsWith('commands/'),
  '@anthropic-ai/sdk': (p) => p.startsWith('model/'),
  '@modelcontextprotocol/client': (p) => p.startsWith('agent/mcp/'),
  undici: (p) => p.startsWith('model/') || p.startsWith('agent/mcp/'),
  minisearch: (p) => p.startsWith('agent/'),
  'simple-git': (p) => p.startsWith('git/'),
  'gray-matter': (p) => p === 'store/frontmatter.ts',
  yaml: (p) => p === 'store/yaml.ts',
  chalk: (p) => p === 'listeners/terminal.ts' || p === 'commands/print.ts',
  ora: (p) => p === 'listeners/terminal.ts' || p === 'commands/print.ts',
  zod: (p) => (floor(p) ?? 0) >= 2,
};

/** Paths of the files for which `test` finds something wrong, with what. */
function offences(test: (file: SourceFile) => string | false | undefined): string[] {
  return files.flatMap((file) => {
    const fault = test(file);
    return fault ? [`${file.path}: ${fault}`] : [];
  });
}

describe('floors', () => {
  it('every file lives in a known room', () => {
    expect(offences((f) => floor(f.path) === undefined && 'no such room')).toEqual([]);
  });

  it('imports go only down, and rooms on one floor do not import each other', () => {
    expect(
      offences((f) =>
        f.imports.filter((i) => room(i) !== room(f.path) && (floor(i) ?? 99) >= (floor(f.path) ?? 0)).join(', '),
      ),
    ).toEqual([]);
  });

  it('no stage imports another stage; the parts of one lie in a folder of its name', () => {
    const stage = (path: string) => (room(path) === 'stages' ? path.split('/')[1]?.replace(/\.ts$/, '') : undefined);
    expect(
      offences((f) => stage(f.path) && f.imports.filter((i) => stage(i) && stage(i) !== stage(f.path)).join(', ')),
    ).toEqual([]);
  });

  it('every import names a file that is there', () => {
    const known = new Set(files.map((f) => f.path));
    expect(offences((f) => f.imports.filter((i) => !known.has(i)).join(', '))).toEqual([]);
  });

  it('there are no import cycles', () => {
    expect(findCycle()).toEqual([]);
  });
});

describe('doors', () => {
  it('each package has one door', () => {
    expect(offences((f) => f.packages.filter((p) => DOORS[p] && !DOORS[p](f.path)).join(', '))).toEqual([]);
  });

  it('only declared packages and Node itself are imported', () => {
    const declared = Object.keys(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).dependencies);
    expect(
      offences((f) => f.packages.filter((p) => !p.startsWith('node:') && !declared.includes(p)).join(', ')),
    ).toEqual([]);
  });

  it('dependencies are pinned to exact versions', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const loose = Object.entries<string>({ ...dependencies, ...devDependencies }).filter(
      ([, v]) => !/^\d+\.\d+\.\d+$/.test(v),
    );
    expect(loose).toEqual([]);
  });

  it('the lock file holds every optional package of every platform, or npm ci refuses it elsewhere', () => {
    const lock: { packages: Record<string, { optionalDependencies?: Record<string, string> }> } = JSON.parse(
      readFileSync(join(ROOT, 'package-lock.json'), 'utf8'),
    );
    const wanted = Object.values(lock.packages).flatMap((p) => Object.keys(p.optionalDependencies ?? {}));
    const missing = wanted.filter((name) => lock.packages[`node_modules/${name}`] === undefined);
    expect(wanted.length).toBeGreaterThan(0);
    expect(missing).toEqual([]);
  });

  it('only world.ts reads the environment, the clock and randomness', () => {
    const impure =
      /process\.env\b|Date\.now\(|new Date\(\s*\)|Math\.random\(|\brandomBytes\(|\brandomUUID\(|performance\.now\(/;
    expect(offences((f) => f.path !== 'world.ts' && impure.exec(code(f))?.[0])).toEqual([]);
  });

  it('only commands/print.ts writes to stdout, and only cli.ts sets the exit code', () => {
    expect(
      offences((f) => f.path !== 'commands/print.ts' && /process\.stdout\.write|console\.log/.exec(code(f))?.[0]),
    ).toEqual([]);
    expect(offences((f) => f.path !== 'cli.ts' && /process\.exit(?:Code)?\b/.exec(code(f))?.[0])).toEqual([]);
  });
});

describe('sizes and names', () => {
  it('no file is longer than 300 lines', () => {
    expect(offences((f) => f.lines.length > 301 && `${f.lines.length} lines`)).toEqual([]);
  });

  it('every file opens with a sentence that says what it is', () => {
    expect(offences((f) => !/^\/\/ \S.{20,}/.test(f.text) && (f.lines[0] ?? ''))).toEqual([]);
  });

  it('names say what a thing is: no utils, helpers, common, manager or service', () => {
    expect(
      offences((f) => /(^|[/-])(utils?|helpers?|common|managers?|services?|misc)([/.-]|$)/.exec(f.path)?.[0]),
    ).toEqual([]);
    expect(offences((f) => !/^[a-z0-9/-]+\.ts$/.test(f.path) && 'not in kebab-case')).toEqual([]);
  });

  it('nothing is exported by default or passed through by a barrel', () => {
    expect(offences((f) => /^export (default|\*)/m.exec(f.text)?.[0])).toEqual([]);
  });

  it('nothing switches the type checker or the linter off', () => {
    expect(
      offences(
        (f) => /:\s*any\b|\bas any\b|@ts-(ignore|expect-error|nocheck)|biome-ignore|eslint-disable/.exec(f.text)?.[0],
      ),
    ).toEqual([]);
  });

  it('nothing is left for later', () => {
    expect(offences((f) => /\b(TODO|FIXME|XXX|HACK)\b|not (yet )?implemented|coming soon/i.exec(f.text)?.[0])).toEqual(
      [],
    );
  });
});

describe('the map', () => {
  it('in ARCHITECTURE.md is the one that the files themselves give (npm run map)', async () => {
    const { withMap } = await import('../bench/map.mjs');
    const text = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
    expect(text).toBe(withMap(text));
  });
});

describe('tests', () => {
  const tests = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' }).filter((p) =>
    p.endsWith('.test.ts'),
  );

  it('every test file asserts something, and none mocks a module of ours', () => {
    const faults = tests.filter((path) => {
      const text = readFileSync(join(ROOT, 'test', path), 'utf8');
      return !/expect\(|assert/.test(text) || (path !== 'house.test.ts' && /vi\.mock\(['"]\.|\.only\(/.test(text));
    });
    expect(faults).toEqual([]);
  });

  it('no word of a corpus is in the code of mining and learning', () => {
    const words = /\b(book_reservation|payment_methods|transfer_to_human|old_string|oh-my-posh|marshmallow|airline)\b/i;
    expect(offences((f) => /^(mining|learning|stages|domain)\//.test(f.path) && words.exec(f.text)?.[0])).toEqual([]);
  });
});

function code(file: SourceFile): string {
  return file.text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');
}

function findCycle(): string[] {
  const imports = new Map(files.map((f) => [f.path, f.imports]));
  const done = new Set<string>();
  const walk = (path: string, trail: string[]): string[] => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return [];
    for (const next of imports.get(path) ?? []) {
      const cycle = walk(next, [...trail, path]);
      if (cycle.length > 0) return cycle;
    }
    done.add(path);
    return [];
  };
  return files.map((f) => walk(f.path, [])).find((c) => c.length > 0) ?? [];
}
