// Which errors of a part are one mistake, and in which words; says whether that still holds where there are other sessions.
import type { Reading } from '../fact-types.ts';
import type { Template, TemplateIndex } from '../templates.ts';
import { commonMask, type Wording } from '../wordings.ts';
import { NO_GROUP } from './part.ts';

/** A wording and its group in a part. */
export interface Grouped extends Wording {
  group: number;
}

/** Numbers the templates of the errors of a part as they come. */
export class Groups {
  readonly #index: TemplateIndex;
  readonly #numbers = new Map<Template, number>();
  /** By tool, since errors in the same words are nearly always of one. */
  readonly #seen = new Map<Reading, { tool: string; group: number; times: number }[]>();
  readonly templates: Template[] = [];

  constructor(index: TemplateIndex) {
    this.#index = index;
  }

  of(tool: string, reading: Reading | undefined): number {
    if (reading === undefined) return NO_GROUP;
    const known = this.#seen.get(reading);
    const found = known?.find((one) => one.tool === tool);
    if (found !== undefined) {
      found.times++;
      return found.group;
    }
    const group = this.#numberOf(this.#index.templateOf(tool, reading));
    const first = { tool, group, times: 1 };
    if (known === undefined) this.#seen.set(reading, [first]);
    else known.push(first);
    return group;
  }

  #numberOf(template: Template | undefined): number {
    if (template === undefined) return NO_GROUP;
    const known = this.#numbers.get(template);
    if (known !== undefined) return known;
    this.#numbers.set(template, this.templates.length);
    return this.templates.push(template) - 1;
  }

  /** Of each line of a tool one. */
  wordings(): Grouped[] {
    const found = new Map<string, Grouped>();
    for (const [{ kind, prefix, plain, masked }, tools] of this.#seen)
      for (const { tool, group, times } of tools) {
        const line = JSON.stringify([tool, kind, prefix, plain]);
        const known = found.get(line);
        if (known === undefined) found.set(line, { tool, kind, prefix, plain, masked, times, group });
        else {
          known.masked = commonMask(known.masked, masked);
          known.times += times;
        }
      }
    return [...found.values()];
  }
}

/**
 * The template of each group; undefined where they are not parted as they were: two groups are one now, or one is two.
 * @param now of each of the wordings
 */
export function templatesOfGroups(
  wordings: readonly Grouped[],
  now: readonly (Template | undefined)[],
): Template[] | undefined {
  const templates: (Template | undefined)[] = [];
  const groups = new Map<Template, number>();
  for (const [i, { group }] of wordings.entries()) {
    const template = now[i];
    if ((template === undefined) !== (group === NO_GROUP)) return undefined;
    if (template === undefined) continue;
    const known = templates[group];
    if ((known !== undefined && known !== template) || (groups.get(template) ?? group) !== group) return undefined;
    templates[group] = template;
    if (known === undefined) groups.set(template, group);
  }
  const found = templates.flatMap((template) => template ?? []);
  return found.length === templates.length ? found : undefined;
}
