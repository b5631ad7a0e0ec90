import { EVERYWHERE, blockOf } from "../../../../reach/block";
import { type Facts, NO_FACTS, type Ports } from "../../../../reach/facts";

/** What moto's backends hold of networks and instances, as moto_twin.py tells it. */
export interface Backends {
  readonly vpcs: readonly { id: string; region: string; blocks: string[] }[];
  readonly subnets: readonly { id: string; vpc: string; block: string; zone: string }[];
  readonly acls: readonly {
    id: string;
    vpc: string;
    isDefault: boolean;
    subnets: string[];
    rules: {
      number: number;
      protocol: string;
      allow: boolean;
      egress: boolean;
      block: string;
      from: number | null;
      to: number | null;
    }[];
  }[];
  readonly tables: readonly {
    id: string;
    vpc: string;
    isMain: boolean;
    subnets: string[];
    routes: { block: string; peering: string | null; nat: string | null; gateway: string | null }[];
  }[];
  readonly groups: readonly {
    id: string;
    vpc: string;
    isDefault: boolean;
    rules: {
      id: string;
      egress: boolean;
      protocol: string;
      from: number | null;
      to: number | null;
      block: string | null;
      group: string | null;
      list: string | null;
    }[];
  }[];
  readonly peerings: readonly { id: string; ends: [string, string]; accepted: boolean }[];
  readonly nats: readonly { id: string; subnet: string }[];
  readonly instances: readonly InstanceState[];
}

/** An instance as EC2 knows it. */
export interface InstanceState {
  readonly id: string;
  readonly region: string;
  /** Private IPv4 address. */
  readonly address: string;
  readonly subnet: string;
  readonly groups: readonly string[];
  /** `running`, `stopped`, `terminated` */
  readonly state: string;
  /** In base64. */
  readonly userData: string | null;
  /** Name of its instance profile. */
  readonly profile: string | null;
}

const ALL_PORTS: Ports = { from: 0, to: 65535 };

/** Ports of a rule that is about TCP; undefined: it is not. */
function tcpPorts(protocol: string, from: number | null, to: number | null): Ports | undefined {
  if (["-1", "all"].includes(protocol)) return ALL_PORTS;
  if (!["tcp", "6"].includes(protocol)) return undefined;
  return from === null || to === null ? ALL_PORTS : { from: Number(from), to: Number(to) };
}

/** What they say of the networks; every instance stands where it is, running or not. */
export function factsOfBackends(backends: Backends): Facts {
  return {
    ...NO_FACTS,
    vpcs: backends.vpcs.map(({ id, region, blocks }) => ({ id, region, blocks: blocks.map(blockOf) })),
    subnets: backends.subnets.map(({ id, vpc, block, zone }) => ({
      id,
      vpc: [vpc],
      block: blockOf(block),
      zone,
    })),
    hosts: backends.instances
      .filter(({ state }) => state !== "terminated")
      .map(({ id, address, subnet, groups }) => ({
        id,
        tags: {},
        address: blockOf(address),
        subnet: [subnet],
        groups: groups.map((group) => [group]),
      })),
    tables: backends.tables.map(({ id }) => ({ id })),
    routes: backends.tables.flatMap(({ id: table, routes }) =>
      routes.map(({ block, peering, nat, gateway }) => ({
        name: `${table} ${block}`,
        table: [table],
        destination: blockOf(block),
        targets: [
          peering !== null
            ? { kind: "peering" as const, to: [peering] }
            : nat !== null
              ? { kind: "nat" as const, to: [nat] }
              : { kind: gateway === null ? ("other" as const) : ("internet" as const), to: [gateway ?? ""] },
        ],
      })),
    ),
    tableAssociations: backends.tables.flatMap(({ id, subnets }) =>
      subnets.map((subnet) => ({ subnet: [subnet], with: [id] })),
    ),
    mainTables: backends.tables
      .filter(({ isMain }) => isMain)
      .map(({ id, vpc }) => ({ vpc: [vpc], is: [id] })),
    peerings: backends.peerings.map(({ id, ends: [one, other], accepted }) => ({
      id,
      ends: [[one], [other]],
      accepted,
    })),
    natGateways: backends.nats.map(({ id, subnet }) => ({ id, subnet: [subnet] })),
    acls: backends.acls.map(({ id }) => ({ id })),
    aclRules: backends.acls.flatMap(({ id: acl, rules }) =>
      rules.flatMap(({ number, protocol, allow, egress, block, from, to }) => {
        const ports = tcpPorts(protocol, from, to);
        const name = `${acl} ${egress ? "out" : "in"} ${number}`;
        return ports ? [{ name, acl: [acl], egress, number, allow, block: blockOf(block), ports }] : [];
      }),
    ),
    aclAssociations: backends.acls.flatMap(({ id, subnets }) =>
      subnets.map((subnet) => ({ subnet: [subnet], with: [id] })),
    ),
    defaultAcls: backends.acls
      .filter(({ isDefault }) => isDefault)
      .map(({ id, vpc }) => ({ vpc: [vpc], is: [id] })),
    groups: backends.groups.map(({ id }) => ({ id })),
    groupRules: backends.groups.flatMap(({ id: group, rules }) =>
      rules.flatMap(({ id: name, egress, protocol, from, to, block, group: other, list }) => {
        const ports = tcpPorts(protocol, from, to);
        return ports
          ? [
              {
                name,
                group: [group],
                egress,
                ports,
                blocks: block === null ? [] : [block === "0.0.0.0/0" ? EVERYWHERE : blockOf(block)],
                groups: other === null ? [] : [[other]],
                lists: list === null ? [] : [[list]],
              },
            ]
          : [];
      }),
    ),
    defaultGroups: backends.groups
      .filter(({ isDefault }) => isDefault)
      .map(({ id, vpc }) => ({ vpc: [vpc], is: [id] })),
  };
}
