// The GitHub workflow that dreams on a schedule, filled in from its template; writes no file.
import { UserError } from '../base/errors.ts';
import type { CronTime } from './cron-time.ts';
import { shellWord } from './shell-line.ts';

export interface WorkflowRequest {
  template: string;
  time: CronTime;
  /** The memory branch. */
  branch: string;
  /** Path of `.agentmem` in the repository. */
  prefix: string;
  /** What npm is to install: `name@version`, or a git or tarball URL. */
  package: string;
  sessions: 'ignore' | 'commit' | 'branch';
}

/** The workflow's text. Throws UserError where it could not work: sessions are not in git, or a name can't stand in YAML. */
export function githubWorkflow(request: WorkflowRequest): string {
  const { template, time, branch, prefix, sessions } = request;
  if (sessions === 'ignore') {
    throw new UserError({
      what: 'The sessions of this memory are not in git, so a workflow on GitHub would find nothing to dream about.',
      where: 'sessions: ignore in config.yaml',
      hint: 'agent sessions share branch (or commit), or a schedule on this machine: agent schedule install',
    });
  }
  const fetch = `      - name: Fetch sessions\n        run: agent --dir ${word(prefix)} sessions fetch origin\n`;
  const values = new Map([
    ['cron', time.text],
    ['branch', plain(branch, 'The memory branch')],
    ['package', plain(request.package, 'The package')],
    ['dir', word(prefix)],
    ['fetch', sessions === 'branch' ? fetch : ''],
  ]);
  return template.replace(/(?<!\$)\{\{(\w+)\}\}/g, (_, name: string) => values.get(name) ?? '');
}

/** True if this file was written by us and has not been made somebody's own since. */
export function isOurWorkflow(text: string): boolean {
  return text.startsWith('# agentmem: made by ');
}

// Stands unquoted in YAML and in a shell line: what could mean anything in either is refused.
function plain(text: string, what: string): string {
  if (/^[A-Za-z0-9@][A-Za-z0-9@:/._#+~^=-]*$/.test(text) && !/:$| #/.test(text)) return text;
  throw new UserError({ what: `${what} cannot stand in a workflow as it is.`, where: text });
}

// A shell word inside an unquoted YAML scalar.
function word(path: string): string {
  if (/ #|: |[\n\r]/.test(path)) throw new UserError({ what: 'This path cannot stand in a workflow.', where: path });
  return shellWord(path);
}
