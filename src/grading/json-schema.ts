// Checks a JSON value against a JSON schema that a rubric holds; never runs a pattern without a bound, never passes over a keyword.

import { isDeepStrictEqual } from 'node:util';
import { isObject, isType, typeName } from '../base/json.ts';
import { clip } from '../base/text.ts';
import { findPattern } from './pattern.ts';

/** What is wrong with the value, at most 10 with their places; or a keyword or pattern that could not be decided. */
export type SchemaResult = { faults: string[] } | { undecided: string };

// Say something about a value, and are understood.
const KEYWORDS = [
  ...['type', 'enum', 'const', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['minLength', 'maxLength', 'pattern', 'items', 'minItems', 'maxItems', 'uniqueItems'],
  ...['properties', 'required', 'additionalProperties', 'minProperties', 'maxProperties'],
  ...['allOf', 'anyOf', 'oneOf', 'not'],
];
const REMARKS = ['$schema', '$id', '$comment', 'title', 'description', 'default', 'examples', 'deprecated', 'format'];
const TYPES = ['null', 'boolean', 'object', 'array', 'number', 'integer', 'string'];
const MOST_LEVELS = 60;

type Schema = Record<string, unknown>;

/** Checks the value. `zod`'s own reading of JSON schema would run `pattern` without a bound, so it is not used. */
export function checkSchema(schema: unknown, value: unknown): SchemaResult {
  const undecided = schemaFault(schema);
  if (undecided !== undefined) return { undecided };
  try {
    return { faults: faultsOf(schema, value, '', 0).slice(0, 10) };
  } catch (error) {
    if (error instanceof Undecided) return { undecided: error.message };
    throw error;
  }
}

/** What in the schema itself is not understood here, or is not valid; undefined where all is. */
export function schemaFault(schema: unknown, levels = 0): string | undefined {
  if (typeof schema === 'boolean') return undefined;
  if (!isObject(schema)) return 'a schema is an object, true or false';
  if (levels > MOST_LEVELS) return `the schema has more than ${MOST_LEVELS} levels`;
  const unknown = Object.keys(schema).find((key) => !KEYWORDS.includes(key) && !REMARKS.includes(key));
  if (unknown !== undefined) return `the keyword ${clip(unknown, 60)} is not understood here`;
  const type = listOf(schema.type).find((name) => !TYPES.includes(String(name)));
  if (type !== undefined) return `there is no type ${clip(String(type), 60)}`;
  const { properties } = schema;
  const below = [
    ...(isObject(properties) ? Object.values(properties) : []),
    ...['allOf', 'anyOf', 'oneOf'].flatMap((key) => listOf(schema[key])),
    ...['items', 'additionalProperties', 'not'].flatMap((key) => (schema[key] === undefined ? [] : [schema[key]])),
  ];
  for (const inner of below) {
    const fault = schemaFault(inner, levels + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

class Undecided extends Error {}

function faultsOf(schema: unknown, value: unknown, place: string, levels: number): string[] {
  if (levels > MOST_LEVELS) throw new Undecided(`the value has more than ${MOST_LEVELS} levels`);
  if (schema === false) return [`${name(place)} must not be there`];
  if (!isObject(schema)) return [];
  const types = listOf(schema.type).map(String);
  if (types.length > 0 && !types.some((type) => isType(type, value)))
    return [`${name(place)} must be ${types.join(' or ')}, not ${typeName(value)}`];
  const faults: string[] = [];
  if (Array.isArray(schema.enum) && !schema.enum.some((allowed) => isDeepStrictEqual(allowed, value)))
    faults.push(`${name(place)} must be one of ${shown(schema.enum)}, not ${shown(value)}`);
  if ('const' in schema && !isDeepStrictEqual(schema.const, value))
    faults.push(`${name(place)} must be ${shown(schema.const)}, not ${shown(value)}`);
  if (typeof value === 'number') faults.push(...numberFaults(schema, value, place));
  if (typeof value === 'string') faults.push(...textFaults(schema, value, place));
  if (Array.isArray(value)) faults.push(...listFaults(schema, value, place, levels));
  if (isObject(value)) faults.push(...objectFaults(schema, value, place, levels));
  return [...faults, ...combined(schema, value, place, levels)];
}

function numberFaults(schema: Schema, value: number, place: string): string[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const faults: string[] = [];
  const say = (what: string) => faults.push(`${name(place)} must be ${what}, not ${value}`);
  if (typeof minimum === 'number' && value < minimum) say(`at least ${minimum}`);
  if (typeof maximum === 'number' && value > maximum) say(`at most ${maximum}`);
  if (typeof exclusiveMinimum === 'number' && value <= exclusiveMinimum) say(`more than ${exclusiveMinimum}`);
  if (typeof exclusiveMaximum === 'number' && value >= exclusiveMaximum) say(`less than ${exclusiveMaximum}`);
  // 0.3 is a multiple of 0.1, whatever binary fractions say.
  if (typeof multipleOf === 'number' && Math.abs(value / multipleOf - Math.round(value / multipleOf)) > 1e-9)
    say(`a multiple of ${multipleOf}`);
  return faults;
}

function textFaults(schema: Schema, value: string, place: string): string[] {
  const { minLength, maxLength, pattern } = schema;
  const faults: string[] = [];
  const length = [...value].length;
  if (typeof minLength === 'number' && length < minLength) faults.push(`${name(place)} is shorter than ${minLength}`);
  if (typeof maxLength === 'number' && length > maxLength) faults.push(`${name(place)} is longer than ${maxLength}`);
  if (typeof pattern !== 'string') return faults;
  const match = findPattern(pattern, value);
  if (match.kind === 'unknown') throw new Undecided(`pattern ${shown(pattern)}: ${match.why}`);
  if (match.kind === 'none') faults.push(`${name(place)} does not match ${shown(pattern)}`);
  return faults;
}

function listFaults(schema: Schema, value: readonly unknown[], place: string, levels: number): string[] {
  const { items, minItems, maxItems, uniqueItems } = schema;
  const faults: string[] = [];
  if (typeof minItems === 'number' && value.length < minItems)
    faults.push(`${name(place)} has fewer than ${minItems} items`);
  if (typeof maxItems === 'number' && value.length > maxItems)
    faults.push(`${name(place)} has more than ${maxItems} items`);
  if (uniqueItems === true && new Set(value.map((item) => JSON.stringify(item))).size < value.length)
    faults.push(`${name(place)} has an item twice`);
  if (items === undefined) return faults;
  for (const [i, item] of value.entries()) {
    if (faults.length >= 10) break;
    faults.push(...faultsOf(items, item, `${place}/${i}`, levels + 1));
  }
  return faults;
}

function objectFaults(schema: Schema, value: Schema, place: string, levels: number): string[] {
  const known = isObject(schema.properties) ? schema.properties : {};
  const missing = listOf(schema.required)
    .map(String)
    .filter((key) => !Object.hasOwn(value, key));
  const faults = missing.map((key) => `${place}/${key} is missing`);
  const size = Object.keys(value).length;
  const { minProperties, maxProperties, additionalProperties: others } = schema;
  if (typeof minProperties === 'number' && size < minProperties)
    faults.push(`${name(place)} has fewer than ${minProperties} keys`);
  if (typeof maxProperties === 'number' && size > maxProperties)
    faults.push(`${name(place)} has more than ${maxProperties} keys`);
  for (const [key, inner] of Object.entries(value)) {
    if (faults.length >= 10) break;
    const its = Object.hasOwn(known, key) ? known[key] : others;
    if (its !== undefined) faults.push(...faultsOf(its, inner, `${place}/${key}`, levels + 1));
  }
  return faults;
}

function combined(schema: Schema, value: unknown, place: string, levels: number): string[] {
  const against = (inner: unknown) => faultsOf(inner, value, place, levels + 1);
  const faults = listOf(schema.allOf).flatMap(against);
  const any = listOf(schema.anyOf).map(against);
  if (any.length > 0 && any.every((each) => each.length > 0))
    faults.push(`${name(place)} fits none of the forms it may have`);
  const one = listOf(schema.oneOf).map(against);
  const fitting = one.filter((each) => each.length === 0).length;
  if (one.length > 0 && fitting !== 1)
    faults.push(`${name(place)} fits ${fitting} of the forms of which it must fit one`);
  if (schema.not !== undefined && against(schema.not).length === 0)
    faults.push(`${name(place)} is what it must not be`);
  return faults;
}

function listOf(value: unknown): unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function name(place: string): string {
  return place === '' ? 'the value' : clip(place, 200);
}

function shown(value: unknown): string {
  return clip(JSON.stringify(value) ?? 'nothing', 120);
}
