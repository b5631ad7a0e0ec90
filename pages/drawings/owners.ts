import {
  Decision,
  decisionOf,
  isServed,
  type PartitionMap,
  PARTITIONS,
  replicaIds,
  type Topology,
} from "../../model";
import type { Unserved } from "./style";

/** Who serves each partition: ids of nodes, or why nobody does. */
export interface Owners {
  /** Names that `of` points to: node ids in the topology's order, then the {@link Unserved}. */
  readonly classes: readonly string[];
  /** A class for each of the 4096 partitions. */
  readonly of: Uint16Array;
}

/** What is not served, after the nodes among the classes. */
export const UNSERVED: readonly Unserved[] = ["unavailable", "dead", "several"];

/** Classes of a topology's partitions. */
export function classesOf({ nodes }: Pick<Topology, "nodes">): string[] {
  return [...nodes.map(({ id }) => id), ...UNSERVED];
}

/** Who serves each partition, by the maps of the clusters that there are. */
export function ownersOf(topology: Pick<Topology, "nodes">, maps: readonly PartitionMap[]): Owners {
  const classes = classesOf(topology);
  const number = new Map(classes.map((name, i) => [name, i]));
  const of = new Uint16Array(PARTITIONS);
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const masters = maps
      .filter((map) => isServed(decisionOf(map, partition)))
      .map((map) => replicaIds(map, partition)[0]);
    const dead = maps.some((map) => decisionOf(map, partition) === Decision.Dead);
    const name =
      masters.length > 1 ? "several" : masters.length === 1 ? masters[0] : dead ? "dead" : "unavailable";
    of[partition] = number.get(name)!;
  }
  return { classes, of };
}

/**
 * Who serves each partition, by the nodes' own word: bitmaps of 4096 bits, base64, of what each is the working master of.
 *
 * @param deadBits what is dead of the rest, a bitmap too. @default nothing
 */
export function ownersSeen(
  topology: Pick<Topology, "nodes">,
  masters: Readonly<Record<string, string>>,
  deadBits = "",
): Owners {
  const classes = classesOf(topology);
  const [several, dead, unavailable] = ["several", "dead", "unavailable"].map((name) =>
    classes.indexOf(name),
  );
  const deadOnes = bytesOf(deadBits);
  const of = new Uint16Array(PARTITIONS);
  for (let partition = 0; partition < PARTITIONS; partition++) {
    of[partition] = isSet(deadOnes, partition) ? dead : unavailable;
  }
  const owned = new Set<number>();
  for (const [id, text] of Object.entries(masters)) {
    const bits = bytesOf(text);
    const owner = classes.indexOf(id);
    for (let partition = 0; partition < PARTITIONS; partition++) {
      if (!isSet(bits, partition)) continue;
      of[partition] = owned.has(partition) ? several : owner;
      owned.add(partition);
    }
  }
  return { classes, of };
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

function isSet(bits: Uint8Array, partition: number): boolean {
  return (bits[partition >> 3] & (0x80 >> (partition & 7))) !== 0;
}

/** Partitions of each class, by name; classes without any are left out. */
export function countsOf({ classes, of }: Owners): Record<string, number> {
  const counts = new Uint16Array(classes.length);
  for (const one of of) counts[one]++;
  return Object.fromEntries(
    classes.map((name, i) => [name, counts[i]] as const).filter(([, count]) => count > 0),
  );
}

/** An order of the partitions by which those of a healthy owner stand together, and among them those of a predicted one. */
export function orderOf(healthy: Owners, foretold: Owners): number[] {
  const rank = (partition: number) => healthy.of[partition] * healthy.classes.length + foretold.of[partition];
  return Array.from({ length: PARTITIONS }, (_, partition) => partition).sort(
    (a, b) => rank(a) - rank(b) || a - b,
  );
}
