import {
  type Bounds,
  clientOutcome,
  decisionOf,
  digest,
  type HealthyCluster,
  isServed,
  type Key,
  type Outcome,
  partitionOf,
  type Prediction,
  replicaIds,
} from "../../model";
import { listed } from "../../lab/run/sides";
import { secondsText } from "../../lab/foretell/orphans";
import type { Place } from "../../lab/foretell/places";
import type { Terminal } from "./terminal";
import { wrapped } from "./text";

/** A key as it was given and as it is hashed. */
export interface KeyGiven {
  readonly text: string;
  readonly key: Key;
}

/** Where a record lives, and who serves it in each place of a fault. */
export interface RecordPlace {
  /** As it was given. */
  readonly key: string;
  /** In hexadecimal digits. */
  readonly digest: string;
  readonly partition: number;
  /** Ids of the nodes that hold it while all is well, the master first. */
  readonly replicas: readonly string[];
  /** None of a healthy cluster. */
  readonly places: readonly ServedFrom[];
}

/** Who serves a record to clients of a place. */
export interface ServedFrom {
  readonly place: string;
  /** Ids of the nodes that serve it there, the master first; none where nobody does. */
  readonly servedBy: readonly string[];
  /** When the orphans there block, in milliseconds after the cut; none beside a sub-cluster. */
  readonly blocks?: Bounds;
  /** Those of them that refuse clients that connect after the cut. */
  readonly refusingNew: readonly string[];
  /** What a write gets, by when the client connected. */
  readonly write: Readonly<Record<"before the cut" | "after the cut", Outcome>>;
}

/**
 * Where records live, and who serves them in each place of a fault.
 *
 * @param places none of a healthy cluster.
 */
export function recordPlaces(
  keys: readonly KeyGiven[],
  set: string,
  healthy: HealthyCluster,
  prediction: Prediction,
  places: readonly Place[],
): RecordPlace[] {
  return keys.map(({ text, key }) => {
    const hash = Buffer.from(digest(set, key));
    const partition = partitionOf(hash);
    return {
      key: text,
      digest: hash.toString("hex"),
      partition,
      replicas: replicaIds(healthy.map, partition),
      places: places.map((place) => servedFrom(healthy, prediction, place, partition)),
    };
  });
}

function servedFrom(
  healthy: HealthyCluster,
  prediction: Prediction,
  { name, map, blocks, reach }: Place,
  partition: number,
): ServedFrom {
  const servedBy = map && isServed(decisionOf(map, partition)) ? replicaIds(map, partition) : [];
  const write = (connected: "before the cut" | "after the cut") =>
    clientOutcome(healthy, prediction, { reach: reach[connected], operation: "write", connected }, partition);
  return {
    place: name,
    servedBy,
    ...(blocks && { blocks }),
    refusingNew: servedBy.filter((id) => !reach["after the cut"].includes(id)),
    write: { "before the cut": write("before the cut"), "after the cut": write("after the cut") },
  };
}

/** The places of records, a few lines a record. */
export function whereText(records: readonly RecordPlace[], set: string, { columns }: Terminal): string {
  const labels = ["Digest", "Replicas", ...(records[0]?.places ?? []).map(({ place }) => `from ${place}`)];
  // What is next to a long label goes below it.
  const margin = Math.min(Math.max(...labels.map((label) => label.length)), 24) + 4;
  const line = (label: string, text: string) =>
    wrapped(`  ${label}`.padEnd(margin - 1) + ` ${text}`, columns, " ".repeat(margin));
  return records
    .map(({ key, digest: hash, partition, replicas, places }) =>
      [
        wrapped(`${key} ${set === "" ? "without a set" : `in set ${set}`}: partition ${partition}`, columns),
        line("Digest", hash),
        line("Replicas", replicas.join(", ")),
        ...places.map((from) => line(`from ${from.place}`, servedText(from))),
      ].join("\n"),
    )
    .join("\n\n");
}

function servedText({ servedBy, blocks, refusingNew, write }: ServedFrom): string {
  if (servedBy.length === 0) {
    const codes = `${write["before the cut"]} in running clients, ${write["after the cut"]} in new ones`;
    return blocks && blocks[1] > 0
      ? `nobody, once its orphans block ${secondsText(blocks)} s after the cut: ${codes}`
      : `nobody: ${codes}`;
  }
  const refuse = refusingNew.length > 1 ? "refuse" : "refuses";
  return [
    servedBy.join(", "),
    ...(refusingNew.length > 0 ? [`${listed(refusingNew)} ${refuse} new clients`] : []),
  ].join("; ");
}
