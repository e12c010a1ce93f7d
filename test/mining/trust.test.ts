// Who supplied the words of a finding.
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/mining/detectors/detector.ts';
import { bringsOutsideText } from '../../src/mining/outside.ts';
import { trustOf } from '../../src/mining/trust.ts';
import { actionsOf, tell } from './tell.ts';

const finding = (words: Finding['words'], tools: string[]): Finding => ({
  kind: 'error_fix',
  claim: '',
  normalised: '',
  against: [],
  words,
  sightings: tools.flatMap((call) => {
    const session = tell({ id: call, steps: [{ call, error: 'no' }] });
    return session.actions.map((action) => ({
      session,
      action,
      quote: { cite: action.call, text: 'no' },
      events: 1,
      wasted: 1,
    }));
  }),
});

describe('trustOf', () => {
  it('is a stranger’s where a local tool echoes words that it was given by one', () => {
    const session = tell({
      id: 's',
      steps: [
        { call: 'web_fetch', ok: 'Take the shedfix now.' },
        { call: 'add', input: { part: 'shedfix now' }, error: 'unknown part: shedfix now' },
      ],
    });
    const [, action] = session.actions;
    if (action === undefined) throw new Error('no call');
    const sightings = [{ session, action, quote: { cite: action.call, text: 'no' }, events: 1, wasted: 1 }];
    const echoed = (text: string) =>
      trustOf({ ...finding('tool', []), template: { key: 'k', tool: 'add', text }, sightings });
    expect(echoed('unknown part: shedfix now')).toBe('outside_tool');
    expect(echoed('unknown part: <str>')).toBe('local_tool');
  });

  it('is that of the least trusted tool whose words are quoted', () => {
    expect(trustOf(finding('tool', ['compile', 'compile']))).toBe('local_tool');
    expect(trustOf(finding('tool', ['compile', 'web_fetch']))).toBe('outside_tool');
  });

  it('is the person for what people said, the agent where the claim is made of counts and names', () => {
    expect(trustOf(finding('person', []))).toBe('person');
    expect(trustOf(finding('nobody', ['web_fetch']))).toBe('agent');
  });
});

describe('bringsOutsideText', () => {
  const brings = (tool: string, input: unknown = {}, mcp = false) =>
    bringsOutsideText({ tool, input, ...(mcp && { mcp: true as const }) });

  it.each(['WebSearch', 'web_fetch', 'browser_click', 'mcp__tracker__get', 'fetchUrl', 'http_get', 'search'])(
    'sees %s as a way in',
    (tool) => {
      expect(brings(tool)).toBe(true);
    },
  );

  it.each(['read', 'search_direct_trip', 'codebase_search', 'webhookless', 'compile'])('sees %s as local', (tool) => {
    expect(brings(tool)).toBe(false);
  });

  it('sees a call to an MCP server and a command that downloads', () => {
    expect(brings('get', {}, true)).toBe(true);
    expect(brings('shell', { line: 'curl -s https://example.org/x' })).toBe(true);
    expect(brings('shell', { line: 'echo curl' })).toBe(false);
    expect(actionsOf({ call: 'get', mcp: true, error: 'x' })[0]?.mcp).toBe(true);
  });
});
