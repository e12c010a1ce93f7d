// Rubric files: what they say, and what is refused with file, line and field.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { sha256 } from '../../src/base/hash.ts';
import { type Layout, layoutOf } from '../../src/store/layout.ts';
import { listRubrics, readRubric } from '../../src/store/rubrics.ts';

let dir = '';
let layout: Layout;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-rubrics-'));
  layout = layoutOf(join(dir, '.agentmem'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(path: string, text: string): string {
  const full = join(dir, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  return full;
}
const own = (name: string, text: string) => write(`.agentmem/rubrics/${name}.yaml`, text);

function problemOf(nameOrPath: string) {
  try {
    readRubric(layout, nameOrPath);
  } catch (error) {
    if (error instanceof UserError) return error.problem;
    throw error;
  }
  throw new Error('nothing was refused');
}

const WHOLE = `rubric: landing
pass: { score: 0.8 }
criteria:
  - id: soft
    statement: Every drone touches down at 2 m/s or slower.
    check: { tool: sim__land, args: [{ at: /speed, op: "<=", value: 2 }], which: all }
  - id: report
    statement: The report names the next site.
    judge: { votes: 3 }
`;

describe('a rubric', () => {
  it('is read by its name with the hash of its bytes, the lines of its keys, and defaults', () => {
    const path = own('landing', WHOLE);
    const rubric = readRubric(layout, 'landing');
    expect(rubric).toMatchObject({
      rubric: 'landing',
      max_iterations: 3,
      pass: { score: 0.8 },
      from: 'rubrics/landing.yaml',
      path,
    });
    expect(rubric.criteria.map((c) => [c.id, c.required, c.weight])).toEqual([
      ['soft', true, 1],
      ['report', true, 1],
    ]);
    expect(rubric.sha256).toBe(sha256(WHOLE));
    expect(rubric.lineOf(['criteria', 1, 'judge'])).toBe(9);
  });

  it('is read from a path as well, where its name is its own affair', () => {
    write('elsewhere/x.yaml', WHOLE);
    expect(readRubric(layout, 'elsewhere/x.yaml')).toMatchObject({ rubric: 'landing', from: 'elsewhere/x.yaml' });
    expect(readRubric(layout, 'x.yaml', join(dir, 'elsewhere')).rubric).toBe('landing');
    own('landing', WHOLE);
    expect(readRubric(layout, '.agentmem/rubrics/landing.yaml').from).toBe('rubrics/landing.yaml');
  });

  it('with misspelt keys is refused with each line and what was meant, inside checks too', () => {
    const path = own('landing', WHOLE.replace('weight', 'w').replace('pass:', 'pas:').replace('which', 'wich'));
    const { what, where } = problemOf('landing');
    expect(where).toBe(path);
    expect(what).toContain('line 2: unknown key pas (did you mean pass?)');
    expect(what).toContain('line 6: unknown key criteria.0.check.wich (did you mean which?)');
  });

  it('must have ids that differ, the name of its file, and one who decides', () => {
    own('landing', WHOLE.replace('id: report', 'id: soft'));
    expect(problemOf('landing')).toMatchObject({
      what: 'This rubric is not valid: criteria.1.id: soft is the id of an earlier criterion.',
      where: expect.stringMatching(/landing\.yaml:7$/),
    });
    own('other', WHOLE);
    expect(problemOf('other').what).toContain('it says landing, and the file is called other.yaml');
    own('landing', WHOLE.replace('    judge: { votes: 3 }\n', ''));
    expect(problemOf('landing').what).toContain('exactly one of check and judge');
  });

  it('that is too long, a link, a folder or not there is refused', () => {
    own('long', `# ${'x'.repeat(262_144)}\n${WHOLE}`);
    expect(problemOf('long').what).toContain('262,144');
    own('landing', WHOLE);
    symlinkSync(join(layout.rubrics, 'landing.yaml'), join(layout.rubrics, 'linked.yaml'));
    expect(problemOf('linked').what).toContain('plain file');
    mkdirSync(join(layout.rubrics, 'folder.yaml'));
    expect(problemOf('folder').what).toContain('plain file');
    expect(problemOf('landin').hint).toBe('did you mean landing?');
    expect(problemOf('no/such.yaml').what).toBe('there is no such rubric');
    expect(problemOf('Not A Name').what).toContain('is no name of a rubric');
  });

  it('list: whole ones by name, and broken ones with their reason', () => {
    expect(listRubrics(layout)).toEqual({ rubrics: [], broken: [] });
    own('landing', WHOLE);
    own('broken', 'rubric: [');
    own('Capital', WHOLE);
    const { rubrics, broken } = listRubrics(layout);
    expect(rubrics.map((r) => r.rubric)).toEqual(['landing']);
    expect(broken.map((b) => b.from)).toEqual([expect.stringContaining('broken.yaml:')]);
  });
});
