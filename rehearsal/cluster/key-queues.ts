/**
 * Requests under way at a node, by record: a server works on one write at a time of a record, lets so many others wait and
 * refuses more with KEY_BUSY ("Miscellaneous issues", transaction-pending-limit). What arrives together counts as under
 * way together, though a rehearsal node is through with each at once.
 */
export class KeyQueues {
  private readonly lengths = new Map<string, number>();
  private ended: string[] = [];

  /** @param afterTurn calls back once all that has arrived by now was looked at */
  constructor(private readonly afterTurn: (run: () => void) => void) {}

  /**
   * A request for a record begins.
   *
   * @param limit how many may wait behind the first; 0 = any number
   * @returns false where too many are under way: it does not begin.
   */
  enter(digest: string, limit: number): boolean {
    const length = this.lengths.get(digest) ?? 0;
    if (limit > 0 && length > limit) return false;
    this.lengths.set(digest, length + 1);
    return true;
  }

  /** A request that has begun ends. */
  leave(digest: string): void {
    if (this.ended.push(digest) === 1) this.afterTurn(() => this.settle());
  }

  private settle(): void {
    const { ended } = this;
    this.ended = [];
    for (const digest of ended) {
      const length = this.lengths.get(digest)! - 1;
      if (length === 0) this.lengths.delete(digest);
      else this.lengths.set(digest, length);
    }
  }
}
