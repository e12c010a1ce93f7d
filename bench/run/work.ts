// One measurement of `agent run` in a process of its own: time a turn, many sessions at once, or the bare SDK; prints its result as JSON.
import { bareRequest, openBench } from './sessions.ts';

const [what = '', url = '', count = '1'] = process.argv.slice(2);
const TURNS = 40;
const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

if (what === 'turns') await turns(Number(count));
else if (what === 'many') await many(Number(count));
else if (what === 'bare') await bare(Number(count));
else throw new Error(`no such measurement: ${what}`);

/** Each turn from one request to the next, less what the same request takes through the SDK alone, right afterwards. */
async function turns(sessions: number): Promise<void> {
  const bench = await openBench(url, true);
  const own: number[] = [];
  const whole: number[] = [];
  const asked: number[] = [];
  for (let i = 0; i <= sessions; i++) {
    bench.bodies.length = 0;
    const starts: number[] = [];
    const report = await bench.session(TURNS, ({ type }) => {
      if (type === 'span.model_request_start') starts.push(performance.now());
    });
    if (report.stop_reason !== 'end_turn' || starts.length !== TURNS + 1) throw new Error(`ended: ${report.why}`);
    const bodies = [...bench.bodies];
    for (let turn = 0; turn < TURNS; turn++) {
      const begun = performance.now();
      await bareRequest(bench.client, bodies[turn] ?? '');
      const request = performance.now() - begun;
      const total = (starts[turn + 1] ?? 0) - (starts[turn] ?? 0);
      if (i === 0) continue; // the first session warms everything up
      own.push(total - request);
      whole.push(total);
      asked.push(request);
    }
  }
  await bench.close();
  const p95 = [...own].sort((a, b) => a - b)[Math.floor(own.length * 0.95)];
  const last = median(own.filter((_, i) => i % TURNS >= TURNS - 10));
  say({ turns: own.length, own: median(own), p95, last, whole: median(whole), bare: median(asked) });
}

/** So many sessions at once, and what they need of time and memory. */
async function many(sessions: number): Promise<void> {
  const bench = await openBench(url);
  const begun = performance.now();
  const ended = await Promise.all(Array.from({ length: sessions }, () => bench.session(TURNS)));
  const ms = performance.now() - begun;
  const bad = ended.find(({ stop_reason }) => stop_reason !== 'end_turn');
  if (bad !== undefined) throw new Error(`a session ended otherwise: ${bad.why}`);
  const rss = process.resourceUsage().maxRSS * 1024;
  await bench.close();
  say({ sessions, requests: sessions * (TURNS + 1), ms, rss });
}

/** The requests of so many sessions, sent through the SDK alone. */
async function bare(sessions: number): Promise<void> {
  const bench = await openBench(url, true);
  await bench.session(TURNS);
  const bodies = [...bench.bodies];
  const begun = performance.now();
  const one = async () => {
    for (const body of bodies) await bareRequest(bench.client, body);
  };
  await Promise.all(Array.from({ length: sessions }, one));
  const ms = performance.now() - begun;
  await bench.close();
  say({ sessions, requests: sessions * bodies.length, ms });
}

function say(result: object): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
