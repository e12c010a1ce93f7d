// What a report says of orders and of a curator's proposals: what was done and why the rest was not; pure, and the same for the same wishes.
import { count } from '../../base/text.ts';
import type { CuratorTold } from '../curating/curate.ts';
import { prose } from '../escape.ts';
import type { WishTold } from './wish.ts';

/** The section `## Orders and proposals`; empty where nobody wished for anything. */
export function wishesSection(wishes: readonly WishTold[], curator: CuratorTold | undefined): string {
  const orders = wishes
    .filter(({ by }) => by === 'person')
    .map((wish) => `- You: “${prose(wish.text)}”: ${fate(wish)}`);
  const proposals = wishes.filter(({ by }) => by === 'curator').map((wish) => `- ${prose(wish.text)}: ${fate(wish)}`);
  const refused = (curator?.refused ?? []).map(
    ({ what, rule, reason }) => `- ${prose(what)}: not done, rule “${rule}”: ${prose(reason)}`,
  );
  const asked = curator === undefined ? [] : [curatorLine(curator)];
  const lines = [...orders, ...asked, ...proposals, ...refused];
  return lines.length === 0 ? '' : ['## Orders and proposals', '', ...lines].join('\n');
}

function curatorLine({ proposed, dropped, none }: CuratorTold): string {
  if (none !== undefined)
    return `- The curator was of no help, and nothing in force was touched for it: ${prose(none)}`;
  const beyond = dropped === 0 ? '' : `, of which ${dropped} were not looked at`;
  return `- The curator made ${count(proposed, 'proposal')}${beyond}.`;
}

function fate({ changed, refused }: WishTold): string {
  if (refused !== undefined) return `not done: ${prose(refused)}`;
  return changed.length === 0 ? 'kept to' : `done: ${changed.map((entry) => `\`${entry}\``).join(', ')}`;
}
