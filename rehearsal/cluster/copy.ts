import { sizeOf, type StoredRecord } from "./record";
import type { Unflushed } from "./unflushed";

/** One node's copy of one partition: records by digest (its 20 bytes as latin1). */
export class Copy {
  private readonly map = new Map<string, StoredRecord>();
  private tombs = 0;
  /** Digests written here that not every replica is known to have. */
  readonly unreplicated = new Set<string>();

  private bytes = 0;

  /** @param usage of its node, all copies together */
  constructor(
    private readonly unflushed: Unflushed,
    private usage: { bytes: number },
  ) {}

  get(digest: string): StoredRecord | undefined {
    return this.map.get(digest);
  }

  set(digest: string, record: StoredRecord): void {
    const before = this.map.get(digest);
    this.unflushed.add(this, digest, before);
    this.tombs += Number(record.tombstone) - Number(before?.tombstone ?? false);
    this.use(sizeOf(record) - (before ? sizeOf(before) : 0));
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
    this.use(sizeOf(record));
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

  /** Its node gives it up. */
  drop(): void {
    this.usage.bytes -= this.bytes;
    // Writes that a crash takes back are no longer the node's.
    this.usage = { bytes: this.bytes };
  }

  private use(bytes: number): void {
    this.bytes += bytes;
    this.usage.bytes += bytes;
  }

  private remove(digest: string, record: StoredRecord | undefined): void {
    this.tombs -= Number(record?.tombstone ?? false);
    if (record) this.use(-sizeOf(record));
    this.map.delete(digest);
    this.unreplicated.delete(digest);
  }
}
