// The files that a context file imports with @path; finds the names, opens none.
import { dirname, isAbsolute, join, resolve } from 'node:path';

const MOST = 100;

/**
 * Paths after an @ at the start of a line or after a blank, in the order of the text, as Claude Code and Gemini CLI read them:
 * relative to the importing file, absolute, or from the home folder with `~/`; a blank in a path is written `\ `. What stands
 * in code is no import. Many are names of people or packages: whoever opens them passes over what is not there. A path that
 * ends in punctuation is given without it too.
 */
export function importsOf(text: string, file: string, home: string): string[][] {
  const found = [...withoutCode(text).matchAll(/(?:^|\s)@((?:\\ |[^\s\\@])+)/g)].map(([, path = '']) => path);
  return [...new Set(found)].slice(0, MOST).map((path) => {
    const trimmed = path.replace(/[.,;:!?)\]'"]{1,10}$/, '');
    return [...new Set([path, trimmed])].filter((each) => each !== '').map((each) => placed(each, file, home));
  });
}

function placed(written: string, file: string, home: string): string {
  const path = written.replaceAll('\\ ', ' ');
  if (path.startsWith('~/')) return join(home, path.slice(2));
  return isAbsolute(path) ? path : resolve(dirname(file), path);
}

function withoutCode(text: string): string {
  let fence: string | undefined;
  const lines = text.split('\n').map((line) => {
    const [, mark] = /^ {0,3}(`{3,}|~{3,})/.exec(line) ?? [];
    if (fence === undefined && mark === undefined) return line;
    if (fence === undefined) fence = mark;
    else if (mark?.startsWith(fence) === true) fence = undefined;
    return '';
  });
  return lines.join('\n').replace(/`[^`\n]{0,1000}`/g, ' code ');
}
