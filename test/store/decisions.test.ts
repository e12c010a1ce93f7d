// Tests of decisions.jsonl as text.
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/domain/decision.ts';
import { parseDecisions, printDecision } from '../../src/store/decisions.ts';

const decision: Decision = {
  entry: 'k7f3',
  fingerprint: 'abcd',
  verdict: 'rejected',
  by: 'me',
  at: '2026-11-20T10:00:00.000Z',
  because: 'not “true”\nhere',
  sessions: 4,
};

describe('decisions', () => {
  it('come back as they were printed, one line each', () => {
    const line = printDecision(decision);
    expect(line).not.toContain('\n');
    expect(parseDecisions(`${line}\n${line}\n`)).toEqual({ decisions: [decision, decision], bad: [] });
  });

  it('are the same bytes whatever the order of keys', () => {
    const turned = Object.fromEntries(Object.entries(decision).reverse()) as Decision;
    expect(printDecision(turned)).toBe(printDecision(decision));
  });

  it('that cannot be read are reported with their line and do not hide the others', () => {
    const text = `{"torn\n\n${printDecision(decision)}\r\n{"entry":"x"}\n[1]\n<<<<<<< HEAD\n`;
    const read = parseDecisions(text);
    expect(read.decisions).toEqual([decision]);
    expect(read.bad.map((b) => b.line)).toEqual([1, 4, 5, 6]);
    expect(read.bad[1]?.reason).toContain('fingerprint');
  });

  it('of an empty file are none', () => {
    expect(parseDecisions('')).toEqual({ decisions: [], bad: [] });
  });
});
