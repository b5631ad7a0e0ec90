import { ModelError } from "./errors";
import { byIdDescending } from "./node-id";
import type { CannotHear } from "./topology";

/** How the nodes fall apart. */
export interface Connectivity {
  /** Sub-clusters, each as ids in the order given; by their first node in that order. */
  readonly subClusters: readonly (readonly string[])[];
  /** Nodes that are down: they do not hear even themselves. */
  readonly down: readonly string[];
  /** True where links are one-way or partial, so that "who hears whom" alone does not tell the clusters. */
  readonly partial: boolean;
}

/**
 * Sub-clusters from "who hears whom": a link works only if both ends hear each other, and a cluster is a clique
 * (specification, section 3; where links are one-way or partial the result is predicted).
 *
 * @throws ModelError where the fault names a node that is not among `ids`.
 */
export function subClusters(ids: readonly string[], cannotHear: CannotHear): Connectivity {
  const known = new Set(ids);
  const deaf = new Map<string, ReadonlySet<string>>();
  for (const [id, others] of Object.entries(cannotHear)) {
    const stranger = [id, ...others].find((node) => !known.has(node));
    if (stranger !== undefined) {
      throw new ModelError(
        `The fault names node "${stranger}", which is not in the topology: expected one of ${ids.join(", ")}.`,
      );
    }
    deaf.set(id, new Set(others));
  }
  const hears = (a: string, b: string) => !deaf.get(a)?.has(b);
  const linked = (a: string, b: string) => hears(a, b) && hears(b, a);

  const down = ids.filter((id) => !hears(id, id));
  const alive = ids.filter((id) => hears(id, id));
  const clusters: string[][] = [];
  for (let rest = [...alive].sort(byIdDescending); rest.length > 0;) {
    const cluster = clique(rest, linked);
    clusters.push(cluster);
    rest = rest.filter((id) => !cluster.includes(id));
  }

  const place = new Map(ids.map((id, index) => [id, index]));
  const sorted = clusters
    .map((cluster) => cluster.sort((a, b) => place.get(a)! - place.get(b)!))
    .sort((a, b) => place.get(a[0])! - place.get(b[0])!);
  const home = new Map(sorted.flatMap((cluster, index) => cluster.map((id) => [id, index] as const)));
  const partial = alive.some((a) =>
    alive.some((b) => hears(a, b) !== hears(b, a) || linked(a, b) !== (home.get(a) === home.get(b))),
  );
  return { subClusters: sorted, down, partial };
}

/** The cluster of the principal of `ids`, which are sorted by id, descending. */
function clique(ids: readonly string[], linked: (a: string, b: string) => boolean): string[] {
  const principal = ids[0];
  const cluster = ids.filter((id) => id === principal || linked(principal, id));
  const missing = new Map(
    cluster.map((id) => [id, cluster.filter((other) => other !== id && !linked(id, other)).length]),
  );
  for (;;) {
    // The most missing links; of equals the smaller id, which stands later.
    const worst = cluster.reduce((a, b) => (missing.get(b)! >= missing.get(a)! ? b : a));
    if (missing.get(worst) === 0) return cluster;
    cluster.splice(cluster.indexOf(worst), 1);
    for (const id of cluster) if (!linked(id, worst)) missing.set(id, missing.get(id)! - 1);
  }
}
