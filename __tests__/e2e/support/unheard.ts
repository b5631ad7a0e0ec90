import type { CannotHear, Topology } from "../../../model";
import { ClusterReach } from "../../../cli/check/check";
import { hostsOfNodes } from "../../../cli/check/nodes";
import { factsOf, Reach } from "../../../reach";
import type { TerraformJson } from "./terraform";

/** Pairs of nodes that do not hear each other, by the networks that a plan or a state tells of; one that is down hears nobody. */
export function unheardIn(shown: TerraformJson, topology: Topology): string[] {
  const facts = factsOf(shown);
  const hosts = hostsOfNodes(topology, facts, { topologyFile: "the topology", file: "the plan" });
  const cluster = new ClusterReach(topology, new Reach(facts), hosts);
  const unknown = cluster.links().filter(({ answer }) => answer === "unknown");
  if (unknown.length > 0) throw new Error(`not known: ${JSON.stringify(unknown[0].blockedBy)}`);
  return pairs(cluster.cannotHear());
}

/** Pairs of nodes that do not hear each other, as a rule tells. */
export function unheardBy(cannotHear: CannotHear): string[] {
  return pairs(cannotHear);
}

function pairs(cannotHear: CannotHear): string[] {
  const all = Object.entries(cannotHear).flatMap(([id, others]) =>
    others.map((other) => (id < other ? `${id} ${other}` : `${other} ${id}`)),
  );
  return [...new Set(all)].sort();
}
