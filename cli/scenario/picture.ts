import type { ScenarioPicture } from "../report/scenario";
import { withStack } from "./stack";

/**
 * What a scenario would build.
 *
 * @throws UsageError where no scenario has the name.
 */
export async function scenarioPicture(name: string): Promise<ScenarioPicture> {
  const { ClientHost, FaultSwitch, RegionVpc } = await import("../../modules");
  return withStack(name, (scenario, { name, summary }) => {
    const constructs = scenario.node.findAll();
    return {
      name,
      summary,
      vpcs: constructs.filter((c) => c instanceof RegionVpc),
      clusters: scenario.clusters,
      clients: constructs.filter((c) => c instanceof ClientHost),
      faults: FaultSwitch.of(scenario).faults,
    };
  });
}
