import { describe, expect, it } from 'vitest';
import { type Abilities, capabilities } from '../../src/model/capabilities.ts';
import type { Fault } from '../../src/model/fault.ts';

const all: Abilities = { thinking: 'adaptive', effort: true, caching: true, toolChoice: true };
const none: Abilities = { thinking: 'none', effort: false, caching: false, toolChoice: false };
const refused = (message: string, status = 400): Fault => ({ kind: 'http', status, message });

function learnt(message: string, sent = all): Partial<Abilities> | undefined {
  const known = capabilities();
  if (!known.learn('m', refused(message), sent)) return undefined;
  const after = Object.entries(known.of('m'));
  return Object.fromEntries(after.filter(([name, value]) => value !== Reflect.get(all, name)));
}

describe('what a server lacks', () => {
  it('is nothing until it has refused something', () => {
    expect(capabilities().of('m')).toEqual(all);
  });

  it.each<[string, Partial<Abilities>]>([
    ['adaptive thinking is not supported on this model', { thinking: 'budget' }],
    ["thinking.type: Input should be 'enabled' or 'disabled'; 'adaptive' is not valid", { thinking: 'budget' }],
    [
      "thinking: Input tag 'adaptive' found using 'type' does not match any of the expected tags",
      { thinking: 'budget' },
    ],
    ['thinking: Extra inputs are not permitted', { thinking: 'none' }],
    [
      '[{"type":"extra_forbidden","loc":["body","thinking"],"msg":"Extra inputs are not permitted"}]',
      { thinking: 'none' },
    ],
    ['"made-up" does not support thinking', { thinking: 'budget' }],
    ['output_config: Extra inputs are not permitted', { effort: false }],
    ['This model does not support the effort parameter', { effort: false }],
    ['system.0.cache_control: Extra inputs are not permitted', { caching: false }],
    ['messages.4.content.0.cache_control: unknown field', { caching: false }],
    ['tool_choice is not supported by this server', { toolChoice: false }],
    ['unknown field in request', { thinking: 'none', effort: false, caching: false }],
  ])('is learnt from “%s”', (message, expected) => {
    expect(learnt(message)).toEqual(expected);
  });

  it.each([
    'messages.1.content.0: Invalid `signature` in `thinking` block',
    'Expected `thinking` or `redacted_thinking` blocks, but found `tool_use`',
    'prompt is too long: 9 tokens > 8 maximum',
    'messages.3: unexpected `tool_use_id` found in `tool_result` blocks',
    'tools.0.input_schema: unknown field',
    'max_tokens: invalid',
  ])('is not learnt from “%s”', (message) => {
    expect(learnt(message)).toBeUndefined();
  });

  it('is not learnt where the request made no use of it, nor from other statuses', () => {
    for (const words of [
      'thinking: not supported',
      'cache_control: not supported',
      'effort: not supported',
      'tool_choice: not supported',
    ])
      expect(learnt(words, none)).toBeUndefined();
    const known = capabilities();
    expect(known.learn('m', refused('thinking: not supported', 500), all)).toBe(false);
    expect(known.learn('m', { kind: 'event', message: 'thinking: not supported' }, all)).toBe(false);
  });

  it('does not take from thinking when another field is refused of a request that did not think', () => {
    expect(learnt('effort: not supported', { ...all, thinking: 'none' })).toEqual({ effort: false });
  });

  it('is remembered model by model, and ends after a few steps whatever the server refuses', () => {
    const known = capabilities();
    let steps = 0;
    const words = ['thinking', 'cache_control', 'output_config', 'tool_choice'];
    for (let i = 0; i < 40; i++) if (known.learn('m', refused(`${words[i % 4]} not supported`), known.of('m'))) steps++;
    expect(steps).toBe(5);
    expect(known.of('m')).toEqual(none);
    expect(known.of('n')).toEqual(all);
  });

  it('does not forget when an older request is refused later', () => {
    const known = capabilities();
    known.learn('m', refused('thinking: Extra inputs are not permitted'), all);
    known.learn('m', refused('adaptive thinking is not supported'), all);
    expect(known.of('m').thinking).toBe('none');
  });
});
