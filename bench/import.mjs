// How fast `agent import` is beside JSON.parse over the same lines on one thread, as a ratio against the limit of 0.15; the corpus is made here.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const AGENT = join(import.meta.dirname, '..', 'bin', 'agent.js');
const LIMIT = 0.15;
const SESSIONS = Number(process.argv[2] ?? 400);

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

// Sessions of 80 calls in the shape of Claude Code's files: code-like results (0.2 to 12 KB, with newlines, quotes and tabs) that
// the tool stores twice (`toolUseResult`), signed thinking, usage on every message: about 500 KB a session, 3 KB a line.
function makeCorpus(dir, sessions) {
  mkdirSync(dir, { recursive: true });
  let seed = 1;
  const random = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  const words = Array.from({ length: 400 }, () =>
    Math.floor(random() * 1e9)
      .toString(36)
      .replace(/\d/g, ''),
  );
  const pick = (list) => list[Math.floor(random() * list.length)];
  const line = () =>
    `${'\t'.repeat(Math.floor(random() * 4))}${pick(words)}.${pick(words)}("${pick(words)} ${pick(words)}", ${pick(words)});`;
  const code = (n) => Array.from({ length: n }, line).join('\n');
  const prose = (n) => Array.from({ length: n }, () => pick(words)).join(' ');
  const signature = () => Buffer.from(prose(60)).toString('base64');
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
    const assistant = (n, content) =>
      add({
        type: 'assistant',
        requestId: `req_${s}_${n}`,
        message: {
          id: `msg_${s}_${n}`,
          type: 'message',
          role: 'assistant',
          model: 'm',
          content: [content],
          stop_reason: 'tool_use',
          usage: {
            input_tokens: 10,
            cache_creation_input_tokens: 812,
            cache_read_input_tokens: 20431,
            cache_creation: { ephemeral_5m_input_tokens: 812, ephemeral_1h_input_tokens: 0 },
            output_tokens: 5,
            service_tier: 'standard',
          },
        },
      });
    add({ type: 'user', message: { role: 'user', content: prose(30) } });
    for (let i = 0; i < 80; i++) {
      const id = `toolu_${s}_${i}`;
      const text = code(5 + Math.floor(random() ** 3 * 300));
      assistant(i, { type: 'thinking', thinking: '', signature: signature() });
      assistant(i, { type: 'tool_use', id, name: 'Read', input: { file_path: `/work/app/${pick(words)}.ts` } });
      add({
        type: 'user',
        message: { role: 'user', content: [{ tool_use_id: id, type: 'tool_result', content: text }] },
        toolUseResult: {
          type: 'text',
          file: { filePath: '/work/app/x.ts', content: text, numLines: 9, startLine: 1, totalLines: 9 },
        },
      });
    }
    writeFileSync(join(dir, `${uuid(s, 0xfffff)}.jsonl`), `${lines.join('\n')}\n`);
  }
}
