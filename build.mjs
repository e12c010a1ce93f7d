// Bundles src/cli.ts into dist/ with one chunk per lazily imported command; never type-checks (tsc does).
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });
await build({
  // Threads load programs of their own (base/threads.ts).
  entryPoints: [
    'src/cli.ts',
    'src/mining/extract-thread.ts',
    'src/stages/import/thread.ts',
    'src/mining/search-thread.ts',
    'src/store/summary-thread.ts',
    'src/store/verify-thread.ts',
  ],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  chunkNames: 'chunk-[hash]',
  // Bundled CommonJS packages call require() for Node's own modules; an ES module has none.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
