// The stand-ins: what they do by habit, which rules they read out of a prompt, and how they heed them; they know nothing else.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CrewRule } from '../../bench/demo/lumara.ts';
import { lessonText } from '../../src/agent/briefing-text.ts';
import type { Predicate } from '../../src/domain/card.ts';
import { ROOT } from '../support/agent.ts';
import { lumara, played } from './lumara.ts';

const rule = (then: object, when: object[] = []): CrewRule => ({ id: 'abcd', when, then }) as CrewRule;
const section = (predicate: Predicate) => ({ level: 2 as const, title: 'A title', rule: 'Words.', predicate });
const seeds = Array.from({ length: 40 }, (_, n) => `s${n}`);
const inputs = (tool: string, rules: CrewRule[]) =>
  seeds.map((seed) => played('here', seed, rules).calls.find((c) => c.tool === tool)?.input ?? {});

describe('rules in a prompt', () => {
  it('are the predicates under lessons as a briefing words them, in their order', () => {
    const predicate: Predicate = {
      when: [{ tool: 'sim__choose', result: '/dust', op: '>', value: 0.5 }],
      then: { tool: 'sim__survey', arg: '/passes', op: '>=', value: 3 },
    };
    const text = [
      '# Heading',
      lessonText('k3v9', section(predicate) as never),
      lessonText('m2p4', section(predicate) as never),
    ];
    expect(lumara.rulesIn(text.join('\n\n'))).toEqual([
      { ...predicate, id: 'k3v9' },
      { ...predicate, id: 'm2p4' },
    ]);
  });

  it('are nothing else, whatever stands there', () => {
    expect(lumara.rulesIn('> predicate {"when":[],"then":{"tool":"x"}}')).toHaveLength(1);
    for (const line of [
      'predicate {"when":[],"then":{"tool":"x"}}',
      '>  predicate {',
      '>   predicate {"then":1}',
      '>   predicate []',
    ])
      expect(lumara.rulesIn(line)).toEqual([]);
    fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => Array.isArray(lumara.rulesIn(text))));
  });
});

describe('the crew', () => {
  it('varies all its habits, and does the same again for the same seed', () => {
    const descents = inputs('descend', []);
    expect(new Set(descents.map((i) => i.burn_altitude_m)).size).toBeGreaterThan(30);
    expect(new Set(inputs('choose', []).map((i) => i.pad)).size).toBe(6);
    expect(inputs('descend', [])).toEqual(descents);
  });

  it('keeps to a threshold for an argument, also beyond its habits, and varies within it', () => {
    const high = inputs('descend', [rule({ tool: 'sim__descend', arg: '/burn_altitude_m', op: '>=', value: 1200 })]);
    expect(high.every((i) => Number(i.burn_altitude_m) >= 1200)).toBe(true);
    expect(new Set(high.map((i) => i.burn_altitude_m)).size).toBeGreaterThan(20);
    const beyond = inputs('warm_up', [rule({ tool: 'sim__warm_up', arg: '/seconds', op: '>=', value: 200 })]);
    expect(beyond.every((i) => i.seconds === 200)).toBe(true);
    const low = inputs('survey', [rule({ tool: 'sim__survey', arg: '/passes', op: '<=', value: 2 })]);
    expect(low.every((i) => Number(i.passes) <= 2)).toBe(true);
  });

  it('keeps to two rules at once, and of two that contradict each other to the first', () => {
    const from = rule({ tool: 'sim__descend', arg: '/hover_s', op: '>=', value: 10 });
    const to = rule({ tool: 'sim__descend', arg: '/hover_s', op: '<=', value: 20 });
    const both = inputs('descend', [from, to]).map((i) => Number(i.hover_s));
    expect(Math.min(...both)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...both)).toBeLessThanOrEqual(20);
    const less = rule({ tool: 'sim__descend', arg: '/hover_s', op: '<=', value: 5 });
    expect(inputs('descend', [from, less]).every((i) => Number(i.hover_s) >= 10)).toBe(true);
    expect(inputs('descend', [less, from]).every((i) => Number(i.hover_s) <= 5)).toBe(true);
  });

  it('heeds a rule only where its condition holds for what was seen', () => {
    const long = { tool: 'sim__descend', arg: '/hover_s', op: '>=', value: 35 };
    const steep = rule(long, [{ tool: 'sim__choose', result: '/slope_deg', op: '>', value: 9 }]);
    for (const seed of seeds) {
      const { calls } = played('here', seed, [steep]);
      const slope = Number(calls.find((c) => c.tool === 'choose')?.told.slope_deg);
      const hover = Number(calls.find((c) => c.tool === 'descend')?.input.hover_s);
      const habit = Number(played('here', seed).calls.find((c) => c.tool === 'descend')?.input.hover_s);
      if (slope > 9) expect(hover).toBeGreaterThanOrEqual(35);
      else expect(hover).toBe(habit);
    }
    const unseen = rule(long, [{ tool: 'sim__moon', result: '/phase', op: '==', value: 'full' }]);
    expect(inputs('descend', [unseen])).toEqual(inputs('descend', []));
  });

  it('chooses a pad that shows what was asked for, and the nearest to it where none does', () => {
    const called = [{ tool: 'sim__descend', op: 'called', value: true }];
    const flat = rule({ tool: 'sim__choose', result: '/slope_deg', op: '<=', value: 6 }, called);
    const never = rule({ tool: 'sim__choose', result: '/slope_deg', op: '<=', value: -5 }, called);
    for (const seed of seeds) {
      const { calls } = played('here', seed, [flat]);
      const [survey, choose] = calls;
      const pads = survey?.told.pads as { pad: string; slope_deg: number }[]; // as mission.mjs says
      if (pads.some((p) => p.slope_deg <= 6)) expect(choose?.told.slope_deg).toBeLessThanOrEqual(6);
      const least = Math.min(...pads.map((p) => p.slope_deg));
      expect(played('here', seed, [never]).calls[1]?.told.slope_deg).toBe(least);
    }
  });

  it('goes on warming until the engine shows what was asked for, but not for ever', () => {
    const called = [{ tool: 'sim__descend', op: 'called', value: true }];
    const warm = (value: number) => rule({ tool: 'sim__warm_up', result: '/engine_c', op: '>=', value }, called);
    for (const seed of seeds) {
      const { calls } = played('here', seed, [warm(40)]);
      expect(calls.findLast((c) => c.tool === 'warm_up')?.told.engine_c).toBeGreaterThanOrEqual(40);
      const hopeless = played('here', seed, [warm(500)]).calls;
      expect(hopeless.filter((c) => c.tool === 'warm_up')).toHaveLength(9);
      expect(hopeless.some((c) => c.tool === 'descend')).toBe(true);
    }
  });

  it('and the miner know nothing of each other: no word of the world stands in src/, none of a rule in the crew', () => {
    const crew = ['habits.mjs', 'crew.mjs'].map((name) =>
      readFileSync(join(ROOT, 'templates/lumara/lumara', name), 'utf8'),
    );
    for (const word of ['soft_landing', 'clear_ground', 'fuel_to_fly', 'limits', 'tilt', 'site.mjs'])
      expect(crew.join('\n')).not.toContain(word);
  });
});
