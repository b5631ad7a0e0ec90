import {
  type CannotHear,
  type HealthyCluster,
  healthyCluster,
  NO_FAULT,
  partitionCounts,
  PARTITIONS,
  predict,
  type Prediction,
  type Topology,
  type TopologyNode,
} from "../../model";
import { all, type Answer, type Host, type HostClass, type Reach, type Step } from "../../reach";
import type { NodeHosts } from "./nodes";

/** Ports of a node, by what they are for. */
export interface Ports {
  readonly service: number;
  readonly fabric: number;
  readonly heartbeat: number;
  readonly info: number;
}

/** An Aerospike server's own. */
export const PORTS: Ports = { service: 3000, fabric: 3001, heartbeat: 3002, info: 3003 };

/** Groups of links that are not known, of which all combinations are tried. */
const MOST_UNKNOWN = 5;

/** Nodes that all rules treat alike. */
export interface Group {
  readonly nodes: readonly TopologyNode[];
  /** Absent: in no plan. */
  readonly host?: Host;
}

/** What one group gets of another, or of itself, on a port. */
export interface Link {
  readonly from: number;
  readonly to: number;
  readonly port: number;
  readonly answer: Answer;
  /** What it has to pass; those that do not let it pass, or may not. */
  readonly blockedBy: readonly Step[];
}

/** What comes of a check: `unknown` where what is not known yet may change the answer. */
export type Verdict = "pass" | "fail" | "unknown";

/** What the networks do to a cluster. */
export interface Checked {
  readonly healthy: HealthyCluster;
  readonly groups: readonly Group[];
  readonly links: readonly Link[];
  /** What becomes of the cluster; several where links are not known, the first with all of them open. */
  readonly predictions: readonly Prediction[];
  /** Partitions that the sub-cluster which serves most of them serves, in each prediction. */
  readonly served: readonly number[];
  readonly verdict: Verdict;
  /** Why it fails or is not known beside what is served. */
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
}

/** Asks for the reachability of a cluster's nodes. */
export class ClusterReach {
  readonly groups: readonly Group[];
  private readonly groupOf = new Map<string, number>();

  constructor(
    readonly topology: Topology,
    private readonly reach: Reach,
    private readonly hosts: NodeHosts,
    private readonly ports: Ports = PORTS,
  ) {
    const groups = new Map<string, TopologyNode[]>();
    for (const node of topology.nodes) {
      const host = hosts.get(node.id);
      const key = host ? `${reach.classOf(host).id}` : `no host ${node.id}`;
      groups.set(key, [...(groups.get(key) ?? []), node]);
    }
    this.groups = [...groups.values()].map((nodes) => ({ nodes, host: hosts.get(nodes[0].id) }));
    this.groups.forEach(({ nodes }, i) => nodes.forEach(({ id }) => this.groupOf.set(id, i)));
  }

  /** What each group gets of each, on all ports; of itself where it has several nodes. */
  links(): Link[] {
    const numbers = this.groups.map((_, i) => i);
    return numbers.flatMap((from) =>
      numbers
        .filter((to) => from !== to || this.groups[from].nodes.length > 1)
        .flatMap((to) =>
          Object.values(this.ports).map((port: number) => {
            const { answer, steps } = this.between(from, to, port);
            return { from, to, port, answer, blockedBy: steps.filter((step) => step.answer !== "open") };
          }),
        ),
    );
  }

  /** Whether the nodes of two groups hear each other: heartbeats pass where either can open the port. */
  hears(a: number, b: number, port = this.ports.heartbeat): Answer {
    return either(this.between(a, b, port).answer, this.between(b, a, port).answer);
  }

  /** Whether a node runs; one that no plan tells of may. */
  runs(id: string): Answer {
    const host = this.hosts.get(id);
    return host
      ? ({ yes: "open", no: "closed", unknown: "unknown" } as const)[host.runs ?? "yes"]
      : "unknown";
  }

  /** Nodes that cannot hear each other; a link that is not known is taken as `unknown` says of its two groups. */
  cannotHear(unknown: (a: number, b: number) => boolean = () => true): CannotHear {
    const ids = this.topology.nodes.map(({ id }) => id);
    return Object.fromEntries(
      ids.map((id) => [
        id,
        this.runs(id) === "closed"
          ? ids
          : ids.filter((other) => {
              if (other === id) return false;
              const [a, b] = [this.groupOf.get(id)!, this.groupOf.get(other)!];
              const answer = this.hears(a, b);
              return answer === "unknown" ? !unknown(Math.min(a, b), Math.max(a, b)) : answer === "closed";
            }),
      ]),
    );
  }

  between(from: number, to: number, port: number): { answer: Answer; steps: readonly Step[] } {
    const [one, other] = [this.groups[from], this.groups[to]];
    const host = (node: TopologyNode | undefined) => node && this.hosts.get(node.id);
    const [a, b] = [host(one.nodes[0]), host(from === to ? other.nodes[1] : other.nodes[0])];
    if (a && b) return this.reach.reaches(a, b, port);
    const missing = (a ? other : one).nodes[0].id;
    const step: Step = {
      kind: "hosts run",
      answer: "unknown",
      by: `${missing}, which is not in the plan`,
    };
    return { answer: "unknown", steps: [step] };
  }
}

/** A connection that either end opens. */
function either(one: Answer, other: Answer): Answer {
  if (one === "open" || other === "open") return "open";
  return one === "closed" && other === "closed" ? "closed" : "unknown";
}

/**
 * What the networks do to the cluster.
 *
 * @param failUnder percentage of the partitions that one sub-cluster has to serve, 0 to 100
 * @param others hosts that are none of the nodes: who of them reaches a node is a client
 */
export function check(
  cluster: ClusterReach,
  reach: Reach,
  others: readonly Host[],
  failUnder: number,
  ports: Ports = PORTS,
): Checked {
  const { topology, groups } = cluster;
  const healthy = healthyCluster(topology);
  const pairs = groups.flatMap((group, a) =>
    groups.slice(a).flatMap((_, i) => (i === 0 && group.nodes.length < 2 ? [] : [[a, a + i] as const])),
  );
  const unknown = pairs.filter(([a, b]) => cluster.hears(a, b) === "unknown");
  const tried = unknown.length <= MOST_UNKNOWN;
  const combinations = tried ? 2 ** unknown.length : 2;
  const predictions = Array.from({ length: combinations }, (_, n) => {
    // The first has all of them open, the last all closed.
    const open = (a: number, b: number) => {
      const bit = tried ? unknown.findIndex(([one, other]) => one === a && other === b) : 0;
      return ((n >> bit) & 1) === 0;
    };
    return predict(healthy, { ...NO_FAULT, cannotHear: cluster.cannotHear(open) });
  });
  const served = predictions.map(({ subClusters }) =>
    Math.max(0, ...subClusters.map((map) => partitionCounts(map).available)),
  );
  const serves = served.map((count): Answer => (count * 100 >= failUnder * PARTITIONS ? "open" : "closed"));
  const passes =
    serves.every((each) => each === serves[0]) && (tried || unknown.length === 0) ? serves[0] : "unknown";
  const together = pairs.filter(
    ([a, b]) => cluster.hears(a, b) === "open" && cluster.hears(a, b, ports.fabric) !== "open",
  );
  const fabric = together.map(([a, b]) => {
    const answer = cluster.hears(a, b, ports.fabric);
    const does = answer === "closed" ? "is closed" : "may be closed";
    return {
      answer,
      reason: `fabric ${does} between ${groupName(groups[a])} and ${groupName(groups[b])} both ways: they hear each other, but no write is replicated`,
    };
  });
  const answer = all([passes, ...fabric.map((each) => each.answer)]);
  return {
    healthy,
    groups,
    links: cluster.links(),
    predictions,
    served,
    verdict: ({ open: "pass", closed: "fail", unknown: "unknown" } as const)[answer],
    reasons: fabric.map(({ reason }) => reason),
    warnings: [...oneWay(cluster, pairs, ports), ...clientsShut(cluster, reach, others, ports)],
  };
}

/** A group in words. */
export function groupName({ nodes }: Group): string {
  const [first] = nodes;
  return nodes.length === 1 ? first.id : `${first.id} and ${nodes.length - 1} more`;
}

function oneWay(
  cluster: ClusterReach,
  pairs: readonly (readonly [number, number])[],
  ports: Ports,
): string[] {
  const { groups } = cluster;
  return pairs.flatMap(([a, b]) =>
    (["heartbeat", "fabric"] as const).flatMap((kind) => {
      const [there, back] = [cluster.between(a, b, ports[kind]), cluster.between(b, a, ports[kind])];
      if (all([there.answer, back.answer]) !== "closed" || either(there.answer, back.answer) !== "open")
        return [];
      const [from, to] = there.answer === "closed" ? [a, b] : [b, a];
      return [
        `One-way: ${groupName(groups[from])} cannot open ${kind} (${ports[kind]}) to ${groupName(groups[to])}; the other way it is open, and carries both.`,
      ];
    }),
  );
}

/** Hosts beside the cluster that reach some of its nodes and not all. */
function clientsShut(
  cluster: ClusterReach,
  reach: Reach,
  others: readonly Host[],
  { service }: Ports,
): string[] {
  const groups = cluster.groups.filter(({ host }) => host !== undefined && host.runs !== "no");
  const classes = new Map<HostClass, Host[]>();
  for (const host of others) {
    const its = reach.classOf(host);
    if (host.runs !== "no") classes.set(its, [...(classes.get(its) ?? []), host]);
  }
  return [...classes.values()].flatMap((hosts) => {
    const answers = groups.map(({ host }) => reach.reaches(hosts[0], host!, service).answer);
    const shut = groups.filter((_, i) => answers[i] === "closed");
    if (!answers.includes("open") || shut.length === 0) return [];
    const more = hosts.length > 1 ? ` and ${hosts.length - 1} more` : "";
    return [
      `Clients at ${hosts[0].id}${more} reach some nodes, but not port ${service} of ${shut.map(groupName).join(", ")}.`,
    ];
  });
}

/** What a port of a node did and does now. */
export interface Change {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly before: Answer;
  readonly after: Answer;
  /** True where only groups close it, so that connections which are there go on. */
  readonly establishedGoOn: boolean;
}

/** Links that differ from before, a pair of nodes and a port each. */
export function changes(before: ClusterReach, after: ClusterReach, ports: Ports = PORTS): Change[] {
  const groupIn = ({ groups }: ClusterReach) =>
    new Map(groups.flatMap(({ nodes }, i) => nodes.map(({ id }) => [id, i] as const)));
  const [then, now] = [groupIn(before), groupIn(after)];
  const told = new Set<string>();
  const ids = after.topology.nodes.map(({ id }) => id);
  return ids.flatMap((from) =>
    ids
      .filter((to) => to !== from)
      .flatMap((to) =>
        Object.values(ports).flatMap((port: number) => {
          const key = [then, now].map((groups) => `${groups.get(from)} ${groups.get(to)}`).join() + port;
          if (told.has(key)) return [];
          told.add(key);
          const was = before.between(then.get(from)!, then.get(to)!, port).answer;
          const { answer, steps } = after.between(now.get(from)!, now.get(to)!, port);
          if (was === answer) return [];
          const shut = steps.filter((step) => step.answer !== "open");
          const establishedGoOn =
            answer === "closed" && was === "open" && shut.every(({ kind }) => kind.endsWith("group"));
          return [{ from, to, port, before: was, after: answer, establishedGoOn }];
        }),
      ),
  );
}
