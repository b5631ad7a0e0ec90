import {
  clientOutcome,
  decisionOf,
  digest,
  type HealthyCluster,
  isServed,
  type Key,
  partitionOf,
  type Prediction,
  replicaIds,
} from "../../model";
import type { Place } from "../../lab/foretell/places";
import { listed } from "../../lab/run/sides";
import { table } from "./table";

/** A key as it was given and as it is hashed. */
export interface KeyGiven {
  readonly text: string;
  readonly key: Key;
}

/**
 * Where records live, and who serves them in each place of a fault.
 *
 * @param places none of a healthy cluster.
 */
export function whereText(
  keys: readonly KeyGiven[],
  set: string,
  healthy: HealthyCluster,
  prediction: Prediction,
  places: readonly Place[],
): string {
  const rows = keys.map(({ text, key }) => {
    const hash = Buffer.from(digest(set, key));
    const partition = partitionOf(hash);
    return [
      text,
      hash.toString("hex"),
      partition,
      replicaIds(healthy.map, partition).join(", "),
      ...places.map((place) => served(healthy, prediction, place, partition)),
    ];
  });
  return table(
    set === "" ? "Records without a set" : `Records of set ${set}`,
    ["Key", "Digest", "Partition", "Replicas", ...places.map(({ name }) => `from ${name}`)],
    rows,
  );
}

function served(
  healthy: HealthyCluster,
  prediction: Prediction,
  { map, reach }: Place,
  partition: number,
): string {
  if (map && isServed(decisionOf(map, partition))) {
    const owners = replicaIds(map, partition);
    const refusing = owners.filter((id) => !reach["after the cut"].includes(id));
    if (refusing.length === 0) return owners.join(", ");
    return `${owners.join(", ")}; ${listed(refusing)} ${refusing.length > 1 ? "refuse" : "refuses"} new clients`;
  }
  const outcome = (connected: "before the cut" | "after the cut") =>
    clientOutcome(healthy, prediction, { reach: reach[connected], operation: "write", connected }, partition);
  return `nobody: ${outcome("before the cut")} in running clients, ${outcome("after the cut")} in new ones`;
}
