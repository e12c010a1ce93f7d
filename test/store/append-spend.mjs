// Appends a line to a file again and again, as another process of ours would: argv is file, line, times.
import { closeSync, openSync, writeSync } from 'node:fs';

const [file, line, times] = process.argv.slice(2);
for (let i = 0; i < Number(times); i++) {
  const fd = openSync(file, 'a');
  writeSync(fd, line);
  closeSync(fd);
}
