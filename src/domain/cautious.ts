// What of a configuration holds before a person has trusted it: nothing that opens the machine wider than the defaults do; pure.
import type { Settings } from './settings.ts';

/** Settings that may be used, and those that were held back, in words. */
export interface Cautious {
  settings: Settings;
  heldBack: string[];
}

/** The settings of a configuration that nobody has trusted. Rules that allow are handled where rules are placed. */
export function cautious(settings: Settings): Cautious {
  const { sandbox, pass_env, web } = settings;
  const heldBack = [
    ...(sandbox.mode === 'off' ? ['sandbox.mode: off'] : []),
    ...(sandbox.network ? ['sandbox.network: true'] : []),
    ...(pass_env.length > 0 ? [`pass_env: ${pass_env.join(', ')}`] : []),
    ...(web ? ['web: true'] : []),
  ];
  if (heldBack.length === 0) return { settings, heldBack };
  const mode = sandbox.mode === 'off' ? 'auto' : sandbox.mode;
  return { settings: { ...settings, sandbox: { mode, network: false }, pass_env: [], web: false }, heldBack };
}
