// What a person's word or a verdict asked for amid the work, and what was done then: facts of one session; none looks at an outcome.

/** The content words of a sentence: see `signedWords`. */
export interface SignedWords {
  wanted: string[];
  unwanted: string[];
}

/** Something newly done: a tool called for the first time, or an argument of a tool changed. */
export interface DeedFact {
  tool: string;
  /** JSON pointer; absent where the tool itself is new. */
  argument?: string;
  /** Place of the call that did it, the last where several did. */
  place: number;
  /** The argument's new value as people read it, where it is short and none that an outside tool supplied. */
  to?: string;
}

/** A stretch of work, beside all that was done before it. */
export interface WorkFact {
  calls: number;
  /** Place of the first call that worked, else of the first. */
  call: number;
  deeds: DeedFact[];
}

/** A sentence that may correct the agent: see `sayingIn`. */
export interface SayingFact {
  points: number;
  words: SignedWords;
  /** Calls since a person spoke last. */
  since: number;
}

/** Something that a person said amid the work. */
export interface TurnFact {
  /** Among the turns. */
  place: number;
  /** As the turn tells it. */
  at?: string;
  /** Absent where nothing in it corrects. */
  saying?: SayingFact;
  /** What was done in the turn's lane until the next one; absent where nothing was, or nothing had been done before. */
  work?: WorkFact;
  /** Words of the sentence that says what that work was to make good; absent where none does. */
  lacks?: SignedWords;
}

/** A verdict after work; grading again without any work between takes the earlier verdict's place. */
export interface GradedFact {
  /** Among the session's evaluations. */
  grade: number;
  /** What was done since the last verdict of the same rubric; absent for the first. */
  work?: WorkFact;
}

export interface Asked {
  turns: TurnFact[];
  /** Of one rubric after the other, each in the order of the session. */
  graded: GradedFact[];
}
