// Strata: sessions of one task are compared with each other and with nothing else.
import { describe, expect, it } from 'vitest';
import { assignTasks, strataOf, stratumOf, unnamedWords } from '../../src/mining/strata.ts';
import { extractOf } from './extracts.ts';

describe('assignTasks', () => {
  it('goes by the task id within a project, or within a tool where no project is known', () => {
    const tasks = assignTasks([
      extractOf('a', { project: 'moon', task: '1' }),
      extractOf('b', { project: 'moon', task: '1', prompt: 'another wording altogether' }),
      extractOf('c', { project: 'mars', task: '1' }),
      extractOf('d', { tool: 'codex', task: '1' }),
      extractOf('e', { tool: 'pi', task: '1' }),
    ]);
    expect(tasks.get('a')).toBe(tasks.get('b'));
    expect(new Set(tasks.values()).size).toBe(4);
  });

  it('clusters like first prompts within a project, and leaves sessions without one alone', () => {
    const prompt = 'Please land the probe at the northern site and write a short report for the crew';
    const extracts = [
      extractOf('b', { project: 'moon', prompt }),
      extractOf('a', { project: 'moon', prompt: `${prompt} today` }),
      extractOf('c', { project: 'mars', prompt }),
      extractOf('d', { project: 'moon', prompt: 'Count the fuel tanks and tell me how many of them are empty by now' }),
      extractOf('e', { project: 'moon' }),
      extractOf('f', { project: 'moon', prompt: ' ' }),
    ];
    const tasks = assignTasks(extracts);
    expect(tasks.get('a')).toBe(tasks.get('b'));
    expect(new Set(tasks.values()).size).toBe(5);
    expect(assignTasks([...extracts].reverse())).toEqual(new Map([...tasks]));
  });
});

describe('strataOf', () => {
  it('counts task × model, and as informative those with both outcomes', () => {
    const extracts = [
      extractOf('a', { task: '1', model: 'm', outcome: 'pass' }),
      extractOf('b', { task: '1', model: 'm', outcome: 'fail' }),
      extractOf('c', { task: '1', model: 'n', outcome: 'pass' }),
      extractOf('d', { task: '2', model: 'm', outcome: 'fail' }),
      extractOf('e', { task: '2', model: 'm', outcome: 'fail' }),
      extractOf('f', { task: '3', model: 'm', outcome: 'pass' }),
      extractOf('g', { task: '3', model: 'm' }),
    ];
    const tasks = assignTasks(extracts);
    expect(strataOf(extracts, tasks)).toEqual({ strata: 4, informative: 1 });
    expect(stratumOf(extractOf('z', { model: 'm' }), tasks)).not.toBe(stratumOf(extractOf('y', { model: 'm' }), tasks));
    expect(strataOf([], tasks)).toEqual({ strata: 0, informative: 0 });
  });
});

describe('sessions without a task id', () => {
  // The case: a cluster of alike prompts holds easy and hard tasks, and what the agent does follows the difficulty.
  const prompt = 'Please land the probe at the northern site and write a short report for the crew';
  const extracts = ['a', 'b', 'c'].map((id, i) =>
    extractOf(id, { project: 'moon', prompt, model: 'm', outcome: i === 0 ? 'pass' : 'fail' }),
  );

  it('are compared with none, though their prompts are equal', () => {
    const tasks = assignTasks(extracts);
    expect(new Set(tasks.values()).size).toBe(1);
    expect(new Set(extracts.map((e) => stratumOf(e, tasks))).size).toBe(3);
    expect(strataOf(extracts, tasks)).toEqual({ strata: 3, informative: 0 });
  });

  it('are counted where a report says why it is silent', () => {
    expect(unnamedWords(extracts)).toMatch(/^; 3 sessions name no task and are compared with none/);
    expect(unnamedWords([extractOf('z', { task: '1' })])).toBe('');
  });
});
