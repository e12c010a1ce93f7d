// Tells a value that is a secret from one that only stands where a secret could; pure judgement on short strings.

/** True for values as random generators make them: letters and digits mixed, many different characters. Words and placeholders are not. */
export function looksRandom(value: string): boolean {
  return !isPlaceholder(value) && /\d/.test(value) && /[a-z]/i.test(value) && bitsPerCharacter(value) >= 3;
}

/** True for the value of something called a token, secret or key. UUIDs, paths, code and numbers are left alone. */
export function isSecretValue(value: string, before: string): boolean {
  if (value.length < 12 || isCode(value, before) || UUID.test(value)) return false;
  return looksRandom(value) && !/^(?:https?:|[./~]|sha\d+[:-])/i.test(value);
}

/** True for the value of something called a password: it may be short, but is more than a word. */
export function isPassword(value: string, before: string): boolean {
  if (isPlaceholder(value) || isCode(value, before) || /^[~*&./]/.test(value)) return false;
  if (/pwd/i.test(before) && value.includes('/')) return false; // the working directory goes by that name too
  const hasLetter = /[a-z]/i.test(value);
  return hasLetter && /[^a-z._-]/i.test(value.slice(0, -1)) && new Set(value).size >= 5;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

// What examples, templates and masks put where a secret belongs.
function isPlaceholder(value: string): boolean {
  if (/^[$%<{[]|\$\{|\{\{|%\w+%|\.\.\.|…|\*{3}|x{4}|X{4}|0{8}|1234567/.test(value)) return true;
  return /your|example|placeholder|change.?me|redacted|dummy|insert|replace.?(?:me|with)|sample|fake[-_]|<|>/i.test(
    value,
  );
}

// `token = response.data[0]`, `password: string | undefined`, `secret = os.environ[...]`: names of code, not values.
function isCode(value: string, before: string): boolean {
  if (/^(?:process\.env|os\.|env\.|import\.meta|secrets\.|vars\.|self\.|this\.|config\.|settings\.)/i.test(value))
    return true;
  if (/["']$/.test(before)) return false;
  if (/^[A-Za-z_]\w*(?:\??\.[A-Za-z_]\w*){1,9}$/.test(value)) return true;
  if (/^[a-z]+(?:[A-Z][a-z0-9]*)*\d?$/.test(value)) return true; // camelCase
  return /^[A-Za-z][a-z]+(?:[A-Z][a-z]+)*$|^[a-z]+(?:_[a-z0-9]+)*$|^[A-Z]+(?:_[A-Z0-9]+)*$/.test(value);
}

// Shannon entropy of the characters of the value, in bits.
function bitsPerCharacter(value: string): number {
  const counts = new Map<string, number>();
  for (const char of value) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const n of counts.values()) bits -= (n / value.length) * Math.log2(n / value.length);
  return bits;
}
