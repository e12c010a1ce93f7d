// Error templates: which errors of a tool are one and the same mistake; keeps no error text and compares no outcomes.
import { byCodeUnit, groupBy, inGroup } from '../base/collections.ts';
import { shortHash } from '../base/hash.ts';
import { type Cluster, createDrain, type Drain, drainDefaults } from './drain.ts';
import { plainOf } from './error-reading.ts';
import type { Failure, Reading } from './fact-types.ts';
import { commonMask, type Wording } from './wordings.ts';

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
  templateOf(tool: string, reading: Line | undefined): Template | undefined;
  /** All templates, by key. */
  templates: Template[];
}

/** What tells a reading's template. */
export type Line = Pick<Reading, 'kind' | 'prefix' | 'plain'>;

/** The templates of some errors: see `templatesOf`. */
export function buildTemplates(items: Iterable<Loose<Failure>>): TemplateIndex {
  return templatesOf(wordingsIn(items));
}

type Loose<T extends Failure> = Pick<T, 'tool'> & { reading?: T['reading'] | undefined };

// Errors in the same words are one object where they come from the disk.
function* wordingsIn(items: Iterable<Loose<Failure>>): Generator<Wording> {
  const times = new Map<Loose<Failure>, number>();
  for (const item of items) times.set(item, (times.get(item) ?? 0) + 1);
  for (const [{ tool, reading }, n] of times) if (reading !== undefined) yield { ...reading, tool, times: n };
}

/**
 * Groups errors by tool and class, masks them, and runs Drain over the distinct lines sorted by code unit, so the result is the
 * same in whatever order and how often the errors come. A template's key hashes tool, class and the wording with every mark and
 * wildcard as one symbol and neighbouring ones as one, so the key stays when a number turns out to be a name or two values become
 * three. Limit: the key does change when plain words turn out to vary (the third different word in one place makes a wildcard),
 * and when an upgrade of this program masks differently. Errors without a word in them have no template.
 */
export function templatesOf(wordings: Iterable<Wording>): TemplateIndex {
  const partitions: Partitions = new Map();
  for (const wording of wordings) addLine(partitionOf(partitions, wording), wording);
  const templates = new Map<string, Template>();
  // The most frequent partitions come first, so that the cap on clusters cuts the rare ones.
  let budget = drainDefaults.maxClusters;
  for (const partition of allOf(partitions).sort((a, b) => b.weight - a.weight || byCodeUnit(a.name, b.name))) {
    partition.settled = settle(partition, budget, templates);
    budget -= partition.settled.drain.clusters().length;
    partition.lines.clear();
  }
  // Errors in the same words share a reading where they come from the disk.
  const known = new WeakMap<Line, { tool: string; template: Template | undefined }>();
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

interface Partition {
  name: string;
  tool: string;
  kind: string;
  prefix: string;
  weight: number;
  /** By plain line. */
  lines: Map<string, { masked: Wording['masked']; weight: number }>;
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

function partitionOf(partitions: Partitions, { tool, kind, prefix }: Wording): Partition {
  const kinds = inGroup(partitions, tool, () => new Map<string, Map<string, Partition>>());
  const prefixes = inGroup(kinds, kind, () => new Map<string, Partition>());
  return inGroup(prefixes, prefix, () => {
    const name = JSON.stringify([tool, kind, prefix]);
    return { name, tool, kind, prefix, weight: 0, lines: new Map() };
  });
}

function addLine(partition: Partition, { plain, masked, times }: Wording): void {
  const line = inGroup(partition.lines, plain, () => ({ masked, weight: 0 }));
  line.masked = commonMask(line.masked, masked);
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
    const masks = lines.map(({ plain }) => partition.lines.get(plain)?.masked ?? null);
    const template = templateFor(partition, cluster, masks.reduce(commonMask), templates);
    byCluster.set(cluster, template);
    for (const { plain } of lines) byLine.set(plain, template);
  }
  return { drain, byLine, byCluster };
}

function templateFor(
  partition: Partition,
  cluster: Cluster,
  masked: Wording['masked'],
  templates: Map<string, Template>,
): Template {
  const wording = partition.prefix + plainOf(cluster.tokens.join(' '));
  const key = shortHash(JSON.stringify([partition.tool, partition.kind, wording]), 16);
  const known = templates.get(key);
  if (known !== undefined) return known;
  const text = (partition.prefix + (masked ?? cluster.tokens.join(' '))).trim();
  const template = { key, tool: partition.tool, text };
  templates.set(key, template);
  return template;
}

function lookUp(partition: Partition, reading: Line): Template | undefined {
  const { settled } = partition;
  const { plain } = reading;
  if (settled === undefined || settled.byLine.has(plain)) return settled?.byLine.get(plain);
  const cluster = settled.drain.match(plain.split(' '));
  const template = cluster && settled.byCluster.get(cluster);
  settled.byLine.set(plain, template);
  return template;
}
