// Two members that write the same file: shared, in copies and in work trees; nothing that either wrote is lost without a word.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { WrittenTurn } from '../../../src/domain/script.ts';
import { delegate, leadResults, makeTeamDesk, type TeamDesk, type TeamDeskOptions } from './team-desk.ts';

const desks: TeamDesk[] = [];
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.remove();
});

async function deskWith(options: TeamDeskOptions): Promise<TeamDesk> {
  const desk = await makeTeamDesk(options);
  desks.push(desk);
  return desk;
}

const both = (kind: string) => ({
  lead: { team: ['ana', 'ben'] },
  ana: { workspace: kind },
  ben: { workspace: kind },
});
const read = { name: 'read', input: { path: 'a.txt' } };
const edit = (from: string, to: string) => ({
  name: 'edit',
  input: { path: 'a.txt', old_string: from, new_string: to },
});
const write = (path: string, content: string) => ({ name: 'write', input: { path, content } });
const together = {
  tools: [delegate({ member: 'ana', message: 'Be first.' }, { member: 'ben', message: 'Be second.' })],
};
const END = { text: 'Done.' };

describe('a shared folder', () => {
  it('lets one thread at a time change a file, says who holds it, and frees it when that work is handed in', async () => {
    const [held, told] = [signal(), signal()];
    const desk = await deskWith({
      agents: both('shared'),
      files: { 'a.txt': 'one\ntwo\n' },
      says: {
        lead: [
          together,
          { tools: [delegate({ thread: 'ben-1', message: 'Try again.' })] },
          { tools: [read] },
          { tools: [edit('TWO', 'two!')] },
          END,
        ],
        ana: async (turn) => {
          if (turn < 2) return { tools: [turn === 0 ? read : edit('one', 'ONE')] };
          held.happened();
          await told.wait;
          return { text: 'ana is done.' };
        },
        ben: async (_, last): Promise<WrittenTurn> => {
          if (last.includes('Be second')) await held.wait;
          if (last.includes('Be second') || last.includes('Try again')) return { tools: [read] };
          if (last.includes('held by')) told.happened();
          if (last.includes('held by')) return { text: `I was told: ${last}` };
          return last.includes('Changed') ? { text: 'ben is done.' } : { tools: [edit('two', 'TWO')] };
        },
      },
    });
    const { path } = await desk.start();
    const [first = '', second = '', , own = ''] = leadResults(path);
    expect(first).toMatch(/ana-1 is done · 3 turns[^·]*· changed: a\.txt/);
    expect(first).toMatch(/I was told: a\.txt is held by ana-1, which has changed it and is still at work/);
    expect(second).toMatch(/ben-1 is done · 3 turns[^·]*· changed: a\.txt/);
    expect(own).toMatch(/Changed a\.txt/);
    expect(desk.read('a.txt')).toBe('ONE\ntwo!\n');
  });

  it('keeps the rule that nothing is overwritten unseen, also where the file is free again', async () => {
    const desk = await deskWith({
      agents: both('shared'),
      files: { 'a.txt': 'one\n' },
      says: {
        lead: [
          { tools: [delegate({ member: 'ben', message: 'Read it.' })] },
          { tools: [delegate({ member: 'ana', message: 'Change it.' })] },
          { tools: [delegate({ thread: 'ben-1', message: 'Change it.' })] },
          END,
        ],
        ana: [{ tools: [read] }, { tools: [edit('one', 'ana')] }, END],
        ben: (turn, last) =>
          turn === 0
            ? { tools: [read] }
            : last.includes('Change it')
              ? { tools: [write('a.txt', 'ben\n')] }
              : { text: last },
      },
    });
    const { path } = await desk.start();
    expect(leadResults(path)[2]).toMatch(/a\.txt has changed since it was read/);
    expect(desk.read('a.txt')).toBe('ana\n');
  });
});

describe('copies', () => {
  const says = (lead: WrittenTurn[]): TeamDeskOptions['says'] => ({
    lead,
    ana: [
      { tools: [read] },
      { tools: [edit('one', 'ana'), write('new/ana.txt', 'by ana\n')] },
      { text: 'ana is done.' },
    ],
    ben: [{ tools: [read] }, { tools: [edit('one', 'ben')] }, { text: 'ben is done.' }],
  });

  it('keep both apart; the lead takes one over, and is shown where the other would write over it', async () => {
    const desk = await deskWith({
      agents: both('copy'),
      files: { 'a.txt': 'one\n', 'b.txt': 'kept\n' },
      says: says([
        together,
        { tools: [{ name: 'take_from', input: { thread: 'ana-1', paths: ['a.txt', 'new/ana.txt'] } }] },
        { tools: [{ name: 'take_from', input: { thread: 'ben-1', paths: ['a.txt', 'b.txt'] } }] },
        END,
      ]),
    });
    const { path } = await desk.start();
    const [delegated = '', taken = '', refused = ''] = leadResults(path);
    expect(delegated).toMatch(/ana-1 is done[^\n]*changed: a\.txt, new\/ana\.txt \(added\)/);
    expect(delegated).toMatch(/ben-1 is done[^\n]*changed: a\.txt/);
    expect(taken).toBe('a.txt: updated\nnew/ana.txt: created');
    expect(refused).toMatch(/a\.txt: NOT taken: it has changed here since the copy was made; nothing was written/);
    expect(refused).toMatch(/- ana\n\+ ben/);
    expect(refused).toMatch(/b\.txt: NOT taken: it is not changed in the copy/);
    expect(desk.read('a.txt')).toBe('ana\n');
    expect(desk.read('new/ana.txt')).toBe('by ana\n');
    // What nobody took is still there, and a person is told where.
    expect(desk.warnings.join()).toMatch(/ben-1 changed 1 file that nobody took over: (\S+)/);
    const left = /nobody took over: (\S+)/.exec(desk.warnings.join())?.[1] ?? '';
    expect(readFileSync(join(left, 'a.txt'), 'utf8')).toBe('ben\n');
    expect(existsSync(join(left, '..', 'ana-1'))).toBe(false);
  });

  it('take over deletions and what is the same already, and no link, whatever it leads to', async () => {
    const desk = await deskWith({
      agents: { lead: { team: ['ana'] }, ana: { workspace: 'copy' } },
      files: { 'a.txt': 'one\n', 'gone.txt': 'x\n', 'same.txt': 'x\n' },
      more: () => [shell],
      says: {
        lead: [
          { tools: [delegate({ member: 'ana', message: 'Go.' })] },
          { tools: [write('made.txt', 'same\n')] },
          {
            tools: [
              {
                name: 'take_from',
                input: { thread: 'ana-1', paths: ['gone.txt', 'link', 'made.txt', '../a.txt', '.git/x'] },
              },
            ],
          },
          END,
        ],
        ana: (turn) =>
          turn === 0
            ? {
                tools: [{ name: 'sh', input: { line: 'rm gone.txt; ln -s /etc/hostname link; echo same > made.txt' } }],
              }
            : { text: 'Done.' },
      },
    });
    const { path } = await desk.start();
    expect(leadResults(path)[2]).toBe(
      [
        'gone.txt: removed',
        'link: NOT taken: “link” leads outside the copy through a symbolic link.',
        'made.txt: is the same on both sides already',
        '../a.txt: NOT taken: it is not changed in the copy',
        '.git/x: NOT taken: it is not changed in the copy',
      ].join('\n'),
    );
    expect(readdirSync(desk.folder).sort()).toEqual(['a.txt', 'made.txt', 'same.txt']);
  });

  it('are worked on again in a resumed session, with what was in them', async () => {
    const desk = await deskWith({
      agents: { lead: { team: ['ana'] }, ana: { workspace: 'copy' } },
      files: { 'a.txt': 'one\n' },
      says: {
        lead: (turn) =>
          turn === 0
            ? { tools: [delegate({ member: 'ana', message: 'Change it.' })] }
            : turn === 2
              ? { tools: [delegate({ thread: 'ana-1', message: 'What is in it?' })] }
              : turn === 3
                ? { tools: [{ name: 'take_from', input: { thread: 'ana-1', paths: ['a.txt'] } }] }
                : END,
        ana: (turn, last) =>
          turn === 0 || last.includes('What is in it')
            ? { tools: [read] }
            : turn === 1
              ? { tools: [edit('one', 'ana')] }
              : { text: last },
      },
    });
    const first = await desk.start();
    const again = await desk.resume(first, 'Go on.');
    expect(again.stop_reason).toBe('end_turn');
    const [, second, taken] = leadResults(first.path);
    expect(second).toMatch(/1\tana/);
    expect(taken).toBe('a.txt: updated');
    expect(desk.read('a.txt')).toBe('ana\n');
    expect(readdirSync(desk.grounds)).toEqual([]);
  });
});

describe('work trees', () => {
  const git = (folder: string, ...args: string[]) =>
    execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', env: { ...process.env, ...IDENTITY } }).trim();
  const IDENTITY = {
    ...{ GIT_AUTHOR_NAME: 'Mira', GIT_AUTHOR_EMAIL: 'mira@example.test' },
    ...{ GIT_COMMITTER_NAME: 'Mira', GIT_COMMITTER_EMAIL: 'mira@example.test' },
  };
  const repository = (folder: string) => {
    git(folder, 'init', '-q', '-b', 'main');
    git(folder, 'add', '-A');
    git(folder, 'commit', '-q', '-m', 'First');
  };
  const says = (lead: WrittenTurn[]): TeamDeskOptions['says'] => ({
    lead,
    ana: [{ tools: [read] }, { tools: [edit('one', 'ana')] }, { text: 'ana is done.' }],
    ben: [{ tools: [read] }, { tools: [edit('one', 'ben'), write('ben.txt', 'by ben\n')] }, { text: 'ben is done.' }],
  });
  const merge = (thread: string) => ({ tools: [{ name: 'merge_branch', input: { thread } }] });

  it('have a branch each; the first merges, the second is shown as a conflict and changes nothing', async () => {
    const desk = await deskWith({
      agents: both('worktree'),
      files: { 'a.txt': 'one\n' },
      says: says([together, merge('ana-1'), merge('ben-1'), END]),
    });
    repository(desk.folder);
    writeFileSync(join(desk.folder, '.git', 'hooks', 'post-merge'), '#!/bin/sh\ntouch hook-ran\n', { mode: 0o755 });
    writeFileSync(join(desk.folder, '.git', 'hooks', 'pre-commit'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const { path, session } = await desk.start();
    const [delegated = '', merged = '', refused = ''] = leadResults(path);
    expect(delegated).toMatch(/ana-1 is done[^\n]*changed: a\.txt · branch agent\/[^\n]+\/ana-1/);
    expect(delegated).toMatch(/changed: a\.txt, ben\.txt · branch/);
    expect(merged).toMatch(/^Merged agent\/\S+\/ana-1: 1 file\.\na\.txt\nHEAD is [0-9a-f]{40} now\.$/);
    expect(refused).toMatch(/^Nothing was merged: both sides changed the same lines\. Tell ben-1[\s\S]*\na\.txt$/);
    expect(desk.read('a.txt')).toBe('ana\n');
    expect(git(desk.folder, 'status', '--porcelain')).toBe('');
    expect(git(desk.folder, 'log', '--format=%s', '--first-parent')).toBe(`Merge agent/${session}/ana-1\nFirst`);
    expect(git(desk.folder, 'show', `agent/${session}/ben-1:ben.txt`)).toBe('by ben');
    // Work trees are gone, the branch that nobody merged is named.
    expect(git(desk.folder, 'worktree', 'list').split('\n')).toHaveLength(1);
    expect(desk.warnings).toEqual([`nobody has merged agent/${session}/ben-1 yet: git merge agent/${session}/ben-1`]);
  });

  it('merge nothing into a work tree with changes of its own', async () => {
    const desk = await deskWith({
      agents: both('worktree'),
      files: { 'a.txt': 'one\n', 'b.txt': 'b\n' },
      says: says([
        { tools: [{ name: 'read', input: { path: 'b.txt' } }] },
        { tools: [{ name: 'edit', input: { path: 'b.txt', old_string: 'b', new_string: 'B' } }] },
        { tools: [delegate({ member: 'ana', message: 'Be first.' })] },
        merge('ana-1'),
        END,
      ]),
    });
    repository(desk.folder);
    const before = git(desk.folder, 'rev-parse', 'HEAD');
    const { path } = await desk.start();
    expect(leadResults(path)[3]).toMatch(
      /Nothing was merged: your workspace has changes that are not committed[\s\S]*\nb\.txt$/,
    );
    expect(git(desk.folder, 'rev-parse', 'HEAD')).toBe(before);
    expect(desk.read('b.txt')).toBe('B\n');
  });

  it('leave no branch behind where nothing was changed, and are a result where there is no repository', async () => {
    const looks = { lead: [{ tools: [delegate({ member: 'ana', message: 'Look.' })] }, END], ana: [END] };
    const agents = { lead: { team: ['ana'] }, ana: { workspace: 'worktree' } };
    const desk = await deskWith({ agents, files: { 'a.txt': 'one\n' }, says: looks });
    repository(desk.folder);
    await desk.start();
    expect(git(desk.folder, 'branch', '--list')).toBe('* main');
    expect(desk.warnings).toEqual([]);
    const bare = await deskWith({ agents, says: looks });
    expect(leadResults((await bare.start()).path)[0]).toMatch(/ana-1 could not go on · ana-1 works in a git work tree/);
  });

  it('go on with their branch in a resumed session', async () => {
    const desk = await deskWith({
      agents: { lead: { team: ['ana'] }, ana: { workspace: 'worktree' } },
      files: { 'a.txt': 'one\n' },
      says: {
        lead: (turn) =>
          turn === 0
            ? { tools: [delegate({ member: 'ana', message: 'Change it.' })] }
            : turn === 2
              ? { tools: [delegate({ thread: 'ana-1', message: 'More.' })] }
              : turn === 3
                ? merge('ana-1')
                : END,
        ana: (turn, last) =>
          turn === 0 || last.includes('More')
            ? { tools: [read] }
            : turn === 1
              ? { tools: [edit('one', 'ana')] }
              : last.includes('Changed')
                ? { text: 'Done.' }
                : { tools: [edit('ana', 'ana twice')] },
      },
    });
    repository(desk.folder);
    const first = await desk.start();
    await desk.resume(first, 'Go on.');
    expect(leadResults(first.path)[2]).toMatch(/^Merged/);
    expect(desk.read('a.txt')).toBe('ana twice\n');
    expect(git(desk.folder, 'log', '--format=%s', `agent/${first.session}/ana-1`)).toBe('More.\nChange it.\nFirst');
  });
});

// Something that one agent waits for until it has happened to another.
function signal(): { wait: Promise<void>; happened: () => void } {
  let happened = () => {};
  const wait = new Promise<void>((resolve) => {
    happened = resolve;
  });
  return { wait, happened };
}

// What a member does past the tools for files: a line in its own folder.
const shell = {
  definition: { name: 'sh', description: 'A line.', input_schema: { type: 'object' } },
  readOnly: false,
  subject: () => undefined,
  run: async ({ input }: { input: Record<string, unknown> }) => {
    const holder = desks.at(-1)?.grounds ?? '';
    const [session = ''] = readdirSync(holder);
    execFileSync('sh', ['-c', String(input.line)], { cwd: join(holder, session, 'ana-1') });
    return { content: [{ type: 'text' as const, text: 'done' }] };
  },
};
