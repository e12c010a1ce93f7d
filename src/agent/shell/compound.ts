// Reads what stands between the words of `case`, `for` and `[[` in a shell line; judges none of it.

import { readWord } from './read-word.ts';
import { readDocuments } from './redirection.ts';
import { skipBlanks } from './skip.ts';
import { isBare, type Reader } from './word.ts';

/** After `case`: the word, `in`, and each pattern with its commands, up to and with `esac`. `branch` reads the commands of one. */
export function readCase(reader: Reader, branch: (reader: Reader) => 'item' | 'esac' | 'end'): void {
  skipBlanks(reader);
  readWord(reader);
  skipBreaks(reader);
  const keyword = readWord(reader);
  if (!isBare(keyword) || keyword.text !== 'in') {
    reader.found.opaque.add('a case without in');
    return;
  }
  for (;;) {
    const pattern = readPattern(reader);
    if (pattern === 'esac') return;
    if (pattern === 'odd') {
      reader.found.opaque.add('a pattern of case that is none');
      return;
    }
    const ended = branch(reader);
    if (ended !== 'item') return;
  }
}

/** After `for` or `select`: the variable and the words it goes through. */
export function readFor(reader: Reader): void {
  skipBlanks(reader);
  if (reader.text[reader.at] === '(') {
    reader.found.opaque.add('arithmetic as (( ))');
    return;
  }
  const name = readWord(reader);
  // A loop over PATH or LD_PRELOAD would change what its commands are.
  if (!isBare(name) || !/^[a-z_][a-z0-9_]*$/.test(name.text) || name.text.endsWith('_proxy'))
    reader.found.opaque.add('a loop over a variable that may mean something');
  skipBreaks(reader);
  // Only looked at: a word that were read twice at every level would take for ever.
  if (!/^in(?:[\s;&|<>()]|$)/.test(reader.text.slice(reader.at, reader.at + 3))) return;
  reader.at += 2;
  for (;;) {
    skipBlanks(reader);
    if (readWord(reader).raw === '') return; // what ends the words is read like any end of a command
  }
}

/** After `[[`: everything up to and with `]]`. */
export function readCondition(reader: Reader): void {
  for (;;) {
    const from = reader.at;
    skipBreaks(reader);
    // Whether this is a comment or an operand depends on the operator before it.
    if (reader.text.slice(from, reader.at).includes('#')) reader.found.opaque.add('a # in [[ ]]');
    const char = reader.text[reader.at];
    if (char === undefined || char === ';') {
      reader.found.opaque.add('a [[ without its other half');
      return;
    }
    const word = readWord(reader);
    if (word.raw === '') reader.at++;
    if (isBare(word) && word.text === ']]') return;
    // These work their sides out as arithmetic, which runs commands that a variable holds.
    if (/^-(?:eq|ne|lt|le|gt|ge|v|R)$/.test(word.text)) reader.found.opaque.add('arithmetic in [[ ]]');
  }
}

// The patterns of one branch, up to and with the `)`.
function readPattern(reader: Reader): 'found' | 'esac' | 'odd' {
  skipBreaks(reader);
  const bracket = reader.text[reader.at] === '(';
  if (bracket) reader.at++;
  for (let first = true; ; first = false) {
    skipBlanks(reader);
    const char = reader.text[reader.at];
    if (char === ')') {
      reader.at++;
      return 'found';
    }
    if (char === '|') reader.at++;
    else {
      const word = readWord(reader);
      if (word.raw === '') return 'odd';
      if (first && !bracket && isBare(word) && word.text === 'esac') return 'esac';
    }
  }
}

function skipBreaks(reader: Reader): void {
  for (skipBlanks(reader); reader.text[reader.at] === '\n'; skipBlanks(reader)) {
    reader.at++;
    readDocuments(reader);
  }
}
