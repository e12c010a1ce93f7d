// What is refused before a workflow runs: every fault with its line, all of them at once; what is sound passes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/base/errors.ts';
import { soundly } from '../../support/workflow-desk.ts';

const SOUND = `workflow: tour
description: Visits each planet.
inputs:
  star: { required: true }
  extra: { list: true, default: [Pluto] }
steps:
  - id: plan
    prompt: List the planets of {{inputs.star}}.
    schema:
      type: object
      properties:
        planets: { type: array, items: { type: object, properties: { name: { type: string } } } }
        risk: { type: number }
  - id: visit
    for_each: "{{steps.plan.json/planets}}"
    when: steps.plan.json/risk < 3 and item/name != 'Io'
    parallel: 2
    prompt: Visit {{item/name}}, number {{index}}.
    rubric: landed
    retry: { times: 1, on: [not_satisfied] }
  - id: others
    for_each: inputs.extra
    needs: [plan]
    prompt: And {{item}}.
  - id: card
    prompt: Write about {{steps.visit.text}} and {{steps.others.text}}.
output: "{{steps.card.text}}"
`;
const known = { rubrics: ['landed'] };

/** `line: text` of everything that is wrong once `from` is replaced. */
function faults(from: string | RegExp, to: string, text = SOUND): string[] {
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  return soundly(changed, known).faults.map(({ line, text: what, hint }) =>
    hint === undefined ? `${line}: ${what}` : `${line}: ${what} (${hint})`,
  );
}

describe('a workflow that can run', () => {
  it('has no faults', () => {
    expect(soundly(SOUND, known).faults).toEqual([]);
  });

  it('is what the documentation shows', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/workflows.md'), 'utf8');
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    expect(example).toContain('steps:');
    expect(soundly(example, { rubrics: ['review'] }).faults).toEqual([]);
  });
});

describe('a workflow is refused with the line', () => {
  it('where steps wait for each other, naming the circle', () => {
    expect(faults('    needs: [plan]', '    needs: [card]')).toEqual([
      '21: these steps wait for each other: others → card → others',
    ]);
    expect(faults('    needs: [plan]', '    needs: [others]')).toEqual(['21: step others needs itself']);
  });

  it('where a circle is made of values alone', () => {
    expect(faults('of {{inputs.star}}', 'of {{steps.card.text}}')).toEqual([
      '7: these steps wait for each other: plan → card → visit → plan',
      '7: these steps wait for each other: plan → card → others → plan',
    ]);
  });

  it('where an agent is missing', () => {
    expect(faults('    parallel: 2', '    agent: pilot')).toEqual([
      '17: step visit, agent: there is no agent named pilot',
    ]);
  });

  it('where a rubric is missing', () => {
    expect(faults('rubric: landed', 'rubric: landing')).toEqual([
      '19: step visit, rubric: there is no rubric named landing',
    ]);
  });

  it('where the rubric of its agent is missing, unless it names another one or none', () => {
    const own = { ...known, rubricOf: { default: 'gone' } };
    const lines = (text: string) => soundly(text, own).faults.map(({ line, text: what }) => `${line}: ${what}`);
    expect(lines(SOUND)).toEqual([
      '7: step plan, agent: its rubric gone: there is no rubric named gone',
      '21: step others, agent: its rubric gone: there is no rubric named gone',
      '25: step card, agent: its rubric gone: there is no rubric named gone',
    ]);
    expect(
      lines(SOUND.replaceAll('    prompt:', '    rubric: false\n    prompt:').replace('    rubric: landed\n', '')),
    ).toEqual([]);
  });

  it('where a step is unknown, in needs as in values, with the one that was meant', () => {
    expect(faults('needs: [plan]', 'needs: [paln]')).toEqual([
      '23: step others, needs: there is no step paln (did you mean plan?)',
    ]);
    expect(faults('steps.visit.text', 'steps.vist.text')).toEqual([
      '26: step card, prompt: there is no step vist (did you mean visit?)',
    ]);
    expect(faults('{{steps.card.text}}"', '{{steps.cart.text}}"')).toEqual([
      '27: output: there is no step cart (did you mean card?)',
    ]);
  });

  it('where a value is none, or an input is unknown', () => {
    expect(faults('{{inputs.star}}', '{{inputs.stars}}')).toEqual([
      '8: step plan, prompt: there is no input named stars (did you mean star?)',
    ]);
    expect(faults('{{inputs.star}}', '{{input.star}}')[0]).toContain('8: step plan, prompt: input.star is no value');
    expect(faults('steps.visit.text', 'steps.visit.words')).toEqual([
      '26: step card, prompt: steps.visit.words: a step has text, json and status',
    ]);
    expect(faults('{{inputs.star}}', '{{inputs.star}')[0]).toContain('8: step plan, prompt: {{ is not closed');
  });

  it('where for_each names something that cannot be a list', () => {
    expect(faults('json/planets}}"', 'json/risk}}"')[0]).toBe(
      "15: step visit, for_each: steps.plan.json/risk: by the step's schema that is number, and no list",
    );
    expect(faults('"{{steps.plan.json/planets}}"', 'steps.plan.text')[0]).toBe(
      '15: step visit, for_each: steps.plan.text is a text, and no list',
    );
    expect(faults('inputs.extra', 'inputs.star')).toEqual([
      '22: step others, for_each: inputs.star is a text, and no list (list: true makes the input one)',
    ]);
    expect(faults('inputs.extra', 'item')).toEqual([
      '22: step others, for_each: item is one of the list that for_each is to name',
    ]);
  });

  it('where a written list holds what looks like a value', () => {
    expect(faults('inputs.extra', '["{{inputs.star}}"]')).toEqual([
      '22: step others, for_each: items of a written list are taken as they stand, and hold no values',
    ]);
  });

  it('where a later step uses what the schema of an earlier one does not have', () => {
    expect(faults('json/planets}}"', 'json/plantes}}"')[0]).toBe(
      "15: step visit, for_each: steps.plan.json/plantes: /plantes: the step's schema has no plantes there; did you mean planets?",
    );
    expect(faults('{{item/name}}', '{{item/mass}}')).toEqual([
      "18: step visit, prompt: item/mass: /planets/0/mass: the step's schema has no mass there; it has name",
    ]);
    expect(faults('json/risk', 'json/risk/level')).toEqual([
      '16: step visit, when: steps.plan.json/risk/level: /risk/level: number has no parts',
    ]);
  });

  it('where JSON is wanted of a step without a schema', () => {
    expect(faults('{{steps.others.text}}', '{{steps.others.json}}')).toEqual([
      '26: step card, prompt: steps.others.json: step others has no schema, so its answer need not be JSON (give step others a schema)',
    ]);
  });

  it('where a schema cannot be checked', () => {
    expect(faults('{ type: number }', '{ $ref: "#/x" }')[0]).toBe(
      '9: step plan, schema: the keyword $ref is not understood here',
    );
  });

  it('where two steps have one id', () => {
    expect(faults('id: others', 'id: visit')).toContain('21: steps.2.id: visit is the id of an earlier step');
  });

  it('where a key is unknown, with the nearest', () => {
    expect(faults('parallel: 2', 'paralel: 2')).toEqual(['17: unknown key steps.1.paralel (did you mean parallel?)']);
    expect(faults('times: 1', 'tims: 1, times: 1')).toEqual([
      '20: unknown key steps.1.retry.tims (did you mean times?)',
    ]);
  });

  it('where a condition cannot be read', () => {
    expect(faults("item/name != 'Io'", "item/name != 'Io")[0]).toMatch(
      /^16: step visit, when: “'Io” is not understood/,
    );
    expect(faults('< 3', '<')[0]).toBe('16: step visit, when: a value is missing before “and” (column 24)');
  });

  it('where item is named by a step that has none', () => {
    expect(faults('{{inputs.star}}', '{{item}}')).toEqual([
      '8: step plan, prompt: item is only known where the step has for_each',
    ]);
    expect(faults('"{{steps.card.text}}"', '"{{index}}"')).toEqual([
      '27: output: index is only known inside a step with for_each',
    ]);
  });

  it('where more than 1,000 runs or 64 at once are asked for', () => {
    const list = (n: number) => `[${Array.from({ length: n }, (_, i) => i).join(', ')}]`;
    expect(faults('inputs.extra', list(998))).toEqual(['6: that is 1,001 runs, and a workflow has at most 1,000 runs']);
    expect(faults('inputs.extra', list(1001))).toEqual(['22: steps.2.for_each: at most 1000 runs']);
    expect(faults('parallel: 2', 'parallel: 65')).toEqual(['17: steps.1.parallel: at most 64 at once']);
  });

  it('where an input contradicts itself', () => {
    expect(faults('{ required: true }', '{ required: true, default: Sun }')).toEqual([
      '4: input star: what has a default need not be given',
    ]);
    expect(faults('default: [Pluto]', 'default: Pluto')).toEqual(['5: input extra: the default of a list is a list']);
  });

  it('where items of a written list lack what is named', () => {
    const text = SOUND.replace('inputs.extra', '[{ name: Io }, { name: Europa, size: 3 }]');
    expect(soundly(text.replace('And {{item}}', 'And {{item/size}}'), known).faults).toEqual([]);
    expect(faults('And {{item}}', 'And {{item/mass}}', text)).toEqual([
      '24: step others, prompt: item/mass: no item has that',
    ]);
  });

  it('with everything that is wrong at once, unknown keys and circles together', () => {
    const text = SOUND.replace('    needs: [plan]', '    needs: [card]')
      .replace('parallel: 2', 'paralel: 2')
      .replace('landed', 'landing')
      .replace('{{inputs.star}}', '{{inputs.sun}}');
    expect(soundly(text, known).faults.map(({ line }) => line)).toEqual([8, 17, 19, 21]);
  });

  it('where it is not YAML, has a key twice, or is no workflow at all', () => {
    const lineOf = (text: string) => {
      try {
        soundly(text);
      } catch (error) {
        if (error instanceof UserError) return error.problem.where;
      }
      return undefined;
    };
    expect(lineOf('workflow: a\nsteps: [')).toBe('/made/up.yaml:2');
    expect(lineOf('workflow: a\nworkflow: b\nsteps: []')).toBe('/made/up.yaml:2');
    expect(soundly('just words').faults).toHaveLength(1);
    expect(soundly('workflow: a\nsteps: []').faults[0]).toMatchObject({ line: 2 });
  });
});
