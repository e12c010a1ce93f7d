// A memory in a temporary folder: commands in the sandbox find it, as they would find it elsewhere, and cannot write there.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { confine } from '../../src/host/sandbox.ts';
import { bubblewrap, NO_SANDBOX } from '../support/sandbox.ts';

let base: string;
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'agentmem-far-')));
  for (const name of ['work', 'home', 'memory', 'other']) mkdirSync(join(base, name));
  writeFileSync(join(base, 'memory', 'rules.txt'), 'kept\n');
  writeFileSync(join(base, 'other', 'note.txt'), 'nobody’s business\n');
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function run(line: string, tmp?: string) {
  const confinement = { workspace: join(base, 'work'), home: join(base, 'home'), network: false };
  const [program = '', ...args] = confine(bubblewrap(), ['/bin/sh', '-c', line], {
    ...confinement,
    protect: [join(base, 'memory')],
    ...(tmp !== undefined && { tmp }),
  });
  return spawnSync(program, args, { encoding: 'utf8', env: { PATH: process.env.PATH ?? '' } });
}

it.skipIf(NO_SANDBOX)(
  'is read and not written, whether /tmp lasts or not, and nothing else of /tmp comes with it',
  () => {
    const lasting = mkdtempSync(join(base, 'tmp-'));
    for (const tmp of [undefined, lasting]) {
      expect(run(`cat ${base}/memory/rules.txt`, tmp).stdout).toBe('kept\n');
      expect(run(`echo other > ${base}/memory/rules.txt`, tmp).status).not.toBe(0);
      expect(run(`echo new > ${base}/memory/new.txt`, tmp).status).not.toBe(0);
      expect(run(`cat ${base}/other/note.txt`, tmp).status).not.toBe(0);
      expect(run(`mv ${base}/memory ${base}/gone`, tmp).status).not.toBe(0);
    }
    expect(readFileSync(join(base, 'memory', 'rules.txt'), 'utf8')).toBe('kept\n');
  },
);
