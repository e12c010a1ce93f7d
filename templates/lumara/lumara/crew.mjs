// Stand-ins for the three agents, as a scripted model: they work by habit and heed the rules in their prompt; they know nothing of the ground, and are no model.
import { nextCall, rulesIn } from './habits.mjs';

/** The next turn of whoever has the tools of this request. */
export function answer(body) {
  const tools = (body.raw.tools ?? []).map((tool) => tool.name);
  const { calls, told } = conversationOf(body.messages);
  if (tools.includes('delegate')) return command(body, calls);
  const seed = body.seed ?? told;
  const made = calls.filter((call) => call.name.startsWith('sim__'));
  const broken = made.find((call) => call.failed);
  if (broken !== undefined) return { text: `This did not work: ${broken.result}` };
  const seen = {
    ...readingsIn(told),
    ...Object.fromEntries(made.map((call) => [plain(call.name), valueOf(call.result)])),
  };
  const next = nextCall(
    tools.map(plain),
    seed,
    rulesIn(body.system),
    made.map((call) => plain(call.name)),
    seen,
  );
  if (next !== undefined) return { tools: [{ name: `sim__${next.tool}`, input: next.input }] };
  return {
    text:
      seen.descend === undefined
        ? `We take pad ${seen.choose?.pad}. ${readingsOf(seen.choose)}`
        : 'We are on the ground.',
  };
}

// The commander has the ground looked at, hands the navigator what was seen, and says what came of it.
function command({ messages }, calls) {
  const [found, flown] = calls.filter((call) => call.name === 'delegate');
  const [task] = textsOf(messages[0]?.content);
  if (found === undefined) return delegated('detector', `Find ground for this mission and choose a pad: ${task}`);
  const readings = READINGS.exec(found.result)?.[0];
  if (readings === undefined) return { text: 'There is no pad to land on, so we did not go down.' };
  if (flown === undefined)
    return delegated('navigator', `The pad is chosen. ${readings} Warm up, fly the descent and report.`);
  return {
    text: `The mission is over. ${flown.result.includes('on the ground') ? 'The craft is on the ground.' : 'The craft did not come down.'}`,
  };
}

function delegated(member, message) {
  return { tools: [{ name: 'delegate', input: { tasks: [{ member, message }] } }] };
}

// What is handed from one to the other stands in plain words, which survive any quoting.
const READINGS = /Readings: [^\n]{1,300}? \./;

function readingsOf(shown = {}) {
  return `Readings: ${Object.entries(shown)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')} .`;
}

function readingsIn(text) {
  const [line] = READINGS.exec(text) ?? [];
  if (line === undefined) return {};
  const pairs = [...line.matchAll(/(\w+)=([\w.-]+)/g)].map(([, name, value]) => [
    name,
    Number.isNaN(Number(value)) ? value : Number(value),
  ]);
  return { choose: Object.fromEntries(pairs) };
}

function plain(tool) {
  return tool.replace(/^sim__/, '');
}

/** Every call with what came of it, and what was said before the first. */
function conversationOf(messages) {
  const blocks = messages.flatMap(({ content }) =>
    typeof content === 'string' ? [{ type: 'text', text: content }] : content,
  );
  const results = new Map(
    blocks.flatMap((block) => (block.type === 'tool_result' ? [[block.tool_use_id, block]] : [])),
  );
  const calls = blocks.flatMap((block) => {
    const result = block.type === 'tool_use' ? results.get(block.id) : undefined;
    return result === undefined
      ? []
      : [{ name: block.name, result: textOf(result.content), failed: result.is_error === true }];
  });
  return { calls, told: textOf(messages[0]?.content) };
}

function textOf(content) {
  return textsOf(content).join('\n');
}

function textsOf(content) {
  if (typeof content === 'string') return [content];
  return (content ?? []).flatMap((block) => (block.type === 'text' ? [block.text] : []));
}

function valueOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // words, and no readings
  }
}
