import type { ClientHost, IRegionVpc, StretchCluster } from "../../modules";
import { timings } from "../../modules/hosts/timings";
import { table } from "./table";

/** What a scenario's stack would build, read from the stack itself. */
export interface ScenarioPicture {
  readonly name: string;
  readonly summary: string;
  readonly vpcs: readonly Pick<IRegionVpc, "node" | "region" | "cidrBlocks">[];
  readonly clusters: readonly StretchCluster[];
  readonly clients: readonly ClientHost[];
  readonly faults: readonly string[];
}

/** A scenario in text: what would be built, and how to deploy, preview, cut and heal it. */
export function scenarioText(picture: ScenarioPicture): string {
  const { name, summary, vpcs, clusters, clients, faults } = picture;
  return [
    `${name}: ${summary}`,
    table(
      "Regions",
      ["VPC", "Region", "CIDR", "Client hosts"],
      vpcs.map(({ node, region, cidrBlocks }) => [
        node.id,
        region,
        cidrBlocks.join(", "),
        clients
          .filter((client) => client.subnet.vpc.node === node)
          .map((client) => `${client.node.id} (${client.subnet.cidr})`)
          .join(", "),
      ]),
    ),
    ...clusters.flatMap(clusterText),
    howTo(name, faults),
  ].join("\n\n");
}

/** The hosts of a scenario by Terraform's addresses, and how one is renewed. */
export function addressesText({ name, clusters, clients }: ScenarioPicture): string {
  const addressOf = ({
    instance,
  }: {
    instance: { terraformResourceType: string; friendlyUniqueId: string };
  }) => `${instance.terraformResourceType}.${instance.friendlyUniqueId}`;
  const hosts = [
    ...clusters.flatMap(({ nodes }) => nodes.map((node) => [node.nodeId, addressOf(node)])),
    ...clients.map((client) => [client.node.id, addressOf(client)]),
  ];
  return [
    table(`Hosts of ${name}`, ["Host", "Address"], hosts),
    `Renew one at a time (docs/operations.md), after cdktf synth in cdktf.out/stacks/${name}:\n  terraform apply -replace=ADDRESS`,
  ].join("\n\n");
}

function clusterText(cluster: StretchCluster): string[] {
  const { namespace, nodes } = cluster;
  const { detectionMs, clockSkew } = timings(cluster.settings);
  const seconds = (ms: number) => `${Math.round(ms / 100) / 10} s`;
  return [
    table(
      `Cluster ${cluster.clusterName}`,
      ["Rack", "Node ID", "Address", "Zone", "Subnet", "Instance type"],
      nodes.map((node) => [
        node.rackId,
        node.nodeId,
        node.privateIp,
        node.subnet.zone,
        node.subnet.cidr,
        node.instanceType,
      ]),
    ),
    [
      `  namespace  ${namespace.name}: ${namespace.replicationFactor} copies, strong consistency ${namespace.strongConsistency ? "on" : "off"}`,
      `  seeds      ${cluster.seeds.join(", ")}`,
      `  roster     ${cluster.roster}`,
      `  timing     a silent node is gone after ${seconds(detectionMs)}; clocks may differ by ${clockSkew.warn} s (then servers warn; writes stop at ${clockSkew.stopWrites} s)`,
    ].join("\n"),
  ];
}

function howTo(name: string, faults: readonly string[]): string {
  const command = (what: string, rest: string) => `  ${what.padEnd(10)} cdktf ${rest}`;
  return [
    `Faults: ${faults.join(", ")}`,
    command("build", `deploy ${name}`),
    ...faults.flatMap((fault) => [
      command("preview", `diff ${name} --var fault=${fault}`),
      command("break", `deploy ${name} --var fault=${fault}`),
    ]),
    command("heal", `deploy ${name} --var fault=none`),
    command("remove", `destroy ${name}`),
  ].join("\n");
}
