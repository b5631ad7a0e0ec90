import type { Clock } from "./clock";
import type { Node, Owners, View } from "./node";

/** Milliseconds between two goes at the work. */
const STEP = 20;

/**
 * The appeals of one sub-cluster: after a cold start a node does not know which of its records are replicated, and asks the
 * other replicas of each of its partitions, once that has nothing to migrate; those that they have too are exonerated
 * (metrics reference, `appeals_records_exonerated`). Ends with its view.
 */
export class Appeals {
  constructor(
    private readonly view: View,
    private readonly clock: Clock,
    /** Records that a node appeals for in a second; a partition takes as long as one at least. */
    private readonly recordsPerSecond: number,
    private readonly linked: (a: Node, b: Node) => boolean,
  ) {}

  start(): void {
    if (this.view.members.some((node) => this.open(node).length > 0)) {
      this.clock.after(STEP, () => {
        for (const node of this.view.members) this.work(node);
        this.start();
      });
    }
  }

  /** Partitions that a node appeals for and this sub-cluster serves; none once the node has left it. */
  private open(node: Node): Owners[] {
    if (node.view !== this.view || !node.runs) return [];
    return [...node.appealing]
      .map((pid) => this.view.partitions[pid])
      .filter(({ master }) => master !== undefined);
  }

  private work(node: Node): void {
    let credit = (this.recordsPerSecond * STEP) / 1000;
    for (const owners of this.open(node)) {
      if (credit <= 0) return;
      if (!owners.isSettled) continue;
      const others = owners.replicas.filter((other) => other !== node);
      if (!others.every((other) => other.view === this.view && this.linked(node, other))) continue;
      credit -= Math.max(1, this.exonerate(node, owners.partition, others));
      node.appealing.delete(owners.partition);
    }
  }

  /** @returns how many records it appealed for */
  private exonerate(node: Node, pid: number, others: readonly Node[]): number {
    const copy = node.copyOf(pid);
    if (!copy) return 0;
    const appealed = [...copy.unreplicated];
    for (const digest of appealed) {
      const record = copy.get(digest);
      if (!others.every((other) => other.copyOf(pid)?.get(digest) === record)) continue;
      copy.unreplicated.delete(digest);
      node.count("appeals_records_exonerated");
    }
    return appealed.length;
  }
}
