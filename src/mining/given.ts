// A field that is there only where it has a value, for objects that go to the disk; knows no field by name.

/** To be spread into an object. */
export function given<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}
