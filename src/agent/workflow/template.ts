// Text with {{values}} in it, taken apart; knows no value and puts nothing together.
import { readName, type ValueName } from './value.ts';

export type Part = { text: string } | { name: ValueName; written: string };

export interface Template {
  parts: Part[];
  /** What cannot be understood, in words. */
  wrong: string[];
}

// Braces of other kinds of templates can be written with a backslash before them.
const PLACE = /(\\)?\{\{([^{}]{0,500})\}\}/g;

/** The parts of a text: what stands there, and what is to be filled in. `\{{` means the braces themselves. */
export function readTemplate(text: string): Template {
  const template: Template = { parts: [], wrong: [] };
  let end = 0;
  for (const match of text.matchAll(PLACE)) {
    const [whole, escaped, inside = ''] = match;
    addText(template, text.slice(end, match.index));
    end = match.index + whole.length;
    if (escaped !== undefined) template.parts.push({ text: whole.slice(1) });
    else addName(template, inside.trim());
  }
  addText(template, text.slice(end));
  return template;
}

/** The one value that a text consists of: `{{steps.plan.json/files}}`, or the name alone. Undefined where it is more than that. */
export function loneName(text: string): { name: ValueName; written: string } | { wrong: string } {
  const written = /^\s*\{\{([^{}]*)\}\}\s*$/.exec(text)?.[1]?.trim() ?? text.trim();
  const name = readName(written);
  return 'wrong' in name ? name : { name, written };
}

function addText({ parts, wrong }: Template, text: string): void {
  if (text === '') return;
  const open = text.replaceAll('\\{{', '').indexOf('{{');
  if (open >= 0) wrong.push('{{ is not closed, or holds no value; the braces themselves are written \\{{');
  parts.push({ text: text.replaceAll('\\{{', '{{') });
}

function addName({ parts, wrong }: Template, written: string): void {
  const name = readName(written);
  if ('wrong' in name) wrong.push(name.wrong);
  else parts.push({ name, written });
}
