// The demo's repository: a fresh folder with the template of Lumara, seeded, committed and trusted; overwrites nothing of anybody's.
import { existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { userIdentity } from '../../git/merge.ts';
import { commitPaths, nameCommitter } from '../../git/setup.ts';
import { initMemory } from '../../stages/init.ts';
import { readConfiguration, recordTrust } from '../../store/trust.ts';
import { openWorkspace, starterFiles, type Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import { trustRequest } from '../nightly.ts';

/** What is changed about the world before anybody flies. */
export interface WorldFlags {
  seed: string;
  gravity?: number;
  shuffleGrades?: boolean;
}

const WORLD = 'lumara/world.json';
const DEMO_IDENTITY = { name: 'agentmem demo', email: 'demo@agentmem.invalid' };

export function assertSeed({ seed, gravity }: WorldFlags): void {
  if (!/^[\w.-]{1,60}$/.test(seed))
    throw new UserError({ what: `--seed ${seed.slice(0, 80)}`, hint: 'letters, digits, . - and _, at most 60' });
  if (gravity !== undefined && !(gravity > 0 && gravity <= 30))
    throw new UserError({ what: '--gravity is no acceleration that a craft could land under', hint: '--gravity 3.71' });
}

/** The named folder, made where it is missing, or a new one for temporary files. Throws UserError where it holds something. */
export function freshFolder(cwd: string, named: string | undefined): string {
  if (named === undefined) return mkdtempSync(join(tmpdir(), 'agentmem-demo-'));
  const folder = resolve(cwd, named);
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new UserError({
      what: 'the folder for the demo is not empty',
      where: folder,
      hint: 'name a folder that is empty or not there yet',
    });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * Lays the memory out, commits it, and trusts its commands: they are those of this package, written a moment ago. The
 * repository gets an identity of its own where git knows none, or it could not merge.
 */
export async function layOutDemo({ world }: CommandContext, folder: string, flags: WorldFlags): Promise<Workspace> {
  await initMemory({ folder, files: seededFiles(flags), branch: 'main' });
  const workspace = await openWorkspace(world, folder);
  const { name, email } = await userIdentity(workspace.repo);
  if (name === undefined || email === undefined) await nameCommitter(workspace.repo, DEMO_IDENTITY);
  await commitPaths(workspace.repo, ['.agentmem'], 'Lay out the memory of Lumara', DEMO_IDENTITY);
  const trust = trustRequest(world, workspace.layout);
  recordTrust(trust, readConfiguration(trust), world.now().toISOString());
  return workspace;
}

function seededFiles({ seed, gravity, shuffleGrades }: WorldFlags): Map<string, string> {
  const files = new Map(
    [...starterFiles('lumara')].map(([path, text]) => [
      path,
      path.startsWith('suites/') ? text.replace(/^seed: .*$/m, `seed: ${JSON.stringify(seed)}`) : text,
    ]),
  );
  const constants: unknown = JSON.parse(files.get(WORLD) ?? '{}');
  const changed = {
    ...(typeof constants === 'object' && constants),
    seed,
    ...(gravity !== undefined && { gravity }),
    ...(shuffleGrades === true && { shuffled_grades: true }),
  };
  return files.set(WORLD, `${JSON.stringify(changed, null, 2)}\n`);
}
