// The folders of trials: fresh, outside of the repository, and nothing else is ever removed; what is laid out in them.
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTrialFolders } from '../../../src/agent/suite/folders.ts';
import type { Trial } from '../../../src/agent/suite/plan.ts';
import { assertCopyable, type LayOut, layOut } from '../../../src/agent/suite/workspace.ts';
import { suiteWorkspaceSchema } from '../../../src/domain/suite.ts';
import { resolveCommit } from '../../../src/git/refs.ts';
import { openRepository, type Repository } from '../../../src/git/repository.ts';
import { makeRepository, type TestRepository } from '../../support/git.ts';

let dir = '';
let repository = '';
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'agentmem-trials-')));
  repository = join(dir, 'project');
  mkdirSync(repository);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const open = (cache = join(dir, 'cache')) => openTrialFolders({ cache, run: 'run-1', repository });

describe('a trial’s folder', () => {
  it('is fresh each time, and gone when it is taken away', async () => {
    const folders = open();
    const path = await folders.fresh('rye.1');
    expect(path).toBe(join(dir, 'cache', 'suites', 'run-1', 'rye.1'));
    writeFileSync(join(path, 'left'), 'over');
    expect(folders.existing('rye.1')).toBe(path);
    expect(readdirSync(await folders.fresh('rye.1'))).toEqual([]);
    expect(await folders.remove('rye.1')).toBeUndefined();
    expect(folders.existing('rye.1')).toBeUndefined();
    expect(await folders.remove('rye.1')).toBeUndefined();
    expect(await folders.close()).toEqual([]);
    expect(readdirSync(join(dir, 'cache', 'suites'))).toEqual([]);
  });

  it('that is empty is gone for whoever asks, and from the disk at the end of the run', async () => {
    const folders = open();
    const path = await folders.fresh('rye.1');
    expect(await folders.remove('rye.1')).toBeUndefined();
    expect(folders.existing('rye.1')).toBeUndefined();
    expect(await folders.remove('rye.1')).toBeUndefined();
    expect(await folders.fresh('rye.1')).toBe(path);
    expect(folders.existing('rye.1')).toBe(path);
    expect(await folders.remove('rye.1')).toBeUndefined();
    expect(await folders.close()).toEqual([]);
    expect(readdirSync(join(dir, 'cache', 'suites'))).toEqual([]);
  });

  it('that was begun anew stays at the end, since it may be gone on with', async () => {
    const folders = open();
    await folders.fresh('rye.1');
    await folders.remove('rye.1');
    const path = await folders.fresh('rye.1');
    expect(await folders.close()).toEqual([]);
    expect(existsSync(path)).toBe(true);
  });

  it('that was empty is taken away with what a command left running has put there since', async () => {
    const folders = open();
    const path = await folders.fresh('rye.1');
    await folders.remove('rye.1');
    writeFileSync(join(path, 'late.log'), 'x');
    expect(await folders.close()).toEqual([]);
    expect(existsSync(path)).toBe(false);
  });

  it('is taken away with links in it, whose ends stay', async () => {
    const folders = open();
    const path = await folders.fresh('rye.1');
    writeFileSync(join(repository, 'precious'), 'kept');
    symlinkSync(repository, join(path, 'out'));
    symlinkSync('/nowhere', join(path, 'broken'));
    expect(await folders.remove('rye.1')).toBeUndefined();
    expect(existsSync(path)).toBe(false);
    expect(readFileSync(join(repository, 'precious'), 'utf8')).toBe('kept');
  });

  it('is taken away although its folders may not be written', async () => {
    const folders = open();
    const path = await folders.fresh('rye.1');
    mkdirSync(join(path, 'cache', 'module'), { recursive: true });
    writeFileSync(join(path, 'cache', 'module', 'file'), 'x');
    chmodSync(join(path, 'cache', 'module'), 0o500);
    chmodSync(join(path, 'cache'), 0o500);
    expect(await folders.remove('rye.1')).toBeUndefined();
    expect(existsSync(path)).toBe(false);
  });

  it('that is a link is only unlinked', async () => {
    const folders = open();
    symlinkSync(repository, join(dir, 'cache', 'suites', 'run-1', 'rye.1'));
    writeFileSync(join(repository, 'precious'), 'kept');
    expect(folders.existing('rye.1')).toBeUndefined();
    expect(await folders.remove('rye.1')).toBeUndefined();
    expect(existsSync(join(repository, 'precious'))).toBe(true);
  });

  it('is never removed by way of a link in place of the run’s folder', async () => {
    const folders = open();
    await folders.fresh('rye.1');
    mkdirSync(join(repository, 'rye.1'));
    rmSync(join(dir, 'cache', 'suites', 'run-1'), { recursive: true });
    symlinkSync(repository, join(dir, 'cache', 'suites', 'run-1'));
    expect(await folders.remove('rye.1')).toBe('a link is in the way');
    expect(existsSync(join(repository, 'rye.1'))).toBe(true);
  });

  it('is not removed at the end by way of such a link either, and that is told', async () => {
    const folders = open();
    await folders.fresh('rye.1');
    expect(await folders.remove('rye.1')).toBeUndefined();
    mkdirSync(join(repository, 'rye.1'));
    rmSync(join(dir, 'cache', 'suites', 'run-1'), { recursive: true });
    symlinkSync(repository, join(dir, 'cache', 'suites', 'run-1'));
    expect(await folders.close()).toEqual([{ key: 'rye.1', why: 'a link is in the way' }]);
    expect(existsSync(join(repository, 'rye.1'))).toBe(true);
  });

  it('is refused inside the repository of the memory, also where a link leads there', () => {
    expect(() => open(join(repository, '.cache'))).toThrow(/inside the repository/);
    symlinkSync(repository, join(dir, 'elsewhere'));
    expect(() => open(join(dir, 'elsewhere', 'cache'))).toThrow(/inside the repository/);
    mkdirSync(join(dir, 'cache'));
    symlinkSync(repository, join(dir, 'cache', 'suites'));
    expect(() => open()).toThrow(/folder for trials/);
  });

  it('has no name that leads elsewhere', async () => {
    const folders = open();
    for (const key of ['..', '../x', 'a/b', '', '.x']) await expect(folders.fresh(key), key).rejects.toThrow(/no name/);
  });
});

describe('a workspace', () => {
  let repo: Repository;
  let made: TestRepository;
  let folder = '';
  afterEach(() => made.remove());
  const trial = (workspace: object): Trial => ({
    task: {
      ...{ id: 'rye', prompt: 'Bake.', seed: '', tags: [], held_out: false, agent: 'default' },
      workspace: suiteWorkspaceSchema.parse(workspace),
    },
    trial: 2,
    seed: 'abc123',
  });
  const order = (more: Partial<LayOut> = {}): LayOut => ({
    ...{ root: repository, repo, prefix: '.agentmem', commits: {}, env: { PATH: process.env.PATH ?? '' } },
    ...{ memory: join(repository, '.agentmem'), trusted: () => true, signal: new AbortController().signal },
    ...more,
  });
  const write = (path: string, text: string) => made.write(path, text);
  beforeEach(async () => {
    made = makeRepository();
    repository = made.dir;
    const found = await openRepository(repository);
    if (found === null) throw new Error('no repository');
    repo = found;
    folder = join(dir, 'work');
    mkdirSync(folder);
  });

  it('is empty where the suite asks for nothing', async () => {
    const { workspace: _none, ...task } = trial({}).task;
    expect(await layOut(folder, { ...trial({}), task }, order())).toEqual({ left_out: 0 });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is a copy of a folder with its modes and the links that stay inside, and no memory', async () => {
    write('base/run.sh', '#!/bin/sh\n');
    chmodSync(join(repository, 'base', 'run.sh'), 0o755);
    write('base/deep/er/file', 'x');
    write('base/.agentmem/rubrics/answers.yaml', 'secret');
    symlinkSync('../../run.sh', join(repository, 'base/deep/er/inside'));
    symlinkSync('../../../out', join(repository, 'base/deep/er/outside'));
    symlinkSync('/etc/passwd', join(repository, 'base/absolute'));
    // Inside by its words, outside by way of another link.
    symlinkSync('../..', join(repository, 'base/deep/er/top'));
    symlinkSync('deep/er/top/..', join(repository, 'base/sly'));
    expect(await layOut(folder, trial({ copy: 'base' }), order())).toEqual({ left_out: 3 });
    expect(readdirSync(folder).sort()).toEqual(['deep', 'run.sh']);
    expect(readdirSync(join(folder, 'deep', 'er')).sort()).toEqual(['file', 'inside', 'top']);
    expect(lstatSync(join(folder, 'run.sh')).mode & 0o111).not.toBe(0);
    expect(readFileSync(join(folder, 'deep', 'er', 'inside'), 'utf8')).toBe('#!/bin/sh\n');
  });

  it('is not copied by way of a link, nor from where nothing is', async () => {
    write('base/file', 'x');
    symlinkSync('base', join(repository, 'linked'));
    await expect(assertCopyable(repository, 'linked')).rejects.toThrow(/a link is on the way/);
    await expect(assertCopyable(repository, 'gone')).rejects.toThrow(/no such folder/);
    await expect(assertCopyable(repository, 'base/')).resolves.toBeUndefined();
  });

  it('is what a commit holds, whatever lies in the checkout, without the memory', async () => {
    write('src/a.txt', 'committed');
    write('.agentmem/rubrics/answers.yaml', 'secret');
    made.git('add', '-A');
    made.git('commit', '-qm', 'x');
    write('src/a.txt', 'changed since');
    const commit = (await resolveCommit(repo, 'HEAD')) ?? '';
    await layOut(folder, trial({ git: 'HEAD' }), order({ commits: { HEAD: commit } }));
    expect(readFileSync(join(folder, 'src', 'a.txt'), 'utf8')).toBe('committed');
    expect(existsSync(join(folder, '.agentmem'))).toBe(false);
    expect(existsSync(join(folder, '.git'))).toBe(false);
  });

  it('is set up by a line that knows the trial, and no secret', async () => {
    const line = 'printf "%s %s %s %s" "$AGENTMEM_TASK" "$AGENTMEM_TRIAL" "$AGENTMEM_SEED" "$SECRET" > told';
    const env = { PATH: process.env.PATH ?? '' };
    expect(await layOut(folder, trial({ setup: line }), order({ env }))).toEqual({ left_out: 0 });
    expect(readFileSync(join(folder, 'told'), 'utf8')).toBe('rye 2 abc123 ');
  });

  it('that cannot be set up is a reason with what the line said', async () => {
    const why = async (workspace: object, more = {}) => await layOut(folder, trial(workspace), order(more));
    expect(await why({ setup: 'echo no oven >&2; exit 3' })).toEqual({
      why: 'the set-up ended with exit code 3:\nno oven',
    });
    expect(await why({ setup: 'sleep 60', setup_timeout_seconds: 0.2 })).toMatchObject({
      why: expect.stringContaining('took longer than 0.2 s'),
    });
    expect(await why({ setup: 'touch ran' }, { trusted: () => false })).toMatchObject({
      why: expect.stringContaining('nobody has trusted'),
    });
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });
});
