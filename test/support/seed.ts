// Gives every property test the same inputs on every run, so that CI fails for a change and not by chance; campaigns draw anew.
import fc from 'fast-check';

if (process.env.AGENTMEM_CAMPAIGN !== '1') fc.configureGlobal({ seed: 20_261_121 });
