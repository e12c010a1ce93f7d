// Makes the TypeScript of a benchmark into modules that Node runs, all of them in one way; measures nothing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** Bundles with the options that all benchmarks share; `options` says what, and where to. */
export async function bundle(options) {
  return await build({
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
    ...options,
  });
}

/** Source text of one module, with its imports found from `folder` below bench/. */
export function sourceIn(folder, contents) {
  return { contents, resolveDir: join(import.meta.dirname, folder), loader: 'ts' };
}

/** What that module exports; nothing of it stays on the disk. */
export async function importBundled(folder, contents) {
  const place = mkdtempSync(join(tmpdir(), 'agentmem-bench-'));
  try {
    const outfile = join(place, 'bundled.mjs');
    await bundle({ stdin: sourceIn(folder, contents), outfile });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
