// Tasks out of tables that people keep, and out of prompts that were given before: text in, tasks and what is wrong out; reads and writes no file.
import { parseCsv } from '../../base/csv.ts';
import { shortHash } from '../../base/hash.ts';
import { parseLine } from '../../base/jsonl.ts';
import { oneLine } from '../../base/text.ts';
import { type SuiteTask, TASK_ID } from '../../domain/suite.ts';

/** A task as a suite's file holds it: only what was given. */
export type ImportedTask = Partial<SuiteTask> & Pick<SuiteTask, 'id' | 'prompt'>;

export interface ImportedTasks {
  tasks: ImportedTask[];
  /** Rows that are no task, with the reason. */
  bad: { line: number; reason: string }[];
  /** Columns or fields that nothing was made of. */
  ignored: string[];
}

// What people call the columns. A map, since a table may have a column called constructor.
const NAMES = new Map(
  Object.entries({
    id: ['id', 'task_id', 'name'],
    prompt: ['prompt', 'task', 'question', 'instruction', 'input'],
    expected: ['expected', 'answer', 'output', 'target'],
    tags: ['tags', 'tag'],
    seed: ['seed'],
    held_out: ['held_out'],
  }).flatMap(([plain, names]) => names.map((name) => [name, plain] as const)),
);

/** Rows of a CSV file with a header, or lines of a JSONL file, by the name of the file. */
export function importTasks(text: string, format: 'csv' | 'jsonl'): ImportedTasks {
  const read = format === 'csv' ? csvRecords(text) : jsonlRecords(text);
  const ignored = new Set<string>();
  const found: ImportedTasks = { tasks: [], bad: [...read.bad], ignored: [] };
  const ids = new Set<string>();
  for (const { line, record } of read.records) {
    const fields = known(record, ignored);
    const task = taskOf(fields, ids);
    if (typeof task === 'string') found.bad.push({ line, reason: task });
    else {
      ids.add(task.id.toLowerCase());
      found.tasks.push(task);
    }
  }
  found.bad.sort((a, b) => a.line - b.line);
  return { ...found, ignored: [...ignored] };
}

/** Tasks out of prompts, each text once; the id that it had before is kept where no other text has it already. */
export function promptTasks(prompts: readonly { prompt: string; id?: string | undefined }[]): ImportedTask[] {
  const texts = new Set<string>();
  const ids = new Set<string>();
  return prompts.flatMap(({ prompt, id }) => {
    const text = prompt.trim();
    if (text === '' || texts.has(oneLine(text))) return [];
    texts.add(oneLine(text));
    const kept = id !== undefined && TASK_ID.test(id) && !ids.has(id.toLowerCase()) ? id : idFor(text, ids);
    ids.add(kept.toLowerCase());
    return [{ id: kept, prompt: text }];
  });
}

interface Records {
  records: { line: number; record: Record<string, unknown> }[];
  bad: ImportedTasks['bad'];
}

function csvRecords(text: string): Records {
  const parsed = parseCsv(text);
  if ('fault' in parsed) return { records: [], bad: [{ line: parsed.line, reason: parsed.fault }] };
  const [head, ...rows] = parsed.rows;
  const names = (head?.fields ?? []).map((name) => name.trim());
  const bad: Records['bad'] = [];
  const records = rows.flatMap(({ line, fields }) => {
    if (fields.length === names.length)
      return [{ line, record: Object.fromEntries(names.map((name, i) => [name, fields[i] ?? ''])) }];
    bad.push({ line, reason: `${fields.length} fields under ${names.length} column names` });
    return [];
  });
  return { records, bad };
}

function jsonlRecords(text: string): Records {
  const bad: Records['bad'] = [];
  const records = text.split('\n').flatMap((line, i) => {
    const parsed = parseLine(Buffer.from(line));
    if (parsed.kind === 'object') return [{ line: i + 1, record: parsed.value }];
    if (parsed.kind === 'bad') bad.push({ line: i + 1, reason: parsed.reason });
    return [];
  });
  return { records, bad };
}

// The first of several names for one thing counts, the others are named as not used.
function known(record: Record<string, unknown>, ignored: Set<string>): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const [name, value] of Object.entries(record)) {
    if (value === '' || value === null) continue;
    const plain = NAMES.get(name.trim().toLowerCase());
    if (plain === undefined || fields.has(plain)) ignored.add(name);
    else fields.set(plain, value);
  }
  return fields;
}

// A sentence where it is no task.
function taskOf(fields: ReadonlyMap<string, unknown>, ids: ReadonlySet<string>): ImportedTask | string {
  const prompt = textOf(fields.get('prompt'))?.trim() ?? '';
  if (prompt === '') return 'no prompt: a column prompt, task or question is needed';
  const given = textOf(fields.get('id'))?.trim();
  const id = given === undefined ? idFor(prompt, ids) : asId(given);
  if (ids.has(id.toLowerCase())) return `the id ${id} is that of an earlier row`;
  const [expected, seed] = [textOf(fields.get('expected')), textOf(fields.get('seed'))];
  const heldOut = fields.get('held_out');
  const tags = tagsOf(fields.get('tags'));
  return {
    id,
    prompt,
    ...(seed !== undefined && { seed }),
    ...(tags.length > 0 && { tags }),
    ...((heldOut === true || /^(?:true|yes|1)$/i.test(String(heldOut ?? ''))) && { held_out: true }),
    ...(expected !== undefined && { expected }),
  };
}

function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : JSON.stringify(value);
}

function tagsOf(value: unknown): string[] {
  const all = Array.isArray(value) ? value.map(String) : String(value ?? '').split(/[\s,;|]+/);
  return [...new Set(all.map((tag) => tag.replace(/[^\w.:/-]+/g, '-').slice(0, 64)).filter((tag) => tag !== ''))];
}

// What cannot stand in the name of a folder is replaced, with a hash of the whole, so that no two become one.
function asId(text: string): string {
  if (TASK_ID.test(text)) return text;
  const slug = slugOf(text, 60);
  return `${slug === '' ? 'task' : slug}-${shortHash(text, 6)}`;
}

function idFor(prompt: string, ids: ReadonlySet<string>): string {
  const slug = slugOf(prompt, 32);
  const id = slug === '' ? 'task' : slug;
  return ids.has(id) ? `${id}-${shortHash(prompt, 6)}` : id;
}

function slugOf(text: string, most: number): string {
  const slug = text
    .slice(0, 400)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return slug.slice(0, most).replace(/^-+|-+$/g, '');
}
