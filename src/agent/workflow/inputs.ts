// What a command line hands in to a workflow: names and values against those that the file knows; reads no file.
import { UserError } from '../../base/errors.ts';
import { nearest } from '../../base/text.ts';
import type { Workflow } from '../../domain/workflow.ts';

const MOST_TEXT = 100_000;

/**
 * The value of every input: given as `name=value`, or its default, or null. A list takes each value that is given.
 * Throws UserError with everything that is wrong.
 */
export function inputsOf({ workflow, inputs }: Workflow, given: readonly string[]): Record<string, unknown> {
  const wrong: string[] = [];
  const values = new Map<string, string[]>();
  for (const pair of given) {
    const at = pair.indexOf('=');
    const name = at < 0 ? pair : pair.slice(0, at);
    const value = pair.slice(at + 1);
    const input = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    if (at < 0) wrong.push(`--input ${pair.slice(0, 60)} has no value: write ${pair.slice(0, 60)}=<value>`);
    else if (input === undefined) wrong.push(unknown(name, Object.keys(inputs)));
    else if (value.length > MOST_TEXT) wrong.push(`input ${name} is longer than 100,000 characters`);
    else if (values.has(name) && !input.list) wrong.push(`input ${name} is given twice, and it is no list`);
    else values.set(name, [...(values.get(name) ?? []), value]);
  }
  const all = Object.entries(inputs).map(([name, { list, required, default: usual }]): [string, unknown] => {
    const said = values.get(name);
    if (said === undefined && required) wrong.push(`input ${name} is missing: --input ${name}=<value>`);
    return [name, said === undefined ? (usual ?? (list ? [] : null)) : list ? said : said[0]];
  });
  const hint = `agent workflow show ${workflow} tells what it takes`;
  if (wrong.length > 0) throw new UserError({ what: wrong.join('\n'), hint });
  return Object.fromEntries(all);
}

function unknown(name: string, names: readonly string[]): string {
  const meant = nearest(name, names);
  const known = names.length === 0 ? 'it takes none' : `it takes ${names.join(', ')}`;
  return `there is no input named ${name.slice(0, 60)}: ${meant === undefined ? known : `did you mean ${meant}?`}`;
}
