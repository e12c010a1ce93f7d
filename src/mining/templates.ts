// Error templates: which errors of a tool are one and the same mistake; keeps no error text and compares no outcomes.
import { byCodeUnit, groupBy, inGroup } from '../base/collections.ts';
import { shortHash } from '../base/hash.ts';
import { type Cluster, createDrain, type Drain, drainDefaults, WILDCARD } from './drain.ts';
import { plainOf } from './error-reading.ts';
import type { Failure, Reading } from './fact-types.ts';

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
  templateOf(tool: string, reading: Reading | undefined): Template | undefined;
  /** All templates, by key. */
  templates: Template[];
}

/**
 * Groups errors by tool and class, masks them, and runs Drain over the distinct lines sorted by code unit, so the result is the
 * same in whatever order and how often the errors come. A template's key hashes tool, class and the wording with every mark and
 * wildcard as one symbol and neighbouring ones as one, so the key stays when a number turns out to be a name or two values become
 * three. Limit: the key does change when plain words turn out to vary (the third different word in one place makes a wildcard),
 * and when an upgrade of this program masks differently. Errors without a word in them have no template.
 */
export function buildTemplates(items: Iterable<Loose<Failure>>): TemplateIndex {
  const partitions: Partitions = new Map();
  for (const [{ tool, reading }, times] of counted(items))
    if (reading !== undefined) addLine(partitionOf(partitions, tool, reading), reading, times);
  const templates = new Map<string, Template>();
  // The most frequent partitions come first, so that the cap on clusters cuts the rare ones.
  let budget = drainDefaults.maxClusters;
  for (const partition of allOf(partitions).sort((a, b) => b.weight - a.weight || byCodeUnit(a.name, b.name))) {
    partition.settled = settle(partition, budget, templates);
    budget -= partition.settled.drain.clusters().length;
    partition.lines.clear();
  }
  // Errors in the same words share a reading where they come from the disk.
  const known = new WeakMap<Reading, { tool: string; template: Template | undefined }>();
  return {
    templateOf(tool, reading) {
      if (reading === undefined) return undefined;
      const found = known.get(reading);
      if (found?.tool === tool) return found.template;
      const partition = partitions.get(tool)?.get(reading.kind)?.get(reading.prefix);
      const template = partition && lookUp(partition, reading);
      known.set(reading, { tool, template });
      return template;
    },
    templates: [...templates.values()].sort((a, b) => byCodeUnit(a.key, b.key)),
  };
}

type Loose<T extends Failure> = Pick<T, 'tool'> & { reading?: T['reading'] | undefined };

// Errors in the same words are one object where they come from the disk.
function counted<T>(items: Iterable<T>): Map<T, number> {
  const times = new Map<T, number>();
  for (const item of items) times.set(item, (times.get(item) ?? 0) + 1);
  return times;
}

interface Partition {
  name: string;
  tool: string;
  kind: string;
  prefix: string;
  weight: number;
  /** By plain line. */
  lines: Map<string, { masked: Set<string>; weight: number }>;
  settled?: {
    drain: Drain;
    /** Of lines that were looked up too, once they were: some belong to none. */
    byLine: Map<string, Template | undefined>;
    byCluster: Map<Cluster, Template>;
  };
}

/** By tool, kind and prefix. */
type Partitions = Map<string, Map<string, Map<string, Partition>>>;

function allOf(partitions: Partitions): Partition[] {
  return [...partitions.values()].flatMap((kinds) => [...kinds.values()].flatMap((found) => [...found.values()]));
}

function partitionOf(partitions: Partitions, tool: string, { kind, prefix }: Reading): Partition {
  const kinds = inGroup(partitions, tool, () => new Map<string, Map<string, Partition>>());
  const prefixes = inGroup(kinds, kind, () => new Map<string, Partition>());
  return inGroup(prefixes, prefix, () => {
    const name = JSON.stringify([tool, kind, prefix]);
    return { name, tool, kind, prefix, weight: 0, lines: new Map() };
  });
}

function addLine(partition: Partition, reading: Reading, times: number): void {
  const line = inGroup(partition.lines, reading.plain, () => ({ masked: new Set<string>(), weight: 0 }));
  if (line.masked.size < 64) line.masked.add(reading.masked);
  line.weight += times;
  partition.weight += times;
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
  const byLine = new Map<string, Template | undefined>();
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
  const { plain } = reading;
  if (settled === undefined || settled.byLine.has(plain)) return settled?.byLine.get(plain);
  const cluster = settled.drain.match(plain.split(' '));
  const template = cluster && settled.byCluster.get(cluster);
  settled.byLine.set(plain, template);
  return template;
}
