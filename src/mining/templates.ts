// Error templates: which errors of a tool are one and the same mistake; keeps no error text and compares no outcomes.
import { byCodeUnit, groupBy } from '../base/collections.ts';
import { shortHash } from '../base/hash.ts';
import { type Cluster, createDrain, type Drain, drainDefaults, WILDCARD } from './drain.ts';
import { MARK, mask } from './mask.ts';
import { errorClass, signature } from './signature.ts';

/** One mistake of one tool, as its error words it. */
export interface Template {
  /** Names the template from dream to dream: 16 base32 digits. */
  key: string;
  tool: string;
  /** The masked line for people to read, marks and `<*>` where it varies. May gain a `<*>` as sessions arrive, `key` is the name. */
  text: string;
}

export interface TemplateIndex {
  /** The template of an error: of any that was indexed, and of another one that fills a template exactly. */
  templateOf(tool: string, error: string): Template | undefined;
  /** All templates, by key. */
  templates: Template[];
}

const MAX_SIGNATURE = 1000; // longer than what is shown, since long paths shrink to a mark
const MAX_TOKENS = 60;
// Labels in front of what an error says.
const PREFIX = /^(?:(?:fatal error|error|fatal|err|failed|failure|warning): )+/i;

/**
 * Groups errors by tool and class, masks them, and runs Drain over the distinct lines sorted by code unit, so the result is the
 * same in whatever order and how often the errors come. A template's key hashes tool, class and the wording with every mark and
 * wildcard as one symbol and neighbouring ones as one, so the key stays when a number turns out to be a name or two values become
 * three. Limit: the key does change when plain words turn out to vary (the third different word in one place makes a wildcard),
 * and when an upgrade of this program masks differently. Errors without a word in them have no template.
 */
export function buildTemplates(items: Iterable<{ tool: string; error: string }>): TemplateIndex {
  const lines = new Map<string, Partition>();
  const readings = new Map<string, Reading | undefined>();
  const reading = (error: string) => {
    if (!readings.has(error)) readings.set(error, read(error));
    return readings.get(error);
  };
  for (const { tool, error } of items) addLine(lines, tool, reading(error));
  const templates = new Map<string, Template>();
  // The most frequent partitions come first, so that the cap on clusters cuts the rare ones.
  let budget = drainDefaults.maxClusters;
  for (const partition of [...lines.values()].sort((a, b) => b.weight - a.weight || byCodeUnit(a.name, b.name))) {
    partition.settled = settle(partition, budget, templates);
    budget -= partition.settled.drain.clusters().length;
  }
  return {
    templateOf(tool, error) {
      const read = reading(error);
      const partition = read && lines.get(partitionName(tool, read));
      return read && partition && lookUp(partition, read);
    },
    templates: [...templates.values()].sort((a, b) => byCodeUnit(a.key, b.key)),
  };
}

/** What is kept of an error text: its class, and its masked line without labels. */
interface Reading {
  kind: string;
  prefix: string;
  masked: string;
  /** `masked` with every mark as a wildcard. */
  plain: string;
}

interface Partition {
  name: string;
  tool: string;
  kind: string;
  prefix: string;
  weight: number;
  /** By plain line. */
  lines: Map<string, { masked: Set<string>; weight: number }>;
  settled?: { drain: Drain; byLine: Map<string, Template>; byCluster: Map<Cluster, Template> };
}

function read(error: string): Reading | undefined {
  const whole = signature(error, MAX_SIGNATURE);
  if (!/\p{L}/u.test(whole)) return undefined;
  const kind = errorClass(whole);
  const status = /^Exit code -?\d+(?:: |$)/.exec(whole)?.[0] ?? '';
  const masked = mask(whole.slice(status.length)).split(' ').slice(0, MAX_TOKENS).join(' ');
  const labels = PREFIX.exec(masked)?.[0] ?? '';
  // The exit code says nothing beside an exception or a code, and not every origin hands it down.
  const prefix = (kind.startsWith('exit ') ? status : '') + labels;
  const said = masked.slice(labels.length);
  return { kind, prefix, masked: said, plain: plainOf(said) };
}

// Marks become wildcards, and wildcards with only punctuation between them become one.
function plainOf(masked: string): string {
  return masked.replace(MARK, WILDCARD).replace(/<\*>(?:[\s,;:./=()[\]{}|@+-]{0,4}<\*>)+/g, WILDCARD);
}

function partitionName(tool: string, reading: Reading): string {
  return JSON.stringify([tool, reading.kind, reading.prefix]);
}

function addLine(partitions: Map<string, Partition>, tool: string, reading: Reading | undefined): void {
  if (reading === undefined) return;
  const name = partitionName(tool, reading);
  const { kind, prefix } = reading;
  const partition = partitions.get(name) ?? { name, tool, kind, prefix, weight: 0, lines: new Map() };
  partitions.set(name, partition);
  const line = partition.lines.get(reading.plain) ?? { masked: new Set(), weight: 0 };
  partition.lines.set(reading.plain, line);
  if (line.masked.size < 64) line.masked.add(reading.masked);
  line.weight++;
  partition.weight++;
}

function settle(
  partition: Partition,
  budget: number,
  templates: Map<string, Template>,
): NonNullable<Partition['settled']> {
  const drain = createDrain({ maxClusters: Math.max(0, budget) });
  const found: { plain: string; cluster: Cluster }[] = [];
  for (const [plain, { weight }] of [...partition.lines].sort(([a], [b]) => byCodeUnit(a, b))) {
    const cluster = drain.add(plain.split(' '), weight);
    if (cluster !== undefined) found.push({ plain, cluster });
  }
  drain.settle();
  const members = groupBy(found, ({ cluster }) => drain.current(cluster));
  const byLine = new Map<string, Template>();
  const byCluster = new Map<Cluster, Template>();
  for (const [cluster, lines] of members) {
    const masked = lines.flatMap(({ plain }) => [...(partition.lines.get(plain)?.masked ?? [])]);
    const template = templateFor(partition, cluster, masked, templates);
    byCluster.set(cluster, template);
    for (const { plain } of lines) byLine.set(plain, template);
  }
  return { drain, byLine, byCluster };
}

function templateFor(
  partition: Partition,
  cluster: Cluster,
  masked: string[],
  templates: Map<string, Template>,
): Template {
  const wording = partition.prefix + plainOf(cluster.tokens.join(' '));
  const key = shortHash(JSON.stringify([partition.tool, partition.kind, wording]), 16);
  const known = templates.get(key);
  if (known !== undefined) return known;
  const text = (partition.prefix + common(masked, cluster)).trim();
  const template = { key, tool: partition.tool, text };
  templates.set(key, template);
  return template;
}

// Marks are shown by type where all lines agree on it.
function common(masked: readonly string[], cluster: Cluster): string {
  const rows = [...masked].sort().map((line) => line.split(' '));
  const first = rows[0] ?? [];
  if (rows.some((row) => row.length !== first.length)) return cluster.tokens.join(' ');
  return first.map((token, i) => (rows.every((row) => row[i] === token) ? token : WILDCARD)).join(' ');
}

function lookUp(partition: Partition, reading: Reading): Template | undefined {
  const { settled } = partition;
  const known = settled?.byLine.get(reading.plain);
  if (settled === undefined || known !== undefined) return known;
  const cluster = settled.drain.match(reading.plain.split(' '));
  return cluster && settled.byCluster.get(cluster);
}
