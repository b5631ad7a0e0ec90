import { withStack } from "./stack";

/**
 * AWS regions of a scenario.
 *
 * @throws UsageError where no scenario has the name.
 */
export async function scenarioRegions(name: string): Promise<string[]> {
  const { RegionVpcBase } = await import("../../modules/network/region-vpc-base");
  return withStack(name, (scenario) => {
    const vpcs = scenario.node.findAll().filter((c) => c instanceof RegionVpcBase);
    return [...new Set(vpcs.map(({ region }) => region))];
  });
}
