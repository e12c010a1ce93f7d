// Opens and updates pull requests through `gh` or `glab`, where one is installed; runs no shell, asks nothing, opens no second one.
import { z } from 'zod';
import { clip, safeForTerminal } from '../base/text.ts';
import type { WebAddress } from '../domain/web-address.ts';
import { findProgram, runProgram } from './program.ts';

export interface PullRequestOrder {
  address: WebAddress;
  branch: string;
  base: string;
  title: string;
  body: string;
  /** The body to put in the place of the one that is there; null leaves it alone. */
  update: (existing: string) => string | null;
  env: NodeJS.ProcessEnv;
  cwd: string;
}

/**
 * `closed`: there was one, and somebody closed or merged it; none is opened over their head. `none`: no program here
 * serves this host. `failed`: the program ran and said why it could not.
 */
export type PullRequestOutcome =
  | { result: 'opened' | 'updated' | 'unchanged' | 'closed'; via: 'gh' | 'glab'; url: string }
  | { result: 'none' }
  | { result: 'failed'; via: 'gh' | 'glab'; reason: string };

/** Opens the pull request of `branch`, or brings the open one up to date. Never throws for what the program does. */
export async function openPullRequest(order: PullRequestOrder): Promise<PullRequestOutcome> {
  const tool = await toolFor(order);
  if (tool === undefined) return { result: 'none' };
  const { via } = tool;
  try {
    const all = await tool.forge.list();
    const open = all.find((pr) => pr.open);
    if (open === undefined && all[0] !== undefined) return { result: 'closed', via, url: all[0].url };
    if (open === undefined) return { result: 'opened', via, url: await tool.forge.create() };
    const body = order.update(open.body);
    if (body !== null) await tool.forge.edit(open.number, body);
    return { result: body === null ? 'unchanged' : 'updated', via, url: open.url };
  } catch (error) {
    if (error instanceof ForgeFailure) return { result: 'failed', via, reason: error.message };
    throw error;
  }
}

interface Found {
  number: number;
  url: string;
  body: string;
  open: boolean;
}

interface Forge {
  /** Pull requests of this very branch of this repository, newest first. */
  list: () => Promise<Found[]>;
  create: () => Promise<string>;
  edit: (number: number, body: string) => Promise<void>;
}

class ForgeFailure extends Error {}

const TIMEOUT_MS = 60_000;

async function toolFor(order: PullRequestOrder): Promise<{ via: 'gh' | 'glab'; forge: Forge } | undefined> {
  const { kind, host } = order.address;
  const gh = findProgram('gh', order.env.PATH);
  const glab = findProgram('glab', order.env.PATH);
  if (gh !== undefined && (kind === 'github' || (kind === 'unknown' && (await knows(order, gh, host)))))
    return { via: 'gh', forge: github(order, gh) };
  if (glab !== undefined && (kind === 'gitlab' || (kind === 'unknown' && (await knows(order, glab, host)))))
    return { via: 'glab', forge: gitlab(order, glab) };
  return undefined;
}

// A server of one's own has any name; the program knows whether somebody signed in there.
async function knows(order: PullRequestOrder, program: string, host: string): Promise<boolean> {
  const { kind, code } = await run(order, program, ['auth', 'status', '--hostname', host]);
  return kind === 'ended' && code === 0;
}

const githubSchema = z.object({
  number: z.number().int(),
  html_url: z.string(),
  state: z.string(),
  body: z.string().nullish(),
});

// The plain interface of the server, through the program's sign-in: it gives JSON and stays the same over the years,
// where `gh pr edit` has failed for permissions that changing a text does not need.
function github(order: PullRequestOrder, program: string): Forge {
  const { address, branch, base, title, body } = order;
  const pulls = `repos/${address.path}/pulls`;
  const owner = address.path.split('/')[0] ?? '';
  const api = (method: string, path: string, input?: object) =>
    call(order, program, ['api', '--hostname', address.host, '--method', method, path], input);
  const query = `head=${encodeURIComponent(`${owner}:${branch}`)}&state=all&per_page=20`;
  return {
    list: async () =>
      parse(z.array(githubSchema), await api('GET', `${pulls}?${query}`)).map((pr) => ({
        number: pr.number,
        url: pr.html_url,
        body: pr.body ?? '',
        open: pr.state === 'open',
      })),
    create: async () => parse(githubSchema, await api('POST', pulls, { title, head: branch, base, body })).html_url,
    edit: async (number, text) => void (await api('PATCH', `${pulls}/${number}`, { body: text })),
  };
}

const gitlabSchema = z.object({
  iid: z.number().int(),
  web_url: z.string(),
  state: z.string(),
  description: z.string().nullish(),
  source_project_id: z.number().nullish(),
  target_project_id: z.number().nullish(),
});

function gitlab(order: PullRequestOrder, program: string): Forge {
  const { address, branch, base, title, body } = order;
  const requests = `projects/${encodeURIComponent(address.path)}/merge_requests`;
  const json = ['--header', 'Content-Type: application/json'];
  const api = (method: string, path: string, input?: object) =>
    call(order, program, ['api', '--hostname', address.host, '--method', method, ...(input ? json : []), path], input);
  const query = `source_branch=${encodeURIComponent(branch)}&state=all&per_page=20`;
  return {
    list: async () =>
      parse(z.array(gitlabSchema), await api('GET', `${requests}?${query}`))
        .filter((mr) => mr.source_project_id === mr.target_project_id)
        .map((mr) => ({
          number: mr.iid,
          url: mr.web_url,
          body: mr.description ?? '',
          open: mr.state === 'opened',
        })),
    create: async () => {
      const input = { title, source_branch: branch, target_branch: base, description: body };
      return parse(gitlabSchema, await api('POST', requests, input)).web_url;
    },
    edit: async (number, text) => void (await api('PUT', `${requests}/${number}`, { description: text })),
  };
}

async function call(
  order: PullRequestOrder,
  program: string,
  args: readonly string[],
  input: object | undefined,
): Promise<unknown> {
  const sent = input === undefined ? undefined : Buffer.from(JSON.stringify(input));
  const flags = input === undefined ? [] : ['--input', '-'];
  const result = await run(order, program, [...args, ...flags], sent);
  if (result.kind === 'late') throw new ForgeFailure('it did not answer in time and was stopped');
  const said = clip(safeForTerminal(result.stderr.toString()).trim(), 500);
  if (result.kind === 'missing' || result.code !== 0)
    throw new ForgeFailure(said === '' ? `it ended with exit code ${result.code}` : said);
  try {
    return JSON.parse(result.stdout.toString());
  } catch {
    throw new ForgeFailure('its answer is not JSON');
  }
}

function run({ env, cwd }: PullRequestOrder, command: string, args: readonly string[], input?: Buffer) {
  return runProgram({
    command,
    args,
    cwd,
    env: { ...env, ...SILENT },
    timeoutMs: TIMEOUT_MS,
    ...(input !== undefined && { input }),
  });
}

// It has no terminal to ask on anyway; these keep it from announcing new versions and colouring its JSON.
const SILENT = {
  ...{ GH_PROMPT_DISABLED: '1', GH_NO_UPDATE_NOTIFIER: '1', GH_PAGER: '', PAGER: '' },
  ...{ NO_PROMPT: '1', GLAB_CHECK_UPDATE: 'false', NO_COLOR: '1', CLICOLOR_FORCE: '0' },
};

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ForgeFailure('its answer is not what this version understands');
}
