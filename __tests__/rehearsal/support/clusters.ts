import { type Fault, halves, type Namespace, type Topology } from "../../../model";
import { Cluster, type ClusterOptions } from "../../../rehearsal/cluster/cluster";
import { DrivenClient } from "./driven-client";
import { Services } from "../../../rehearsal/service/connection";
import { VirtualClock } from "../../../rehearsal/cluster/clock";

export const LONDON = "eu-west-2";
export const PARIS = "eu-west-3";

const SC: Namespace = { name: "mydata", replicationFactor: 2, strongConsistency: true };

function topology(
  nodes: readonly (readonly [string, number])[],
  namespace: Partial<Namespace> = {},
): Topology {
  return {
    namespace: { ...SC, ...namespace },
    nodes: nodes.map(([id, rack]) => ({ id, rack, region: rack === 32 ? LONDON : PARIS })),
  };
}

/** The article's six nodes. */
export const EVEN = topology([
  ["A352", 32],
  ["A600", 32],
  ["A129", 32],
  ["A70", 33],
  ["A882", 33],
  ["A517", 33],
]);

/** The article's six nodes, without strong consistency. */
export const EVEN_AP: Topology = { ...EVEN, namespace: { ...SC, strongConsistency: false } };

/** The article's seven nodes. */
export const ODD = topology([
  ["A541", 32],
  ["A445", 32],
  ["A333", 32],
  ["A332", 32],
  ["A829", 33],
  ["A476", 33],
  ["A250", 33],
]);

/** Ids of a region's nodes. */
export function idsIn({ nodes }: Topology, region: string): string[] {
  return nodes.filter((node) => node.region === region).map(({ id }) => id);
}

/** The cut between London and Paris. */
export function split(of: Topology): Fault {
  return halves(idsIn(of, LONDON), idsIn(of, PARIS));
}

/** A cluster in virtual time, started, and clients of it. */
export class Run {
  readonly clock = new VirtualClock();
  readonly cluster: Cluster;
  readonly services: Services;

  constructor(of: Topology, options: ClusterOptions = {}) {
    this.cluster = new Cluster(of, this.clock, { migrateRecordsPerSecond: 10_000, ...options });
    this.services = new Services(this.cluster);
    this.cluster.start();
  }

  client(region: string): DrivenClient {
    return new DrivenClient(this.services, region);
  }

  /** Lets time pass until sub-clusters have formed and migrations have ended, and clients could hear of both. */
  settle(limit = 60_000): void {
    this.clock.advanceUntil(() => this.cluster.settled && this.cluster.migrating === 0, limit);
    this.clock.advance(500);
  }

  /** Cuts London from Paris and waits for the two clusters. */
  cut(of: Topology): void {
    this.cluster.setFault(split(of));
    this.settle();
  }

  heal(): void {
    this.cluster.heal();
    this.settle();
  }

  /** Sets the roster through a node and reclusters its sub-cluster. */
  reroster(nodes: string, at: string): void {
    const client = this.client(this.cluster.node(at).region);
    expect(client.info(at, `roster-set:namespace=mydata;nodes=${nodes}`)).toBe("ok");
    this.recluster(at);
    client.close();
  }

  recluster(at: string): void {
    const view = this.cluster.node(at).view!;
    expect(this.cluster.recluster(view.principal)).toBe(true);
    this.clock.advanceUntil(() => this.cluster.node(at).view !== view, 10_000);
    this.settle();
  }
}
