import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "./errors";
import type { Experiment } from "./experiment";
import { billOf, type RegionBill } from "./price/bill";
import type { ScenarioPicture } from "./report/scenario";
import type { Topology } from "../model";
import type { HostFiles } from "../modules";
import type { Scenario, ScenarioEntry } from "../scenarios";

/** Names of all scenarios. The constructs are loaded only where a scenario is asked for: a topology file needs none. */
export async function scenarioNames(): Promise<string[]> {
  const { scenarios } = await import("../scenarios");
  return scenarios.map(({ name }) => name);
}

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
      faults: scenario.faults(),
      sideOf: ({ id }) => sides.get(id)!,
    };
  });
}

/**
 * What a scenario would build.
 *
 * @throws UsageError where no scenario has the name.
 */
export async function scenarioPicture(name: string): Promise<ScenarioPicture> {
  const { ClientHost, FaultSwitch, RegionVpc } = await import("../modules");
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

/**
 * AWS regions of a scenario.
 *
 * @throws UsageError where no scenario has the name.
 */
export async function scenarioRegions(name: string): Promise<string[]> {
  const { RegionVpcBase } = await import("../modules");
  return withStack(name, (scenario) => {
    const vpcs = scenario.node.findAll().filter((c) => c instanceof RegionVpcBase);
    return [...new Set(vpcs.map(({ region }) => region))];
  });
}

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
  const { ClientHost } = await import("../modules");
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

/** A host with what lands on it; what only Terraform knows stands there as its expression. */
export interface RenderedHost extends Pick<HostFiles, "files" | "userData"> {
  /** A node's id, or a client host's name. */
  readonly name: string;
}

/**
 * What lands on every host of a scenario.
 *
 * @throws UsageError where no scenario has the name.
 */
export async function loadHosts(name: string): Promise<RenderedHost[]> {
  const { ClientHost } = await import("../modules");
  const { DefaultTokenResolver, StringConcat, Tokenization } = await import("cdktf");
  const resolver = new DefaultTokenResolver(new StringConcat());
  return withStack(name, (scope) => {
    const clients = scope.node.findAll().filter((c) => c instanceof ClientHost);
    return [
      ...scope.clusters.flatMap(({ nodes }) =>
        nodes.map(({ nodeId, files }) => ({ name: nodeId, ...files })),
      ),
      ...clients.map(({ node, files }) => ({ name: node.id, ...files })),
    ].map(({ name, files, userData }) =>
      Tokenization.resolve({ name, files, userData }, { scope, resolver, preparing: false }),
    );
  });
}

async function withStack<T>(
  name: string | undefined,
  read: (scenario: Scenario, entry: ScenarioEntry) => T,
): Promise<T> {
  const { scenarios } = await import("../scenarios");
  const entry = name === undefined ? scenarios[0] : scenarios.find((scenario) => scenario.name === name);
  if (!entry) {
    const names = scenarios.map((scenario) => scenario.name).join(", ");
    throw new UsageError(`There is no scenario "${name}": expected one of ${names}.`);
  }
  const { App } = await import("cdktf");
  // An app makes its output folder at once, synthesised or not.
  const outdir = mkdtempSync(join(tmpdir(), "stretch-"));
  try {
    return read(entry.build(new App({ outdir, context: projectContext() })), entry);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** What the context of the project's cdktf.json says, as the cdktf command hands it to the app. */
function projectContext(): Record<string, unknown> {
  if (!existsSync("cdktf.json")) return {};
  let project: unknown;
  try {
    project = JSON.parse(readFileSync("cdktf.json", "utf8"));
  } catch (error) {
    throw new UsageError(`cdktf.json cannot be read: ${(error as Error).message}.`);
  }
  if (!isObject(project)) throw notAnObject("cdktf.json", project);
  const context = project.context ?? {};
  if (!isObject(context)) throw notAnObject("context in cdktf.json", context);
  return context;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function notAnObject(what: string, value: unknown): UsageError {
  return new UsageError(`${what} is ${JSON.stringify(value).slice(0, 80)}: expected an object, in braces.`);
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
