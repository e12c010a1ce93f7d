// People’s own words in the memory, through the built command: a policy that stands above lessons, and notes that repeat themselves.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLE, type Home, makeHome } from '../support/agent.ts';

interface Dreamed {
  branch: string | null;
  changes: { entry: string; change: string; playbook: string; title: string }[];
  quarantined: { claim: string; reason: string }[];
  notes: { kind: string; where: string; text: string }[];
}

let home: Home;
let repo: string;
let free: Dreamed;
let bound: Dreamed;

const RULE = '- Weigh every tin before it leaves the house';
const NOTES: Record<string, string> = {
  'a.md': `# House\n\n## Tins\n\n${RULE}\n`,
  'b.md': `# Shop\n\n## Tins\n\n${RULE}\n- Never label tins by hand\n\nSee [the plan](plan.md).\n`,
  'c.md': '# Yard\n\n- Always label the tins by hand\n',
};
const note = () => join(repo, '.agentmem', 'notes', 'b.md');

beforeAll(() => {
  home = makeHome();
  repo = home.memory('teahouse');
  home.agent(repo, 'import', EXAMPLE);
  free = home.json<Dreamed>(repo, 'dream', '--dry-run', '--json');
  // The first lesson's own title, as words, is what the policy denies.
  const words = /“([^”]+)”/.exec(free.changes[0]?.title ?? '')?.[1] ?? '';
  writeFileSync(join(repo, '.agentmem', 'policy.md'), `---\ndeny:\n  - ${JSON.stringify(words)}\n  - "(a+)+"\n---\n`);
  mkdirSync(join(repo, '.agentmem', 'notes'), { recursive: true });
  for (const [name, text] of Object.entries(NOTES)) writeFileSync(join(repo, '.agentmem', 'notes', name), text);
  home.git(repo, 'add', '.agentmem');
  home.git(repo, 'commit', '--quiet', '-m', 'Rules and notes');
  bound = home.json<Dreamed>(repo, 'dream', '--json');
});
afterAll(() => home.remove());

describe('a policy', () => {
  it('keeps what it denies out of the branch, and the report names the rule', () => {
    const titles = bound.changes.map((c) => c.title);
    expect(titles).not.toContain(free.changes[0]?.title);
    expect(bound.quarantined.map((q) => q.reason).join('\n')).toContain('policy.md denies it');
    const report = home.git(repo, 'show', `${bound.branch}:.agentmem/dreams/${bound.branch?.replace('dream/', '')}.md`);
    expect(report).toContain('policy.md denies it');
    expect(report).toContain('policy.md: deny\\[1\\]: “(a+)+” is taken as plain words');
  });
});

describe('notes', () => {
  it('lose what they say twice on the branch only, and what is doubtful is listed', () => {
    const edit = bound.changes.find((c) => c.playbook.startsWith('notes/'));
    expect(edit).toMatchObject({ change: 'edit', playbook: 'notes/b.md' });
    expect(home.git(repo, 'show', `${bound.branch}:.agentmem/notes/b.md`)).not.toContain(RULE);
    expect(readFileSync(note(), 'utf8')).toBe(NOTES['b.md']);
    expect(bound.notes.map(({ kind, where, text }) => [kind, where, text])).toEqual([
      ['repetition', 'notes/a.md:5', RULE.slice(2)],
      ['contradiction', 'notes/b.md:6', 'Never label tins by hand'],
      ['dead reference', 'notes/b.md:8', 'plan.md'],
    ]);
  });

  it('get back what a reviewer turns down, and are left alone from then on', () => {
    const edit = bound.changes.find((c) => c.playbook.startsWith('notes/'))?.entry ?? '';
    const { code, stderr } = home.agent(repo, 'review', '--reject', edit, '--because', 'both houses need it');
    expect([code, stderr.includes('error')]).toEqual([0, false]);
    expect(home.git(repo, 'show', `${bound.branch}:.agentmem/notes/b.md`)).toContain(RULE);
    expect(home.agent(repo, 'merge').code).toBe(0);
    const again = home.json<Dreamed>(repo, 'dream', '--dry-run', '--json');
    expect(again.changes.filter((c) => c.playbook.startsWith('notes/'))).toEqual([]);
  });
});
