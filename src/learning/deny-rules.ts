// Words that no transcript may bring into a playbook, as a table: patterns over normalised text; decides nothing by itself.
import { INVISIBLE } from '../base/text.ts';

/** One rule of the deny-list. `applies` sees the text as it came and its normalised form (NFKC, lower case, nothing invisible). */
export interface DenyRule {
  name: string;
  /** What a reader of the report is told, after “words from a transcript …”. */
  says: string;
  /** True for a rule about what tools say: a person may say so. */
  tools?: true;
  applies: (text: string, normalised: string) => boolean;
}

export const denyRules: readonly DenyRule[] = [
  {
    name: 'invisible',
    says: 'hold characters that do not show or that reverse the text',
    applies: (text) => hasInvisible(text),
  },
  {
    name: 'spelled-out',
    says: 'spell words letter by letter',
    applies: (text) => /(?<![\p{L}\p{N}])(?:\p{L}[-._*·]){4,60}\p{L}(?![\p{L}\p{N}])/u.test(text),
  },
  { name: 'look-alike', says: 'mix letters of two alphabets in one word', applies: (text) => hasLookAlike(text) },
  words('url', 'hold a web address', [
    /\b(?:[a-z][a-z0-9+.-]{1,20}):\/\/[^\s/]/,
    /\bwww\.[a-z0-9-]{1,63}\.[a-z]/,
    /\b(?:javascript|vbscript):\S|\bdata:[a-z]{1,20}\/[a-z]/,
    /<url>/,
  ]),
  words('shell', 'pipe something into a shell or interpreter', [
    /(?<!\|)\|\s{0,5}(?:sudo\s{1,5})?(?:env\s{1,5})?(?:\/[\w./-]{1,60}\/)?(?:ba|z|da|k|c|fi)?sh\b(?!\s*\|)/,
    /\|\s{0,5}(?:sudo\s{1,5})?(?:python|node|perl|ruby|php|iex|pwsh|powershell|cmd|osascript)[\d.]{0,5}(?:\.exe)?\b/,
    /\b(?:ba|z|da)?sh\s{1,5}(?:-c\s{1,5})?["']?(?:<\(|\$\(|`)\s{0,5}(?:curl|wget)\b/,
    /\b(?:eval|exec|source)\s{1,5}["']?(?:<\(|\$\(|`)/,
    /\b(?:curl|wget|iwr|invoke-webrequest)\b[^\n|]{0,300}\|/,
    /\bbase64\s{1,5}(?:-d|--decode|-D)\b/,
    /\b(?:powershell|pwsh)\b[^\n]{0,60}\s-e(?:nc|ncodedcommand)?\b/,
    /\brm\s{1,5}-[a-z]{0,5}(?:rf|fr)[a-z]{0,5}\b/,
  ]),
  words('credential', 'are about passwords, keys or other credentials', [
    /\b(?:passwords?|passwd|passphrases?|credentials?|api[ _-]?keys?|secret[ _-]?(?:access[ _-]?)?keys?|private[ _-]?keys?|ssh[ _-]?keys?)\b/,
    /\b(?:access|auth|authori[sz]ation|bearer|refresh|session|api)[ _-]?tokens?\b/,
    /\b(?:id_rsa|id_ed25519|authorized_keys|\.netrc|\.pgpass|\.npmrc|\.aws|\.ssh)\b|(?:^|[\s/"'`])\.env\b/,
    /\[redacted:[a-z0-9-]{1,60}\]/,
  ]),
  words('permission', 'would change permissions, a sandbox or approvals', [
    /\b(?:chmod|chown|setfacl|setenforce|icacls|sudo|doas)\s{1,5}\S/,
    /--(?:no-verify|no-sandbox|yolo|allow-all|trust-all|skip-[a-z-]{0,30}(?:permission|approval|check)s?|dangerously-[a-z-]{1,60}|full-auto|privileged)\b/,
    /\b(?:disabl\w{1,4}|turn\w{0,3}\s{1,3}off|switch\w{0,3}\s{1,3}off|bypass\w{0,3}|skip\w{0,4}|circumvent\w{0,3}|remov\w{1,3}|weaken\w{0,3}|relax\w{0,3})\s{1,3}(?:[\w'-]{1,20}\s{1,3}){0,4}(?:sandbox\w{0,5}|approvals?|permissions?|confirmations?|safety|safeguards?|protections?|guardrails?|verification|authentication)\b/,
    /\bwithout\s{1,3}(?:[\w'-]{1,20}\s{1,3}){0,2}(?:asking|approvals?|permissions?|confirmation|confirming|review)\b/,
    /\bauto[ -]?(?:approv|accept)\w{0,5}\b/,
    /\b(?:approve|allow|accept|permit|grant)\s{1,3}(?:all|every|everything|any)\b/,
    /\bgrant\w{0,3}\s{1,3}(?:[\w'-]{1,20}\s{1,3}){0,4}(?:permissions?|access|rights?|privileges?)\b/,
  ]),
  words('ignore', 'tell the reader to ignore instructions', [
    /\b(?:ignor(?:e|ing)|disregard(?:ing)?|forget|override|overrid(?:e|ing)|overrule)\s{1,3}(?:[\w'-]{1,20}\s{1,3}){0,5}(?:instructions?|rules?|prompts?|polic(?:y|ies)|guidelines?|directions?|constraints?|playbooks?|warnings?|context)\b/,
    /\b(?:ignore|disregard|forget)\s{1,3}(?:all|any|everything|anything|what(?:ever)?)\b/,
    /\b(?:ignore|disregard)\s{1,3}(?:the\s{1,3}|your\s{1,3})?(?:previous|prior|above|earlier|preceding)\b/,
  ]),
  words('trust', 'ask for blind trust or obedience', [
    /\b(?:always|blindly|fully|implicitly|unconditionally)\s{1,3}(?:trust|believe|obey|follow|comply|approve|accept|run|execute)\b/,
    /\b(?:never|do not|don't)\s{1,3}(?:question|verify|doubt)\b/,
    /\b(?:never|do not|don't|without)\s{1,3}(?:tell|inform|alert|warn)(?:ing)?\s{1,3}(?:the\s{1,3})?(?:user|person|human|owner|developer|reviewer|anyone|anybody)\b/,
    /\b(?:must|should)\s{1,3}(?:always\s{1,3})?(?:trust|obey)\b/,
  ]),
  words('impersonation', 'pose as the system or speak to the model', [
    /\byou\s{1,3}are\s{1,3}now\s{1,3}(?:a|an|the|in|free|allowed|permitted)\b/,
    /\b(?:new|updated|revised|real|hidden)\s{1,3}(?:system\s{1,3})?instructions?\b/,
    /\b(?:system|developer)\s{1,3}(?:prompt|override|instructions?)\b/,
    /<\/?(?:system|assistant|instructions?|important|admin)(?:\s[^>]{0,80})?>/,
    /\bas\s{1,3}(?:an?\s{1,3})?(?:ai|language\s{1,3}model|assistant)\b/,
    /\b(?:dear|attention|note\s{1,3}(?:to|for)|message\s{1,3}(?:to|for))\s{1,3}(?:the\s{1,3}|all\s{1,3})?(?:ai|agents?|assistants?|models?|llms?|claude|gpt|gemini|copilot|codex|reviewers?|maintainers?)\b/,
    /\b(?:ai|agents?|assistants?|models?|llms?|reviewers?)\s{1,3}(?:must|should|shall|have\s{1,3}to|need\s{1,3}to|please)\b/,
    /\b(?:accept|approve|merge|keep|promote|validate)\s{1,3}(?:this|these|the|all)\s{1,3}(?:[\w'-]{1,20}\s{1,3}){0,2}(?:lessons?|entry|entries|playbooks?|rules?|branch|dreams?)\b/,
  ]),
  words('forgery', 'imitate the marks and trailers that dreams write', [
    /\bagentmem-(?:dream|entry|change|grade|replaces|decided|verdict|kind|file)\s{0,3}:/,
    /<!--\s{0,3}(?:entry|predicate|map)\b|^---\s|\sgrade=[abcd]\b|\btrust=(?:policy|person)\b/,
    /<\/?(?:details|summary|script|iframe|img|style|svg|form)\b/,
  ]),
  {
    ...words('hearsay', 'claim to know what somebody said or wants', [
      /\b(?:user|human|customer|owner|developer|maintainer|operator|administrator|admin|boss|manager|team)\s{1,3}(?:(?:has|have|had|already|explicitly|always|clearly)\s{1,3}){0,3}(?:said|says|asked|asks|told|prefers?|wants?|wishes|requested|instructed|approved|authori[sz]ed|confirmed|agreed|insists?|decided|demands?)\b/,
      /\b(?:on\s{1,3}behalf\s{1,3}of|with\s{1,3}the\s{1,3}(?:consent|blessing)\s{1,3}of)\s{1,3}(?:the\s{1,3})?(?:user|human|owner|team|developer|admin)\b/,
    ]),
    tools: true,
  },
  {
    ...words('testimonial', 'praise a remedy or report successes of their own', [
      /\b(?:worked|succeeded|solved|fixed|passed|verified|proven|confirmed|tested|validated)\s{1,3}(?:in|for|by|with|across|on)\s{1,3}(?:all|every|each|\d{1,9}|100\s?%)/,
      /\b\d{1,9}\s{1,3}(?:of|out\s{1,3}of|\/)\s{1,3}\d{1,9}\s{1,3}(?:sessions?|tasks?|runs?|agents?|attempts?)\b/,
      /\b(?:best|recommended|proven|verified|known|official|guaranteed|successful)\s{1,3}(?:practice|solution|fix|workaround|approach|remedy|method|strategy|workflow)s?\b/,
      /\blessons?\s{1,3}learned\b|\bsuccess(?:ful)?\s{1,3}(?:story|stories|rate|experience)\b|\bgrade\s{1,3}a\b/,
    ]),
    tools: true,
  },
];

/** What the patterns look at: compatible forms folded (full-width, mathematical), no accents, nothing invisible, lower case, single blanks. */
export function normalised(text: string): string {
  return text.normalize('NFKD').replace(INVISIBLE, '').replace(/\p{M}/gu, '').replace(/\s+/g, ' ').toLowerCase();
}

// Every repetition in the patterns is bounded, so hostile text costs time in proportion to its length.
function words(name: string, says: string, patterns: readonly RegExp[]): DenyRule {
  return { name, says, applies: (_, text) => patterns.some((pattern) => pattern.test(text)) };
}

// Joiners and selectors that build an emoji are part of a picture, not hidden text.
function hasInvisible(text: string): boolean {
  // Colours are paint; what moves the cursor or erases a line makes a screen show something else than what is there.
  if (/\u001b\[[0-9;?]{0,20}[A-HJKSTfsu]/.test(text)) return true;
  const plain = text.replace(
    /(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|(?<=^|\D)[0-9#*])\ufe0f?\u20e3?\u200d?/gu,
    (part) => (/^[0-9#*]/.test(part) && !part.endsWith('\u20e3') ? part : ''),
  );
  // Struck-out and heaped-up letters are drawn with marks; scripts that need marks use one or two a letter.
  return plain.search(INVISIBLE) >= 0 || /\p{M}{4}/u.test(plain.normalize('NFD')) || /[\u0335-\u0338]/.test(plain);
}

const GREEK_TWINS = /[ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορτυχγϲ]/u;
// Whole words of these can pass for Latin ones; small capitals and letters of phonetic script stand for ordinary ones.
const TWINS_ONLY = /^[АВЕЅІЈКМНОРСТУХавеѕіјкмнорстухһԁԛԝɡ]{3,}$/u;
const SMALL_CAPITALS = /[\u1d00-\u1d2b\u0262\u026a\u0274\u0280\u028f\u0299\u029c\u029f\ua730\ua731]{3}/u;

// `µs` and `Δx` are units and names; a Greek letter counts only where it looks like a Latin one in a longer word.
function hasLookAlike(text: string): boolean {
  if (SMALL_CAPITALS.test(text)) return true;
  const mostlyLatin =
    (text.match(/\p{Script=Latin}/gu) ?? []).length > (text.match(/\p{Script=Cyrillic}/gu) ?? []).length;
  for (const [word] of text.matchAll(/\p{L}{2,}/gu)) {
    if (!/\p{Script=Latin}/u.test(word)) {
      if (mostlyLatin && TWINS_ONLY.test(word)) return true;
      continue;
    }
    if (/[\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}]/u.test(word))
      return true;
    if (word.length >= 4 && GREEK_TWINS.test(word)) return true;
  }
  return false;
}
