// .agentmem.example is what the product makes of its transcripts, byte for byte, and its evidence resolves.
import { describe, expect, it } from 'vitest';
import { cardSchema } from '../../src/domain/card.ts';
import { parsePlaybook, printPlaybook } from '../../src/domain/playbook.ts';
import { exampleFiles, storedExample, withoutClock } from '../support/example.ts';

describe('the example', () => {
  const stored = storedExample();

  it('is one turn of the cycle over its own transcripts (after a wanted change: npm run example)', () => {
    const made = exampleFiles();
    expect([...made.keys()]).toEqual([...stored.keys()]);
    for (const [path, text] of made) expect(withoutClock(text), path).toBe(stored.get(path));
  });

  it('holds lessons, the dream’s report, its cards, and one lesson that was turned down', () => {
    const playbooks = [...stored].filter(([path]) => path.startsWith('playbooks/'));
    expect(playbooks.length).toBeGreaterThanOrEqual(3);
    for (const [path, text] of playbooks) {
      const playbook = parsePlaybook(path, text);
      expect(printPlaybook(playbook)).toBe(text);
      expect(playbook.sections.every((s) => s.mark !== undefined)).toBe(true);
    }
    const evidence = [...stored].find(([path]) => path.endsWith('.evidence.jsonl'))?.[1] ?? '';
    const cards = evidence
      .trim()
      .split('\n')
      .map((line) => cardSchema.parse(JSON.parse(line)));
    expect(cards.length).toBeGreaterThanOrEqual(playbooks.length);
    const decisions = (stored.get('decisions.jsonl') ?? '')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(decisions.filter((d) => d.verdict === 'rejected')).toHaveLength(1);
  });
});
