// `agent init`: lays out .agentmem/ and says what to type next; never commits for the user.
import { join, resolve } from 'node:path';
import { Option } from 'commander';
import { openRepository } from '../git/repository.ts';
import { type InitReport, initMemory } from '../stages/init.ts';
import { switchSharing } from '../stages/share-sessions.ts';
import { layoutOf } from '../store/layout.ts';
import { readSettings } from '../store/settings.ts';
import type { SharingMode } from '../store/sharing.ts';
import { starterFiles, type Template, templates } from '../workspace.ts';
import type { Define } from './context.ts';

interface Flags {
  branch?: string;
  template?: Template;
  sessions?: SharingMode;
  json?: boolean;
}

export const define: Define = (command, bind) => {
  command
    .argument('[folder]', 'where .agentmem/ goes', '.')
    .option('--branch <name>', 'the memory branch: its tip is what is in force (default: found out)')
    .addOption(
      new Option('--sessions <mode>', 'how sessions are shared (see agent sessions share --help)').choices([
        'ignore',
        'commit',
        'branch',
      ]),
    )
    .addOption(
      new Option('--template <name>', 'a ready-made memory: lumara lands on the moon, without a key').choices(
        templates,
      ),
    )
    .option('--json', 'print what was made as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ agent init\n  $ agent init moon --template lumara\n  $ agent init docs/memory --branch main\n  $ agent init --sessions branch',
    )
    .action(
      bind(async ({ world, print, emit }, folder: string, flags: Flags) => {
        const report = await initMemory({
          folder: resolve(world.cwd, folder),
          files: starterFiles(flags.template),
          ...(flags.branch !== undefined && { branch: flags.branch }),
        });
        const mode = flags.sessions ?? modeKept(report);
        const { changed } = mode === undefined ? { changed: [] } : await share(report, mode);
        if (flags.json) print.json(report);
        else {
          if (report.repository === 'made') print.line(`made a git repository in ${print.outside(report.folder)}`);
          for (const path of report.made) print.line(`made ${path}`);
          for (const path of report.kept) print.line(`kept ${path} (it was there)`);
          for (const path of changed.filter((name) => !report.made.includes(name))) print.line(`changed ${path}`);
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

// A memory whose settings were there may say that sessions are shared, which the .gitignore just laid out does not know.
function modeKept({ folder, made }: InitReport): SharingMode | undefined {
  if (!made.includes('.agentmem/.gitignore') || made.includes('.agentmem/config.yaml')) return undefined;
  return readSettings(layoutOf(join(folder, '.agentmem')).config).sessions;
}

async function share({ folder }: InitReport, mode: SharingMode): Promise<{ changed: string[] }> {
  const repo = await openRepository(folder);
  return repo === null ? { changed: [] } : switchSharing({ layout: layoutOf(join(folder, '.agentmem')), repo, mode });
}
