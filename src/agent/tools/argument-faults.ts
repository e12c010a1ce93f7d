// What is wrong with the arguments of a call, by the basics of a JSON schema that somebody else wrote; never throws, runs no pattern.
import { isObject, isType, typeName } from '../../base/json.ts';

/**
 * Faults of `value`, at most 10, each with its place. Looks at type, required, enum, const, properties, items and
 * `additionalProperties: false`; everything else is left to the tool itself. Patterns are left out on purpose: one that
 * backtracks would hang on a text that a model can choose.
 */
export function argumentFaults(schema: unknown, value: unknown): string[] {
  return faults(schema, value, '').slice(0, 10);
}

function faults(schema: unknown, value: unknown, place: string): string[] {
  if (schema === false) return [`${at(place)} must not be there`];
  if (!isObject(schema)) return [];
  const types = typesOf(schema.type);
  if (types.length > 0 && !types.some((type) => isType(type, value)))
    return [`${at(place)} must be ${types.map(withArticle).join(' or ')}, not ${withArticle(typeName(value))}`];
  if (Array.isArray(schema.enum) && !schema.enum.some((allowed) => same(allowed, value)))
    return [`${at(place)} must be one of ${JSON.stringify(schema.enum).slice(0, 300)}`];
  if ('const' in schema && !same(schema.const, value))
    return [`${at(place)} must be ${JSON.stringify(schema.const).slice(0, 300)}`];
  if (Array.isArray(value)) return value.flatMap((item, i) => faults(schema.items, item, `${place}[${i}]`));
  return isObject(value) ? objectFaults(schema, value, place) : [];
}

function objectFaults(schema: Record<string, unknown>, value: Record<string, unknown>, place: string): string[] {
  const known = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  const below = (name: string) => (place === '' ? name : `${place}.${name}`);
  const missing = required.filter((name) => !Object.hasOwn(value, name)).map((name) => `${below(name)} is missing`);
  const wrong = Object.entries(value).flatMap(([name, inner]) => {
    if (Object.hasOwn(known, name)) return faults(known[name], inner, below(name));
    if (schema.additionalProperties !== false || isObject(schema.patternProperties)) return [];
    return [`${below(name)} is unknown; known: ${Object.keys(known).join(', ') || 'none'}`];
  });
  return [...missing, ...wrong];
}

function typesOf(type: unknown): string[] {
  return (Array.isArray(type) ? type : [type]).filter((name): name is string => typeof name === 'string');
}

function withArticle(type: string): string {
  return type === 'null' ? type : /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
}

function at(place: string): string {
  return place === '' ? 'the input' : place;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
