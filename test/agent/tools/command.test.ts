// Tools that are commands of the configuration: one process a call, or one for the session.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandTools } from '../../../src/agent/tools/command.ts';
import type { Tool } from '../../../src/agent/tools/tool.ts';
import { commandToolSchema } from '../../../src/domain/run-settings.ts';
import { isGone } from '../../support/processes.ts';
import { NO_SANDBOX, sandbox } from '../../support/sandbox.ts';
import { call, type Ground, makeGround, textOf } from './ground.ts';

let ground: Ground;
const open: Tool[] = [];
beforeEach(() => {
  ground = makeGround();
});
afterEach(async () => {
  for (const tool of open.splice(0)) await tool.close?.();
  ground.remove();
});

const NODE = `'${process.execPath}'`;
function make(command: string, more: object = {}, allowed = true): Tool {
  const settings = commandToolSchema.parse({ name: 'sim', description: 'A simulator.', command, ...more });
  const [tool] = commandTools([settings], ground, () => allowed);
  if (tool === undefined) throw new Error('no tool was made');
  open.push(tool);
  return tool;
}
/** A program in the workspace that answers lines; `body` sees `line` and `n`, the number of the call in this process. */
function server(body: string): string {
  writeFileSync(
    join(ground.workspace, 'serve.mjs'),
    `import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
appendFileSync('starts', process.pid + '\\n');
let n = 0;
const reply = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
for await (const line of createInterface({ input: process.stdin })) { n++; appendFileSync('calls', line + '\\n'); ${body} }`,
  );
  return `${NODE} serve.mjs`;
}
const lines = (name: string) => readFileSync(join(ground.workspace, name), 'utf8').trim().split('\n');

describe('a command tool', () => {
  it('reads its arguments as JSON and answers JSON or text', async () => {
    expect(await call(make('cat'), { site: 'x', n: [1] })).toEqual({
      content: [{ type: 'json', value: { site: 'x', n: [1] } }],
    });
    expect(textOf(await call(make('read line; echo "got $line"'), { a: 1 }))).toBe('got {"a":1}\n');
    expect(textOf(await call(make('printf \'"just text"\''), {}))).toBe('just text');
    expect(textOf(await call(make('true'), {}))).toBe('[no output]');
  });

  it('is told to the model as the configuration describes it', () => {
    const tool = make('cat', { schema: { properties: { site: { type: 'string' } } }, read_only: true });
    expect(tool.definition).toEqual({
      ...{ name: 'sim', description: 'A simulator.' },
      input_schema: { properties: { site: { type: 'string' } }, type: 'object' },
    });
    expect(tool.readOnly).toBe(true);
    expect(tool.subject({ site: 'x' })).toEqual({ kind: 'text', value: '{"site":"x"}' });
  });

  it('that fails tells the end of what it said', async () => {
    const outcome = await call(make('echo not this; seq 1 5000 >&2; echo the reason >&2; exit 5'), {});
    expect(outcome.isError).toBe(true);
    expect(textOf(outcome)).toMatch(/the reason\n\[exit code 5\]$/);
    expect(textOf(outcome).length).toBeLessThan(4200);
    expect(textOf(await call(make('echo only stdout; exit 1'), {}))).toBe('only stdout\n[exit code 1]');
    expect(await call(make(`echo '{"error":"no such site"}'`), {})).toEqual({
      ...{ content: [{ type: 'text', text: 'no such site' }], isError: true },
    });
  });

  it('does not run before it is trusted', async () => {
    for (const serve of [false, true]) {
      const outcome = await call(make('touch ran', { serve }, false), {});
      expect(outcome.isError).toBe(true);
      expect(textOf(outcome)).toContain('agent trust');
    }
    expect(existsSync(join(ground.workspace, 'ran'))).toBe(false);
  });

  it('does not run with arguments that do not fit', async () => {
    const tool = make('touch ran', { schema: { type: 'object', required: ['site'] } });
    expect(textOf(await call(tool, { sites: 1 }))).toContain('site is missing');
    expect(existsSync(join(ground.workspace, 'ran'))).toBe(false);
  });

  it('ends at its time limit and when the turn is interrupted', async () => {
    expect(textOf(await call(make('sleep 60', { timeout_seconds: 0.2 }), {}))).toContain('stopped after 0.2 seconds');
    const controller = new AbortController();
    const running = call(make('touch up; sleep 60'), {}, { signal: controller.signal });
    await expect.poll(() => existsSync(join(ground.workspace, 'up')), { timeout: 10_000 }).toBe(true);
    controller.abort();
    expect(textOf(await running)).toContain('interrupted');
  });

  it('that does not read its arguments, or answers too much, too deep or with escapes, does no harm', async () => {
    expect(textOf(await call(make('exec echo done'), { big: 'x'.repeat(1_000_000) }))).toBe('done\n');
    expect(textOf(await call(make('head -c 11000000 /dev/zero'), {}))).toContain('more than 10 MB');
    expect(textOf(await call(make(`${NODE} -e "console.log('['.repeat(1e5) + ']'.repeat(1e5))"`), {}))).toContain(
      'levels',
    );
    expect(textOf(await call(make('seq 1 100000'), {})).length).toBeLessThan(30_100);
    expect((await call(make(`printf '{"a":"\\\\u001b[31mred"}'`), {})).content).toEqual([
      { type: 'json', value: { a: 'red' } },
    ]);
  });

  it.skipIf(NO_SANDBOX)('is confined as bash is', async () => {
    ground.remove();
    ground = makeGround(sandbox, 'required');
    expect((await call(make('touch /etc/agentmem-was-here'), {})).isError).toBe(true);
    const serving = make(
      server(`try { appendFileSync('/etc/agentmem-was-here', 'x'); reply('out'); } catch (e) { reply(e.code); }`),
      { serve: true },
    );
    expect(textOf(await call(serving, {}))).toBe('EROFS');
  });
});

describe('a serving tool', () => {
  it('is one process for the session, answers in order, and ends with the session', async () => {
    const tool = make(
      server('await new Promise((r) => setTimeout(r, n === 1 ? 200 : 0)); reply({ n, was: JSON.parse(line).i });'),
      {
        serve: true,
      },
    );
    const answers = await Promise.all([1, 2, 3].map((i) => call(tool, { i })));
    expect(answers.map((a) => a.content)).toEqual([1, 2, 3].map((i) => [{ type: 'json', value: { n: i, was: i } }]));
    const starts = lines('starts').map(Number);
    expect(starts).toHaveLength(1);
    await tool.close?.();
    expect(starts.filter((pid) => !isGone(pid))).toEqual([]);
  });

  it('that crashes fails that call without repeating it, and is started anew for the next', async () => {
    const tool = make(
      server(`if (JSON.parse(line).crash) { console.error('out of clay'); process.exit(9); } reply({ n });`),
      {
        serve: true,
      },
    );
    expect((await call(tool, { i: 1 })).content).toEqual([{ type: 'json', value: { n: 1 } }]);
    const crashed = await call(tool, { crash: true });
    expect(crashed.isError).toBe(true);
    expect(textOf(crashed)).toMatch(/^out of clay\n\[.*exit code 9.*not repeated\]$/);
    expect((await call(tool, { i: 2 })).content).toEqual([{ type: 'json', value: { n: 1 } }]);
    expect(lines('calls')).toEqual(['{"i":1}', '{"crash":true}', '{"i":2}']);
    expect(lines('starts')).toHaveLength(2);
  });

  it('that never answers is started twice and no more', async () => {
    const tool = make(server('process.exit(1);'), { serve: true });
    await call(tool, {});
    await call(tool, {});
    expect(textOf(await call(tool, {}))).toContain('not started again');
    expect(lines('starts')).toHaveLength(2);
  });

  it('may print lines that are no JSON, and lines that nobody asked for', async () => {
    const tool = make(
      server(
        `console.log('starting up …'); console.log(''); console.log('{broken'); reply({ n }); reply({ unasked: n });`,
      ),
      { serve: true },
    );
    expect((await call(tool, {})).content).toEqual([{ type: 'json', value: { n: 1 } }]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await call(tool, {})).content).toEqual([{ type: 'json', value: { n: 2 } }]);
  });

  it('that answers too late loses its process, so that its answer is taken for no other’s', async () => {
    const tool = make(
      server(
        `if (JSON.parse(line).slow) { process.on('SIGTERM', () => {}); setTimeout(() => reply({ late: true }), 700); } else reply({ n });`,
      ),
      { serve: true, timeout_seconds: 0.6 },
    );
    expect(textOf(await call(tool, { slow: true }))).toContain('stopped after 0.6 seconds');
    const next = make(server('reply({ n });'), { serve: true });
    expect((await call(next, {})).content).toEqual([{ type: 'json', value: { n: 1 } }]);
    // On a busy machine the late one may be stopped before it has written anything.
    for (const pid of lines('starts').slice(0, -1).map(Number))
      await expect.poll(() => isGone(pid), { timeout: 10_000 }).toBe(true);
  });

  it('that answers a huge line fails that call and answers the next', async () => {
    const tool = make(server(`reply(n === 1 ? 'x'.repeat(10_500_000) : { n });`), { serve: true, timeout_seconds: 30 });
    expect(textOf(await call(tool, {}))).toContain('more than 10 MB');
    expect((await call(tool, {})).content).toEqual([{ type: 'json', value: { n: 2 } }]);
  });

  it('is interrupted with the turn', async () => {
    const controller = new AbortController();
    const tool = make(server('await new Promise(() => setTimeout(() => {}, 1e6));'), { serve: true });
    const running = call(tool, {}, { signal: controller.signal });
    await expect.poll(() => existsSync(join(ground.workspace, 'calls')), { timeout: 10_000 }).toBe(true);
    controller.abort();
    expect(textOf(await running)).toContain('interrupted');
    expect(
      lines('starts')
        .map(Number)
        .filter((pid) => !isGone(pid)),
    ).toEqual([]);
  });

  it('tells failures of its own', async () => {
    const outcome = await call(make(server(`reply({ error: 'no such site' });`), { serve: true }), {});
    expect(outcome).toEqual({ content: [{ type: 'text', text: 'no such site' }], isError: true });
  });
});
