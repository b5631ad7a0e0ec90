import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Topology } from "../../model";
import { billOf, type RegionBill } from "../price/bill";
import { withStack } from "./stack";

/** What costs in a scenario. */
export interface ScenarioBill {
  readonly bills: readonly RegionBill[];
  readonly topology: Topology;
  /** Regions of the client hosts. */
  readonly writers: readonly string[];
}

/**
 * What costs in a scenario, read from its synthesised stack.
 *
 * @throws UsageError where no scenario has the name.
 */
export async function loadBill(name: string): Promise<ScenarioBill> {
  const { ClientHost } = await import("../../modules");
  const { App } = await import("cdktf");
  return withStack(name, (scenario) => {
    const app = App.of(scenario);
    app.synth();
    const file = join(app.outdir, "stacks", scenario.node.id, "cdk.tf.json");
    const clients = scenario.node.findAll().filter((c) => c instanceof ClientHost);
    return {
      bills: billOf(JSON.parse(readFileSync(file, "utf8"))),
      topology: scenario.clusters[0].topology(),
      writers: [...new Set(clients.map(({ subnet }) => subnet.vpc.region))],
    };
  });
}
