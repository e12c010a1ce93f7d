// What a careless crew does by habit, and how it heeds the rules of its playbooks; knows no rule of its own and nothing about any site.

import { chance } from './chance.mjs';

/** Habits: least and most of each argument, and to how many digits it is given. */
const HABITS = {
  survey: { passes: [1, 6, 0] },
  warm_up: { seconds: [0, 120, 0] },
  descend: { burn_altitude_m: [350, 1900, 0], throttle: [0.5, 1, 2], hover_s: [0, 40, 0] },
};

const MORE_S = 20;
const MOST_WARMING = 9;

/**
 * The rules in a prompt: the predicates under quoted lessons, in their order, each with the id of its lesson.
 * A line that is no predicate is passed over.
 */
export function rulesIn(prompt) {
  const rules = [];
  let id = '';
  for (const line of prompt.split('\n')) {
    id = /^> \[([^\]]+)\]/.exec(line)?.[1] ?? id;
    const [, text] = /^>\s+predicate (\{.*\})$/.exec(line) ?? [];
    const rule = text === undefined ? undefined : parsed(text);
    if (Array.isArray(rule?.when) && typeof rule?.then?.tool === 'string') rules.push({ ...rule, id });
  }
  return rules;
}

/**
 * The next call that somebody with these tools makes, or undefined where there is none left. `made`: the calls so far, in order;
 * `seen`: tool → its last result. The chances of a call follow from `seed`, the tool and how often it was called, and so stay the
 * same whatever the rules say.
 */
export function nextCall(tools, seed, rules, made, seen) {
  const times = (tool) => made.filter((name) => name === tool).length;
  const draw = (tool) => chance('crew', seed, tool, times(tool));
  const due = (tool) => tools.includes(tool) && times(tool) === 0;
  if (due('survey')) return { tool: 'survey', input: argumentsFor('survey', draw('survey'), rules, seen) };
  if (due('choose') && seen.survey !== undefined)
    return { tool: 'choose', input: { pad: padFor(seen.survey.pads, draw('choose'), rules, seen) } };
  if (due('warm_up')) return { tool: 'warm_up', input: argumentsFor('warm_up', draw('warm_up'), rules, seen) };
  if (
    tools.includes('warm_up') &&
    due('descend') &&
    times('warm_up') < MOST_WARMING &&
    !isContent(rules, seen, 'warm_up')
  )
    return { tool: 'warm_up', input: { seconds: MORE_S } };
  if (due('descend')) return { tool: 'descend', input: argumentsFor('descend', draw('descend'), rules, seen) };
  if (due('report')) return { tool: 'report', input: { words: 'We are on the ground.' } };
  return undefined;
}

/** Plays a mission with all tools in one pair of hands. `call` carries out one call and gives what it told. */
export function playMission(call, seed, rules) {
  const tools = ['survey', 'choose', 'warm_up', 'descend', 'report'];
  const made = [];
  const seen = {};
  for (
    let next = nextCall(tools, seed, rules, made, seen);
    next !== undefined;
    next = nextCall(tools, seed, rules, made, seen)
  ) {
    seen[next.tool] = call(next.tool, next.input);
    made.push(next.tool);
  }
}

/** The arguments of a call: drawn by habit, within what the rules ask for. `seen`: tool → its last result. */
function argumentsFor(tool, random, rules, seen) {
  const input = {};
  for (const [name, [least, most, digits]] of Object.entries(HABITS[tool] ?? {})) {
    const [low, high] = within([least, most], about(rules, seen, tool, { arg: name }), 10 ** -digits);
    const value = Number((low + random() * (high - low)).toFixed(digits));
    input[name] = Math.min(high, Math.max(low, value));
  }
  return input;
}

/** The pad: any that shows what the rules ask to have seen; where none does, the one that comes nearest to the first of them. */
function padFor(pads, random, rules, seen) {
  const wanted = [
    ...about(rules, seen, 'choose', { arg: 'pad' }).map((term) => ({ ...term, of: (pad) => pad.pad })),
    ...readings(rules, seen, 'choose').map((term) => ({ ...term, of: (pad) => pad[term.result.slice(1)] })),
  ];
  let left = pads;
  for (const term of wanted) {
    const fits = left.filter((pad) => holds(term, term.of(pad)));
    if (fits.length > 0) left = fits;
    else if (left === pads) left = [nearest(pads, term)];
  }
  return left[Math.floor(random() * left.length)]?.pad;
}

/** Whether the last result of a tool shows what the rules ask for before another call is made. */
function isContent(rules, seen, tool) {
  return readings(rules, seen, tool).every((term) => holds(term, valueAt(seen[tool], term.result)));
}

// A rule that contradicts those before it in the prompt is passed over: the prompt has the stronger ones first. Rules may ask for
// more than any habit, and get just that.
function within([least, most], terms, step) {
  let [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const { op, value } of terms) {
    const bounds = typeof value === 'number' ? boundsOf(op, value, step) : undefined;
    if (bounds === undefined) continue;
    const [from, to] = [Math.max(low, bounds[0]), Math.min(high, bounds[1])];
    if (from <= to) [low, high] = [from, to];
  }
  if (low > most) return [low, low];
  if (high < least) return [high, high];
  return [Math.max(low, least), Math.min(high, most)];
}

function boundsOf(op, value, step) {
  if (op === '>=' || op === '>') return [op === '>' ? value + step : value, Number.POSITIVE_INFINITY];
  if (op === '<=' || op === '<') return [Number.NEGATIVE_INFINITY, op === '<' ? value - step : value];
  return op === '==' ? [value, value] : undefined;
}

function about(rules, seen, tool, { arg }) {
  return rules
    .filter((r) => named(r.then.tool) === tool && r.then.arg === `/${arg}` && applies(r, seen))
    .map((r) => r.then);
}

function readings(rules, seen, tool) {
  return rules
    .filter(
      (r) => named(r.then.tool) === tool && r.then.arg === undefined && r.then.result !== undefined && applies(r, seen),
    )
    .map((r) => r.then);
}

// What has not been seen cannot hold. That a call is made is no condition on what was seen.
function applies({ when }, seen) {
  return when.every((term) =>
    term.result === undefined ? term.op === 'called' : holds(term, valueAt(seen[named(term.tool)], term.result)),
  );
}

function named(tool) {
  return String(tool).replace(/^sim__/, '');
}

function valueAt(result, pointer) {
  return result?.[String(pointer).slice(1)];
}

function holds({ op, value }, shown) {
  if (shown === undefined) return false;
  if (op === '>=') return shown >= value;
  if (op === '<=') return shown <= value;
  if (op === '>') return shown > value;
  if (op === '<') return shown < value;
  if (op === '==') return shown === value;
  return op === '!=' && shown !== value;
}

function nearest(pads, { of, op }) {
  const sign = op.startsWith('>') ? -1 : 1;
  return [...pads].sort((a, b) => sign * (of(a) - of(b)))[0];
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a quotation may hold anything
  }
}
