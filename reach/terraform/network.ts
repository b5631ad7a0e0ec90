import { EVERYWHERE, type Block, blockOf } from "../block";
import type {
  AclRule,
  Association,
  Attachment,
  Default,
  Facts,
  GroupRule,
  Host,
  NetworkAcl,
  OneOf,
  Peering,
  Ports,
  PrefixList,
  Route,
  RouteTable,
  RouteTarget,
  SecurityGroup,
  Subnet,
  TransitGateway,
  TransitLink,
  TransitRoute,
  Vpc,
} from "../facts";
import type { Resource } from "./modules";
import { defaultAclOf, defaultGroupOf, mainTableOf, type References, VPC_TYPES } from "./references";
import { hostsOf } from "./hosts";
import type { Expression, ProviderConfig, Values } from "./show";

const SUBNETS = ["aws_subnet", "aws_default_subnet"];
const TABLES = ["aws_route_table", "aws_default_route_table"];
const ACLS = ["aws_network_acl", "aws_default_network_acl"];
const GROUPS = ["aws_security_group", "aws_default_security_group"];
const LISTS = ["aws_ec2_managed_prefix_list", "aws_prefix_list"];
const PEERINGS = ["aws_vpc_peering_connection", "aws_vpc_peering_connection_accepter"];
const GATEWAYS = ["aws_ec2_transit_gateway"];
const ATTACHMENTS = ["aws_ec2_transit_gateway_vpc_attachment", "aws_ec2_transit_gateway_peering_attachment"];
const TRANSIT_TABLES = ["aws_ec2_transit_gateway_route_table"];

/** Attributes of a route that name what it leads to. */
const TARGETS: Readonly<Record<string, { kind: RouteTarget["kind"]; types: readonly string[] }>> = {
  vpc_peering_connection_id: { kind: "peering", types: PEERINGS },
  transit_gateway_id: { kind: "transit", types: GATEWAYS },
  nat_gateway_id: { kind: "nat", types: ["aws_nat_gateway"] },
  gateway_id: { kind: "internet", types: ["aws_internet_gateway", "aws_vpn_gateway", "aws_vpc_endpoint"] },
  egress_only_gateway_id: { kind: "internet", types: ["aws_egress_only_internet_gateway"] },
  network_interface_id: { kind: "other", types: ["aws_network_interface"] },
  vpc_endpoint_id: { kind: "other", types: ["aws_vpc_endpoint"] },
  local_gateway_id: { kind: "other", types: [] },
  carrier_gateway_id: { kind: "other", types: [] },
  core_network_arn: { kind: "other", types: [] },
};

const SEPARATE = {
  aws_route: ["route_table_id", TABLES],
  aws_network_acl_rule: ["network_acl_id", ACLS],
  aws_security_group_rule: ["security_group_id", GROUPS],
  aws_vpc_security_group_ingress_rule: ["security_group_id", GROUPS],
  aws_vpc_security_group_egress_rule: ["security_group_id", GROUPS],
} as const;

/** A list of objects of an attribute, with the expression that it stands in. */
interface Inline {
  readonly parts: readonly Values[];
  readonly expression?: Expression;
  /** True where it is configured, but what is in it is not known yet. */
  readonly unknown: boolean;
}

/** Reads facts out of resources. */
export class NetworkReader {
  private readonly byType = new Map<string, Resource[]>();
  /** Tables, ACLs and groups whose parts are resources of their own. */
  private readonly apart: ReadonlySet<string>;

  /**
   * @param before resources as they are before a plan
   */
  constructor(
    resources: readonly Resource[],
    private readonly references: References,
    private readonly providers: Readonly<Record<string, ProviderConfig>>,
    before: readonly Resource[],
  ) {
    for (const resource of resources) {
      const key = (resource.managed ? "" : "data.") + resource.type;
      this.byType.set(key, [...(this.byType.get(key) ?? []), resource]);
    }
    this.apart = new Set(
      [...resources, ...before].flatMap((resource) => {
        const [attribute, types] = SEPARATE[resource.type as keyof typeof SEPARATE] ?? [];
        if (attribute === undefined) return [];
        return references.one(resource, attribute, types!) ?? [];
      }),
    );
  }

  facts(): Facts {
    return {
      vpcs: this.vpcs(),
      subnets: this.subnets(),
      hosts: this.hosts(),
      tables: this.tables(),
      routes: this.routes(),
      tableAssociations: this.associations("aws_route_table_association", "route_table_id", TABLES),
      mainTables: this.mainTables(),
      peerings: this.peerings(),
      natGateways: this.of("aws_nat_gateway").map((resource) => ({
        id: resource.address,
        subnet: this.one(resource, "subnet_id", SUBNETS) ?? [],
      })),
      transitGateways: this.transitGateways(),
      attachments: this.attachments(),
      transitTables: [
        ...this.of(...TRANSIT_TABLES).map(({ address }) => ({ id: address })),
        ...this.of(...GATEWAYS).map(({ address }) => ({ id: `${address}#table` })),
      ],
      transitRoutes: this.transitRoutes(),
      transitAssociations: this.transitLinks("aws_ec2_transit_gateway_route_table_association"),
      transitPropagations: this.transitLinks("aws_ec2_transit_gateway_route_table_propagation"),
      acls: this.acls(),
      aclRules: this.aclRules(),
      aclAssociations: this.aclAssociations(),
      defaultAcls: this.ownVpcs().map((id): Default => ({ vpc: [id], is: [defaultAclOf(id)] })),
      groups: this.groups(),
      groupRules: this.groupRules(),
      defaultGroups: this.ownVpcs().map((id): Default => ({ vpc: [id], is: [defaultGroupOf(id)] })),
      lists: this.lists(),
    };
  }

  private of(...types: readonly string[]): Resource[] {
    return types.flatMap((type) => this.byType.get(type) ?? []);
  }

  private one(resource: Resource, attribute: string, types: readonly string[]): OneOf | undefined {
    return this.references.one(resource, attribute, types);
  }

  private id(resource: Resource): string {
    return this.references.idOf(resource);
  }

  /** VPCs that are made here: what they have by themselves is AWS's own. */
  private ownVpcs(): string[] {
    return this.of(...VPC_TYPES).map(({ address }) => address);
  }

  /** What VPCs that are made here have by themselves, but for what resources of a type take over. */
  private untouched(type: string, named: (vpc: string) => string): string[] {
    const taken = this.of(type).map((resource) => ({ id: this.id(resource), address: resource.address }));
    // One of which it is not known whose it takes over may take over any.
    if (taken.some(({ id, address }) => id === address)) return [];
    return this.ownVpcs()
      .map(named)
      .filter((id) => !taken.some((each) => each.id === id));
  }

  private vpcs(): Vpc[] {
    return this.of(...VPC_TYPES, "data.aws_vpc").map((resource) => {
      const { address, values } = resource;
      const more = this.of("aws_vpc_ipv4_cidr_block_association").filter((each) =>
        this.one(each, "vpc_id", VPC_TYPES)?.includes(address),
      );
      const blocks = [values, ...more.map((each) => each.values)].flatMap(({ cidr_block }) =>
        typeof cidr_block === "string" ? [blockOf(cidr_block)] : [],
      );
      const region = this.region(resource);
      return { id: address, ...(region !== undefined && { region }), blocks };
    });
  }

  private subnets(): Subnet[] {
    return this.of(...SUBNETS, "data.aws_subnet").map((resource) => {
      const { address, managed, values } = resource;
      const { cidr_block: block, availability_zone: zone } = values;
      return {
        id: address,
        vpc: this.one(resource, "vpc_id", VPC_TYPES) ?? [],
        ...(typeof block === "string" && { block: blockOf(block) }),
        ...(typeof zone === "string" && { zone }),
        ...(!managed && { foreign: true }),
      };
    });
  }

  private hosts(): Host[] {
    return hostsOf((...types) => this.of(...types), this.references);
  }

  private tables(): RouteTable[] {
    const made = this.of(...TABLES).map((resource) => {
      const gateways = resource.values.propagating_vgws;
      const propagated =
        (Array.isArray(gateways) && gateways.length > 0) ||
        this.of("aws_vpn_gateway_route_propagation").some((each) =>
          this.one(each, "route_table_id", TABLES)?.includes(this.id(resource)),
        );
      return { id: this.id(resource), ...(propagated && { propagated }) };
    });
    return unique([...made, ...this.untouched("aws_default_route_table", mainTableOf).map((id) => ({ id }))]);
  }

  private mainTables(): Default[] {
    const own = this.of(...VPC_TYPES).map(({ address, values }) => {
      const known = values.main_route_table_id;
      const is = typeof known === "string" ? this.references.named(known) : mainTableOf(address);
      return { vpc: [address], is: [is] };
    });
    const set = this.of("aws_main_route_table_association").map((resource) => ({
      vpc: this.one(resource, "vpc_id", VPC_TYPES) ?? [],
      is: this.one(resource, "route_table_id", TABLES) ?? [],
    }));
    return [...own, ...set];
  }

  private associations(type: string, attribute: string, types: readonly string[]): Association[] {
    return this.of(type).flatMap((resource) => {
      const subnet = this.one(resource, "subnet_id", SUBNETS);
      return subnet ? [{ subnet, with: this.one(resource, attribute, types) ?? [] }] : [];
    });
  }

  private routes(): Route[] {
    const separate = this.of("aws_route").flatMap((resource) =>
      this.routesOf(resource.values, "destination_cidr_block", {
        name: resource.address,
        table: this.one(resource, "route_table_id", TABLES) ?? [],
        by: (attribute, types) => this.one(resource, attribute, types),
      }),
    );
    const inline = this.of(...TABLES).flatMap((resource) => {
      const table = [this.id(resource)];
      const { parts, expression, unknown } = this.inline(resource, "route");
      if (unknown)
        return [{ name: `${resource.address}, whose routes are not known yet`, table, targets: [] }];
      return parts
        .filter((values) => this.isOwn(resource, values))
        .flatMap((values) =>
          this.routesOf(values, "cidr_block", {
            name: `${resource.address} to ${shown(values.cidr_block)}`,
            table,
            by: this.byInline(resource, values, expression),
          }),
        );
    });
    return [...separate, ...inline];
  }

  private routesOf(
    values: Values,
    block: string,
    { name, table, by }: { name: string; table: OneOf; by: By },
  ): Route[] {
    const list = by("destination_prefix_list_id", LISTS);
    const cidr = values[block];
    // One to IPv6 addresses alone has neither.
    const isSet = typeof cidr === "string" && cidr !== "";
    const v6 = block === "cidr_block" ? "ipv6_cidr_block" : "destination_ipv6_cidr_block";
    if (!isSet && list === undefined && block in values && (values[v6] !== "" || !(v6 in values))) return [];
    if (!isSet && list === undefined && typeof values[v6] === "string" && values[v6] !== "") return [];
    return [
      {
        name,
        table,
        ...(isSet ? { destination: blockOf(cidr) } : list && { destination: { list } }),
        targets: this.targets(values, by),
      },
    ];
  }

  private targets(values: Values, by: By): RouteTarget[] {
    return Object.entries(TARGETS).flatMap(([attribute, { kind, types }]): RouteTarget[] => {
      if (values[attribute] === "local") return [{ kind: "local", to: [] }];
      const to = by(attribute, types);
      if (to === undefined) return [];
      const isInternet = to.every((id) => /^igw-|(^|\.)aws_internet_gateway\./.test(id)) && to.length > 0;
      if (attribute === "gateway_id") return [{ kind: isInternet ? "internet" : "other", to }];
      return [{ kind, to }];
    });
  }

  private peerings(): Peering[] {
    const accepters = this.of("aws_vpc_peering_connection_accepter");
    return this.of("aws_vpc_peering_connection").map((resource) => {
      const { address, values } = resource;
      const also = accepters.filter((each) => this.id(each) === address);
      const accepted = [resource, ...also].some(
        (each) => each.values.auto_accept === true || each.values.accept_status === "active",
      );
      const ended = /^(deleted|rejected|failed|expired)$/.test(String(values.accept_status));
      const ends: Peering["ends"] = [
        this.one(resource, "vpc_id", VPC_TYPES) ?? [],
        this.one(resource, "peer_vpc_id", VPC_TYPES) ?? [],
      ];
      return { id: address, ends, accepted: accepted && !ended };
    });
  }

  private transitGateways(): TransitGateway[] {
    const enabled = (value: unknown) => value !== "disable";
    return this.of(...GATEWAYS).map(({ address, values }) => ({
      id: address,
      defaults: {
        association: enabled(values.default_route_table_association),
        propagation: enabled(values.default_route_table_propagation),
      },
      references: values.security_group_referencing_support === "enable",
    }));
  }

  private attachments(): Attachment[] {
    const [ofVpc, ofPeer] = ATTACHMENTS;
    const flag = (value: unknown) => (typeof value === "boolean" ? value : undefined);
    return [
      ...this.of(ofVpc).map((resource) => ({
        id: resource.address,
        gateway: this.one(resource, "transit_gateway_id", GATEWAYS) ?? [],
        vpc: this.one(resource, "vpc_id", VPC_TYPES) ?? [],
        subnets: this.references.many(resource, "subnet_ids", SUBNETS) ?? [],
        accepted: true,
        defaults: {
          association: flag(resource.values.transit_gateway_default_route_table_association),
          propagation: flag(resource.values.transit_gateway_default_route_table_propagation),
        },
      })),
      ...this.of(ofPeer).map((resource) => ({
        id: resource.address,
        gateway: this.one(resource, "transit_gateway_id", GATEWAYS) ?? [],
        peer: this.one(resource, "peer_transit_gateway_id", GATEWAYS) ?? [],
        accepted:
          resource.values.state === "available" ||
          this.of("aws_ec2_transit_gateway_peering_attachment_accepter").some((each) =>
            this.one(each, "transit_gateway_attachment_id", ATTACHMENTS)?.includes(resource.address),
          ),
      })),
    ];
  }

  private transitRoutes(): TransitRoute[] {
    return this.of("aws_ec2_transit_gateway_route").map((resource) => {
      const block = resource.values.destination_cidr_block;
      const attachment = this.one(resource, "transit_gateway_attachment_id", ATTACHMENTS);
      return {
        name: resource.address,
        table: this.transitTable(resource),
        ...(typeof block === "string" && { destination: blockOf(block) }),
        ...(resource.values.blackhole !== true && { attachment: attachment ?? [] }),
      };
    });
  }

  private transitLinks(type: string): TransitLink[] {
    return this.of(type).map((resource) => ({
      attachment: this.one(resource, "transit_gateway_attachment_id", ATTACHMENTS) ?? [],
      table: this.transitTable(resource),
    }));
  }

  private transitTable(resource: Resource): OneOf {
    return this.one(resource, "transit_gateway_route_table_id", [...TRANSIT_TABLES, ...GATEWAYS]) ?? [];
  }

  private acls(): NetworkAcl[] {
    const made = this.of(...ACLS).map((resource) => ({ id: this.id(resource) }));
    return unique([
      ...made,
      ...this.untouched("aws_default_network_acl", defaultAclOf).map((id) => ({ id })),
    ]);
  }

  private aclRules(): AclRule[] {
    const untouched = this.untouched("aws_default_network_acl", defaultAclOf).flatMap((id) =>
      [true, false].map((egress) => ({
        name: `rule 100 of ${id}`,
        acl: [id],
        egress,
        number: 100,
        allow: true,
        block: EVERYWHERE,
        ports: ALL_PORTS,
      })),
    );
    const separate = this.of("aws_network_acl_rule").flatMap((resource) =>
      aclRule(resource.values, {
        name: resource.address,
        acl: this.one(resource, "network_acl_id", ACLS) ?? [],
        egress: resource.values.egress === true,
        number: resource.values.rule_number,
        action: resource.values.rule_action,
      }),
    );
    const inline = this.of(...ACLS).flatMap((resource) =>
      ["ingress", "egress"].flatMap((way) => {
        const { parts, unknown } = this.inline(resource, way);
        const acl = [this.id(resource)];
        const egress = way === "egress";
        if (unknown) return [{ name: `${resource.address}, whose rules are not known yet`, acl, egress }];
        return parts.flatMap((values) =>
          aclRule(values, {
            name: `${resource.address} (${way} rule ${shown(values.rule_no)})`,
            acl,
            egress,
            number: values.rule_no,
            action: values.action,
          }),
        );
      }),
    );
    return [...untouched, ...separate, ...inline];
  }

  private aclAssociations(): Association[] {
    const apart = this.associations("aws_network_acl_association", "network_acl_id", ACLS);
    const listed = this.of(...ACLS).flatMap((resource) => {
      if (resource.config && !("subnet_ids" in (resource.config.expressions ?? {}))) return [];
      const subnets = this.references.many(resource, "subnet_ids", SUBNETS) ?? [];
      return subnets.map((subnet) => ({ subnet, with: [this.id(resource)] }));
    });
    // What a state lists may be older than an association of its own.
    return [...listed, ...apart];
  }

  private groups(): SecurityGroup[] {
    const made = this.of(...GROUPS).map((resource) => ({ id: this.id(resource) }));
    return unique([
      ...made,
      ...this.untouched("aws_default_security_group", defaultGroupOf).map((id) => ({ id })),
    ]);
  }

  private groupRules(): GroupRule[] {
    const untouched = this.untouched("aws_default_security_group", defaultGroupOf).flatMap(
      (id): GroupRule[] => [
        { name: id, group: [id], egress: false, ports: ALL_PORTS, blocks: [], groups: [[id]], lists: [] },
        {
          name: id,
          group: [id],
          egress: true,
          ports: ALL_PORTS,
          blocks: [EVERYWHERE],
          groups: [],
          lists: [],
        },
      ],
    );
    const inline = this.of(...GROUPS).flatMap((resource) =>
      ["ingress", "egress"].flatMap((way): GroupRule[] => {
        const { parts, expression, unknown } = this.inline(resource, way);
        const group = [this.id(resource)];
        const egress = way === "egress";
        if (unknown) {
          const name = `${resource.address}, whose ${way} rules are not known yet`;
          return [{ name, group, egress, blocks: [], groups: [], lists: [], more: true }];
        }
        return parts.flatMap((values) =>
          groupRule(values, "protocol", {
            name: `${resource.address} (${way} ${shown(values.from_port)}-${shown(values.to_port)})`,
            group,
            egress,
            groups: this.inlineMany(resource, values, "security_groups", expression, GROUPS),
            lists: this.inlineMany(resource, values, "prefix_list_ids", expression, LISTS),
          }),
        );
      }),
    );
    return [...untouched, ...inline, ...this.rulesApart(), ...this.oneRules()];
  }

  /** `aws_security_group_rule` */
  private rulesApart(): GroupRule[] {
    return this.of("aws_security_group_rule").flatMap((resource) => {
      const source = this.one(resource, "source_security_group_id", GROUPS);
      return groupRule(resource.values, "protocol", {
        name: resource.address,
        group: this.one(resource, "security_group_id", GROUPS) ?? [],
        egress: resource.values.type === "egress",
        groups: source ? [source] : [],
        lists: this.references.many(resource, "prefix_list_ids", LISTS) ?? [],
        // The block of another VPC that is not known yet.
        more: !("cidr_blocks" in resource.values) && this.isExpressed(resource, "cidr_blocks"),
      });
    });
  }

  /** `aws_vpc_security_group_ingress_rule` and its like, one source each. */
  private oneRules(): GroupRule[] {
    return (["ingress", "egress"] as const).flatMap((way) =>
      this.of(`aws_vpc_security_group_${way}_rule`).flatMap((resource) => {
        const { cidr_ipv4: block } = resource.values;
        const source = this.one(resource, "referenced_security_group_id", GROUPS);
        const list = this.one(resource, "prefix_list_id", LISTS);
        return groupRule(
          { ...resource.values, cidr_blocks: typeof block === "string" && block !== "" ? [block] : [] },
          "ip_protocol",
          {
            name: resource.address,
            group: this.one(resource, "security_group_id", GROUPS) ?? [],
            egress: way === "egress",
            groups: source ? [source] : [],
            lists: list ? [list] : [],
            more: !("cidr_ipv4" in resource.values) && this.isExpressed(resource, "cidr_ipv4"),
          },
        );
      }),
    );
  }

  private lists(): PrefixList[] {
    const entries = this.of("aws_ec2_managed_prefix_list_entry");
    const managed = this.of("aws_ec2_managed_prefix_list").map((resource) => {
      const own = entries.filter((each) =>
        this.one(each, "prefix_list_id", LISTS)?.includes(resource.address),
      );
      const parts = [...this.inline(resource, "entry").parts, ...own.map(({ values }) => values)];
      return { id: resource.address, blocks: blocksOf(parts.map(({ cidr }) => cidr)) };
    });
    const read = this.of("data.aws_ec2_managed_prefix_list", "data.aws_prefix_list").flatMap(
      ({ address, values }) => {
        const parts = Array.isArray(values.entries)
          ? (values.entries as Values[]).map(({ cidr }) => cidr)
          : values.cidr_blocks;
        if (!Array.isArray(parts)) return [];
        return [{ id: this.references.named(shown(values.id ?? address)), blocks: blocksOf(parts) }];
      },
    );
    return [...managed, ...read];
  }

  /** Parts of a table, an ACL or a group that stand in it: those that are configured so. */
  private inline(resource: Resource, attribute: string): Inline {
    const value = resource.values[attribute];
    const expression = resource.config?.expressions?.[attribute];
    const isSet = expression !== undefined;
    // Where parts are resources of their own, what AWS tells of the whole is theirs, and may be older.
    if (!isSet && this.apart.has(this.id(resource))) return { parts: [], unknown: false };
    const parts = Array.isArray(value) ? (value as (Values | null)[]) : [];
    return {
      parts: parts.filter((part) => part !== null),
      ...(isSet && !Array.isArray(expression) && { expression: expression as Expression }),
      unknown: (isSet && !(attribute in resource.values)) || parts.includes(null),
    };
  }

  private byInline(resource: Resource, values: Values, expression: Expression | undefined): By {
    return (attribute, types) => {
      const value = values[attribute];
      if (typeof value === "string" && value !== "") return [this.references.named(value)];
      // In a state, or in the schema of another type, it is not there.
      if (attribute in values || resource.config === undefined || types.length === 0) return undefined;
      return expression ? this.references.oneBy(resource, expression, types) : [];
    };
  }

  /**
   * Whether a route of a table is its own. A state may still tell of one that was a resource of its own and is gone: the
   * table's configuration then leads to no target of it.
   */
  private isOwn({ dependsOn }: Resource, values: Values): boolean {
    if (dependsOn === undefined) return true;
    return Object.keys(TARGETS).every((attribute) => {
      const id = values[attribute];
      const target = typeof id === "string" && id !== "" ? this.references.resource(id) : undefined;
      return target === undefined || !target.managed || dependsOn.includes(withoutKeys(target.address));
    });
  }

  private inlineMany(
    resource: Resource,
    values: Values,
    attribute: string,
    expression: Expression | undefined,
    types: readonly string[],
  ): OneOf[] {
    const known = attribute in values;
    return (
      this.references.manyOf(resource, values[attribute], known, expression, types) ?? (known ? [] : [[]])
    );
  }

  private isExpressed(resource: Resource, attribute: string): boolean {
    return resource.config?.expressions?.[attribute] !== undefined;
  }

  private region({ values, config, module }: Resource): string | undefined {
    if (typeof values.region === "string") return values.region;
    const fromArn = /^arn:[^:]*:ec2:([a-z0-9-]+):/.exec(String(values.arn))?.[1];
    if (fromArn !== undefined || config?.provider_config_key === undefined) return fromArn;
    const provider = this.providers[config.provider_config_key];
    const expression = provider?.expressions?.region;
    let at = module;
    while (at.parent !== undefined && provider?.module_address === undefined) at = at.parent;
    return Array.isArray(expression) ? undefined : this.references.text(at, expression as Expression);
  }
}

/** The thing that an attribute names. */
type By = (attribute: string, types: readonly string[]) => OneOf | undefined;

const ALL_PORTS: Ports = { from: 0, to: 65535 };

function withoutKeys(address: string): string {
  return address.replace(/\[("(?:[^"\\]|\\.)*"|\d+)\]/g, "");
}

function unique<T extends { readonly id: string }>(things: readonly T[]): T[] {
  return [...new Map([...things].reverse().map((thing) => [thing.id, thing])).values()].reverse();
}

function shown(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "?";
}

function blocksOf(values: readonly unknown[]): Block[] {
  return values.flatMap((value) =>
    typeof value === "string" && value.includes(".") ? [blockOf(value)] : [],
  );
}

/** Ports of TCP that a rule is about; undefined: it is not known, null: none. */
function portsOf(values: Values, protocolKey: string): Ports | undefined | null {
  const protocol = values[protocolKey];
  if (protocol === undefined) return undefined;
  if (protocol === "-1" || protocol === "all" || protocol === -1) return ALL_PORTS;
  if (protocol !== "tcp" && protocol !== "6" && protocol !== 6) return null;
  const [from, to] = [values.from_port, values.to_port];
  return typeof from === "number" && typeof to === "number" ? { from, to } : undefined;
}

function aclRule(
  values: Values,
  given: { name: string; acl: OneOf; egress: boolean; number: unknown; action: unknown },
): AclRule[] {
  const ports = portsOf(values, "protocol");
  const { cidr_block: block } = values;
  const isSet = typeof block === "string" && block !== "";
  if (ports === null || (!isSet && "cidr_block" in values)) return [];
  const { name, acl, egress, number, action } = given;
  return [
    {
      name,
      acl,
      egress,
      ...(typeof number === "number" && { number }),
      ...(typeof action === "string" && { allow: action.toLowerCase() === "allow" }),
      ...(isSet && { block: blockOf(block) }),
      ...(ports && { ports }),
    },
  ];
}

function groupRule(
  values: Values,
  protocolKey: string,
  given: { name: string; group: OneOf; egress: boolean; groups: OneOf[]; lists: OneOf[]; more?: boolean },
): GroupRule[] {
  const ports = portsOf(values, protocolKey);
  if (ports === null) return [];
  const blocks = values.cidr_blocks;
  const unknown = given.more === true || (Array.isArray(blocks) && blocks.includes(null));
  return [
    {
      ...given,
      groups: values.self === true ? [...given.groups, given.group] : given.groups,
      blocks: Array.isArray(blocks) ? blocksOf(blocks) : [],
      more: unknown,
      ...(ports && { ports }),
    },
  ];
}
