// Types of map.mjs for the house test.
export function renderMap(): string;
export function withMap(text: string): string;
