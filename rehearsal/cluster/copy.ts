import type { StoredRecord } from "./record";
import type { Unflushed } from "./unflushed";

/** One node's copy of one partition: records by digest (its 20 bytes as latin1). */
export class Copy {
  private readonly map = new Map<string, StoredRecord>();
  private tombs = 0;
  /** Digests written here that not every replica is known to have. */
  readonly unreplicated = new Set<string>();

  constructor(private readonly unflushed: Unflushed) {}

  get(digest: string): StoredRecord | undefined {
    return this.map.get(digest);
  }

  set(digest: string, record: StoredRecord): void {
    const before = this.map.get(digest);
    this.unflushed.add(this, digest, before);
    this.tombs += Number(record.tombstone) - Number(before?.tombstone ?? false);
    this.map.set(digest, record);
  }

  delete(digest: string): void {
    const before = this.map.get(digest);
    if (before) this.unflushed.add(this, digest, before);
    this.remove(digest, before);
  }

  /** Puts back what the device holds; undefined where it holds nothing. */
  restore(digest: string, record: StoredRecord | undefined): void {
    this.remove(digest, this.map.get(digest));
    if (!record) return;
    this.tombs += Number(record.tombstone);
    this.map.set(digest, record);
  }

  /** Its index is made again from the device: which records every replica has is not known any more. */
  startCold(): void {
    for (const digest of this.map.keys()) this.unreplicated.add(digest);
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

  private remove(digest: string, record: StoredRecord | undefined): void {
    this.tombs -= Number(record?.tombstone ?? false);
    this.map.delete(digest);
    this.unreplicated.delete(digest);
  }
}
