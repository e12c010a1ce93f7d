// How commander is to take the values of flags; knows no flag.

/** For a flag that may be repeated: every value, in their order. */
export function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}
