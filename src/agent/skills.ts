// The skills that a folder offers (.claude/skills/*/SKILL.md), by name and description; runs nothing of them and grants nothing.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode, UserError } from '../base/errors.ts';
import { clip, oneLine } from '../base/text.ts';
import { readFrontMatter } from '../store/frontmatter.ts';
import { type ContextGround, readContext } from './context-text.ts';

export interface Skill {
  name: string;
  description: string;
  /** Below the folder, with `/`. */
  path: string;
}

const MOST_SKILLS = 100;
const MOST_DESCRIPTION = 400; // characters

/**
 * Skills below `folder`, by name. As in Claude Code a skill without a name is called like its folder, and one with
 * `disable-model-invocation` is for people only. A file that cannot be read is left out and named in `notes`.
 */
export function skillsOf(folder: string, ground: ContextGround): { skills: Skill[]; notes: string[] } {
  const notes: string[] = [];
  const skills = namesIn(join(folder, '.claude', 'skills')).flatMap((name): Skill[] => {
    const path = `.claude/skills/${name}/SKILL.md`;
    const read = readContext(join(folder, path), ground);
    if (read.kind === 'refused') notes.push(`${path} is left out: ${read.why}`);
    if (read.kind !== 'text') return [];
    const front = frontOf(read.text, path, notes);
    if (front === undefined || front['disable-model-invocation'] === true) return [];
    const [called, description] = [front.name, front.description].map((value) =>
      typeof value === 'string' ? oneLine(value) : '',
    );
    return [{ name: clip(called || name, 64), description: clip(description ?? '', MOST_DESCRIPTION), path }];
  });
  if (skills.length > MOST_SKILLS) notes.push(`${skills.length - MOST_SKILLS} skills are left out: too many`);
  return { skills: skills.slice(0, MOST_SKILLS), notes };
}

function namesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return []; // none that may be read
  }
}

function frontOf(text: string, path: string, notes: string[]): Record<string, unknown> | undefined {
  try {
    return readFrontMatter(text, path).data;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    notes.push(`${path} is left out: ${error.problem.what}`);
    return undefined;
  }
}
