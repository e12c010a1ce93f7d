// Opens the ground that a thread works on, by the kind that its agent's file names; makes nothing for a shared folder.
import { join } from 'node:path';
import type { GroundOrder, TeamGround } from './ground.ts';
import { openCopy } from './ground-copy.ts';
import { openWorkTree } from './ground-worktree.ts';

/** Opens the ground of a thread. Throws UserError where it cannot be had. */
export async function openTeamGround(order: GroundOrder): Promise<TeamGround> {
  const place = join(order.grounds, order.session, order.thread);
  switch (order.kind) {
    case 'shared':
      return {
        kind: 'shared',
        folder: order.from,
        settle: async () => ({ changed: [], notes: [] }),
        close: async () => [],
      };
    case 'copy':
      return await openCopy(order, place);
    case 'worktree':
      return await openWorkTree(order, place);
  }
}
