// Reads outcomes that somebody else knows, by id, out of a CSV or JSONL file; joins them to nothing.
import { parseCsv } from '../base/csv.ts';
import { UserError } from '../base/errors.ts';
import { parsedJson } from '../base/json.ts';
import type { Header } from '../domain/events.ts';
import { readGiven } from '../store/given-file.ts';
import { asLabel, asObject, type Fields } from './fields.ts';
import { FULL_REWARD } from './session-builder.ts';

export interface LabelRow {
  /** Line of the file, 1-based; in a JSON array the place of the record. */
  line: number;
  /** A session's id here or in its tool, or a task's. */
  id: string;
  label: NonNullable<Header['label']>;
}

export interface LabelRows {
  rows: LabelRow[];
  /** Lines that say no outcome, with the reason. */
  bad: { line: number; reason: string }[];
}

/**
 * Rows with an `id` (or `session`, `session_id`, `task_id`) and one of `outcome` (pass, fail), `success` or `passed` (true, false),
 * `reward` or `score` (1 passes); `name` says whose verdict it is, otherwise the outcome's own field does. Throws UserError where
 * the file cannot be read or has no such columns.
 */
export function readLabelRows(path: string): LabelRows {
  const text = readGiven(path, 'the file of outcomes').replace(/^\uFEFF/, '');
  const records = /^\s*[{[]/.test(text.slice(0, 200)) ? jsonRecords(text, path) : csvRecords(text, path);
  const read: LabelRows = { rows: [], bad: [] };
  for (const { line, record, reason } of records) {
    const row = record === undefined ? (reason ?? 'not a JSON object') : rowOf(line, record);
    if (typeof row === 'string') read.bad.push({ line, reason: row });
    else read.rows.push(row);
  }
  return read;
}

interface Numbered {
  line: number;
  record: Fields | undefined;
  reason?: string;
}

function jsonRecords(text: string, path: string): Numbered[] {
  if (text.trimStart().startsWith('[')) {
    const list = parsedJson(text);
    if (!Array.isArray(list))
      throw new UserError({ what: 'this file begins like a JSON array and is none', where: path });
    return list.map((record: unknown, at) => ({ line: at + 1, record: asObject(record) }));
  }
  return text.split('\n').flatMap((line, at): Numbered[] => {
    if (line.trim() === '') return [];
    return [{ line: at + 1, record: asObject(parsedJson(line)) }];
  });
}

function csvRecords(text: string, path: string): Numbered[] {
  const csv = parseCsv(text);
  if ('fault' in csv) throw new UserError({ what: `this is no CSV: ${csv.fault}`, where: `${path}:${csv.line}` });
  const [head, ...rows] = csv.rows;
  const names = (head?.fields ?? []).map((name) => name.trim().toLowerCase());
  if (!names.some((name) => IDS.includes(name)) || !names.some((name) => OUTCOMES.includes(name)))
    throw new UserError({
      what: 'the first line must name the columns: an id and an outcome',
      where: path,
      hint: `id is one of ${IDS.join(', ')}; the outcome one of ${OUTCOMES.join(', ')}`,
    });
  return rows.map(({ line, fields }) => {
    if (fields.length !== names.length)
      return { line, record: undefined, reason: `${fields.length} fields where the first line names ${names.length}` };
    return { line, record: Object.fromEntries(names.map((name, at) => [name, fields[at]])) };
  });
}

const IDS = ['id', 'session', 'session_id', 'task_id'];
const OUTCOMES = ['outcome', 'success', 'passed', 'reward', 'score'];

function rowOf(line: number, record: Fields): LabelRow | string {
  const name = IDS.find((key) => record[key] !== undefined && record[key] !== '');
  const id = name === undefined ? undefined : record[name];
  if (typeof id !== 'string' && typeof id !== 'number') return `no ${IDS.join(', ')}`;
  const label = labelOf(record);
  return label === undefined
    ? `no outcome that can be read (${OUTCOMES.join(', ')})`
    : { line, id: String(id).trim(), label };
}

function labelOf(record: Fields): LabelRow['label'] | undefined {
  for (const field of OUTCOMES) {
    const value = record[field];
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') continue;
    if (typeof value === 'string' && value.trim() === '') continue;
    const name = asLabel(record.name, field);
    const number = typeof value === 'boolean' ? Number.NaN : Number(value);
    if ((field === 'reward' || field === 'score') && Number.isFinite(number))
      return { outcome: number >= FULL_REWARD ? 'pass' : 'fail', score: number, name };
    const word = String(value).trim().toLowerCase();
    if (['pass', 'passed', 'true', 'yes', '1'].includes(word)) return { outcome: 'pass', name };
    if (['fail', 'failed', 'false', 'no', '0'].includes(word)) return { outcome: 'fail', name };
  }
  return undefined;
}
