// The chart of a proof: the same bytes for the same proof, and nothing in a name can become markup.
import { describe, expect, it } from 'vitest';
import type { Proof, TaskProof } from '../../src/domain/proof.ts';
import { proofChart } from '../../src/proving/chart.ts';
import { taskKey, usedBefore } from '../../src/proving/used.ts';

const whole: Proof['whole'] = {
  ...{ tasks: 2, before: 0.25, after: 0.75, difference: 0.5, interval: [0.1, 0.9], better: 0.02, worse: 0.98 },
  ...{ exact: true, wins: 1, losses: 1, ties: 0 },
};
const task = (name: string, a: number, b: number): TaskProof => ({
  ...{ task: name, key: '0'.repeat(16), p: { passed: 0, of: 0 }, collapsed: false },
  ...{ a: { passed: a, of: 4 }, b: { passed: b, of: 4 } },
});

describe('the chart', () => {
  it('shows the greatest loss first, and is the same every time', () => {
    const proof = {
      verdict: 'validated' as const,
      suite: 'masts',
      whole,
      tasks: [task('won', 0, 4), task('lost', 3, 1)],
    };
    const svg = proofChart(proof);
    expect(svg.indexOf('>lost<')).toBeLessThan(svg.indexOf('>won<'));
    expect(svg).toContain(
      '+50 points (95 %: +10 points to +90 points); 1 better, 1 worse, 0 the same. ○ before, ● after',
    );
    expect(proofChart(proof)).toBe(svg);
    expect(svg.match(/<circle/g)).toHaveLength(6);
  });

  it('takes no markup, no control character and no half character from a name', () => {
    const tasks = [task('<script>&"\u0000\ud800\u001b[2J', 1, 2)];
    const svg = proofChart({ verdict: 'not proven', suite: '</text><a href="x">', whole, tasks });
    expect(svg).not.toMatch(/<script|<a /);
    expect(svg).toContain('&lt;script&gt;&amp;&quot;   [2J');
    expect(svg).not.toMatch(/\p{Surrogate}/u);
  });

  it('leaves out tasks beyond sixty that hardly differ, and says so', () => {
    const tasks = Array.from({ length: 70 }, (_, i) => task(`t${i}`, 2, i < 5 ? 4 : 2));
    expect(proofChart({ verdict: 'not proven', suite: 's', whole, tasks })).toContain(
      '10 with smaller differences left out',
    );
  });
});

describe('held-out tasks', () => {
  it('are known again by what they ask, whatever they are called, and a proof does not use up its own', () => {
    const key = taskKey('Lift mast 1.', '1');
    expect(taskKey('Lift mast 1.', '2')).not.toBe(key);
    const earlier = [{ run: 'r1', dream: 'd1', at: '2026-11-21T00:00:00Z', tasks: [{ key }, { key: 'x' }] }];
    expect(usedBefore([key, 'y'], earlier, 'r2')).toEqual({ tasks: 1, by: ['d1 on 2026-11-21'] });
    expect(usedBefore([key], earlier, 'r1')).toBeUndefined();
    expect(usedBefore(['y'], earlier, 'r2')).toBeUndefined();
  });
});
