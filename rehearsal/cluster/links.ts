import {
  type Fault,
  linkQuality,
  type LinkQuality,
  NO_FAULT,
  type Place,
  roundTrip,
  type RoundTrips,
} from "../../model";
import { RefusedError } from "../errors";
import type { Node } from "./node";
import type { Random } from "./random";

/** What clients of a place meet at a node. */
export type ClientLink = "open" | "lost" | "refused";

/**
 * Milliseconds after which TCP sends again what was lost: the round trip and at least 200, twice as long each time, at most
 * two minutes (RFC 6298, 5.5; Linux' TCP_RTO_MIN and TCP_RTO_MAX). A request alone is under way, so that nothing tells of its loss sooner.
 */
const RETRANSMISSION = { least: 200, most: 120_000 } as const;

/** Who reaches whom now, and how fast: node to node, and from each place where clients are. */
export class Links {
  private fault: Fault = NO_FAULT;
  private readonly deaf = new Map<string, ReadonlySet<string>>();
  /** When a pair that was cut can talk again: connections are made anew, by `A B`. */
  private readonly reconnectAt = new Map<string, number>();

  /** Whether anything takes time at all. */
  areSlow: boolean;
  private readonly qualities = new Map<string, LinkQuality>();

  /** Throws {@link RefusedError} where the round trips lack a pair of the nodes' regions. */
  constructor(
    private readonly nodes: readonly Node[],
    private readonly roundTrips: RoundTrips | undefined,
    private readonly random: Random,
  ) {
    this.areSlow = roundTrips !== undefined;
    const regions = [...new Set(nodes.map(({ region }) => region))];
    for (const a of roundTrips ? regions : []) {
      for (const b of regions) {
        if (roundTrip(roundTrips!, a, b) !== undefined) continue;
        throw new RefusedError(
          `There is no round trip for ${a} - ${b} (${roundTrips!.source}): give one, in milliseconds.`,
        );
      }
    }
  }

  get current(): Fault {
    return this.fault;
  }

  /** Sets the fault; pairs that it heals can talk from `reconnectAt` on, in milliseconds since 1970. */
  set(fault: Fault, reconnectAt: (a: Node, b: Node) => number): void {
    const before = new Map<string, boolean>();
    this.eachPair((a, b) => before.set(pair(a, b), this.hearEachOther(a, b)));
    this.fault = fault;
    this.areSlow = this.roundTrips !== undefined || (fault.links?.length ?? 0) > 0;
    this.qualities.clear();
    this.deaf.clear();
    for (const [id, others] of Object.entries(fault.cannotHear)) this.deaf.set(id, new Set(others));
    this.eachPair((a, b) => {
      if (this.hearEachOther(a, b) && !before.get(pair(a, b))) {
        this.reconnectAt.set(pair(a, b), reconnectAt(a, b));
      }
    });
  }

  /** A node's links to others are made anew. */
  reconnect(node: Node, at: number, others = this.nodes): void {
    for (const other of others) if (other !== node) this.reconnectAt.set(pair(node, other), at);
  }

  /** Whether two nodes can talk: a link works only if both run and hear each other. */
  linked(a: Node, b: Node): boolean {
    return a === b || (a.runs && b.runs && this.hearEachOther(a, b));
  }

  /**
   * Milliseconds until a heartbeat arrives; undefined where it does not: their link does not work, or is not made again, or
   * the heartbeat is lost. It is not sent again: the next one tells as much.
   */
  heartbeat(from: Node, to: Node, now: number): number | undefined {
    if (!this.linked(from, to) || (this.reconnectAt.get(pair(from, to)) ?? 0) > now) return undefined;
    if (!this.areSlow) return 0;
    const quality = this.quality(from, to);
    return this.random.next() * 100 < quality.loss ? undefined : this.once(quality);
  }

  /** Milliseconds that a message takes from a node, or a client, to another: what is lost is sent again, as TCP does. */
  transit(from: Place, to: Place): number {
    if (!this.areSlow) return 0;
    const quality = this.quality(from, to);
    let ms = this.once(quality);
    let wait = RETRANSMISSION.least + 2 * quality.delay;
    while (this.random.next() * 100 < quality.loss) {
      ms += wait;
      wait = Math.min(2 * wait, RETRANSMISSION.most);
    }
    return ms;
  }

  /** Milliseconds that a message and its answer take. */
  roundTrip(a: Place, b: Place): number {
    return a === b || !this.areSlow ? 0 : this.transit(a, b) + this.transit(b, a);
  }

  private once({ delay, jitter }: LinkQuality): number {
    return delay + jitter * this.random.next();
  }

  /** Distance and slow links together. */
  private quality(a: Place, b: Place): LinkQuality {
    const key = `${a.id ?? ""} ${a.region} ${b.id ?? ""} ${b.region}`;
    let quality = this.qualities.get(key);
    if (!quality) {
      const distance = this.roundTrips ? (roundTrip(this.roundTrips, a.region, b.region) ?? 0) / 2 : 0;
      quality = linkQuality(this.fault.links ?? [], a, b);
      quality = { ...quality, delay: quality.delay + distance };
      this.qualities.set(key, quality);
    }
    return quality;
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
