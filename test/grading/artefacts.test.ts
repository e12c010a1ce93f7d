// Artefacts for grading: the copies or the tree that a session says were kept, in a folder of its own, or the reason why not.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SessionEvent } from '../../src/domain/events.ts';
import { keepTree } from '../../src/git/keep-tree.ts';
import { openRepository } from '../../src/git/repository.ts';
import { artefactsOf, keptArtefacts, openArtefacts } from '../../src/grading/artefacts.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';

let dir = '';
let made: TestRepository;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-opened-'));
  made = makeRepository({ files: { 'a.txt': 'one\n' } });
});
afterEach(() => {
  made.remove();
  rmSync(dir, { recursive: true, force: true });
});

const updated = (artefacts: unknown) =>
  ({ id: 'evt_u', type: 'session.updated', artefacts }) as unknown as SessionEvent; // may be anything in a stored line

describe('artefacts', () => {
  it('are those of the last event that names any in due form', () => {
    const first = { tree: 'a'.repeat(40), files: 1, skipped: 0 };
    const second = { copy: 's1.d/outputs', files: 2, skipped: 1 };
    expect(keptArtefacts([updated(first), updated(second), updated('nonsense'), updated({ tree: 3 })])).toEqual(second);
    expect(keptArtefacts([updated(undefined)])).toBe(undefined);
  });

  it('come back from a tree, and what happens to them there changes nothing that was kept', async () => {
    const repo = await openRepository(made.dir);
    if (repo === null) throw new Error('no repository');
    const kept = await keepTree(repo, { folder: made.dir, session: 's1' });
    const place = { sessionFile: join(dir, 's1.jsonl'), repo };
    const opened = await openArtefacts(kept, place);
    expect(readFileSync(join(opened.folder ?? '', 'a.txt'), 'utf8')).toBe('one\n');
    writeFileSync(join(opened.folder ?? '', 'a.txt'), 'changed by a check');
    opened.close();
    expect(existsSync(opened.folder ?? '')).toBe(false);
    const again = await openArtefacts(kept, place);
    expect(readFileSync(join(again.folder ?? '', 'a.txt'), 'utf8')).toBe('one\n');
    again.close();
  });

  it('come back from copies', async () => {
    mkdirSync(join(dir, 's1.d', 'outputs'), { recursive: true });
    writeFileSync(join(dir, 's1.d', 'outputs', 'report.md'), 'done');
    const kept = { copy: 's1.d/outputs', files: 1, skipped: 0 };
    const opened = await openArtefacts(kept, { sessionFile: join(dir, 's1.jsonl'), repo: null });
    expect(readFileSync(join(opened.folder ?? '', 'report.md'), 'utf8')).toBe('done');
    opened.close();
    expect(existsSync(join(dir, 's1.d', 'outputs', 'report.md'))).toBe(true);
  });

  it('that are not here are said to be missing, with the reason', async () => {
    const repo = await openRepository(made.dir);
    const sessionFile = join(dir, 's1.jsonl');
    const why = async (kept: Parameters<typeof openArtefacts>[0], where = repo) =>
      (await openArtefacts(kept, { sessionFile, repo: where })).why;
    const counts = { files: 1, skipped: 0 };
    expect(await why(undefined)).toContain('no artefacts');
    expect(await why({ tree: 'b'.repeat(40), ...counts })).toContain('not in the repository here');
    expect(await why({ tree: 'b'.repeat(40), ...counts }, null)).toContain('is not here');
    expect(await why({ tree: '--output=/tmp/x', ...counts })).toContain('no tree');
    expect(await why({ copy: 's1.d/outputs', ...counts })).toContain('not here');
  });

  it('are looked for where a session of ours worked, and nowhere that another tool’s transcript names', async () => {
    const repo = await openRepository(made.dir);
    if (repo === null) throw new Error('no repository');
    made.write('fresh.txt', 'only in a tree\n');
    const kept = await keepTree(repo, { folder: made.dir, session: 's1' });
    const header = (tool: string) =>
      ({
        id: 'evt_h',
        type: 'session.created',
        session: 's1',
        source: { tool },
        cwd: made.dir,
      }) as unknown as SessionEvent; // as stored
    const place = { sessionFile: join(dir, 's1.jsonl'), root: dir };
    const own = await artefactsOf([header('agentmem'), updated(kept)], place);
    expect(readFileSync(join(own.folder ?? '', 'fresh.txt'), 'utf8')).toBe('only in a tree\n');
    own.close();
    expect((await artefactsOf([header('claude-code'), updated(kept)], place)).folder).toBe(undefined);
    expect((await artefactsOf([header('agentmem')], place)).why).toContain('no artefacts');
  });
});
