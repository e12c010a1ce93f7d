// The words of an error text that carry its meaning and must never be masked or merged away; looks at single words only.

/** Error codes of compilers, linters, databases and services: a known family and its number. */
const FAMILY =
  /^(?:TS|MD|CS|CA|SA|SC|DL|LNK|MSB|NU|NETSDK|DEP|RUF|PL[CERW]|AADSTS|PGRST|ORA|PLS|TNS|BC|FS|NG|YN|SQL|ERR)-?\d{2,6}$/;
const PYTHON_LINT = /^[EFW]\d{3,4}$/;
const CONSTANT = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/;
const EXCEPTION = /^(?:[A-Za-z_$][\w$]*\.)*[A-Z_$][\w$]*(?:Error|Exception)$/;
// POSIX error names that programs print; spelled out because EXIT, EMPTY and ERROR look alike.
const ERRNO = new Set(
  (
    'E2BIG EACCES EADDRINUSE EADDRNOTAVAIL EAGAIN EBADF EBUSY ECANCELED ECONNABORTED ECONNREFUSED ECONNRESET EDEADLK EDQUOT ' +
    'EEXIST EFAULT EFBIG EHOSTUNREACH EILSEQ EINTR EINVAL EIO EISDIR ELOOP EMFILE EMLINK EMSGSIZE ENAMETOOLONG ENETDOWN ' +
    'ENETUNREACH ENFILE ENOBUFS ENODEV ENOENT ENOEXEC ENOLCK ENOMEM ENOSPC ENOSYS ENOTCONN ENOTDIR ENOTEMPTY ENOTFOUND ENOTSUP ' +
    'ENXIO EOPNOTSUPP EOVERFLOW EPERM EPIPE EPROTO ERANGE EROFS ESPIPE ESRCH ESTALE ETIMEDOUT ETXTBSY EXDEV ERESOLVE EUSAGE'
  ).split(' '),
);

// Words whose exchange turns a message into another one. A pair need not be complete here: each word is kept by itself.
const OPPOSITES = new Set(
  (
    'not no never none neither nor without cannot cant wont isnt doesnt dont nothing only already still unless except ' +
    'open opened opening close closed closing enable enabled disable disabled found missing add added adding remove removed removing ' +
    'allow allowed deny denied forbid forbidden accept accepted accepting reject rejected refuse refused permit permitted ' +
    'start started starting stop stopped stopping begin began end ended finish finished pause paused suspend suspended resume resumed ' +
    'create created creating delete deleted deleting drop dropped insert inserted update updated read write reading writing written ' +
    'connect connected disconnect disconnected lock locked unlock unlocked load loaded unload unloaded install installed uninstall ' +
    'mount mounted unmount attach attached detach detached activate activated deactivate deactivated active inactive ' +
    'pass passed fail failed succeed succeeded success failure true false yes on off in out up down before after above below under over ' +
    'valid invalid known unknown defined undefined available unavailable reachable unreachable supported unsupported ' +
    'expected unexpected required optional empty full many few more less least most too small large big short long high low ' +
    'first last min max minimum maximum increase decrease exceed exceeds exceeded push pull upload download import export ' +
    'encode decode encrypt decrypt send receive sent received get set grant granted revoke revoked login logout merge split ' +
    'source target input output server client local remote left right old new expired future past early late'
  ).split(' '),
);

/** True for a word that is an error code, such as a compiler's or a system call's. */
export function isErrorCode(word: string): boolean {
  return FAMILY.test(word) || PYTHON_LINT.test(word) || CONSTANT.test(word) || ERRNO.has(word);
}

/** True for the name of an exception class, with or without its package; not for the bare words Error and Exception. */
export function isExceptionName(word: string): boolean {
  return word !== 'Error' && word !== 'Exception' && word.length <= 200 && EXCEPTION.test(word);
}

/** True for words that decide what a message means: codes, exceptions, negations and halves of opposites, also as part of a compound. */
export function isTelling(word: string): boolean {
  const bare = bareWord(word);
  if (isErrorCode(bare) || isExceptionName(bare)) return true;
  const parts = bare.toLowerCase().replace(/['’]/g, '').split(/[_-]/, 8);
  return parts.some((part) => OPPOSITES.has(part) || (parts.length > 1 && part === 'error'));
}

/** The word without the punctuation around it. */
export function bareWord(token: string): string {
  let start = 0;
  let end = token.length;
  while (start < end && '([{"\'`.,;:!?'.includes(token[start] ?? '')) start++;
  while (end > start && ')]}"\'`.,;:!?'.includes(token[end - 1] ?? '')) end--;
  return token.slice(start, end);
}
