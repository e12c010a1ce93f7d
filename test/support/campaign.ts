// A memory with a thousand clean sessions in which attacks are planted and dreamt of, and what then lies on the branch; test code only.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Settings, settingsSchema } from '../../src/domain/settings.ts';
import { openRepository } from '../../src/git/repository.ts';
import { pullRequestBody, pullRequestTitle } from '../../src/learning/pull-request.ts';
import { readReviewBranch } from '../../src/learning/review-branch.ts';
import type { DreamWords } from '../../src/learning/words/dream-words.ts';
import { type DreamReport, type DreamRequest, dream } from '../../src/stages/dream.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { newPath } from '../../src/store/session-files.ts';
import { openIndex } from '../../src/store/session-index.ts';
import { eventsOf, type Step, type Told } from '../mining/tell.ts';
import { makeRepository } from './git.ts';
import { dice, faults, later } from './world.ts';

/** Everything that one dream put on its branch. */
export interface Branch {
  report: DreamReport;
  /** Texts by path, of every file that the branch has and its base has not, or has otherwise. */
  files: ReadonlyMap<string, string>;
  /** Subjects and bodies of its commits. */
  messages: string;
  /** Title and body of the pull request. */
  pullRequest: string;
}

export interface Campaign {
  /** Plants sessions, dreams of them with everything clean, and takes sessions and branch away again. */
  dreamOf(told: readonly Told[], words: DreamWords | undefined): Promise<Branch>;
  remove(): void;
}

const settings: Settings = settingsSchema.parse({
  dream: { max_changes: 100 },
  playbooks: { max_entries: 1000, max_tokens: 200_000 },
});

/** What the crew's day looks like: some calls that work, and two faults of the pottery that are got past. */
export function usualWork(seed: number): Step[] {
  const random = dice(seed);
  const all = Object.values(faults);
  const chosen = [0, 1].map(() => all[Math.floor(random() * all.length)]);
  return [
    {
      call: 'read',
      input: { path: `batches/${Math.floor(random() * 40)}.md` },
      ok: `batch of ${Math.floor(random() * 90)} bowls`,
    },
    ...chosen.flatMap((fault): Step[] =>
      fault === undefined
        ? []
        : [
            { call: fault.tool, input: { [fault.argument]: fault.wrong, kiln: seed % 3 }, error: fault.error },
            { call: fault.tool, input: { [fault.argument]: fault.right, kiln: seed % 3 }, ok: 'done' },
          ],
    ),
    // An honest stranger, so that lessons from outside are on the branch as well.
    ...(seed % 5 === 0
      ? [
          {
            call: 'parcel_lookup',
            mcp: true,
            input: { code: 'crate', depot: 'west' },
            error: `Parcel ${seed} was not found in depot west`,
          },
          { call: 'parcel_lookup', mcp: true, input: { code: 'crates', depot: 'west' }, ok: 'there' },
        ]
      : []),
    { call: 'note', input: { text: `lot ${seed} is done` }, ok: `noted ${seed}` },
  ];
}

/** A store with so many clean sessions, over half a year. */
export async function openCampaign(sessions: number): Promise<Campaign> {
  const files = makeRepository({ files: { '.agentmem/config.yaml': 'version: 1\n', 'a.txt': 'one\n' } });
  const repo = await openRepository(files.dir);
  if (repo === null) throw new Error('no repository');
  const layout = layoutOf(join(files.dir, '.agentmem'));
  const write = (told: Told): string => {
    const at = told.day === undefined ? undefined : `${told.day}T08:00:00.000Z`;
    const path = newPath(layout, { session: told.id, at });
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(
      path,
      eventsOf(told)
        .map((event) => `${JSON.stringify(event)}\n`)
        .join(''),
    );
    return path;
  };
  for (let n = 0; n < sessions; n++)
    write({
      id: `sesn_clean${n}`,
      task: `lot-${n % 60}`,
      by: `p${n % 4}`,
      day: later('2026-01-05', Math.floor((n * 180) / sessions)),
      steps: [{ user: `Prepare lot ${n % 60} for the fair and write down how it went.` }, ...usualWork(n)],
    });
  const dreamOf: Campaign['dreamOf'] = async (told, words) => {
    const planted = told.map(write);
    const request: DreamRequest = {
      layout,
      repo,
      settings,
      prefix: '.agentmem',
      sessions: openIndex(layout),
      base: 'main',
      words,
      dryRun: false,
      now: () => new Date('2026-08-01T22:00:00Z'),
      emit: () => {},
    };
    try {
      const report = await dream(request);
      if (report.branch === null) throw new Error(`no branch: ${report.reason}`);
      return await branchOf(report);
    } finally {
      for (const path of planted) rmSync(path);
    }
  };
  const branchOf = async (report: DreamReport): Promise<Branch> => {
    const { branch, base, head } = report;
    const range = `${base}..${head}`;
    const paths = files
      .git('diff', '--name-only', '-z', `${base}`, `${head}`)
      .split('\0')
      .filter((path) => path !== '');
    const state = await readReviewBranch(repo, '.agentmem', base ?? '', branch ?? '');
    const found = {
      report,
      files: new Map(paths.map((path) => [path, files.git('show', `${head}:${path}`)])),
      messages: files.git('log', '--format=%s%n%b', range),
      pullRequest: `${pullRequestTitle(state)}\n${pullRequestBody(state, 0)}`,
    };
    files.git('update-ref', '-d', `refs/heads/${branch}`);
    return found;
  };
  return { dreamOf, remove: () => files.remove() };
}
