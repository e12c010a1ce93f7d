// Who made a commit and when, as git's objects spell it; pure, never asks git or the clock.

export interface Identity {
  name: string;
  email: string;
}

/** `Name <mail> seconds +0000`; characters that would break the line out of its place are left out. */
export function signature(who: Identity, atMs: number): string {
  const seconds = Math.floor(atMs / 1000);
  if (!Number.isSafeInteger(seconds) || seconds < 0) throw new Error(`not a time that git can store: ${atMs}`);
  return `${plain(who.name)} <${plain(who.email)}> ${seconds} +0000`;
}

function plain(text: string): string {
  return text.replace(/[<>\p{Cc}\p{Cs}]/gu, '').trim();
}
