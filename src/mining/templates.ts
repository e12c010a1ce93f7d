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
  templateOf(tool: string, reading: Told | undefined): Template | undefined;
  /** The templates of the wordings that it was made of, in their order. */
  ofWordings: readonly (Template | undefined)[];
  /** All templates, by key. */
  templates: Template[];
}

/** What tells a reading's template. */
type Told = Pick<Reading, 'kind' | 'prefix' | 'plain'>;

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
  const told = Array.from(wordings, (wording) => addLine(partitionOf(partitions, wording), wording));
  const templates = new Map<string, Template>();
  // The most frequent partitions come first, so that the cap on clusters cuts the rare ones.
  let budget = drainDefaults.maxClusters;
  for (const partition of allOf(partitions).sort((a, b) => b.weight - a.weight || byCodeUnit(a.name, b.name))) {
    partition.settled = settle(partition, budget, templates);
    budget -= partition.settled.drain.clusters().length;
  }
  // Errors in the same words share a reading where they come from the disk.
  const known = new WeakMap<Told, { tool: string; template: Template | undefined }>();
  return {
    ofWordings: told.map(({ template }) => template),
    templateOf(tool, reading) {
      if (reading === undefined) return undefined;
      const found = known.get(reading);
      if (found?.tool === tool) return found.template;
      const partition = partitions.get(tool)?.get(reading.kind)?.get(reading.prefix);
      const template = partition && lookUp(partition, reading.plain);
      known.set(reading, { tool, template });
      return template;
    },
    templates: [...templates.values()].sort((a, b) => byCodeUnit(a.key, b.key)),
  };
}

interface Line {
  masked: Wording['masked'];
  weight: number;
  /** Once it is known; some lines belong to none. */
  template?: Template | undefined;
}

interface Partition {
  name: string;
  tool: string;
  kind: string;
  prefix: string;
  weight: number;
  /** By their plain text: those of wordings, and what was looked up since. */
  lines: Map<string, Line>;
  settled?: {
    drain: Drain;
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

function addLine(partition: Partition, { plain, masked, times }: Wording): Line {
  const line = inGroup(partition.lines, plain, (): Line => ({ masked, weight: 0 }));
  line.masked = commonMask(line.masked, masked);
  line.weight += times;
  partition.weight += times;
  return line;
}

function settle(
  partition: Partition,
  budget: number,
  templates: Map<string, Template>,
): NonNullable<Partition['settled']> {
  const drain = createDrain({ maxClusters: Math.max(0, budget) });
  const [found, left]: [{ line: Line; cluster: Cluster }[], [plain: string, Line][]] = [[], []];
  for (const [plain, line] of [...partition.lines].sort(([a], [b]) => byCodeUnit(a, b))) {
    const cluster = drain.add(plain.split(' '), line.weight);
    if (cluster === undefined) left.push([plain, line]);
    else found.push({ line, cluster });
  }
  drain.settle();
  const members = groupBy(found, ({ cluster }) => drain.current(cluster));
  const byCluster = new Map<Cluster, Template>();
  for (const [cluster, lines] of members) {
    const masked = lines.map(({ line }) => line.masked).reduce(commonMask);
    const template = templateFor(partition, cluster, masked, templates);
    byCluster.set(cluster, template);
    for (const { line } of lines) line.template = template;
  }
  const settled = { drain, byCluster };
  for (const [plain, line] of left) line.template = filledBy(settled, plain);
  return settled;
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

function lookUp({ lines, settled }: Partition, plain: string): Template | undefined {
  const known = lines.get(plain);
  if (known !== undefined) return known.template;
  const template = settled && filledBy(settled, plain);
  lines.set(plain, { masked: null, weight: 0, template });
  return template;
}

function filledBy({ drain, byCluster }: NonNullable<Partition['settled']>, plain: string): Template | undefined {
  const cluster = drain.match(plain.split(' '));
  return cluster && byCluster.get(cluster);
}
