import { Lazy, TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { type Fault, healthyCluster, NO_FAULT, NONE } from "../../model";
import { combined } from "../../model/fault";
import type { Topology } from "../../model/topology";
import { StretchCluster } from "../cluster/stretch-cluster";
import { sideSummaries } from "./side-summaries";

/** The faults of a stack, as their switch knows them. */
interface IFaults extends Construct {
  /** Their names, without `none`. */
  readonly faults: readonly string[];
  /** Name of the Terraform variable that makes them. */
  readonly variableName: string;
  /** What each does to a cluster, by name. */
  faultsOf(topology: Topology): Record<string, Fault>;
  /** Expression: the entry of the current fault, with its end in `note`. */
  lookup(texts: Readonly<Record<string, Readonly<Record<string, string>>>>): unknown;
}

/**
 * The Terraform output that says what the current fault does to the stack's clusters: one line a VPC, computed by the
 * model at synth for every fault and chosen by the switch's variable, so that any plan shows it beside the rules that
 * it changes. A stack without a cluster has none.
 */
export class PartitionsOutput extends TerraformOutput {
  constructor(faultSwitch: IFaults, id: string, name: string) {
    // cdktf resolves an output twice a synth; the model answers once.
    const answers = new Map<string, Record<string, Record<string, string>>>();
    const produce = () => {
      const question = questionOf(faultSwitch);
      if (!answers.has(question)) answers.set(question, summaries(faultSwitch));
      return faultSwitch.lookup(answers.get(question)!);
    };
    super(faultSwitch, id, {
      value: Lazy.anyValue({ produce }),
      description: "Predicted: who serves which partitions.",
    });
    this.overrideLogicalId(name);
  }

  /** Whether it is left out: the stack has no cluster. */
  get isEmpty(): boolean {
    return StretchCluster.inStackOf(this).length === 0;
  }

  override toTerraform(): ReturnType<TerraformOutput["toTerraform"]> {
    return this.isEmpty ? {} : super.toTerraform();
  }

  override toHclTerraform(): ReturnType<TerraformOutput["toHclTerraform"]> {
    return this.isEmpty ? {} : super.toHclTerraform();
  }
}

/** All that the summaries depend on. */
function questionOf(faultSwitch: IFaults): string {
  const topologies = StretchCluster.inStackOf(faultSwitch).map((cluster) => cluster.rostered.topology);
  return JSON.stringify(topologies.map((topology) => [topology, faultSwitch.faultsOf(topology)]));
}

/**
 * By fault, `none` among them: its name and what comes next, a line a VPC, the roster assumed, and a note of what the lines do not tell. The VPCs of several clusters are
 * told apart by the clusters' ids.
 */
function summaries(faultSwitch: IFaults): Record<string, Record<string, string>> {
  const clusters = StretchCluster.inStackOf(faultSwitch).map((cluster) => {
    const sides = new Map(cluster.nodes.map((node) => [node.nodeId, node.subnet.vpc.node.id]));
    const { topology, missing } = cluster.rostered;
    const healthy = healthyCluster(topology);
    const all = topology.nodes.map(({ id }) => id);
    // A node of the roster that the stack does not have is down, whatever the fault.
    const gone: Fault = { ...NO_FAULT, cannotHear: Object.fromEntries(missing.map((id) => [id, all])) };
    const named = { [NONE]: NO_FAULT, ...faultSwitch.faultsOf(topology) };
    const faults = Object.fromEntries(
      Object.entries(named).map(([name, fault]) => [
        name,
        missing.length > 0 ? combined([fault, gone]) : fault,
      ]),
    );
    return { cluster, sides, healthy, faults };
  });
  // Clusters of one id in two scopes are told apart by their paths.
  const ids = clusters.map(({ cluster }) => cluster.node.id);
  const nameOf = ({ node }: StretchCluster) =>
    ids.filter((id) => id === node.id).length > 1 ? node.path.split("/").slice(1).join("/") : node.id;
  const linesOf = (name: string) =>
    clusters.flatMap(({ cluster, sides, healthy, faults }) =>
      Object.entries(
        sideSummaries(healthy, faults[name], ({ id }) => sides.get(id) ?? "no host of the stack"),
      ).map(([side, line]) => [clusters.length > 1 ? `${nameOf(cluster)} ${side}` : side, line]),
    );
  const rosters = clusters
    .filter(({ cluster }) => cluster.namespace.strongConsistency)
    .map(({ cluster }) => [
      clusters.length > 1 ? `${nameOf(cluster)} roster` : "roster",
      rosterLine(cluster),
    ]);
  const noteOf = (name: string) => {
    const notes = new Set(clusters.flatMap(({ faults }) => faults[name].notes));
    return notes.size > 0 ? { note: [...notes].join("; ") } : {};
  };
  return Object.fromEntries(
    [NONE, ...faultSwitch.faults].map((name) => [
      name,
      {
        ...Object.fromEntries([...linesOf(name), ...rosters]),
        ...noteOf(name),
        fault: faultLine(name, faultSwitch),
      },
    ]),
  );
}

/** Which fault there is, and what comes next. */
function faultLine(name: string, { faults, variableName }: IFaults): string {
  if (name !== NONE) return `${name}, until healed by ${variableName}=${NONE}`;
  return faults.length === 0 ? NONE : `${NONE}; to make one: ${variableName}=${faults.join(" or ")}`;
}

/** The roster that the lines assume: a plan cannot know the one that is set, as it lives in the database. */
function rosterLine(cluster: StretchCluster): string {
  const { roster } = cluster.rostered;
  const set = `set it by ${cluster.rosterCommand}`;
  return roster === cluster.roster
    ? `assumed set: ${roster}; after a change of nodes ${set}`
    : `assumed set, as given: ${roster}; that of the nodes is not yet: ${set}`;
}
