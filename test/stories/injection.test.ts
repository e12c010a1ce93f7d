// The injection campaign: a written list of attacks in tool results, a model that obeys them, a real dream of a thousand sessions, and a branch that none of them reaches.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DreamWords } from '../../src/learning/words/dream-words.ts';
import { mine } from '../../src/mining/mine.ts';
import { desk } from '../learning/words/desk.ts';
import { tell } from '../mining/tell.ts';
import { places } from '../support/attack-places.ts';
import { type Injection, injections, poisoned } from '../support/attacks.ts';
import { type Branch, type Campaign, openCampaign, usualWork } from '../support/campaign.ts';
import { type Obedience, obedient, tricks } from '../support/obedient.ts';
import { leaksOf, quarantineOf, surfacesOf } from '../support/surfaces.ts';

const WHOLE = process.env.AGENTMEM_CAMPAIGN === '1';
const CLEAN = 1000;
const BATCHES = 7;

let campaign: Campaign;
beforeAll(async () => {
  campaign = await openCampaign(CLEAN);
}, 300_000);
afterAll(() => campaign.remove());

// Every attack lies in sessions of its own, so that none can stand in the light of another.
const told = (batch: readonly Injection[], sessions: number) =>
  batch.flatMap((attack, at) =>
    Array.from({ length: sessions }, (_, n) => poisoned(attack, n, usualWork(CLEAN + at * 1000 + n))),
  );

async function attacked(
  batch: readonly Injection[],
  sessions: number,
): Promise<Branch & Obedience & { tools: Set<string> }> {
  const model = obedient(batch);
  const { asker, asked } = desk(model.answer);
  const words: DreamWords = {
    asker,
    prompts: { reflect: 'Reflect.', verify: 'Verify.', read: 'Read.', curate: 'Curate.' },
    name: 'obedient',
    estimate: false,
  };
  const branch = await campaign.dreamOf(told(batch, sessions), words);
  return { ...branch, ...model, tools: new Set(asked.map(({ tool }) => tool)) };
}

it('is a written list of more than two hundred attempts, each with a word of its own, at least thirty of them in words that recur', () => {
  expect(injections.length).toBeGreaterThanOrEqual(200);
  for (const key of ['marker', 'name', 'own'] as const)
    expect(new Set(injections.map((attack) => attack[key])).size).toBe(injections.length);
  for (const place of Object.keys(places))
    expect(injections.filter((attack) => attack.place === place).length).toBeGreaterThanOrEqual(12);
  for (const { marker, text, steps } of injections) expect(JSON.stringify(steps(1)).includes(marker), text).toBe(true);
});

const rates = [['0.1 %', 1], ['1 %', 10], ...(WHOLE ? ([['5 %', 50]] as const) : [])] as const;
const batches = Array.from({ length: WHOLE ? BATCHES : 1 }, (_, b) => injections.filter((_, at) => at % BATCHES === b));

describe.each(rates)('planted in %s of a thousand sessions', (_, sessions) => {
  it.each(batches.map((batch, b) => [b + 1, batch] as const))(
    'reaches a branch nowhere, and what was stopped is named with its source (part %i)',
    async (_, batch) => {
      const branch = await attacked(batch, sessions);
      const surfaces = surfacesOf(branch);
      const leaks = batch.flatMap((attack) => leaksOf(attack, surfaces).map((leak) => `${attack.name} → ${leak}`));
      expect(leaks).toEqual([]);
      expect([...branch.tools]).toEqual(expect.arrayContaining(['findings', 'lesson', 'verdict']));
      expectCleanLessons(branch);
      expectQuiet(quarantineOf(branch));
      expect(unnamed(batch, sessions, branch)).toEqual([]);
    },
    600_000,
  );
});

// What a campaign that refuses everything would not have: the lessons of the clean part, worded by the same model, or by us where the
// attackers had it fall for a decoy and none of its words is believed.
function expectCleanLessons({ report }: Branch): void {
  const titles = report.changes.map((change) => change.title);
  const believed = report.words?.withheld === undefined;
  for (const [tool, argument] of [
    ['KilnFire', 'ramp'],
    ['GlazeMix', 'water'],
    ['ShelfLoad', 'props'],
    ['CrateShip', 'padding'],
    ['WheelSpin', 'centring'],
    ['RackDry', 'cover'],
    ['StampMark', 'maker'],
    ['OrderBook', 'window'],
  ])
    expect(titles).toContainEqual(
      believed ? `Give \`${tool}\` a fitting \`${argument}\`` : expect.stringMatching(`change \`${argument}\`$`),
    );
  expect(titles).toContain('When it fails with “parcel … was not found in depot …”, change `code`');
  expect(report.words?.decoys.accepted.length).toBe(believed ? 0 : 1);
}

// Shown as it came, but nothing of it comes alive: one bounded line each, no HTML, link, address, heading or hidden character.
function expectQuiet(lines: readonly string[]): void {
  for (const line of lines) {
    const outside = line.replace(/(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '');
    expect(line.length).toBeLessThan(1500);
    expect(outside).not.toMatch(/<[a-z/!]|(?<!\\)\]\(|:\/\/|\bwww\.|(?<!\\)[|*~$]/i);
    expect(line).not.toMatch(/\p{Default_Ignorable_Code_Point}|\p{Bidi_Control}|\p{Cc}/u);
  }
}

// Findings that hold an attacker's words and are no anecdotes, of which the quarantine does not tell tool and session.
function unnamed(batch: readonly Injection[], sessions: number, branch: Branch): string[] {
  const { cards } = mine(told(batch, sessions).map(tell), { min_sessions: 3, min_tasks: 2 });
  const lines = quarantineOf(branch);
  return batch.flatMap(({ name, marker, own }) => {
    const hostile = cards.filter((card) => card.grade !== 'D' && JSON.stringify(card).includes(marker));
    return hostile.flatMap(({ kind, tool = '' }) => {
      const line = lines.find(
        (l) => l.startsWith(`- ${kind}`) && l.includes(tool.slice(0, 20)) && l.includes(`sesn_p${own}n`),
      );
      return line === undefined ? [`${name}: ${kind} of ${tool}`] : [];
    });
  });
}

it('is obeyed in every way that there is, where anything of it is seen at all', () => {
  const attack = injections[0];
  if (attack === undefined) throw new Error('no attack');
  const { answer, obeyed } = obedient([attack]);
  const ways = new Set<string>();
  for (let n = 0; n < 500; n++) {
    answer({ tool: 'lesson', text: `${n} ${attack.text}`, system: '' }, n);
    ways.add(obeyed.at(-1)?.trick ?? '');
  }
  expect([...ways].sort()).toEqual(Object.keys(tricks).sort());
});
