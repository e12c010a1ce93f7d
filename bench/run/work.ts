// One measurement of `agent run` in a process of its own: time a turn, many sessions at once, or the bare SDK; prints its result as JSON.
import { type Bench, bareRequest, openBench } from './sessions.ts';

const [what = '', url = '', count = '1'] = process.argv.slice(2);
const TURNS = 40;
const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

if (what === 'turns') await turns(Number(count));
else if (what === 'many') await many(Number(count));
else if (what === 'bare') await bare(Number(count));
else throw new Error(`no such measurement: ${what}`);

/**
 * Each turn from one request to the next, less what the same request takes through the SDK alone, right after the session. The
 * processor's time is compared over whole sessions: it tells what the wall clock cannot on a machine that is busy otherwise.
 */
async function turns(sessions: number): Promise<void> {
  const bench = await openBench(url, true);
  const own: number[] = [];
  const whole: number[] = [];
  const asked: number[] = [];
  const cpu: number[] = [];
  for (let i = 0; i <= sessions; i++) {
    const one = await oneSession(bench);
    if (i === 0) continue; // warms up
    cpu.push(one.cpu / TURNS);
    for (const [turn, total] of one.whole.entries()) {
      const request = one.asked[turn] ?? 0;
      own.push(total - request);
      whole.push(total);
      asked.push(request);
    }
  }
  await bench.close();
  const p95 = [...own].sort((a, b) => a - b)[Math.floor(own.length * 0.95)];
  const last = median(own.filter((_, i) => i % TURNS >= TURNS - 10));
  say({ turns: own.length, own: median(own), cpu: median(cpu), p95, last, whole: median(whole), bare: median(asked) });
}

async function oneSession(bench: Bench): Promise<{ whole: number[]; asked: number[]; cpu: number }> {
  bench.bodies.length = 0;
  const starts: number[] = [];
  const before = process.cpuUsage();
  const report = await bench.session(TURNS, ({ type }) => {
    if (type === 'span.model_request_start') starts.push(performance.now());
  });
  const sessionCpu = cpuMs(before);
  if (report.stop_reason !== 'end_turn' || starts.length !== TURNS + 1) throw new Error(`ended: ${report.why}`);
  const asked: number[] = [];
  const between = process.cpuUsage();
  for (const body of [...bench.bodies]) {
    const begun = performance.now();
    await bareRequest(bench.client, body);
    asked.push(performance.now() - begun);
  }
  const whole = starts.slice(1).map((start, turn) => start - (starts[turn] ?? 0));
  return { whole, asked, cpu: sessionCpu - cpuMs(between) };
}

/** So many sessions at once, and what they need of time and memory. */
async function many(sessions: number): Promise<void> {
  const bench = await openBench(url);
  await bench.session(TURNS); // warms up
  const begun = performance.now();
  const used = process.cpuUsage();
  const ended = await Promise.all(Array.from({ length: sessions }, () => bench.session(TURNS)));
  const ms = performance.now() - begun;
  const cpu = cpuMs(used);
  const bad = ended.find(({ stop_reason }) => stop_reason !== 'end_turn');
  if (bad !== undefined) throw new Error(`a session ended otherwise: ${bad.why}`);
  const rss = process.resourceUsage().maxRSS * 1024;
  await bench.close();
  say({ sessions, requests: sessions * (TURNS + 1), ms, cpu, rss });
}

/** The requests of so many sessions, sent through the SDK alone. */
async function bare(sessions: number): Promise<void> {
  const bench = await openBench(url, true);
  await bench.session(TURNS);
  const bodies = [...bench.bodies];
  const begun = performance.now();
  const used = process.cpuUsage();
  const one = async () => {
    for (const body of bodies) await bareRequest(bench.client, body);
  };
  await Promise.all(Array.from({ length: sessions }, one));
  const ms = performance.now() - begun;
  const cpu = cpuMs(used);
  await bench.close();
  say({ sessions, requests: sessions * bodies.length, ms, cpu });
}

function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

function say(result: object): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
