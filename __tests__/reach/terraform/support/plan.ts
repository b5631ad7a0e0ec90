/** A resource of a plan: what is known of it, and what its other attributes refer to. */
export interface Planned {
  /** `TYPE.NAME`, an instance's with its key. */
  readonly at: string;
  readonly values?: Record<string, unknown>;
  /** References by attribute. */
  readonly refs?: Record<string, readonly string[]>;
  readonly forEach?: readonly string[];
  readonly provider?: string;
}

/** What `terraform show -json` prints of a plan of these resources, all in the root module. */
export function planOf(resources: readonly Planned[], more: Record<string, unknown> = {}) {
  const parsed = resources.map((resource) => {
    const [, type, name, key] = /^(\w+)\.(\w+)(?:\[(.+)\])?$/.exec(resource.at)!;
    return { ...resource, type, name, index: key === undefined ? undefined : JSON.parse(key) };
  });
  const configured = new Map(
    parsed.map(({ type, name, refs = {}, values = {}, forEach, provider = "aws" }) => [
      `${type}.${name}`,
      {
        address: `${type}.${name}`,
        mode: "managed",
        type,
        name,
        provider_config_key: provider,
        expressions: {
          ...Object.fromEntries(
            Object.entries(values).flatMap(([attribute, value]) =>
              COMPUTED.has(attribute) ? [] : [[attribute, { constant_value: value }]],
            ),
          ),
          ...Object.fromEntries(
            Object.entries(refs).map(([attribute, references]) => [attribute, { references }]),
          ),
        },
        ...(forEach && { for_each_expression: { references: forEach } }),
      },
    ]),
  );
  return {
    format_version: "1.2",
    terraform_version: "1.11.4",
    errored: false,
    complete: true,
    planned_values: {
      root_module: {
        resources: parsed.map(({ at, type, name, index, values = {} }) => ({
          address: at,
          mode: "managed",
          type,
          name,
          ...(index !== undefined && { index }),
          values,
        })),
      },
    },
    configuration: {
      provider_config: { aws: { name: "aws", expressions: { region: { constant_value: "eu-west-2" } } } },
      root_module: { resources: [...configured.values()] },
    },
    ...more,
  };
}

/** Attributes that AWS gives. */
const COMPUTED = new Set(["id", "arn", "main_route_table_id", "computed_route", "instance_state"]);

const ref = (address: string) => [`${address}.id`, address];

/** Hosts `a` (10.1.1.4) and `b` (10.2.1.4) of two peered VPCs, nothing applied yet; all is open on 3000 to 3003. */
export function twoSides(changes: Record<string, Partial<Planned> | undefined> = {}): Planned[] {
  const sides = (["a", "b"] as const).flatMap((side, i): Planned[] => {
    const [own, other] = i === 0 ? [1, 2] : [2, 1];
    return [
      { at: `aws_vpc.${side}`, values: { cidr_block: `10.${own}.0.0/16` } },
      {
        at: `aws_subnet.${side}`,
        values: { cidr_block: `10.${own}.1.0/24` },
        refs: { vpc_id: ref(`aws_vpc.${side}`) },
      },
      { at: `aws_route_table.${side}`, refs: { vpc_id: ref(`aws_vpc.${side}`) } },
      {
        at: `aws_route_table_association.${side}`,
        refs: { subnet_id: ref(`aws_subnet.${side}`), route_table_id: ref(`aws_route_table.${side}`) },
      },
      {
        at: `aws_route.${side}`,
        values: { destination_cidr_block: `10.${other}.0.0/16` },
        refs: {
          route_table_id: ref(`aws_route_table.${side}`),
          vpc_peering_connection_id: ref("aws_vpc_peering_connection.p"),
        },
      },
      { at: `aws_security_group.${side}`, refs: { vpc_id: ref(`aws_vpc.${side}`) } },
      {
        at: `aws_vpc_security_group_ingress_rule.${side}`,
        values: { cidr_ipv4: "10.0.0.0/8", ip_protocol: "tcp", from_port: 3000, to_port: 3003 },
        refs: { security_group_id: ref(`aws_security_group.${side}`) },
      },
      {
        at: `aws_vpc_security_group_egress_rule.${side}`,
        values: { cidr_ipv4: "0.0.0.0/0", ip_protocol: "-1" },
        refs: { security_group_id: ref(`aws_security_group.${side}`) },
      },
      {
        at: `aws_instance.${side}`,
        values: {
          private_ip: `10.${own}.1.4`,
          user_data: "password=hunter2",
          tags: { Name: `A${side === "a" ? 1 : 2}` },
        },
        refs: {
          subnet_id: ref(`aws_subnet.${side}`),
          vpc_security_group_ids: ref(`aws_security_group.${side}`),
        },
      },
    ];
  });
  const all: Planned[] = [
    ...sides,
    {
      at: "aws_vpc_peering_connection.p",
      values: { auto_accept: true },
      refs: { vpc_id: ref("aws_vpc.a"), peer_vpc_id: ref("aws_vpc.b") },
    },
  ];
  const changed = all.flatMap((each): Planned[] => {
    if (!(each.at in changes)) return [each];
    const change = changes[each.at];
    return change ? [{ ...each, ...change }] : [];
  });
  const added = Object.entries(changes).flatMap(([at, change]) =>
    change && !all.some((each) => each.at === at) ? [{ at, ...change }] : [],
  );
  return [...changed, ...added];
}
