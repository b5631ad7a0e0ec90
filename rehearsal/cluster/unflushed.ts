import type { StoredRecord } from "./record";

/** Where a write can be taken back. */
interface Restorable {
  /** Puts back what the device holds; undefined where it holds nothing. */
  restore(digest: string, record: StoredRecord | undefined): void;
}

/** A write that may still be in a buffer, and what stood there before. */
interface Write {
  readonly at: number;
  readonly copy: Restorable;
  readonly digest: string;
  readonly before: StoredRecord | undefined;
}

/** Writes kept before those that were flushed are let go. */
const SLACK = 1000;

/**
 * A node's write buffers: what it wrote within `flush-max-ms`, which a crash loses, all of it, as a server may (configuration
 * reference, `flush-max-ms`).
 */
export class Unflushed {
  private writes: Write[] = [];
  private first = 0;

  /**
   * @param now milliseconds
   * @param longest milliseconds that a write may stay unflushed; 0 = none does
   */
  constructor(
    private readonly now: () => number,
    private readonly longest: () => number,
  ) {}

  add(copy: Restorable, digest: string, before: StoredRecord | undefined): void {
    const longest = this.longest();
    if (longest === 0) return;
    const at = this.now();
    this.writes.push({ at, copy, digest, before });
    while (this.writes[this.first].at <= at - longest) this.first++;
    if (this.first < SLACK || this.first * 2 < this.writes.length) return;
    this.writes = this.writes.slice(this.first);
    this.first = 0;
  }

  /** A stop that is clean writes all of it. */
  flush(): void {
    this.writes = [];
    this.first = 0;
  }

  /** A crash: what was not flushed is as it was before. */
  lose(): void {
    const since = this.now() - this.longest();
    for (const { at, copy, digest, before } of this.writes.slice(this.first).reverse()) {
      if (at > since) copy.restore(digest, before);
    }
    this.flush();
  }
}
