import type { Clock } from "./clock";
import type { Node } from "./node";

interface Entry {
  readonly deadline: number;
  attempt(): boolean;
  expire(): void;
}

/** What nodes cannot do yet: tried again and again until it is done or its time is out. */
export class Waiting {
  private readonly entries = new Map<Node, Entry[]>();

  /** @param interval milliseconds between two attempts */
  constructor(
    private readonly clock: Clock,
    private readonly interval: number,
  ) {}

  /** Tries until `attempt` says that it is done, or else calls `expire` once `ms` milliseconds have passed. */
  add(node: Node, ms: number, attempt: () => boolean, expire: () => void): void {
    const list = this.entries.get(node);
    const entry = { deadline: this.clock.now() + ms, attempt, expire };
    if (list) list.push(entry);
    else this.entries.set(node, [entry]);
    if (!list || list.length === 1) this.schedule(node);
  }

  /** The node goes down: nothing of it is tried any more. */
  expire(node: Node): void {
    const list = this.entries.get(node) ?? [];
    this.entries.delete(node);
    for (const entry of list) entry.expire();
  }

  private schedule(node: Node): void {
    this.clock.after(this.interval, () => {
      const list = this.entries.get(node);
      if (!list) return;
      if (node.paused) return this.schedule(node);
      const now = this.clock.now();
      const { length } = list;
      const left = list.filter((entry) => {
        if (entry.attempt()) return false;
        if (entry.deadline > now) return true;
        entry.expire();
        return false;
      });
      // What was answered may have been followed by something that waits again.
      const added = list.slice(length);
      this.entries.set(node, [...left, ...added]);
      if (left.length + added.length > 0) this.schedule(node);
    });
  }
}
