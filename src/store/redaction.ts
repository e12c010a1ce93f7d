// Takes secrets out of text before it is stored; knows them only by their looks, and never looks at image data.
import { UserError } from '../base/errors.ts';
import { literalFinder } from './literals.ts';
import { mayHoldSecret } from './redaction-gates.ts';
import { rules as builtIn, type Rule } from './redaction-rules.ts';

/** Gives back the text with every secret that it knows replaced by `[redacted:<rule>]`; the same string if there is none. */
export type Redact = (text: string) => string;

/** A rule from the settings: `pattern`, in any case of letters, replaces what it matches wherever `literal` occurs. */
export interface ExtraRule {
  name: string;
  pattern: string;
  literal: string;
}

const MAX_DEPTH = 480; // below what readers accept, so whatever is written can be read
const MAX_PASSES = 8;
const LONGEST_VALUE = 2_000;
const SHORTEST_MATCH = 8; // of the built-in rules
const SHORTEST_TOKEN = 12; // of those that a key could be; shorter keys are names

/**
 * Makes the function that redacts, with the built-in rules and those of the settings. Redacting twice gives the same as once.
 * Throws UserError if an extra pattern is not a regular expression or its literal has characters that JSON escapes.
 */
export function redactor(extra: readonly ExtraRule[] = []): Redact {
  const all = [...builtIn, ...extra.map(compile)];
  const find = literalFinder(all.map((rule) => rule.literals));
  const once = (text: string): string => {
    let out = text;
    for (const index of find(text)) {
      const rule = all[index];
      if (rule !== undefined && holdsLiteral(rule, out)) out = apply(rule, out);
    }
    return out;
  };
  const shortest = extra.length === 0 ? SHORTEST_MATCH : 0;
  const clean: string[] = [];
  const redact: Redact = (text) => {
    if (text.length < shortest || clean.includes(text)) return text;
    if (extra.length === 0 && !mayHoldSecret(text)) return remembered(text, clean);
    let before = text;
    let after = once(text);
    // A replacement can lay bare a secret that stood right behind another one.
    for (let pass = 1; after !== before && pass < MAX_PASSES; pass++) {
      before = after;
      after = once(before);
    }
    return after;
  };
  if (extra.length === 0) gated.add(redact);
  return redact;
}

// The prompt of an agent is asked about in every session of a suite, and to compare a string with itself costs nothing.
function remembered(text: string, clean: string[]): string {
  if (text.length < SHORTEST_REMEMBERED || text.length > LONGEST_REMEMBERED) return text;
  if (clean.length === MOST_REMEMBERED) clean.shift();
  clean.push(text);
  return text;
}

const SHORTEST_REMEMBERED = 1_000;
const LONGEST_REMEMBERED = 100_000;
const MOST_REMEMBERED = 4;

/** Those that know the built-in rules only: what passes the gates is left as it is. */
const gated = new WeakSet<Redact>();

/**
 * True where the JSON text of a value shows that `redactDeep` would give back that very value: most events are short and clean,
 * and one look at the line is quicker than a walk. Without escapes every string stands in it as it is, and a key that gives its
 * value away is followed by `":`, which the gates take for an assignment; a line this short cannot be nested too deep.
 */
export function staysAsIs(redact: Redact, json: string): boolean {
  if (json.length >= 2 * MAX_DEPTH || !gated.has(redact) || json.includes('\\')) return false;
  return !mayHoldSecret(json.includes(COUNTED) ? json.replace(COUNTS, '') : json);
}

// The gates know `token` for the name of a secret, and every request's counts of tokens would be looked at in vain.
const COUNTED = '_tokens":';
const COUNTS = /_tokens":(?=\d)/g;

/**
 * Redacts every string and key of a JSON value, and strings under a telling key (`{"password": "…"}`). What did not change is
 * the same object, not a copy; what lies deeper than 480 levels is replaced by a note.
 */
export function redactDeep<T>(redact: Redact, value: T): T {
  // Strings become strings and objects keep their shape, which the type checker cannot follow through a walk over unknowns.
  return walk(redact, value, 0) as T;
}

function compile(rule: ExtraRule): Rule {
  const where = `redaction rule ${rule.name}`;
  if (!/^[ !#-[\]-~]+$/.test(rule.literal)) {
    throw new UserError({ what: 'the literal of a redaction rule may hold only plain ASCII characters', where });
  }
  try {
    return { name: rule.name, literals: [rule.literal], pattern: new RegExp(rule.pattern, 'gi'), sample: '' };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UserError({
      what: `not a regular expression: ${error.message}`,
      where,
      hint: 'correct it in config.yaml',
    });
  }
}

// The finder ignores case; for patterns that do not, `SK` must not be taken for the middle of `task`.
function holdsLiteral(rule: Rule, text: string): boolean {
  return rule.pattern.ignoreCase || rule.literals.some((literal) => text.includes(literal));
}

function apply(rule: Rule, text: string): string {
  return text.replace(rule.pattern, (...args: unknown[]) => {
    const match = String(args[0]);
    const groups = args.at(-1);
    const named = groups !== null && typeof groups === 'object' ? (groups as Record<string, string | undefined>) : {};
    const before = named.before ?? '';
    const secret = named.secret ?? match.slice(before.length);
    if (match === '' || secret.includes('[redacted:')) return match;
    if (rule.accept !== undefined && !rule.accept(secret, before)) return match;
    return `${before}[redacted:${rule.name}]${match.slice(before.length + secret.length)}`;
  });
}

function walk(redact: Redact, value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redact(value);
  if (value === null || typeof value !== 'object') return value;
  if (depth >= MAX_DEPTH) return '[nested too deep to keep]';
  return Array.isArray(value) ? walkArray(redact, value, depth) : walkObject(redact, value, depth);
}

// Most values hold no secret, so nothing is copied before one is found.
function walkArray(redact: Redact, items: unknown[], depth: number): unknown[] {
  let copy: unknown[] | undefined;
  for (let i = 0; i < items.length; i++) {
    const next = walk(redact, items[i], depth + 1);
    if (next === items[i]) continue;
    copy ??= [...items];
    copy[i] = next;
  }
  return copy ?? items;
}

function walkObject(redact: Redact, value: object, depth: number): unknown {
  const fields = value as Record<string, unknown>;
  let changes: Map<string, [key: string, item: unknown]> | undefined;
  // for…in is several times as fast here as Object.keys: V8 then needs no look-up by name in objects of a thousand shapes.
  for (const key in fields) {
    const item = fields[key];
    if (key === 'data' && typeof item === 'string' && isImage(fields)) continue;
    const next = typeof item === 'string' ? valueUnder(redact, key, item) : walk(redact, item, depth + 1);
    const nextKey = key.length < SHORTEST_TOKEN ? key : redact(key);
    if (next === item && nextKey === key) continue;
    changes ??= new Map();
    changes.set(key, [nextKey, next]);
  }
  if (changes === undefined) return value;
  // fromEntries keeps a key named __proto__ a plain key.
  return Object.fromEntries(Object.entries(fields).map((entry) => changes.get(entry[0]) ?? entry));
}

function isImage(fields: Record<string, unknown>): boolean {
  return fields.type === 'image' || fields.type === 'base64';
}

// In structured arguments the name that gives a secret away is the key, not part of the text.
function valueUnder(redact: Redact, key: string, text: string): string {
  const own = redact(text);
  if (text.length < 6 || text.length > LONGEST_VALUE || !isTelling(key)) return own;
  const lead = `${key}="`;
  const line = redact(`${lead}${own}"`);
  return line.startsWith(lead) && line.endsWith('"') ? line.slice(lead.length, -1) : own;
}

// The same few keys come again and again, and every string of every event has one.
function isTelling(key: string): boolean {
  const known = told.get(key);
  if (known !== undefined) return known;
  const telling = /pass|pwd|secret|token|key|auth|cookie|credential/i.test(key);
  if (told.size >= MOST_KEYS) told.clear();
  told.set(key, telling);
  return telling;
}

const MOST_KEYS = 5_000;
const told = new Map<string, boolean>();
