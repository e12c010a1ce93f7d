// What a JSON schema says about a place in the values that fit it: whether there is one, and whether a list can be there; checks no value.
import { isObject, typeName } from '../../base/json.ts';
import { nearest } from '../../base/text.ts';
import { pointerSteps } from './value.ts';

/** Nothing wrong: undefined; else what is, in words. */
export type Wrong = string | undefined;

type Schema = Record<string, unknown>;

const MOST_LEVELS = 60;

/** Whether values of this schema can have something at `pointer`. A schema that names its properties is taken to name all it has. */
export function placeFault(schema: unknown, pointer: string): Wrong {
  const found = descend([schema], pointer);
  return 'wrong' in found ? found.wrong : undefined;
}

/** Whether a list can be at `pointer` of values of this schema. */
export function listFault(schema: unknown, pointer: string): Wrong {
  const found = descend([schema], pointer);
  if ('wrong' in found) return found.wrong;
  const types = found.schemas.flatMap(typesOf);
  if (found.schemas.some((each) => typesOf(each).length === 0) || types.includes('array')) return undefined;
  return `by the step's schema that is ${[...new Set(types)].join(' or ')}, and no list`;
}

/** The schema of what is at a place of a list whose items fit `items`, for a step that runs for each of one. */
export function listOfSchema(items: unknown): Schema {
  return { type: 'array', items: items ?? true };
}

type Descent = { schemas: unknown[] } | { wrong: string };

function descend(from: readonly unknown[], pointer: string): Descent {
  let schemas = from.flatMap((schema) => forms(schema, 0));
  let way = '';
  for (const step of pointerSteps(pointer)) {
    way += `/${step}`;
    const below = schemas.map((schema) => stepInto(schema, step));
    schemas = below.flatMap((each) => ('schemas' in each ? each.schemas.flatMap((schema) => forms(schema, 0)) : []));
    const wrong = below.find((each): each is { wrong: string } => 'wrong' in each);
    if (schemas.length === 0)
      return { wrong: wrong === undefined ? `${way} cannot be there` : `${way}: ${wrong.wrong}` };
  }
  return { schemas };
}

// A schema stands for each of the forms that it allows; what `allOf` adds is looked at together with the rest.
function forms(schema: unknown, level: number): unknown[] {
  if (!isObject(schema) || level > MOST_LEVELS) return schema === false ? [] : [schema];
  const { anyOf, oneOf, allOf, ...own } = schema;
  const parts = Array.isArray(allOf) ? allOf.filter(isObject) : [];
  const whole = parts.reduce<Schema>((sum, part) => merged(sum, part), own);
  const choices = [anyOf, oneOf].filter(Array.isArray).flat().filter(isObject);
  if (choices.length === 0) return [whole];
  return choices.flatMap((choice) => forms(merged(whole, choice), level + 1));
}

function merged(a: Schema, b: Schema): Schema {
  const properties =
    isObject(a.properties) && isObject(b.properties) ? { properties: { ...a.properties, ...b.properties } } : {};
  return { ...a, ...b, ...properties };
}

function stepInto(schema: unknown, step: string): Descent {
  if (!isObject(schema)) return { schemas: [true] };
  const types = typesOf(schema);
  const can = (type: string) => types.length === 0 || types.includes(type);
  const number = /^(0|[1-9]\d{0,8})$/.test(step);
  const found: unknown[] = [];
  let wrong: string | undefined;
  if (can('array') && number) found.push(schema.items ?? true);
  if (can('object')) {
    const inside = property(schema, step);
    if ('wrong' in inside) wrong = inside.wrong;
    else found.push(...inside.schemas);
  }
  if (found.length > 0) return { schemas: found };
  if (wrong !== undefined) return { wrong };
  return { wrong: can('array') ? 'a list has only numbered items' : `${types.join(' or ')} has no parts` };
}

function property(schema: Schema, step: string): Descent {
  const { properties, additionalProperties: others } = schema;
  if (isObject(properties) && Object.hasOwn(properties, step)) return { schemas: [properties[step]] };
  if (isObject(others) || others === true) return { schemas: [others] };
  if (others !== false && !isObject(properties)) return { schemas: [true] };
  const known = isObject(properties) ? Object.keys(properties) : [];
  const meant = nearest(step, known);
  const hint = meant === undefined ? `it has ${known.join(', ') || 'nothing'}` : `did you mean ${meant}?`;
  return { wrong: `the step's schema has no ${step} there; ${hint}` };
}

// `enum` and `const` say as much about the type as `type` does.
function typesOf(schema: unknown): string[] {
  if (!isObject(schema)) return [];
  const { type, enum: choices, const: only } = schema;
  if (type !== undefined) return (Array.isArray(type) ? type : [type]).map(String);
  if (Array.isArray(choices)) return [...new Set(choices.map(typeName))];
  if (only !== undefined) return [typeName(only)];
  return isObject(schema.properties) && schema.items === undefined ? ['object'] : [];
}
