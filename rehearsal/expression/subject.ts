import { type Bin, binsOf } from "../cluster/bins";
import type { Node } from "../cluster/node";
import { sizeOf, type StoredRecord } from "../cluster/record";
import type { Subject } from "./expression";

/** Which record is asked, and what its node says beside it. */
export interface Asking {
  /** Digest as latin1. */
  readonly digest: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whether the namespace is kept in memory. */
  readonly inMemory: boolean;
}

export function askingOf(node: Node, digest: string): Asking {
  const inMemory = node.settings.namespace.text("storage-engine") === "memory";
  return { digest, now: node.now(), inMemory };
}

type Asked = Pick<StoredRecord, "set" | "key" | "voidTime" | "lastUpdate" | "bins" | "binCount">;

/** A record as its expressions see it; its bins are looked at when the first of them is asked for. */
export function subjectOf(record: Asked, asking: Asking, bin?: (name: string) => Bin | undefined): Subject {
  let bins: Bin[] | undefined;
  return {
    ...asking,
    set: record.set,
    key: record.key,
    voidTime: record.voidTime,
    lastUpdate: record.lastUpdate,
    get size() {
      return sizeOf(record);
    },
    bin: bin ?? ((name) => (bins ??= binsOf(record)).find((one) => one.name === name)),
  };
}
