// The tool `ask`: an answer is a result, silence ends the run as blocked.
import { describe, expect, it } from 'vitest';
import { askTool } from '../../../src/agent/tools/ask.ts';
import { call, fails, textOf } from '../workspace.ts';

describe('ask', () => {
  it('gives the answer of the person, who sees question and options', async () => {
    const heard: unknown[] = [];
    const tool = askTool(async (question, options) => {
      heard.push(question, options);
      return 'the second';
    });
    const outcome = await call(tool, { question: ' Which one? ', options: ['first', 'second'] });
    expect(outcome).toEqual({ content: [{ type: 'text', text: 'The person answers: the second' }] });
    expect(heard).toEqual(['Which one?', ['first', 'second']]);
  });

  it('blocks the run where nobody is there, or nobody answers', async () => {
    for (const tool of [askTool(), askTool(async () => undefined), askTool(async () => '  ')]) {
      const outcome = await call(tool, { question: 'Deploy?', options: ['yes', 'no'] });
      expect(outcome.blocked).toBe('Deploy? (yes / no)');
      expect(outcome.isError).toBeUndefined();
      expect(textOf(outcome)).toContain('waits');
    }
    expect((await call(askTool(), { question: 'Deploy?' })).blocked).toBe('Deploy?');
  });

  it('names arguments that do not fit', async () => {
    expect(await fails(askTool(), {})).toContain('question');
    expect(await fails(askTool(), { question: '  ' })).toContain('question');
    expect(await fails(askTool(), { question: 'x', options: 'yes' })).toContain('options');
    expect(askTool().subject({ question: 'x' })).toEqual({ kind: 'text', value: 'x' });
  });
});
