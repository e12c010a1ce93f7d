// The values that a workflow's texts can name (inputs.x, steps.x.json/pointer, item, index): reads the names and looks the values up, runs nothing.

/** A value by name. `pointer` is a JSON pointer, '' for the whole. */
export type ValueName =
  | { of: 'inputs'; name: string }
  | { of: 'steps'; step: string; field: 'text' | 'json' | 'status'; pointer: string }
  | { of: 'item'; pointer: string }
  | { of: 'index' };

/** What a step came to, for the steps after it. */
export interface StepResult {
  status: 'done' | 'skipped';
  /** True where the step ran for each of a list. */
  many: boolean;
  /** One for each item that ran, in the order of the list; exactly one where the step ran once. */
  answers: readonly Answer[];
}

export interface Answer {
  text: string;
  /** Absent where the step has no schema. */
  json?: unknown;
  item?: number;
}

/** Everything that a text or a condition of one step can see. */
export interface Scope {
  inputs: Readonly<Record<string, unknown>>;
  step: (id: string) => StepResult | undefined;
  item?: { value: unknown; from: Source };
  index?: number;
}

/** Who said it: a person (the file, the command line), or the agents of a step. */
export type Source = 'person' | { step: string };

/** One piece of what a name stands for; a step that ran for each of a list has a piece for each answer. */
export interface Found {
  value: unknown;
  from: Source;
  /** Where it came from, for people and models: `step plan`, `step review, item 2`. */
  label: string;
}

const FIELDS = ['text', 'json', 'status'] as const;

/** What a name means, or what is wrong with it. */
export function readName(text: string): ValueName | { wrong: string } {
  const slash = text.indexOf('/');
  const path = slash < 0 ? text : text.slice(0, slash);
  const pointer = slash < 0 ? '' : text.slice(slash);
  const [root = '', name = '', field = '', ...more] = path.split('.');
  const extra = (parts: string[]) => parts.some((part) => part !== '');
  if (root === 'index' && !extra([name, field, ...more]) && pointer === '') return { of: 'index' };
  if (root === 'item' && !extra([name, field, ...more])) return { of: 'item', pointer };
  if (root === 'inputs' && name !== '' && !extra([field, ...more]))
    return pointer === '' ? { of: 'inputs', name } : { wrong: `${text}: an input has no parts` };
  if (root !== 'steps' || name === '' || more.length > 0)
    return {
      wrong: `${text} is no value; there are inputs.<name>, steps.<id>.text, steps.<id>.json/<field>, item, index`,
    };
  const known = FIELDS.find((each) => each === field);
  if (known === undefined) return { wrong: `${text}: a step has text, json and status` };
  if (known !== 'json' && pointer !== '') return { wrong: `${text}: only json has parts` };
  return { of: 'steps', step: name, field: known, pointer };
}

/** The pieces that a name stands for. What is not there (a skipped step, a field that is missing) is null. */
export function look(name: ValueName, scope: Scope): Found[] {
  switch (name.of) {
    case 'inputs':
      return [{ value: scope.inputs[name.name] ?? null, from: 'person', label: `input ${name.name}` }];
    case 'index':
      return [{ value: scope.index ?? null, from: 'person', label: 'index' }];
    case 'item': {
      const from = scope.item?.from ?? 'person';
      const label = from === 'person' ? 'item' : `step ${from.step}`;
      return [{ value: at(scope.item?.value, name.pointer), from, label }];
    }
    case 'steps':
      return ofStep(name, scope.step(name.step));
  }
}

/** The one value that a name stands for: a list where a step ran for each of one. */
export function resolve(name: ValueName, scope: Scope): unknown {
  if (name.of === 'steps' && name.field !== 'status') {
    const result = scope.step(name.step);
    return result?.status === 'done' ? ofAnswers(name, result) : null;
  }
  return look(name, scope)[0]?.value ?? null;
}

/** The steps of a pointer (RFC 6901): `/a~1b/0` is `a/b`, `0`. */
export function pointerSteps(pointer: string): string[] {
  return pointer === ''
    ? []
    : pointer
        .slice(1)
        .split('/')
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function ofStep(name: Extract<ValueName, { of: 'steps' }>, result: StepResult | undefined): Found[] {
  const { step, field } = name;
  const label = `step ${step}`;
  // Which of two words of ours it is, is nothing that an agent said.
  if (field === 'status') return [{ value: result?.status ?? null, from: 'person', label }];
  if (result === undefined || result.status === 'skipped')
    return [{ value: null, from: { step }, label: `${label}, which was skipped` }];
  if (!result.many || field === 'json') return [{ value: ofAnswers(name, result), from: { step }, label }];
  return result.answers.map(({ text, item }) => ({
    value: text,
    from: { step },
    label: `${label}, item ${item ?? 0}`,
  }));
}

function ofAnswers({ field, pointer }: Extract<ValueName, { of: 'steps' }>, { many, answers }: StepResult): unknown {
  const whole = answers.map((answer) => (field === 'text' ? answer.text : (answer.json ?? null)));
  return at(many ? whole : whole[0], pointer);
}

function at(value: unknown, pointer: string): unknown {
  let found = value;
  for (const step of pointerSteps(pointer)) {
    if (Array.isArray(found)) found = /^(0|[1-9]\d{0,8})$/.test(step) ? found[Number(step)] : undefined;
    else if (found !== null && typeof found === 'object' && Object.hasOwn(found, step))
      found = (found as Record<string, unknown>)[step]; // an object whose own key was just found
    else return null;
  }
  return found ?? null;
}
