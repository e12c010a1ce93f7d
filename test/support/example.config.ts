// Lets `npm run example` run the one file that rewrites .agentmem.example, which the tests never do.
import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { include: ['test/support/write-example.ts'], testTimeout: 120_000 } });
