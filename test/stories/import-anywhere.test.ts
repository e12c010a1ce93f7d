// What a machine keeps is found, asked about and imported; files that grow are followed; outcomes are joined: through the built command.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { samples } from '../sources/samples.ts';
import { type Home, makeHome, ROOT } from '../support/agent.ts';
import { noTerminal, typeAt } from '../support/terminal.ts';

let home: Home;
let repo: string;
beforeEach(() => {
  home = makeHome();
  repo = home.memory('orchard');
});
afterEach(() => home.remove());

const AGENT = join(ROOT, 'bin', 'agent.js');
/** Lays a sample out below the home folder, where its tool would keep it. */
const keep = (sample: string, path: string) => {
  const file = join(home.dir, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, samples[sample]?.[0]?.content ?? '');
  return file;
};
const outcomes = () =>
  home.json<{ id: string; outcome: string | null }[]>(repo, 'sessions', 'list', '--json').map((s) => s.outcome);

describe('agent import --discover', () => {
  it('says what the tools keep in their usual places, imports it when told to, and looks nowhere else', () => {
    expect(home.agent(repo, 'import', '--discover')).toMatchObject({ code: 1 });
    keep('codex', '.codex/sessions/2026/03/01/rollout-1.jsonl');
    keep('pi', '.pi/agent/sessions/kites/pi.jsonl');
    keep('gemini-cli', '.gemini/tmp/f/chats/session-1.json');
    keep('copilot-cli', 'Downloads/cop1.jsonl');
    const { found } = home.json<{ found: { tool: string; files: number }[] }>(repo, 'import', '--discover', '--json');
    expect(found.map(({ tool, files }) => [tool, files])).toEqual([
      ['codex', 1],
      ['gemini-cli', 1],
      ['pi', 1],
    ]);
    expect(home.json<unknown[]>(repo, 'sessions', 'list', '--json')).toEqual([]);
    expect(home.agent(repo, 'import', '--discover', '--yes').stdout).toContain('3 sessions imported');
  });

  it.skipIf(noTerminal)('asks at a terminal, and takes no other key for a yes', () => {
    keep('codex', '.codex/sessions/rollout-1.jsonl');
    const env = { HOME: home.dir };
    const no = typeAt(repo, ['import', '--discover'], [['Import all of it? [y/N]', 'x']], env);
    expect(no).toMatchObject({ code: 0, restored: true, missing: null });
    expect(home.json<unknown[]>(repo, 'sessions', 'list', '--json')).toEqual([]);
    const yes = typeAt(repo, ['import', '--discover'], [['Import all of it? [y/N]', 'y']], env);
    expect(yes.output).toContain('1 session imported');
  });

  it('is refused beside paths, which it would not look at', () => {
    expect(home.agent(repo, 'import', '--discover', repo)).toMatchObject({ code: 2 });
    expect(home.agent(repo, 'import', '--discover', '--label', 'x.csv')).toMatchObject({ code: 2 });
    expect(home.agent(repo, 'import', '--watch', '--label', 'x.csv')).toMatchObject({ code: 2 });
    expect(home.agent(repo, 'import', 'nowhere', '--watch')).toMatchObject({ code: 2 });
  });
});

describe('agent import --label', () => {
  it('joins outcomes alone and together with an import, and says which rows found nothing', () => {
    const talks = keep('messages, OpenAI', 'talks.jsonl');
    const more = keep('messages, Anthropic', 'talks-2.jsonl');
    const labels = join(home.dir, 'labels.csv');
    writeFileSync(labels, 'id,outcome,name\ntalk-1,fail,people\nnobody,pass,people\n');
    const both = home.json<{ imported: number; labels: object }>(repo, 'import', talks, '--label', labels, '--json');
    expect(both).toMatchObject({
      imported: 1,
      labels: { labelled: 1, unchanged: 0, left: [{ line: 3, id: 'nobody' }] },
    });
    expect(outcomes()).toEqual(['fail']);
    expect(home.agent(repo, 'import', more).code).toBe(0);
    writeFileSync(labels, 'task_id,reward\ngreet,1\n');
    expect(home.agent(repo, 'import', '--label', labels).stdout).toContain('2 sessions labelled, 0 unchanged');
    expect(home.agent(repo, 'import', '--label', labels).stdout).toContain('0 sessions labelled, 2 unchanged');
    expect(outcomes()).toEqual(['pass', 'pass']);
  });

  it('takes no offence at the outcomes where they lie beside the transcripts, and names what else is none', () => {
    keep('messages, OpenAI', 'talks/talks.jsonl');
    const labels = join(home.dir, 'talks', 'labels.csv');
    writeFileSync(labels, 'id,outcome,name\ntalk-1,fail,people\n');
    writeFileSync(join(home.dir, 'talks', 'other.csv'), 'id,outcome,name\ntalk-1,fail,people\n');
    const folder = join(home.dir, 'talks');
    const told = home.json<{ labels: object; skipped: { file: string }[] }>(
      ...[repo, 'import', folder, '--label', labels, '--json'],
    );
    expect(told).toMatchObject({ imported: 1, labels: { labelled: 1 } });
    expect(told.skipped.map(({ file }) => file)).toEqual([join(folder, 'other.csv')]);
  });
});

describe('agent import --watch', () => {
  it('imports what is there, then what grows, with a line each time, and ends cleanly with Ctrl-C', async () => {
    const file = keep('codex', 'rollouts/rollout-1.jsonl');
    const watched = watching(join(home.dir, 'rollouts'));
    expect(await watched.line()).toMatch(/^\S+Z 1 session imported, 0 updated$/);
    const said = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'And the plums' }] };
    appendFileSync(
      file,
      `${JSON.stringify({ timestamp: '2026-03-01T09:00:00.000Z', type: 'response_item', payload: said })}\n`,
    );
    expect(await watched.line()).toMatch(/Z 0 sessions imported, 1 updated$/);
    keep('pi', 'rollouts/pi.jsonl');
    expect(await watched.line()).toMatch(/Z 1 session imported, 0 updated$/);
    expect(await watched.end()).toBe(0);
    expect(home.json<unknown[]>(repo, 'sessions', 'list', '--json')).toHaveLength(2);
  }, 60_000);
});

function watching(folder: string): { line: () => Promise<string>; end: () => Promise<number | null> } {
  const env = { HOME: home.dir, PATH: process.env.PATH ?? '', GIT_CONFIG_NOSYSTEM: '1' };
  const child: ChildProcess = spawn(process.execPath, [AGENT, 'import', folder, '--watch'], { cwd: repo, env });
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return {
    line: async () => {
      while (!text.includes('\n')) await once(child.stdout ?? child, 'data');
      const [line = ''] = text.split('\n', 1);
      text = text.slice(line.length + 1);
      return line;
    },
    end: async () => {
      child.kill('SIGINT');
      const [code] = await once(child, 'exit');
      return code;
    },
  };
}
