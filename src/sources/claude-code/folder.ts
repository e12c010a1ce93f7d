// Where Claude Code keeps the transcripts of a project; computes a path and touches no file.
import { join } from 'node:path';

/** The folder with the sessions that were started in `cwd`: every character of it that is not a letter or digit is a `-`. */
export function projectFolder(claudeDir: string, cwd: string): string {
  return join(projectsFolder(claudeDir), cwd.replace(/[^a-zA-Z0-9]/g, '-'));
}

/** The folder that holds the folders of all projects. `claudeDir` is `~/.claude` unless CLAUDE_CONFIG_DIR says otherwise. */
export function projectsFolder(claudeDir: string): string {
  return join(claudeDir, 'projects');
}
