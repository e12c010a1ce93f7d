// How fast `agent import` is beside JSON.parse over the same lines on one thread, as a ratio against the limit of 0.15; the corpus is made here.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const AGENT = join(import.meta.dirname, '..', 'bin', 'agent.js');
const LIMIT = 0.15;
const SESSIONS = Number(process.argv[2] ?? 300);

const folder = mkdtempSync(join(tmpdir(), 'agentmem-bench-'));
try {
  const corpus = join(folder, 'corpus');
  makeCorpus(corpus, SESSIONS);
  measure('a corpus made here', corpus, folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function measure(name, corpus, scratch) {
  const files = filesBelow(corpus);
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  const parse = best(3, () => parseLines(files));
  let run = 0;
  const importing = best(3, () => {
    const repo = join(scratch, `repo-${run++}`);
    execFileSync(process.execPath, [AGENT, 'init', repo, '-q'], { stdio: 'ignore' });
    const start = process.hrtime.bigint();
    const { status, stderr } = spawnSync(process.execPath, [AGENT, 'import', corpus, '--dir', repo, '-q', '--json'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (status !== 0) throw new Error(String(stderr));
    return Number(process.hrtime.bigint() - start) / 1e9;
  });
  const ratio = parse / importing;
  const mb = bytes / 1e6;
  console.log(`import, best of 3: ${name}, ${files.length} files, ${mb.toFixed(1)} MB`);
  console.log(`  JSON.parse    ${(mb / parse).toFixed(0).padStart(5)} MB/s`);
  console.log(
    `  agent import  ${(mb / importing).toFixed(0).padStart(5)} MB/s   ${ratio.toFixed(2)} × JSON.parse   limit ${LIMIT}: ${ratio >= LIMIT ? 'held' : 'MISSED'}`,
  );
  if (ratio < LIMIT) process.exitCode = 1;
}

// The yardstick: whole files, split at newlines, every line parsed.
function parseLines(files) {
  const start = process.hrtime.bigint();
  for (const file of files) {
    const buffer = readFileSync(file);
    for (let from = 0; from < buffer.length; ) {
      const at = buffer.indexOf(10, from);
      const end = at < 0 ? buffer.length : at;
      if (end > from) JSON.parse(buffer.toString('utf8', from, end));
      from = end + 1;
    }
  }
  return Number(process.hrtime.bigint() - start) / 1e9;
}

function best(times, run) {
  return Math.min(...Array.from({ length: times }, run));
}

function filesBelow(dir) {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

// Sessions of 80 calls with results of 0.2 to 12 KB: about 400 KB each, in the shape of Claude Code's files.
function makeCorpus(dir, sessions) {
  mkdirSync(dir, { recursive: true });
  let seed = 1;
  const random = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  const words = Array.from({ length: 400 }, () => Math.floor(random() * 1e9).toString(36));
  const prose = (n) => Array.from({ length: n }, () => words[Math.floor(random() * words.length)]).join(' ');
  const uuid = (a, b) => `${a.toString(16).padStart(8, '0')}-0000-4000-8000-${b.toString(16).padStart(12, '0')}`;
  for (let s = 0; s < sessions; s++) {
    const lines = [];
    let parent = null;
    const add = (record) => {
      const uid = uuid(s, lines.length);
      const at = new Date(1.79e12 + s * 3.6e6 + lines.length * 4000).toISOString();
      lines.push(
        JSON.stringify({
          parentUuid: parent,
          isSidechain: false,
          userType: 'external',
          cwd: '/work/app',
          sessionId: uuid(s, 0xfffff),
          version: '2.1.0',
          gitBranch: 'main',
          ...record,
          uuid: uid,
          timestamp: at,
        }),
      );
      parent = uid;
    };
    add({ type: 'user', message: { role: 'user', content: prose(30) } });
    for (let i = 0; i < 80; i++) {
      const id = `toolu_${s}_${i}`;
      add({
        type: 'assistant',
        message: {
          id: `msg_${s}_${i}`,
          role: 'assistant',
          model: 'm',
          content: [{ type: 'tool_use', id, name: 'Read', input: { file_path: `/work/app/${prose(1)}.ts` } }],
          usage: { input_tokens: 10, output_tokens: 5 },
        },
      });
      add({
        type: 'user',
        message: {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: id, content: prose(30 + Math.floor(random() ** 3 * 1800)) }],
        },
      });
    }
    writeFileSync(join(dir, `${uuid(s, 0xfffff)}.jsonl`), `${lines.join('\n')}\n`);
  }
}
