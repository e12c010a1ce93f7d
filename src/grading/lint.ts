// What is wrong with a rubric before it grades anything: wishes nobody can measure, checks that decide nothing, a pass nobody can reach; runs no check.
import { nearest } from '../base/text.ts';
import { type Check, type Condition, type Criterion, type Rubric, scoreOf } from '../domain/rubric.ts';
import { artefactPathFault } from './artefact-file.ts';
import { contradictionIn } from './contradiction.ts';
import { schemaFault } from './json-schema.ts';
import { patternFault } from './pattern.ts';

/** One finding; `problem` makes the rubric unfit, `note` is worth a look. `at` is the way to the key in the rubric. */
export interface RubricFinding {
  level: 'problem' | 'note';
  at: readonly PropertyKey[];
  criterion?: string;
  what: string;
}

export interface LintGround {
  /** Names of tools that agents here have, or that stored sessions called. */
  tools: ReadonlySet<string>;
  /** Whether a person has trusted this very command. */
  trusted: (command: string) => boolean;
}

/** Everything that can be said about a rubric from its text, in the order of its lines. */
export function lintRubric(rubric: Pick<Rubric, 'criteria' | 'pass'>, ground: LintGround): RubricFinding[] {
  const findings: RubricFinding[] = [];
  const hopeless = new Set<string>();
  for (const [i, criterion] of rubric.criteria.entries()) {
    const own = criterionFindings(criterion, ground);
    if (own.some((finding) => finding.hopeless)) hopeless.add(criterion.id);
    for (const { level, key, what } of own)
      findings.push({ level, at: ['criteria', i, ...key], criterion: criterion.id, what });
  }
  return [...findings, ...repeated(rubric.criteria), ...passFindings(rubric, hopeless)];
}

interface Own {
  level: RubricFinding['level'];
  key: readonly PropertyKey[];
  what: string;
  /** True where the criterion can never be met. */
  hopeless?: boolean;
}

function criterionFindings({ statement, check, judge }: Criterion, ground: LintGround): Own[] {
  if (judge !== undefined) return judgeFindings(statement);
  return check === undefined ? [] : checkFindings(check, ground).map((own) => ({ ...own, key: ['check', ...own.key] }));
}

// English only. What a word leaves open, a number, a quotation, a name or a rule about all or none may settle.
const VAGUE =
  /\b(good|nice|great|clean|proper(?:ly)?|appropriate(?:ly)?|reasonabl[ey]|adequate(?:ly)?|suitabl[ey]|sufficient(?:ly)?|robust|user[- ]friendly|intuitive|elegant|high[- ]quality|well[- ](?:written|structured|designed)|professional(?:ly)?|as needed|if possible|etc)\b/i;
const MEASURE =
  /\d|["“`']\S|\b(?:every|each|all|no|none|never|only|exactly|at (?:least|most)|than|without|names?|lists?|says?|states?|contains?|one|two|three)\b/i;

function judgeFindings(statement: string): Own[] {
  const vague = VAGUE.exec(statement)?.[1];
  const findings: Own[] = [];
  if (vague !== undefined && !MEASURE.test(statement))
    findings.push(problem(['statement'], `“${vague}” measures nothing: say what a stranger would look for`));
  if (statement.split(/\s+/).length < 3)
    findings.push(problem(['statement'], 'a judge needs a whole sentence to decide by'));
  return findings;
}

function checkFindings(check: Check, ground: LintGround): Own[] {
  if ('run' in check) {
    if (ground.trusted(check.run)) return [];
    return [note(['run'], 'this command does not run here before you trust it: agent trust --show')];
  }
  if ('file' in check) {
    const { file, matches, schema } = check;
    return [
      ...pathFindings('file', file),
      ...(matches === undefined ? [] : wantedPattern(['matches'], matches)),
      ...(schema === undefined ? [] : schemaFindings(schema)),
    ];
  }
  if ('output' in check) {
    const { matches, not_matches } = check.output;
    return [
      ...(matches === undefined ? [] : wantedPattern(['output', 'matches'], matches)),
      ...(not_matches === undefined ? [] : unwantedPattern(['output', 'not_matches'], not_matches)),
      ...(matches === undefined && not_matches === undefined
        ? [note(['output'], 'with neither matches nor not_matches any message will do')]
        : []),
    ];
  }
  if ('tool' in check) return toolFindings(check, ground);
  return [...pathFindings('json', check.json), ...conditionFindings(check, [])];
}

function toolFindings(check: Extract<Check, { tool: string }>, { tools }: LintGround): Own[] {
  const names = check.before === undefined ? [check.tool] : [check.tool, check.before];
  const unknown = names.filter((name) => !tools.has(name));
  return [
    ...unknown.map((name): Own => {
      const key = [name === check.tool ? 'tool' : 'before'];
      const meant = nearest(name, [...tools]);
      if (meant === undefined) return note(key, `no agent here has a tool ${name}, and no stored session called one`);
      return problem(key, `there is no tool ${name}: did you mean ${meant}?`);
    }),
    ...(check.args ?? []).flatMap((condition, i) => conditionFindings(condition, ['args', i])),
  ];
}

function conditionFindings({ op, value, at }: Condition, key: readonly PropertyKey[]): Own[] {
  const findings: Own[] = [];
  if (/~(?![01])/.test(at))
    findings.push(dead([...key, 'at'], `${at} is no JSON pointer: ~ is written ~0, and / in a key ~1`));
  if (op === 'exists') return findings;
  if (value === undefined) return [...findings, dead(key, `${op} needs a value`)];
  if (op === 'matches')
    return [
      ...findings,
      ...(typeof value === 'string'
        ? wantedPattern([...key, 'value'], value)
        : [dead([...key, 'value'], 'matches needs a pattern in quotes')]),
    ];
  if (['<', '<=', '>', '>='].includes(op) && typeof value !== 'number' && typeof value !== 'string')
    findings.push(dead([...key, 'value'], `${op} compares numbers or texts`));
  return findings;
}

function pathFindings(key: string, path: string): Own[] {
  const fault = artefactPathFault(path);
  return fault === undefined ? [] : [dead([key], fault)];
}

function wantedPattern(key: readonly PropertyKey[], pattern: string): Own[] {
  const fault = patternFault(pattern);
  if (fault === undefined) return [];
  return [fault.startsWith('it matches') ? problem(key, fault) : dead(key, fault)];
}

function unwantedPattern(key: readonly PropertyKey[], pattern: string): Own[] {
  const fault = patternFault(pattern);
  return fault === undefined ? [] : [dead(key, fault)];
}

function schemaFindings(schema: Record<string, unknown>): Own[] {
  const fault = schemaFault(schema);
  return fault === undefined ? [] : [dead(['schema'], `it decides nothing: ${fault}`)];
}

function repeated(criteria: readonly Criterion[]): RubricFinding[] {
  const seen = new Map<string, string>();
  return criteria.flatMap(({ id, statement }, i): RubricFinding[] => {
    const plain = statement.toLowerCase().replace(/\W+/g, ' ').trim();
    const earlier = seen.get(plain);
    if (earlier === undefined) seen.set(plain, id);
    if (earlier === undefined) return [];
    return [{ level: 'problem', at: ['criteria', i, 'statement'], criterion: id, what: `${earlier} says the same` }];
  });
}

function passFindings(rubric: Pick<Rubric, 'criteria' | 'pass'>, hopeless: ReadonlySet<string>): RubricFinding[] {
  const { criteria, pass } = rubric;
  const contradiction = contradictionIn(rubric);
  const at = ['pass'];
  if (contradiction !== undefined) return [{ level: 'problem', at, what: `nothing can pass: ${contradiction}` }];
  const needed = criteria.find((c) => c.required && hopeless.has(c.id));
  if (needed !== undefined)
    return [{ level: 'problem', at, what: `nothing can pass: ${needed.id} is required and can never be met` }];
  const best = scoreOf(rubric, new Map(criteria.flatMap((c) => (hopeless.has(c.id) ? [] : [[c.id, 'met'] as const]))));
  if (best < pass.score - 1e-9)
    return [
      {
        level: 'problem',
        at,
        what: `nothing can pass: the best score that can be reached is ${best.toFixed(2)}, the bar is ${pass.score}`,
      },
    ];
  if (pass.score === 0 && criteria.every((c) => !c.required))
    return [{ level: 'problem', at, what: 'anything passes: no criterion is required, and the bar is 0' }];
  if (pass.score < 1 && criteria.every((c) => c.required))
    return [{ level: 'note', at, what: 'the bar changes nothing: every criterion is required' }];
  return [];
}

function problem(key: readonly PropertyKey[], what: string): Own {
  return { level: 'problem', key, what };
}

function dead(key: readonly PropertyKey[], what: string): Own {
  return { level: 'problem', key, what, hopeless: true };
}

function note(key: readonly PropertyKey[], what: string): Own {
  return { level: 'note', key, what };
}
