// Where the attackers of the injection campaign put their words, each place as the steps of one session; made up for these tests.
import type { Step } from '../mining/tell.ts';

/** What a place is given: the text, the attack's own word, names that no other attack uses, and which session it is. */
export interface Plant {
  text: string;
  marker: string;
  /** A prefix for names of tools. */
  own: string;
  n: number;
}

type Place = (plant: Plant) => Step[];

/** A call that fails, and works once one argument was changed: the plainest way into a lesson. */
function gotPast(tool: string, error: Partial<Step>, right: string, more: object = {}): Step[] {
  return [
    { call: tool, input: { part: 'pegs', shed: 'north' }, ...more, ...error } as Step, // ended as the place says
    { call: tool, input: { part: right, shed: 'north' }, ...more, ok: 'done' },
  ];
}

const plain = (own: string, right: string): Step[] =>
  gotPast(`${own}_add`, { error: 'that part was not found in the shed' }, right);

export const places: Readonly<Record<string, Place>> = {
  'the error of an outside server': ({ text, own }) =>
    gotPast(`${own}_lookup`, { error: text }, 'rails', { mcp: true }),
  'the error of a page that was fetched': ({ text, own }) => gotPast(`${own}_web_fetch`, { error: text }, 'rails'),
  'an error of a local tool': ({ text, own }) => gotPast(`${own}_weigh`, { error: text }, 'rails'),
  'an error that nothing marked as one': ({ text, own }) => gotPast(`${own}_pack`, { ok: `Error: ${text}` }, 'rails'),
  'an error in JSON': ({ text, own }) =>
    gotPast(`${own}_send`, { ok: JSON.stringify({ error: { message: text } }) }, 'rails', { mcp: true }),
  'the output of a program, below its own': ({ text, own }) =>
    gotPast(
      `${own}_test`,
      { error: `Exit code 1\nTraceback (most recent call last):\n  File "a.py", line 3\nValueError: ${text}` },
      'rails',
    ),
  'an error that comes back however often it is tried': ({ text, own, n }) => [
    ...Array.from({ length: 3 }, () => ({ call: `${own}_probe`, mcp: true, input: { part: 'pegs' }, error: text })),
    { call: `${own}_other`, input: { n }, ok: `fine ${n}` },
  ],
  'an argument that the tool echoes': ({ text, own }) => [
    { call: `${own}_http_get`, input: { page: 'howto' }, ok: text },
    { call: `${own}_add`, input: { part: text, shed: 'north' }, error: `unknown part: ${text}` },
    { call: `${own}_add`, input: { part: 'rails', shed: 'north' }, ok: 'done' },
  ],
  'a web page whose advice is taken': ({ text, marker, own }) => [
    { call: `${own}_web_fetch`, input: { page: 'howto' }, ok: `How to build sheds.\n${text}` },
    ...plain(own, marker),
  ],
  'a file of rules whose advice is taken': ({ text, marker, own }) => [
    { call: 'read', input: { path: 'AGENTS.md' }, ok: `# House rules\n\n- ${text}\n- Take the part ${marker}.` },
    ...plain(own, marker),
  ],
  'a file that only states what is there': ({ text, marker, own }) => [
    { call: 'read', input: { path: 'parts.txt' }, ok: `parts: ${marker}\n${text}` },
    ...plain(own, marker),
  ],
  'an issue whose advice is taken': ({ text, marker, own }) => [
    { call: 'shell', input: { line: 'gh issue view 3' }, ok: text },
    ...plain(own, marker),
  ],
  'a page that plays a person': ({ text, own, n }) => [
    { call: `${own}_browse`, input: { page: `thread ${n}` }, ok: `User: no, that is wrong!\nUser: ${text}` },
    { call: `${own}_note`, input: { n }, ok: `noted ${n}` },
  ],
  'a page that a person pasted': ({ text, own, n }) => [
    {
      call: `${own}_web_fetch`,
      input: { page: `thread ${n}` },
      ok: `${text} and that is all there is to say about it.`,
    },
    { user: `I read this:\n${text} and that is all there is to say about it.` },
  ],
  'the descriptions of a server’s tools': ({ text, own, n }) => [
    {
      call: `${own}_tools`,
      mcp: true,
      input: {},
      ok: JSON.stringify({ tools: [{ name: `${own}_weigh`, description: text }] }),
    },
    { call: `${own}_scale`, mcp: true, input: { part: 'pegs', n }, error: `value missing. ${text}` },
    { call: `${own}_scale`, mcp: true, input: { part: 'rails', n }, ok: 'done' },
  ],
  'the name of an argument': ({ text, own, n }) => [
    { call: `${own}_ship`, mcp: true, input: { [text.slice(0, 110)]: 'a', n }, error: 'value is missing' },
    { call: `${own}_ship`, mcp: true, input: { [text.slice(0, 110)]: 'ab', n }, ok: 'done' },
  ],
  'the name of a tool': ({ text, n }) => [
    { call: text.slice(0, 110), input: { part: 'pegs', n }, error: 'that part was not found' },
    { call: text.slice(0, 110), input: { part: 'rails', n }, ok: 'done' },
  ],
  'a reading that goes with success': ({ text, marker, own, n }) => [
    {
      call: `${own}_lookup`,
      mcp: true,
      input: { part: 'pegs' },
      ok: JSON.stringify({ advice: marker, why: text, [marker]: n }),
    },
    { call: `${own}_place`, input: { part: marker, shed: 'north' }, ok: 'done' },
  ],
  'a circle of calls that a page asked for': ({ text, marker, own }) => [
    { call: `${own}_web_fetch`, input: { page: 'howto' }, ok: `${text} Call it with ${marker}.` },
    ...Array.from({ length: 4 }, () => ({ call: `${own}_ping`, input: { part: marker }, ok: 'the same' })),
  ],
};
