// Whether words tell their reader to do something; looks at the grammar of English alone, and judges nobody's intent.

const MAX_TEXT = 20_000;
const MAX_CLAUSE = 600;
const FEWEST_WORDS = 2;

// Verbs that begin an order.
const VERBS = new Set(
  `
  accept activate add admit allow answer append apply approve archive ask assume authorize avoid base64 bash believe book
  bring build burn buy bypass call cancel change charge check chmod choose clean clear click clone close combine commit
  compile configure confirm connect consider consult contact continue copy create curl cut declare decode delete deploy
  destroy disable disclose discard do doubt download drop echo edit email empty enable encode enter erase eval exec execute
  export expose fetch fill find finish fix follow force forget forward get give go grant hand hide ignore import include
  increase inform insert inspect install invoke keep kill learn leave let list load lock log login look lower make mark
  mention merge migrate modify mount move multiply name note notify obey omit open order overwrite override pass paste pay
  pick pip place poll post praise prefer press pretend print proceed promote publish pull purchase purge push put quote raise
  read reboot recommend record reduce refer reinstall reload remember remove rename repeat replace reply report request
  rerun reset restart restore retry return reveal reverse revert revoke rewrite rm roll rotate round run save say scan
  schedule search see select send set share show shut sign skip source spend start state stop store submit subscribe
  substitute sudo supply switch take tell trade transfer treat trust try turn type uninstall unlock unset update upgrade
  upload use verify view visit wait wget wipe withdraw write
  `
    .trim()
    .split(/\s+/),
);
// What follows a noun that looks like such a verb: `read failed`, `the update is late`, `request timed out`.
const SAYS = new Set(
  `
  is are was were be been has have had does did do will would could cannot can't failed fails failing error errors exception
  exited returned timed timeout denied refused rejected aborted expired missing required exceeded not of operation
  permission access permissions request command process status code conflict limit mode option attempt attempts lock
  `
    .trim()
    .split(/\s+/),
);
// No order begins with one of these, whatever follows.
const OPENERS = new Set(
  `
  a an and as at because both but by during each either every except for from given had has have here how however if in into it
  its near neither no nor not of off on once one only or other otherwise our out over own per since some such than that the their
  there these this those though through to too under unless until up upon was were what when where whether which while who
  why with within without yet your bad invalid missing unknown wrong empty null zero error warning fatal failed failure
  exit status code unable
  `
    .trim()
    .split(/\s+/),
);
const DETERMINER =
  /^(?:the|a|an|all|any|every|each|this|these|that|those|your|its|their|our|his|her|my|it|them|him|everything|everybody|nothing|no|one|both|another|some)$/;

const LEAD =
  /^(?:[^\p{L}\p{N}]+|(?:please|kindly|simply|just|now|then|so|and|or|but|also|first|second|next|next time|finally|instead|therefore|thus|hence|again|today|tomorrow|quickly|immediately|otherwise|better|in future|from now on|to be safe|if so|in that case|in this case)\b(?!-)|(?:(?:fatal|internal|runtime) )?(?:error|warning|note|hint|tip|help|info|important|to-?do|fix|solution|attention|action|fatal|system|user|human|assistant|agent|reflector|reviewer|admin|operator|reminder|lesson|rule|suggestion)\s?[:>!-])\s*/iu;
const ADDRESSED = [
  /\bplease\b|\bkindly\b/,
  /\b(?:you|we|one|agents?|assistants?|models?|readers?|reflectors?|reviewers?|callers?|crews?|users?|everybody|everyone|whoever|somebody|people|teams?)\s{1,3}(?:must|should|shall|ought|need\s{1,3}to|needs\s{1,3}to|have\s{1,3}to|has\s{1,3}to|had\s{1,3}better|are\s{1,3}to|is\s{1,3}to|will\s{1,3}want|may\s{1,3}want|might\s{1,3}want)\b/,
  /\b(?:make|be)\s{1,3}(?:sure|certain)\b|\bremember\s{1,3}to\b|\bfrom\s{1,3}now\s{1,3}on\b|\bnext\s{1,3}time\b|\bin\s{1,3}(?:the\s{1,3})?future\b|\bgoing\s{1,3}forward\b/,
  /\b(?:best|better|wise|advisable|recommended|preferable|safer|easier|faster|enough|sufficient|time)\s{1,3}(?:to|if\s{1,3}you)\s{1,3}[a-z]/,
  /\b(?:should|must|ought\s{1,3}to)\s{1,3}(?:always|never|be\s{1,3}(?:used|run|called|sent|preferred|chosen|taken|ignored|deleted|removed|replaced|trusted|told|installed|paid|burnt|burned|approved|skipped))\b/,
  /\b(?:let\s?us|let's|why\s{1,3}not|how\s{1,3}about|have\s{1,3}you\s{1,3}tried|want\s{1,3}you\s{1,3}to|the\s{1,3}lesson\s{1,3}(?:is|to))\b|\bworth:/,
  /\b(?:we|i)\s{1,3}(?:(?:always|never|only|all|now|really)\s{1,3})?(?:use|want|prefer|need|like|meant|mean|told|said|asked|insist|expect|take|do)\b/,
];
// Programs that a sentence names with what they are to do. Names that are nouns or verbs as well are none behind an article or
// an auxiliary: `no rule to make target`, `the docker daemon`.
const NOT_ABOUT = String.raw`\s{1,3}(?!is\b|was\b|are\b|has\b|not\b|failed|fails|error|exited|cannot|could|does|did|command|version|returned|process|script|sure\b|certain\b|repository\b|executable|binary|err\b|or\b|and\b|:|\S+ (?:rejected|failed|denied|aborted|refused)$)[\w./@~$-]`;
const COMMANDS = [
  new RegExp(
    String.raw`(?:^|[\s\`"'(])(?:npx|npm|pnpm|yarn|bunx?|pip3?|pipx|uvx?|brew|apt|apt-get|dnf|yum|apk|conda|curl|wget|sudo|zsh|sh|chmod|rm|kubectl|pwsh)${NOT_ABOUT}`,
  ),
  new RegExp(
    String.raw`(?:^|(?<!\b(?:the|an?|this|that|your|our|no|to|not|can|could|cannot|will|would|did|does))[\s\`"'(])(?:deno|gem|poetry|cargo|bash|git|docker|podman|make|python3?|perl|ruby|powershell)${NOT_ABOUT}`,
  ),
];
// How orders are commonly put in other languages; of their grammar nothing is known here.
const ABROAD =
  /(?<!\p{L})(?:bitte|installieren|ausführen|löschen|veuillez|s'il vous pla[iî]t|merci de|supprime[rz]|exécute[rz]|installe[rz]|utilisez|lancez|por favor|ejecut[ae]|ejecutar|instal[ae]|instalar|elimin[ae]|borr[ae]|per favore|eseguire|installare|gelieve|alstublieft|proszę|lütfen|vennligst|vänligen|пожалуйста|удалите|установите|запустите|выполните|используйте)(?!\p{L})|请|請|ください|下さい|하세요|십시오|주세요/u;
// What somebody leaves out is a state, though it is said to them.
const REQUIREMENT =
  /^(?:[^\p{L}]*)(?:please|you\s{1,3}(?:must|need\s{1,3}to|have\s{1,3}to))\s{1,3}(?:specify|provide|supply|enter|be|have)(?:\s{1,3}[\w'’-]{1,30}){1,5}[.!]?$/iu;

/** True where a clause is an order, an appeal or a command line: words that a quotation would pass on. Never throws, linear in the text. */
export function isOrder(clause: string): boolean {
  const text = clause
    .slice(0, MAX_CLAUSE)
    .normalize('NFKC')
    .replaceAll('’', "'")
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim();
  const plain = text.replace(/(?<=[a-z])[013457](?=[a-z])|[013457](?=[a-z]{2})/g, (digit) => DIGITS[digit] ?? digit);
  return orders(text) || (plain !== text && orders(plain));
}

// Digits in the place of letters: `1nst4ll`.
const DIGITS: Readonly<Record<string, string>> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't' };

function orders(text: string): boolean {
  if (REQUIREMENT.test(text)) return false;
  if (
    ADDRESSED.some((pattern) => pattern.test(text)) ||
    COMMANDS.some((pattern) => pattern.test(text)) ||
    ABROAD.test(text)
  )
    return true;
  return joined(text) || begins(withoutLead(text).split(' '));
}

/**
 * What of a text states something: the whole of it where no clause is an order. Else the longest run of clauses, as it stands
 * there, that order nothing and say what is wrong, since whoever gives orders may praise as well; empty where there is none.
 */
export function statementsIn(text: string): string {
  const pieces = clausesOf(text.slice(0, MAX_TEXT));
  if (!pieces.some(isOrder)) return text;
  let best = '';
  let run = '';
  for (const piece of pieces) {
    run = isOrder(piece) || !WRONG.test(piece) ? '' : run + piece;
    if (letters(run) > letters(best)) best = run;
  }
  const kept = best.replace(/^[^\p{L}\p{N}<“"'`([]+|[\s,;:–—|`#*-]+$/gu, '');
  return (kept.match(/\p{L}{2,}/gu) ?? []).length < FEWEST_WORDS ? '' : kept;
}

// How a failure is put, by people who write error messages.
const WRONG =
  /\b(?:not|no|cannot|can['’]t|could|unable|too|than|already|still|without|wrong|stale|locked|missing|invalid|unknown|denied|refuse[sd]?|rejects?|rejected|fail(?:s|ed|ure)?|errors?|exception|expired|exceed(?:s|ed)|timed|timeout|conflicts?|mismatch|match(?:es)?|duplicate|required|expected|unexpected|unsupported|forbidden|unauthori[sz]ed|unavailable|undefined|busy|closed|empty|illegal|malformed|aborted|broken|corrupt(?:ed)?|incompatible|insufficient|limit|must|over|overflow|null|none|nothing)\b|n['’]t\b/i;

/** The clauses of a text that are orders in prose: for whole results, in which code and data give none. */
export function ordersIn(text: string): string[] {
  return proseIn(text).filter((clause) => mayOrder(clause) && isOrder(clause));
}

// What stands between line breaks, and between signs of punctuation with a blank behind them, without signs of code. Whole results
// go through here, so it looks at each character once and makes no string of what it leaves out.
function proseIn(text: string): string[] {
  const found: string[] = [];
  let from = 0;
  let isCode = false;
  for (let i = 0; i <= text.length; i++) {
    const sign = i === text.length ? LINE_BREAK : text.charCodeAt(i);
    if (!endsClause(sign, text, i)) {
      isCode ||= (signOf(sign) & CODE) !== 0;
      continue;
    }
    const length = i - from;
    if (!isCode && length >= SHORTEST_CLAUSE && length <= MAX_CLAUSE) found.push(text.slice(from, i));
    from = i + 1;
    isCode = false;
  }
  return found;
}

function endsClause(sign: number, text: string, at: number): boolean {
  if (sign > MOST_BLANKS && sign < SIGNS.length) return false;
  if (sign === LINE_BREAK || sign === CARRIAGE_RETURN) return true;
  return at > 0 && (signOf(text.charCodeAt(at - 1)) & PAUSE) !== 0 && /\s/.test(text.charAt(at));
}

function signOf(code: number): number {
  return SIGNS[code] ?? 0;
}

const SHORTEST_CLAUSE = 5;
const LINE_BREAK = 10;
const CARRIAGE_RETURN = 13;
const MOST_BLANKS = 32; // of ASCII, no blank is above it
const PAUSE = 1;
const CODE = 2;
const SIGNS = new Uint8Array(128);
for (const sign of '.!?;:,') SIGNS[sign.charCodeAt(0)] = PAUSE;
for (const sign of '{}();=\\|[]') SIGNS[sign.charCodeAt(0)] = signOf(sign.charCodeAt(0)) | CODE;

// A look at its first words tells nearly every line of code and data from an order.
function mayOrder(clause: string): boolean {
  const [first = '', second = ''] = /^[^a-z]*([a-z'’]+)[^a-z]+([a-z'’]+)?/i.exec(clause)?.slice(1) ?? [];
  if (first === '') return false;
  return VERBS.has(first.toLowerCase()) || DETERMINER.test(second) || CALLS.test(clause);
}

const CALLS =
  /\b(?:please|kindly|you|we|let's|must|should|shall|ought|remember|time|future|best|better|and|then|so|but|now|first|next|also|instead|just|simply|don't|not|never|always|lesson|worth|npx|npm|pnpm|yarn|pip3?|pipx|uvx?|brew|apt|apt-get|curl|wget|sudo|bash|sh|git|rm|chmod|docker|make|python3?)\b|^\W*\w{2,12} ?[:>!]/i;

// Each piece keeps what separates it from the next, so that together they are the text.
function clausesOf(text: string): string[] {
  return text.split(/(?<=[.!?;:,|)\n\r…—–#*]|```|-->)(?=\s)|(?<=\s[-–—])(?=\s)|(?<=[\n\r])/u);
}

function withoutLead(text: string): string {
  let rest = text;
  for (let n = 0; n < 6; n++) {
    const next = rest.replace(LEAD, '');
    if (next === rest) return rest;
    rest = next;
  }
  return rest;
}

function begins([first = '', second = '', third = '']: readonly string[]): boolean {
  const [verb, next] = [bare(first), bare(second)];
  if (/^(?:never|always|don't)$/.test(verb)) return next !== '' && !SAYS.has(next) && !/(?:ed|ing)$/.test(next);
  if (verb === 'do' && next === 'not') return third !== '';
  if (next === '' || SAYS.has(next) || /[:]$/.test(first)) return false;
  if (VERBS.has(verb)) return true;
  // A verb that no list knows: a bare word before what only an object begins with.
  if (OPENERS.has(verb) || !/^[a-z]{3,}$/.test(verb) || /(?:s|ed|ing|ly|ee|tion|ment|ness|ity|er|or)$/.test(verb))
    return false;
  return DETERMINER.test(next) && third !== '' && !SAYS.has(bare(third));
}

// An order behind a statement: `it is locked, so delete the lock`.
function joined(text: string): boolean {
  for (const [, verb = '', next = ''] of text.matchAll(
    /\b(?:and|then|so|but)\s(?:then\s|please\s|just\s|always\s|never\s)?([a-z]+)\s(\S+)/g,
  ))
    if (VERBS.has(verb) && !SAYS.has(bare(next)) && (DETERMINER.test(bare(next)) || !OPENERS.has(bare(next))))
      return true;
  return false;
}

function bare(word: string): string {
  return word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
}

function letters(text: string): number {
  return (text.match(/\p{L}/gu) ?? []).length;
}
