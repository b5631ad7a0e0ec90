import {
  type Fault,
  type HealthyCluster,
  partitionCounts,
  type PartitionMap,
  PARTITIONS,
  predict,
  type TopologyNode,
} from "../../model";
import { blocksOf } from "../../model/members";

/**
 * One line a side, for the Terraform output `partitions`: how many nodes see each other there and how many partitions
 * they serve.
 *
 * @param sideOf the side of a node
 */
export function sideSummaries(
  healthy: HealthyCluster,
  fault: Fault,
  sideOf: (node: TopologyNode) => string,
): Record<string, string> {
  const { nodes, namespace } = healthy.topology;
  const { subClusters, orphans, flapping, mayDiffer, predictedBecause } = predict(healthy, fault);
  const split = namespace.strongConsistency ? 1 : subClusters.length;
  const suffix = (mayDiffer ? "; may differ" : "") + (predictedBecause.length > 0 ? " (predicted)" : "");
  const sides = [...new Set(nodes.map(sideOf))];
  return Object.fromEntries(
    sides.map((side) => {
      const own = nodes.filter((node) => sideOf(node) === side);
      const here = subClusters.filter(({ members }) => own.some(({ id }) => members.includes(id)));
      const lines = new Set(
        here.map((map) => {
          const flaps = flapping.includes(map.members) ? ", a cluster that comes and goes" : "";
          return line(map, nodes.length, split) + flaps;
        }),
      );
      const alone = orphans.filter((orphan) => own.some(({ id }) => id === orphan.id));
      if (alone.length > 0) {
        const blocks = blocksOf(alone)
          .map((ms) => (ms / 1000).toFixed(1))
          .join(" to ");
        lines.add(
          `${alone.length} of ${nodes.length} nodes in no cluster, 0 of ${PARTITIONS} served once they block (${blocks} s after the cut), all unavailable until healed`,
        );
      }
      return [side, (lines.size > 0 ? [...lines].join("; ") : "all nodes down") + suffix];
    }),
  );
}

function line(map: PartitionMap, size: number, masters: number): string {
  const { available, dead } = partitionCounts(map);
  const nodes = `${map.members.length} of ${size} nodes`;
  if (available === PARTITIONS) {
    const split = masters > 1 ? `, as in every sub-cluster: ${masters} masters each` : "";
    return `${nodes}, ${PARTITIONS} of ${PARTITIONS} partitions served${split}`;
  }
  const rest = available > 0 ? "the others" : "all";
  const until = dead > 0 ? "dead until revived" : "unavailable until healed";
  return `${nodes}, ${available} of ${PARTITIONS} served, ${rest} ${until}`;
}
