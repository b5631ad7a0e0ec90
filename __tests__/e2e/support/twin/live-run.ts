/**
 * A program, for tests to run and to kill: the experiment of a scenario on its deployed stack. Its argument is its options as
 * JSON; it says its steps as `stretch run` does, and ends with the verdict's exit code.
 */
import { App } from "cdktf";
import { DeployedDriver } from "../../../../lab/deployed/deployed-driver";
import { writeReport } from "../../../../lab/run/report";
import { Run, type RunPlan } from "../../../../lab/run/run";
import { sidesOf } from "../../../../lab/run/sides";
import { summaryOf } from "../../../../lab/run/summary";
import type { Scenario } from "../../../../scenarios";
import * as scenarios from "../../../../scenarios";
import type { Story } from "../../../../scenarios/story";
import type { Moto } from "../moto";
import { Terraform } from "../terraform";

/** What is run, and where it goes. */
export interface LiveRunOptions {
  /** Class of the scenario: `EvenSplit`. */
  readonly scenario: "EvenSplit" | "RackFailure" | "TieBreaker";
  /** Folder of the stack, with its state. */
  readonly dir: string;
  /** The run's folder, which must not be there yet. */
  readonly folder: string;
  /** @default the scenario's own */
  readonly story?: Story;
  readonly seed: number;
}

const NAMES = { London: "eu-west-2", Paris: "eu-west-3", Ireland: "eu-west-1" };

async function main(): Promise<void> {
  const { scenario, dir, folder, story, seed } = JSON.parse(process.argv[2]) as LiveRunOptions;
  const Class = scenarios[scenario] as unknown as (new (app: App, id: string) => Scenario) & { story: Story };
  const stack = new Class(new App(), "stack");
  const terraform = new Terraform(dir, { env: process.env, log: () => "" } as unknown as Moto);
  const outputs = await terraform.output();
  const topology = stack.clusters[0].topology();
  const faults = stack.faults();
  const says = (text: string) => process.stdout.write(`${text}\n`);
  const clients = Object.values(outputs).filter((output) => output?.results_prefix !== undefined);
  const driver = await DeployedDriver.start({
    name: `the stack ${scenario}`,
    cluster: {
      nodes: topology.nodes.map(({ id, rack, region, address }) => {
        const { instance_id: instanceId, results_prefix: prefix } = outputs.cluster_nodes[id];
        return { id, rack, region: region!, address: address!, instanceId, prefix };
      }),
      clients: clients.map(({ region, instance_id: instanceId, results_prefix: prefix }) => ({
        ...{ region, instanceId, prefix },
      })),
      results: { bucket: outputs.results_bucket, region: outputs.results_bucket_region },
    },
    topology,
    faults,
    breaker: {
      fault: async (fault: string) => void (await terraform.apply({ fault })),
      heal: async () => void (await terraform.apply({ fault: "none" })),
    },
    run: `test-${seed}`,
    seconds: 600,
    says,
  });
  const sides = sidesOf(
    topology,
    ({ region }) => Object.entries(NAMES).find(([, name]) => name === region)![0],
  );
  const plan: RunPlan = {
    ...{ experiment: scenario, topology, faults, sides, seed },
    story: story ?? Class.story,
    // Of runs before this one.
    truncate: true,
  };
  const startedAt = new Date().toISOString();
  const run = new Run(driver, plan, folder, { says, progress: () => {} });
  const record = await run.run();
  const environment = { command: "live-run", version: "0.0.0", driver: driver.name, startedAt };
  const summary = summaryOf(plan, record, folder, environment);
  writeReport(folder, summary);
  await driver.close();
  says(`${summary.verdict}: ${summary.sentence}\n${summary.reasons.join("\n")}`);
  process.exit(summary.exitCode);
}

void main().catch((error: Error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(70);
});
