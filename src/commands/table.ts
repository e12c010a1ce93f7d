// The verbs of `agent`, in the order of the story; each is loaded only when it is asked for.
import type { CommandRow } from './context.ts';

export const commandTable: CommandRow[] = [
  { name: 'init', summary: 'lay out .agentmem/ in a git repository', load: () => import('./init.ts') },
  { name: 'run', summary: 'let an agent work on a task', load: () => import('./run.ts') },
  {
    name: 'workflow',
    summary: 'run a plan of several steps, each by an agent of its own',
    load: () => import('./workflow.ts'),
  },
  {
    name: 'suite',
    summary: 'lists of tasks: make, show, and see what became of them',
    load: () => import('./suite.ts'),
  },
  { name: 'import', summary: 'bring in transcripts of other tools', load: () => import('./import.ts') },
  { name: 'grade', summary: 'judge stored sessions by a rubric, later and again', load: () => import('./grade.ts') },
  { name: 'rubric', summary: 'say what good looks like, and try it on sessions', load: () => import('./rubric.ts') },
  {
    name: 'sessions',
    summary: 'look around in stored sessions, share them, take them away',
    load: () => import('./sessions.ts'),
  },
  { name: 'mine', summary: 'print what the sessions show, as cards with evidence', load: () => import('./mine.ts') },
  { name: 'dream', summary: 'turn sessions into lessons on a review branch', load: () => import('./dream.ts') },
  { name: 'diff', summary: 'show what a dream would change', load: () => import('./diff.ts') },
  { name: 'review', summary: 'check a dream, lesson by lesson, with its evidence', load: () => import('./review.ts') },
  { name: 'prove', summary: 'whether a dream helps, on tasks it never saw', load: () => import('./prove.ts') },
  { name: 'merge', summary: 'put a reviewed dream in force', load: () => import('./merge.ts') },
  { name: 'sync', summary: 'what became of review branches on the server', load: () => import('./sync.ts') },
  { name: 'revert', summary: 'take a lesson or a dream out of force again', load: () => import('./revert.ts') },
  { name: 'playbooks', summary: 'list, explain and edit what was learned', load: () => import('./playbooks.ts') },
  { name: 'status', summary: 'what is in force, what waits, what is due', load: () => import('./status.ts') },
  { name: 'nightly', summary: 'what cron runs: import, then dream if due', load: () => import('./nightly.ts') },
  {
    name: 'schedule',
    summary: 'let cron or systemd run it: install, show, remove',
    load: () => import('./schedule.ts'),
  },
  { name: 'trust', summary: 'allow the commands that a configuration names', load: () => import('./trust.ts') },
  {
    name: 'permissions',
    summary: 'which rule decides a call of an agent, and why',
    load: () => import('./permissions.ts'),
  },
  { name: 'mcp', summary: 'MCP servers: list them, try them', load: () => import('./mcp.ts') },
  { name: 'config', summary: 'settings in force, and where each came from', load: () => import('./config.ts') },
  { name: 'doctor', summary: 'what protects you here, and what works', load: () => import('./doctor.ts') },
  { name: 'demo', summary: 'see one turn of the cycle in a fresh repository', load: () => import('./demo.ts') },
];
