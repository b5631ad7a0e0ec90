import { clockSkewLimits, DEFAULT_HEARTBEATS, type Topology } from "../../model";
import { cdktfCommand } from "../../modules/stack/own-command";
import { table } from "./table";
import type { Terminal } from "./terminal";
import { wrapped } from "./text";

/** A host of a stack. */
export interface HostRow {
  readonly name: string;
  readonly vpc: string;
  readonly zone: string;
  readonly subnet: string;
  readonly instanceType: string;
  /** Terraform's address. */
  readonly address: string;
}

/** A cluster of a stack; its hosts in the order of the topology's nodes. */
export interface ClusterPicture {
  readonly clusterName: string;
  readonly topology: Topology;
  readonly seeds: readonly string[];
  readonly roster: string;
  readonly hosts: readonly HostRow[];
}

/** What a stack would build, as it says itself. */
export interface ScenarioPicture {
  readonly name: string;
  readonly metadata: {
    readonly summary?: string;
    readonly vpcs: readonly {
      readonly id: string;
      readonly region: string;
      readonly cidrBlocks: readonly string[];
    }[];
    readonly clusters: readonly ClusterPicture[];
    readonly clients: readonly HostRow[];
    readonly faults: readonly { readonly name: string; readonly variable: string }[];
  };
}

/** A stack in text: what would be built, and how to deploy, preview, cut and heal it. */
export function scenarioText({ name, metadata }: ScenarioPicture, terminal: Terminal): string {
  const { summary, vpcs, clusters, clients, faults } = metadata;
  return [
    wrapped(summary === undefined ? name : `${name}: ${summary}`, terminal.columns, "  "),
    table(
      "Regions",
      ["VPC", "Region", "CIDR", "Client hosts"],
      vpcs.map(({ id, region, cidrBlocks }) => [
        id,
        region,
        cidrBlocks.join(", "),
        clients
          .filter(({ vpc }) => vpc === id)
          .map((client) => `${client.name} (${client.subnet})`)
          .join(", "),
      ]),
      terminal,
    ),
    ...clusters.flatMap((cluster) => clusterText(cluster, terminal)),
    howTo(name, faults),
  ].join("\n\n");
}

/** The hosts of a stack by Terraform's addresses, and how one is renewed. */
export function addressesText(
  { name, metadata: { clusters, clients } }: ScenarioPicture,
  terminal: Terminal,
): string {
  const hosts = [...clusters.flatMap((cluster) => cluster.hosts), ...clients];
  return [
    table(
      `Hosts of ${name}`,
      ["Host", "Address"],
      hosts.map((host) => [host.name, host.address]),
      terminal,
    ),
    `Renew one at a time (docs/operations.md):\n  ${cdktfCommand("synth")}\n  terraform -chdir=cdktf.out/stacks/${name} apply -replace=ADDRESS`,
  ].join("\n\n");
}

function clusterText(
  { clusterName, topology, seeds, roster, hosts }: ClusterPicture,
  terminal: Terminal,
): string[] {
  const { namespace, nodes, heartbeats } = topology;
  const { interval, timeout } = { ...DEFAULT_HEARTBEATS, ...heartbeats };
  const clockSkew = clockSkewLimits(heartbeats);
  const seconds = (ms: number) => `${Math.round(ms / 100) / 10} s`;
  return [
    table(
      `Cluster ${clusterName}`,
      ["Rack", "Node ID", "Address", "Zone", "Subnet", "Instance type"],
      nodes.map(({ rack, id, address = "" }, i) => [
        rack,
        id,
        address,
        hosts[i].zone,
        hosts[i].subnet,
        hosts[i].instanceType,
      ]),
      terminal,
    ),
    [
      `  namespace  ${namespace.name}: ${namespace.replicationFactor} copies, strong consistency ${namespace.strongConsistency ? "on" : "off"}`,
      `  seeds      ${seeds.join(", ")}`,
      `  roster     ${roster}`,
      `  timing     a silent node is gone after ${seconds(interval * timeout)}; clocks may differ by ${clockSkew.warn} s (then servers warn; writes stop at ${clockSkew.stopWrites} s)`,
    ]
      .map((line) => wrapped(line, terminal.columns, " ".repeat(13)))
      .join("\n"),
  ];
}

function howTo(name: string, faults: ScenarioPicture["metadata"]["faults"]): string {
  const command = (what: string, rest: string) => `  ${what.padEnd(10)} ${cdktfCommand(rest)}`;
  const variables = new Set(faults.map(({ variable }) => variable));
  return [
    `Faults: ${faults.length === 0 ? "none" : faults.map((fault) => fault.name).join(", ")}`,
    command("build", `deploy ${name}`),
    ...faults.flatMap((fault) => [
      command("preview", `diff ${name} --var ${fault.variable}=${fault.name}`),
      command("break", `deploy ${name} --var ${fault.variable}=${fault.name}`),
    ]),
    ...[...variables].map((variable) => command("heal", `deploy ${name} --var ${variable}=none`)),
    command("remove", `destroy ${name}`),
  ].join("\n");
}
