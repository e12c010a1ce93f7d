// The flags of `agent prove`, as its parts share them; parses nothing.

export interface ProveFlags {
  suite?: string;
  trials?: number;
  jobs: number;
  only?: string[];
  perEntry?: boolean;
  sequential?: boolean;
  estimate?: boolean;
  /** True where it was given without a name. */
  resume?: string | true;
  again?: boolean;
  explain?: string[];
  dropHarmful?: boolean;
  model?: string;
  budget?: string;
  allow?: string[];
  deny?: string[];
  context?: boolean;
  keep?: boolean;
  yes?: boolean;
  json?: boolean;
}
