import { describe, expect, it } from 'vitest';
import { contextWindow, WINDOWS_AS_OF } from '../../src/model/context-windows.ts';

describe('context windows', () => {
  it('are known by family, dated ids included, and for nothing else', () => {
    expect(contextWindow('claude-sonnet-5-5')).toBe(1_000_000);
    expect(contextWindow('claude-haiku-4-5-20251001')).toBe(200_000);
    expect(contextWindow('claude-opus-4-1-latest')).toBe(200_000);
    for (const name of ['scripted', 'toString', '__proto__', 'claude', 'gpt-9', 'claude-sonnet-5-5-turbo'])
      expect(contextWindow(name)).toBeUndefined();
    expect(Date.parse(WINDOWS_AS_OF)).not.toBeNaN();
  });
});
