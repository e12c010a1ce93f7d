// The flags of `agent run`, as its parts share them; parses nothing.

export interface RunFlags {
  file?: string;
  agent?: string;
  model?: string;
  memory?: string | boolean;
  context?: boolean;
  workspace?: string;
  resume?: string;
  budget?: string;
  rubric?: string;
  allow?: string[];
  deny?: string[];
  record?: string;
  json?: boolean;
}
