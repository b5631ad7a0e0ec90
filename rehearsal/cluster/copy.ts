import type { StoredRecord } from "./record";

/** One node's copy of one partition: records by digest (its 20 bytes as latin1). */
export class Copy {
  private readonly map = new Map<string, StoredRecord>();
  private tombs = 0;
  /** Digests written here that not every replica is known to have. */
  readonly unreplicated = new Set<string>();

  get(digest: string): StoredRecord | undefined {
    return this.map.get(digest);
  }

  set(digest: string, record: StoredRecord): void {
    this.tombs += Number(record.tombstone) - Number(this.map.get(digest)?.tombstone ?? false);
    this.map.set(digest, record);
  }

  delete(digest: string): void {
    this.tombs -= Number(this.map.get(digest)?.tombstone ?? false);
    this.map.delete(digest);
    this.unreplicated.delete(digest);
  }

  entries(): IterableIterator<[string, StoredRecord]> {
    return this.map.entries();
  }

  /** Records, tombstones among them. */
  get size(): number {
    return this.map.size;
  }

  /** Records that are there. */
  get objects(): number {
    return this.map.size - this.tombs;
  }

  get tombstones(): number {
    return this.tombs;
  }
}
