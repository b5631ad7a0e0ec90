import {
  clientOutcome,
  decisionOf,
  digest,
  type HealthyCluster,
  isServed,
  type Key,
  partitionOf,
  type PartitionMap,
  type Prediction,
  replicaIds,
} from "../../model";
import { table } from "./table";

/** A key as it was given and as it is hashed. */
export interface KeyGiven {
  readonly text: string;
  readonly key: Key;
}

/** Where records live, and who serves them from each sub-cluster of a fault. */
export function whereText(
  keys: readonly KeyGiven[],
  set: string,
  healthy: HealthyCluster,
  prediction: Prediction,
  named: (map: PartitionMap) => string,
): string {
  const whole = prediction.subClusters.length === 1 && prediction.down.length === 0;
  const sides = whole ? [] : prediction.subClusters;
  const rows = keys.map(({ text, key }) => {
    const hash = Buffer.from(digest(set, key));
    const partition = partitionOf(hash);
    return [
      text,
      hash.toString("hex"),
      partition,
      replicaIds(healthy.map, partition).join(", "),
      ...sides.map((map) => served(healthy, prediction, map, partition)),
    ];
  });
  return table(
    set === "" ? "Records without a set" : `Records of set ${set}`,
    ["Key", "Digest", "Partition", "Replicas", ...sides.map((map) => `from ${named(map)}`)],
    rows,
  );
}

function served(
  healthy: HealthyCluster,
  prediction: Prediction,
  map: PartitionMap,
  partition: number,
): string {
  if (isServed(decisionOf(map, partition))) return replicaIds(map, partition).join(", ");
  const outcome = (connected: "before the cut" | "after the cut") =>
    clientOutcome(healthy, prediction, { reach: map.members, operation: "write", connected }, partition);
  return `nobody: ${outcome("before the cut")} in running clients, ${outcome("after the cut")} in new ones`;
}
