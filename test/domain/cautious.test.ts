import { describe, expect, it } from 'vitest';
import { cautious } from '../../src/domain/cautious.ts';
import { settingsSchema } from '../../src/domain/settings.ts';

describe('settings that nobody has trusted', () => {
  it('hold where they open nothing, and are the same object', () => {
    const settings = settingsSchema.parse({ sandbox: { mode: 'required' } });
    expect(cautious(settings)).toEqual({ settings, heldBack: [] });
    expect(cautious(settings).settings).toBe(settings);
  });

  it('do not switch the sandbox off, open the network, pass variables on or fetch from the web', () => {
    const settings = settingsSchema.parse({
      sandbox: { mode: 'off', network: true },
      pass_env: ['GITHUB_TOKEN'],
      web: true,
      budget: { day: { usd: 3 } },
    });
    const held = cautious(settings);
    expect(held.heldBack).toHaveLength(4);
    expect(held.settings).toMatchObject({
      sandbox: { mode: 'auto', network: false },
      pass_env: [],
      web: false,
      budget: { day: { usd: 3 } },
    });
  });

  it('keep a demanded sandbox when they open the network', () => {
    const settings = settingsSchema.parse({ sandbox: { mode: 'required', network: true } });
    expect(cautious(settings).settings.sandbox).toEqual({ mode: 'required', network: false });
  });
});
