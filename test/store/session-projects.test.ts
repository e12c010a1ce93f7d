// Which sessions are of the memory's own project: by folder, name and hash, and what is left out unless it is named.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { sha256 } from '../../src/base/hash.ts';
import { leftProjects, projectFilter } from '../../src/store/session-projects.ts';

const HOME = '/work/orchard';
const here = new Set([HOME, '/work/loom', '/other/orchard', '/work']);
const home = { folders: [HOME], exists: (folder: string) => here.has(folder) };
const of = (project?: string, tool = 'codex') => ({ source: { tool }, ...(project !== undefined && { project }) });
const meant = (projects: readonly (string | undefined)[], wanted?: string[]) => {
  const sessions = projects.map((project) => of(project));
  const { isMeant } = projectFilter(sessions, home, wanted);
  return sessions.filter(isMeant).map(({ project }) => project);
};

describe('the sessions of a project', () => {
  it('are those of the repository’s folder and of folders in it, and no others', () => {
    const all = [HOME, '/work/orchard/pears', '/work/orchard2', '/work/loom', '/work', '/'];
    expect(meant(all)).toEqual([HOME, '/work/orchard/pears']);
  });

  it('are those of a folder of its name that this machine has not, and not of one that it has', () => {
    expect(meant([HOME, '/home/mia/orchard', 'C:\\Users\\mia\\orchard', '/other/orchard', '/home/mia/loom'])).toEqual([
      HOME,
      '/home/mia/orchard',
      'C:\\Users\\mia\\orchard',
    ]);
  });

  it('include what is of no folder: benchmarks, plain messages, runs of the memory’s own agents', () => {
    expect(meant([HOME, undefined, 'tau-bench/1a2b3c4d', 'sea/harbour', '/work/loom'])).toEqual([
      HOME,
      undefined,
      'tau-bench/1a2b3c4d',
      'sea/harbour',
    ]);
    const runs = [of(HOME), of('/tmp/bench-7', 'agentmem')];
    expect(runs.every(projectFilter(runs, home).isMeant)).toBe(true);
  });

  it('tell a folder that is known by its hash alone', () => {
    const hashed = (folder: string) => `gemini-cli/${sha256(folder).slice(0, 16)}`;
    expect(meant([HOME, hashed(HOME), hashed('/work/loom')])).toEqual([HOME, hashed(HOME)]);
  });

  it('are those of the one other project where there are none of this one, and none where there are two others', () => {
    expect(meant(['/work/loom', '/work/loom', 'tau-bench/1'])).toEqual(['/work/loom', '/work/loom', 'tau-bench/1']);
    expect(projectFilter([of('/work/loom')], home)).toMatchObject({ standsIn: '/work/loom' });
    expect(meant(['/work/loom', '/work/kites', 'tau-bench/1'])).toEqual(['tau-bench/1']);
    expect(projectFilter([of(HOME), of('/work/loom')], home)).not.toHaveProperty('standsIn');
  });

  it('can be named: all of them, this one and others, by folder, by name, by kind', () => {
    const all = [HOME, '/work/loom', '/work/kites', 'tau-bench/1', 'tau-bench/2', undefined];
    expect(meant(all, ['all'])).toEqual(all);
    expect(meant(all, ['this', 'loom'])).toEqual([HOME, '/work/loom', 'tau-bench/1', 'tau-bench/2', undefined]);
    expect(meant(all, ['/work/kites/'])).toEqual(['/work/kites']);
    expect(meant(all, ['kites', 'tau-bench'])).toEqual(['/work/kites', 'tau-bench/1', 'tau-bench/2']);
    expect(meant(all, ['tau-bench/2'])).toEqual(['tau-bench/2']);
  });

  it('are refused for a name that no session has, also beside `all`', () => {
    expect(() => meant([HOME], ['lom'])).toThrow(UserError);
    expect(() => meant([HOME, '/work/loom'], ['all', 'lom'])).toThrow('called “lom”');
    expect(meant([], undefined)).toEqual([]);
  });

  it('never mix folders of two projects unless they are named, whatever is stored', () => {
    const project = fc.constantFrom(HOME, '/work/loom', '/work/kites', '/other/orchard', 'tau-bench/1', undefined);
    fc.assert(
      fc.property(fc.array(project, { maxLength: 8 }), (projects) => {
        const folders = new Set(meant(projects).filter((p) => p?.startsWith('/')));
        expect(folders.size).toBeLessThanOrEqual(1);
        if (projects.includes(HOME)) expect([...folders]).toEqual([HOME]);
      }),
    );
  });
});

describe('what is left out', () => {
  it('is counted by project, the most first', () => {
    const sessions = [HOME, '/work/loom', '/work/kites', '/work/kites', 'tau-bench/1'].map((project) => of(project));
    expect(leftProjects(sessions, projectFilter(sessions, home))).toEqual([
      { project: '/work/kites', sessions: 2 },
      { project: '/work/loom', sessions: 1 },
    ]);
    expect(leftProjects(sessions, projectFilter(sessions, home, ['all']))).toEqual([]);
  });
});
