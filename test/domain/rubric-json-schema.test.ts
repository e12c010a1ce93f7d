// The published JSON schema of rubrics: the one that the declaration gives, and true of the templates that ship.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rubricJsonSchema } from '../../src/domain/rubric-json-schema.ts';
import { lintRubric } from '../../src/grading/lint.ts';
import { parseRubric } from '../../src/store/rubrics.ts';

const ROOT = join(import.meta.dirname, '..', '..');

describe('the JSON schema of rubrics', () => {
  it('in docs/ is the one that the code declares (agent rubric schema > docs/rubric.schema.json)', () => {
    const published: unknown = JSON.parse(readFileSync(join(ROOT, 'docs', 'rubric.schema.json'), 'utf8'));
    expect(published).toEqual(JSON.parse(JSON.stringify(rubricJsonSchema())));
  });

  it('asks for criteria, each with one who decides', () => {
    expect(rubricJsonSchema()).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      required: ['rubric', 'criteria'],
      additionalProperties: false,
      properties: { criteria: { minItems: 1, items: { oneOf: [{ required: ['check'] }, { required: ['judge'] }] } } },
    });
  });
});

describe('the templates of rubrics', () => {
  const folder = join(ROOT, 'templates', 'rubrics');
  it.each(readdirSync(folder))('%s is valid and has nothing that lint calls a problem', (file) => {
    const path = join(folder, file);
    const rubric = parseRubric({ text: readFileSync(path, 'utf8'), path, from: file, name: file.replace('.yaml', '') });
    const tools = new Set(['read', 'edit', 'bash']);
    expect(lintRubric(rubric, { tools, trusted: () => true })).toEqual([]);
  });
});
