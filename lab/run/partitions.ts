import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Decision, decisionOf, isServed, type PartitionMap, PARTITIONS, replicaIds } from "../../model";

/** Which node is the working master of which partitions: bitmaps of 4096 bits, base64, by node id. */
export type Masters = Readonly<Record<string, string>>;

/** Who served what at an observation, beside what was foretold: a line of `partitions.jsonl` in a run's folder. */
export interface PartitionsRecord {
  /** As the observation's. */
  readonly label: string;
  /** Microseconds of the run's monotonic clock. */
  readonly at: number;
  /** Node ids of each cluster that was seen. */
  readonly clusters: readonly (readonly string[])[];
  readonly seen: Masters;
  readonly foretold: Masters;
  /** Partitions foretold dead, a bitmap as the others. */
  readonly dead: string;
}

const FILE = "partitions.jsonl";

/** The bitmap of a node's working masters in its answer to `replicas`: `ns:regime,columns,bitmap,...;ns2:...`. */
export function mastersIn(answer: string, namespace: string): string | undefined {
  const own = answer.split(";").find((part) => part.startsWith(`${namespace}:`));
  return own?.slice(namespace.length + 1).split(",")[2];
}

/** Working masters by the model, and what is dead. */
export function foretoldMasters(maps: readonly PartitionMap[]): Pick<PartitionsRecord, "foretold" | "dead"> {
  const bits = new Map<string, Uint8Array>();
  const dead = new Uint8Array(PARTITIONS / 8);
  const set = (bitmap: Uint8Array, partition: number) => (bitmap[partition >> 3] |= 0x80 >> (partition & 7));
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const serving = maps.filter((map) => isServed(decisionOf(map, partition)));
    for (const map of serving) {
      const [master] = replicaIds(map, partition);
      if (!bits.has(master)) bits.set(master, new Uint8Array(PARTITIONS / 8));
      set(bits.get(master)!, partition);
    }
    if (serving.length === 0 && maps.some((map) => decisionOf(map, partition) === Decision.Dead)) {
      set(dead, partition);
    }
  }
  const text = (bitmap: Uint8Array) => Buffer.from(bitmap).toString("base64");
  return {
    foretold: Object.fromEntries([...bits].map(([id, bitmap]) => [id, text(bitmap)])),
    dead: text(dead),
  };
}

/** Adds a line to the run's file. */
export function notePartitions(folder: string, record: PartitionsRecord): void {
  appendFileSync(join(folder, FILE), `${JSON.stringify(record)}\n`);
}

/** What a run's file says; nothing where there is none. */
export function readPartitions(folder: string): PartitionsRecord[] {
  const path = join(folder, FILE);
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as PartitionsRecord);
}
