import { type Fault, NO_FAULT } from "../../model";
import type { Node } from "./node";

/** What clients of a place meet at a node. */
export type ClientLink = "open" | "lost" | "refused";

/** Who reaches whom now: node to node, and from each place where clients are. */
export class Links {
  private fault: Fault = NO_FAULT;
  private readonly deaf = new Map<string, ReadonlySet<string>>();
  /** When a pair that was cut can talk again: connections are made anew, by `A B`. */
  private readonly reconnectAt = new Map<string, number>();

  constructor(private readonly nodes: readonly Node[]) {}

  get current(): Fault {
    return this.fault;
  }

  /** Sets the fault; pairs that it heals can talk from `reconnectAt` on, in milliseconds since 1970. */
  set(fault: Fault, reconnectAt: (a: Node, b: Node) => number): void {
    const before = new Map<string, boolean>();
    this.eachPair((a, b) => before.set(pair(a, b), this.hearEachOther(a, b)));
    this.fault = fault;
    this.deaf.clear();
    for (const [id, others] of Object.entries(fault.cannotHear)) this.deaf.set(id, new Set(others));
    this.eachPair((a, b) => {
      if (this.hearEachOther(a, b) && !before.get(pair(a, b))) {
        this.reconnectAt.set(pair(a, b), reconnectAt(a, b));
      }
    });
  }

  /** A node came up: its links are made anew. */
  reconnect(node: Node, at: number): void {
    for (const other of this.nodes) if (other !== node) this.reconnectAt.set(pair(node, other), at);
  }

  /** Whether two nodes can talk: a link works only if both are up and hear each other. */
  linked(a: Node, b: Node): boolean {
    return a === b || (a.up && b.up && this.hearEachOther(a, b));
  }

  /** Whether heartbeats between two nodes arrive: their link works, and is made again. */
  heartbeats(a: Node, b: Node, now: number): boolean {
    return this.linked(a, b) && (this.reconnectAt.get(pair(a, b)) ?? 0) <= now;
  }

  /** What clients of a region meet at a node. */
  client(region: string, node: Node): ClientLink {
    const { clientsLose, refuses } = this.fault;
    if (refuses[region]?.includes(node.id)) return "refused";
    if (clientsLose) return clientsLose[region]?.includes(node.id) ? "lost" : "open";
    // A client stands beside its region's nodes: it loses what most of them have lost. A node that an operator stopped
    // stands there still; one that the fault takes down (it cannot hear itself) tells nothing of the network.
    const beside = this.nodes.filter(
      (other) => other.region === region && other !== node && !this.deaf.get(other.id)?.has(other.id),
    );
    const losing = beside.filter((other) => !this.hearEachOther(other, node)).length;
    return losing * 2 > beside.length ? "lost" : "open";
  }

  private hearEachOther(a: Node, b: Node): boolean {
    return !this.deaf.get(a.id)?.has(b.id) && !this.deaf.get(b.id)?.has(a.id);
  }

  private eachPair(visit: (a: Node, b: Node) => void): void {
    this.nodes.forEach((a, i) => this.nodes.slice(i + 1).forEach((b) => visit(a, b)));
  }
}

function pair(a: Node, b: Node): string {
  return a.index < b.index ? `${a.id} ${b.id}` : `${b.id} ${a.id}`;
}
