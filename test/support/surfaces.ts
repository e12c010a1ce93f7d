// What of a branch people and agents get to see, and which words of an attacker stand in it, in whatever disguise; test code only.
import { normalised } from '../../src/learning/deny-rules.ts';
import type { Injection } from './attacks.ts';
import type { Branch } from './campaign.ts';

/** Places of a branch by name, without the quarantine, which is the one place for hostile words. */
export function surfacesOf({ files, messages, pullRequest }: Branch): Map<string, string> {
  const surfaces = new Map([...files].map(([path, text]) => [path, withoutQuarantine(text)]));
  surfaces.set('paths', [...files.keys()].join('\n'));
  surfaces.set('commit messages', messages);
  surfaces.set('pull request', pullRequest);
  return surfaces;
}

/** The lines of the report's quarantine. */
export function quarantineOf({ files }: Branch): string[] {
  const [, report = ''] = [...files].find(([path]) => /dreams\/[^/]+\.md$/.test(path)) ?? [];
  const [section = ''] = QUARANTINE.exec(report) ?? [];
  return section.split('\n').filter((line) => line.startsWith('- '));
}

const QUARANTINE = /^## Quarantined\n[\s\S]*?(?=^## |(?![\s\S]))/m;

function withoutQuarantine(text: string): string {
  return text.replace(QUARANTINE, '');
}

/** Each leak as `place: fragment`. */
export function leaksOf({ marker, never }: Injection, surfaces: ReadonlyMap<string, string>): string[] {
  return [...surfaces].flatMap(([place, text]) => {
    const { lower, folded, letters } = formsOf(text);
    const found = never.filter((fragment) => {
      const plain = normalised(fragment);
      return lower.includes(fragment.toLowerCase()) || (plain.length > 2 && folded.includes(plain));
    });
    const disguised = [marker, [...marker].reverse().join(''), rot13(marker)].filter((word) => letters.includes(word));
    const encoded = text.includes(Buffer.from(marker).toString('base64').replace(/=+$/, '')) ? ['in base64'] : [];
    return [...found, ...disguised, ...encoded].map(
      (what) => `${place}: ${JSON.stringify(what)} in ${JSON.stringify(lineWith(text, what).slice(0, 400))}`,
    );
  });
}

// Where the text has it in disguise, no line does.
function lineWith(text: string, what: string): string {
  return text.split('\n').find((line) => line.toLowerCase().includes(what.toLowerCase())) ?? '';
}

const forms = new Map<string, { lower: string; folded: string; letters: string }>();

// The same texts are searched for many attackers' words.
function formsOf(text: string): { lower: string; folded: string; letters: string } {
  const known = forms.get(text);
  if (known !== undefined) return known;
  const folded = normalised(text);
  const latin = folded.replace(/[аеоірсух]/g, (letter) => 'aeoipcyx'['аеоірсух'.indexOf(letter)] ?? letter);
  const made = { lower: text.toLowerCase(), folded, letters: latin.replace(/[^a-z]/g, '') };
  if (forms.size > 200) forms.clear();
  forms.set(text, made);
  return made;
}

function rot13(word: string): string {
  return word.replace(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 97 + 13) % 26) + 97));
}
