// How deeply a value is nested; never goes deeper than it was told to.

/** True if `value` has more than `levels` levels of lists and objects. Whoever walks through it needs a call a level. */
export function isDeeper(value: unknown, levels: number): boolean {
  if (value === null || typeof value !== 'object') return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
