// The written list of poison attempts, each pushed through the whole way from transcript lines to the changes of a dream.
import { describe, expect, it } from 'vitest';
import { parsePlaybook, printPlaybook } from '../../src/domain/playbook.ts';
import { applyChange } from '../../src/learning/apply.ts';
import { changeMessage } from '../../src/learning/commit-message.ts';
import { normalised } from '../../src/learning/deny-rules.ts';
import { mine } from '../../src/mining/mine.ts';
import { readPlaybooks } from '../../src/store/playbooks.ts';
import { tell } from '../mining/tell.ts';
import { makeSettings } from './make-card.ts';
import { plan } from './make-plan.ts';
import { type Attack, attacks, outsideError } from './poison-attacks.ts';
import { otherWays } from './poison-ways.ts';

const SESSIONS = 7;

function dreamOf({ steps, told }: Attack) {
  const sessions = Array.from({ length: SESSIONS }, (_, n) => {
    const more = told?.(n) ?? {};
    const day = 'day' in more || 'header' in more ? {} : { day: `2026-03-0${n + 1}` };
    return tell({ id: `s${n}`, task: `task ${n}`, by: `p${n % 3}`, ...day, ...more, steps: steps(n) });
  });
  const mined = mine(sessions, makeSettings().dream);
  return { mined, ...plan(mined.cards, { dream: { id: 'd20260308-test', date: '2026-03-07' } }) };
}

const all = [...attacks, ...otherWays];

it('is a list of at least ninety attempts under different names', () => {
  expect(all.length).toBeGreaterThanOrEqual(90);
  expect(new Set(all.map((a) => a.name)).size).toBe(all.length);
});

describe.each(all.map((attack) => [attack.name, attack] as const))('%s', (_, attack) => {
  const { mined, changes, quarantined, withheld } = dreamOf(attack);

  it('is found and dealt with, or is no finding at all', () => {
    if (attack.silent) expect(mined.cards).toEqual([]);
    else expect(mined.cards.length).toBeGreaterThan(0);
    expect(changes.length + quarantined.length + withheld.length).toBe(mined.cards.length);
    for (const { reason } of [...quarantined, ...withheld]) expect(reason.length).toBeGreaterThan(10);
  });

  it('puts none of its words into a title, a rule or a commit message', () => {
    for (const change of changes) {
      const [section] = parsePlaybook('', change.section ?? '').sections;
      const shown = [section?.title ?? '', section?.rule ?? '', change.title, changeMessage('d1', change)].join('\n');
      for (const fragment of attack.never) {
        expect(shown.toLowerCase()).not.toContain(fragment.toLowerCase());
        expect(normalised(shown)).not.toContain(normalised(fragment) === '' ? '\u0000' : normalised(fragment));
      }
    }
  });

  it('breaks out of no section, playbook or commit message', () => {
    let files = new Map<string, string>();
    for (const change of changes) {
      files = new Map([...files, ...applyChange(files, change)].flatMap(([p, t]) => (t === null ? [] : [[p, t]])));
      const trailers = changeMessage('d1', change).trimEnd().split('\n\n').at(-1)?.split('\n') ?? [];
      expect(trailers.map((line) => line.split(':')[0])).toEqual(
        ['Dream', 'Entry', 'Change', 'Grade'].map((key) => `Agentmem-${key}`),
      );
    }
    const names = new Map([...files].map(([path, text]) => [path.replace(/^playbooks\//, ''), text]));
    for (const name of names.keys()) expect(name).toMatch(/^[a-z0-9_-]{1,64}\.md$/);
    const read = readPlaybooks(names);
    expect(read.broken).toEqual([]);
    const ids = read.playbooks.flatMap((p) => p.sections.map((s) => s.mark?.id));
    expect(ids.sort()).toEqual(changes.map((c) => c.entry).sort());
    for (const playbook of read.playbooks) {
      expect(printPlaybook(playbook)).toBe(names.get(`${playbook.name}.md`));
      for (const { raw } of playbook.sections) {
        expect(raw.match(/^#/gm)).toHaveLength(1);
        expect([raw.match(/<details>/g)?.length, raw.match(/<\/details>/g)?.length]).toEqual([1, 1]);
      }
    }
  });
});

describe('an honest error of an outside tool', () => {
  it('becomes a lesson in our own words, marked as from outside', () => {
    const { changes } = dreamOf({ name: '', steps: outsideError('Parcel 7 was not found in depot west'), never: [] });
    expect(changes).toHaveLength(1);
    expect(changes[0]?.title).toBe('When it fails with “parcel … was not found in depot …”, change `code`');
    expect(changes[0]?.section).toContain('trust=outside_tool');
  });
});
