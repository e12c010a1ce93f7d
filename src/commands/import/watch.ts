// `agent import --watch`: follows files that grow, and imports them once they rest; reads only sizes and times between rounds, and never ends by itself.
import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted, UserError } from '../../base/errors.ts';
import { count } from '../../base/text.ts';
import { lookAt, sameLook } from '../../sources/file-changes.ts';
import { rememberedHash } from '../../sources/file-hash.ts';
import type { ImportReport } from '../../stages/import/contract.ts';
import type { Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';
import { type BringIn, bringIn, skippedText } from './bring-in.ts';

const EVERY_MS = 2_000;
/** A file that never rests is imported all the same after this long. */
const LONGEST_WAIT_MS = 30_000;
/** Of many files a look takes time: then looks are this many times as far apart as one takes. */
const REST = 20;

export interface Following {
  paths: readonly string[];
  now: () => Date;
  /** Resolves after about so many milliseconds, or as soon as the watch is to end. */
  wait: (ms: number) => Promise<void>;
  ended: () => boolean;
  /** Imports what is there now. */
  round: () => Promise<void>;
}

/**
 * Calls `round` whenever files below the paths have changed since the last round and have rested for one look, or have been
 * changing for half a minute. What changes while a round runs is for the next one. Resolves once the watch has ended.
 */
export async function follow({ paths, now, wait, ended, round }: Following): Promise<void> {
  let imported = lookAt(paths);
  await round();
  let last = imported;
  let since: number | undefined;
  while (!ended()) {
    const began = now().getTime();
    const seen = lookAt(paths);
    const took = now().getTime() - began;
    if (sameLook(seen, imported)) since = undefined;
    else {
      since ??= began;
      if (sameLook(seen, last) || began - since >= LONGEST_WAIT_MS) {
        await round();
        imported = seen;
        since = undefined;
      }
    }
    last = seen;
    await wait(Math.max(EVERY_MS, REST * took));
  }
}

/** Follows until Ctrl-C, with a line for each round that brought something; resolves to the exit code. */
export async function watch(
  context: CommandContext,
  workspace: Workspace,
  request: Omit<BringIn, 'emit' | 'signal' | 'hash'>,
  json: boolean,
): Promise<number> {
  const { signal, world, print, emit, stop } = context;
  const told = new Set<string>();
  const hash = rememberedHash();
  let begun = false;
  const round = async () => {
    const report = await bringIn(workspace, { ...request, emit, signal, hash }).catch((error: unknown) => {
      // A path that is not there at the start is a slip of the hand.
      if (!begun) throw error;
      return vanished(error);
    });
    begun = true;
    stop();
    const fresh = report.skipped.filter((skipped) => !told.has(skippedText(skipped)));
    for (const skipped of fresh) told.add(skippedText(skipped));
    if (report.imported + report.updated + fresh.length === 0) return;
    const at = world.now().toISOString();
    const { imported, updated, unchanged } = report;
    if (json) print.jsonLine({ at, imported, updated, unchanged, skipped: fresh });
    else print.line(`${at} ${print.outside(newsOf(report, fresh))}`);
  };
  const rounds = { paths: request.paths, now: world.now, round, ended: () => signal.aborted };
  print.next(`watching ${count(request.paths.length, 'path')}; Ctrl-C ends`);
  try {
    await follow({ ...rounds, wait: (ms) => sleep(ms, undefined, { signal }).catch(unlessAborted(signal)) });
  } catch (error) {
    // In the middle of a round: what was stored by then stays, and the next import brings the rest.
    if (!(error instanceof Interrupted)) throw error;
  }
  print.next('next: agent dream');
  return 0;
}

function newsOf({ imported, updated }: ImportReport, fresh: ImportReport['skipped']): string {
  const [first] = fresh;
  const more = fresh.length > 1 ? ` (and ${fresh.length - 1} more)` : '';
  const skipped = first === undefined ? '' : `; skipped ${skippedText(first)}${more}`;
  return `${count(imported, 'session')} imported, ${updated} updated${skipped}`;
}

// A folder may go away while it is watched; it may come back, and the others are still there.
function vanished(error: unknown): ImportReport {
  if (!(error instanceof UserError)) throw error;
  const { what, where } = error.problem;
  const skipped = [{ file: where ?? '', reason: what }];
  return { imported: 0, updated: 0, unchanged: 0, skipped, files: [], sessions: [], redacted_lines: 0 };
}

function unlessAborted(signal: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!signal.aborted) throw error;
  };
}
