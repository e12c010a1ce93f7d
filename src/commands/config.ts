// `agent config`: every setting in force and where its value came from; changes nothing.

import { findLayout } from '../store/find-memory.ts';
import { settingsWithOrigin } from '../store/settings.ts';
import type { Define } from './context.ts';

export const define: Define = (command, bind) => {
  command
    .option('--json', 'print values and origins as JSON')
    .addHelpText('after', '\nExamples:\n  $ agent config\n  $ agent config --json')
    .action(
      bind(async ({ world, dir, print }, flags: { json?: boolean }) => {
        const layout = findLayout(world, dir);
        const settings = settingsWithOrigin(layout.config);
        if (flags.json) print.json(settings);
        else {
          print.table(
            ['setting', 'value', 'from'],
            settings.map(({ key, value, origin }) => [key, JSON.stringify(value), origin]),
          );
          print.next(`next: edit ${layout.config}`);
        }
        return 0;
      }),
    );
};
