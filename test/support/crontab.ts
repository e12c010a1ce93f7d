// A crontab program for tests: keeps the crontab in a file, and can be told to fail as the real ones do.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface FakeCrontab {
  /** The folder for PATH. */
  bin: string;
  /** The crontab's bytes, one character each; null where there is none. */
  read: () => string | null;
  write: (text: string) => void;
  /** Makes `crontab -l` fail with these words from now on. */
  breakWith: (message: string) => void;
}

/** Writes an executable `crontab` below `folder`. Like Debian's it refuses a crontab without a line break at its end. */
export function fakeCrontab(folder: string): FakeCrontab {
  const bin = join(folder, 'fake-bin');
  const tab = join(folder, 'crontab.txt');
  const broken = join(folder, 'crontab.broken');
  mkdirSync(bin, { recursive: true });
  const script = `#!/bin/sh
case "$1" in
  -l) if [ -e '${broken}' ]; then cat '${broken}' >&2; exit 1; fi
      if [ -e '${tab}' ]; then cat '${tab}'; else echo 'no crontab for mira' >&2; exit 1; fi ;;
  -r) rm '${tab}' ;;
  -) cat > '${tab}.new'
     if [ -s '${tab}.new' ] && [ -n "$(tail -c 1 '${tab}.new')" ]; then
       rm '${tab}.new'; echo 'new crontab file is missing newline before EOF' >&2; exit 1
     fi
     mv '${tab}.new' '${tab}' ;;
  *) exit 2 ;;
esac
`;
  writeFileSync(join(bin, 'crontab'), script);
  chmodSync(join(bin, 'crontab'), 0o755);
  return {
    bin,
    read: () => (existsSync(tab) ? readFileSync(tab, 'latin1') : null),
    write: (text) => writeFileSync(tab, text, 'latin1'),
    breakWith: (message) => writeFileSync(broken, `${message}\n`),
  };
}
