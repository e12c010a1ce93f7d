// `agent init`: lays out .agentmem/ and says what to type next; never commits for the user.
import { resolve } from 'node:path';
import { initMemory } from '../stages/init.ts';
import { starterFiles } from '../workspace.ts';
import type { Define } from './context.ts';

interface Flags {
  branch?: string;
  json?: boolean;
}

export const define: Define = (command, bind) => {
  command
    .argument('[folder]', 'where .agentmem/ goes', '.')
    .option('--branch <name>', 'the memory branch: its tip is what is in force (default: found out)')
    .option('--json', 'print what was made as JSON')
    .addHelpText('after', '\nExamples:\n  $ agent init\n  $ agent init docs/memory --branch main')
    .action(
      bind(async ({ world, print, emit }, folder: string, flags: Flags) => {
        const report = await initMemory({
          folder: resolve(world.cwd, folder),
          files: starterFiles(),
          ...(flags.branch !== undefined && { branch: flags.branch }),
        });
        if (flags.json) print.json(report);
        else {
          if (report.repository === 'made') print.line(`made a git repository in ${print.outside(report.folder)}`);
          for (const path of report.made) print.line(`made ${path}`);
          for (const path of report.kept) print.line(`kept ${path} (it was there)`);
          print.line(`memory branch: ${print.outside(report.memory_branch)}`);
        }
        if (report.ignored) {
          emit({
            type: 'warning',
            stage: 'init',
            text: 'this repository ignores .agentmem/, so nothing learned could be committed; take it out of .gitignore',
          });
        }
        print.next('next: git add .agentmem && git commit -m "Lay out agent memory"   then: agent import');
        return 0;
      }),
    );
};
