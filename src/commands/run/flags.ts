// The flags of `agent run`, as its parts share them; parses nothing.

export interface RunFlags {
  file?: string;
  agent?: string;
  model?: string;
  memory?: string | boolean;
  context?: boolean;
  workspace?: string;
  /** True where it was given without a name. */
  resume?: string | true;
  /** `<session>` or `<session>@<event>`. */
  fork?: string;
  /** The branch's name; true where it was given without one. */
  worktree?: string | true;
  budget?: string;
  taskId?: string;
  rubric?: string;
  allow?: string[];
  deny?: string[];
  record?: string;
  json?: boolean;
}

/** Those of `agent run --suite`. */
export interface SuiteFlags extends RunFlags {
  suite: string;
  jobs: number;
  trials?: number;
  only?: string[];
  heldOut?: boolean;
  keep?: boolean;
}
