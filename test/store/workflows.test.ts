// Workflow files and the logs of their runs: what is found by which name, and what a torn or foreign line does.
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { sha256 } from '../../src/base/hash.ts';
import type { WorkflowLine } from '../../src/domain/workflow.ts';
import { type Layout, layoutOf } from '../../src/store/layout.ts';
import { openWorkflowLog, readWorkflowLog, sessionsOfRun, workflowRuns } from '../../src/store/workflow-runs.ts';
import { findWorkflow, readWorkflow, workflowNames } from '../../src/store/workflows.ts';

let dir = '';
let layout: Layout;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentmem-workflows-'));
  layout = layoutOf(join(dir, '.agentmem'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(path: string, text: string): string {
  const full = join(dir, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  return full;
}

function problem(work: () => unknown) {
  try {
    work();
  } catch (error) {
    if (error instanceof UserError) return error.problem;
    throw error;
  }
  throw new Error('nothing was refused');
}

const TOUR = 'workflow: tour\nsteps:\n  - { id: plan, prompt: Go. }\n';

describe('a workflow file', () => {
  it('is found by its name, or by a path with a slash or an ending', () => {
    const path = write('.agentmem/workflows/tour.yaml', TOUR);
    write('plans/x.yaml', TOUR);
    expect(findWorkflow(layout, 'tour')).toEqual({ text: TOUR, path, from: 'workflows/tour.yaml', name: 'tour' });
    expect(findWorkflow(layout, './plans/x.yaml')).toMatchObject({ text: TOUR, from: './plans/x.yaml' });
    expect(findWorkflow(layout, 'x.yaml', join(dir, 'plans')).text).toBe(TOUR);
    expect(findWorkflow(layout, '.agentmem/workflows/tour.yaml').name).toBe('tour');
    expect(workflowNames(layout)).toEqual(['tour']);
  });

  it('is read with its hash, defaults and the lines of its keys', () => {
    const path = write('.agentmem/workflows/tour.yaml', TOUR);
    const read = readWorkflow(findWorkflow(layout, 'tour'));
    expect(read).toMatchObject({
      sha256: sha256(TOUR),
      faults: [],
      workflow: { steps: [{ agent: 'default', needs: [] }] },
    });
    expect(read.lineOf(['steps', 0, 'prompt'])).toBe(3);
    writeFileSync(path, TOUR.replace('tour', 'other'));
    expect(readWorkflow(findWorkflow(layout, 'tour')).faults).toEqual([
      { line: 1, text: 'workflow: it says other, and the file is called tour.yaml' },
    ]);
  });

  it('that is not there, a link, a folder or no name at all is refused', () => {
    write('.agentmem/workflows/tour.yaml', TOUR);
    expect(problem(() => findWorkflow(layout, 'tuor'))).toMatchObject({ hint: 'did you mean tour?' });
    expect(problem(() => findWorkflow(layout, 'A tour')).what).toContain('no name of a workflow');
    expect(problem(() => findWorkflow(layout, './none.yaml')).what).toContain('no such workflow');
    symlinkSync(write('elsewhere.yaml', TOUR), join(layout.workflows, 'link.yaml'));
    expect(problem(() => findWorkflow(layout, 'link')).what).toContain('a plain file');
    mkdirSync(join(layout.workflows, 'folder.yaml'));
    expect(problem(() => findWorkflow(layout, 'folder')).what).toContain('a plain file');
  });
});

const at = '2026-11-21T08:00:00.000Z';
const HEAD: WorkflowLine = {
  ...{ type: 'run', version: 1, at, run: 'r1', workflow: 'tour', file: 'tour', sha256: 'a', inputs: {}, folder: '/x' },
};
const begun: WorkflowLine = { type: 'begun', at, step: 'plan' };

describe('the log of a run', () => {
  it('keeps its lines in order, and one that a crash cut off takes no other with it', () => {
    const log = openWorkflowLog(layout, 'r1', at);
    log.append(HEAD);
    log.append(begun);
    log.close();
    const path = join(layout.state, 'workflows', 'r1.jsonl');
    appendFileSync(path, '{"type":"ended","step":"pl');
    const next = openWorkflowLog(layout, 'r1', at);
    next.append({ type: 'resumed', at, sha256: 'a' });
    next.close();
    appendFileSync(path, 'not ours\n');
    const { lines, bad } = readWorkflowLog(layout, 'r1');
    expect(lines.map(({ type }) => type)).toEqual(['run', 'begun', 'resumed']);
    expect(bad).toEqual([3, 5]);
    expect(readFileSync(path, 'utf8')).toContain('"pl\n{"type":"resumed"');
    expect(workflowRuns(layout)).toEqual(['r1']);
  });

  it('belongs to one process at a time', () => {
    const log = openWorkflowLog(layout, 'r1', at);
    expect(problem(() => openWorkflowLog(layout, 'r1', at)).what).toContain('workflow run r1 is already running');
    log.close();
    openWorkflowLog(layout, 'r1', at).close();
  });

  it('of a name that leads elsewhere, or that is not there, is refused', () => {
    expect(problem(() => readWorkflowLog(layout, '../../etc/passwd')).what).toContain('no id of a workflow run');
    expect(problem(() => openWorkflowLog(layout, '.hidden', at)).what).toContain('no id of a workflow run');
    expect(problem(() => readWorkflowLog(layout, 'r2')).what).toBe('there is no workflow run r2');
  });
});

describe('the sessions of a run', () => {
  it('are those that say so in their headers, oldest first; older and unreadable ones are left out', () => {
    const header = (session: string, run: string) =>
      `${JSON.stringify({ id: 'evt_1', at, type: 'session.created', version: 1, session, source: { tool: 'agentmem' }, workflow: { workflow: 'tour', run, step: 'plan' } })}\n`;
    const put = (session: string, text: string) => write(`.agentmem/sessions/2026/11/${session}.jsonl`, text);
    put('20261121-090000-bbbb', header('20261121-090000-bbbb', 'r1'));
    put('20261121-080000-aaaa', header('20261121-080000-aaaa', 'r1'));
    put('20261121-080001-cccc', header('20261121-080001-cccc', 'r2'));
    put('20261119-080000-dddd', header('20261119-080000-dddd', 'r1'));
    put('20261121-080002-eeee', '{"id":"evt_1","type":"sess');
    put('claude-code-ffff', header('claude-code-ffff', 'r1'));
    expect(sessionsOfRun(layout, 'r1', at).map(({ header: { session } }) => session)).toEqual([
      '20261121-080000-aaaa',
      '20261121-090000-bbbb',
    ]);
  });
});
