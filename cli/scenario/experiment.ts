import type { Experiment } from "../experiment/experiment";
import { withStack } from "./stack";

/**
 * The experiment of a scenario: topology and faults read from the very stack that is deployed.
 *
 * @param name @default the first scenario
 * @throws UsageError where no scenario has the name.
 */
export async function loadScenario(name?: string): Promise<Experiment> {
  return withStack(name, (scenario, entry) => {
    const cluster = scenario.clusters[0];
    const sides = new Map(cluster.nodes.map((node) => [node.nodeId, capitalised(node.subnet.vpc.node.id)]));
    return {
      name: entry.name,
      topology: cluster.topology(),
      roundTrips: cluster.roundTrips,
      faults: scenario.faults(),
      story: entry.story,
      sideOf: ({ id }) => sides.get(id)!,
    };
  });
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
