import { type Block, blockOf, holds } from "../block";
import type { Host, OneOf } from "../facts";
import type { Resource } from "./modules";
import { isBlocks, type References } from "./references";
import type { Expressions, Values } from "./show";

const SUBNETS = ["aws_subnet", "aws_default_subnet"];
const GROUPS = ["aws_security_group", "aws_default_security_group"];
const INTERFACES = ["aws_network_interface"];
const INSTANCES = ["aws_instance"];

type Of = (...types: readonly string[]) => Resource[];

/** The interfaces of the instances, an instance's own first. */
export function hostsOf(of: Of, references: References): Host[] {
  const attached = new Set<string>();
  const instances = of(...INSTANCES);
  const hosts = instances.flatMap((instance) => {
    const others = interfacesOf(instance, of, references);
    for (const { address } of others) attached.add(address);
    const isOwn = !others.some((each) => isFirst(instance, each, references));
    return [
      ...(isOwn ? [hostOf(instance, instance, of, references)] : []),
      ...others.map((each) => hostOf(instance, each, of, references)),
    ];
  });
  return hosts;
}

/** Interfaces of their own that an instance has. */
function interfacesOf(instance: Resource, of: Of, references: References): Resource[] {
  const named = [
    ...blocksOf(instance, "network_interface"),
    ...blocksOf(instance, "primary_network_interface"),
  ].flatMap(([values, expressions]) => idIn(instance, values, expressions, references));
  const attached = of("aws_network_interface_attachment")
    .filter((each) => references.one(each, "instance_id", INSTANCES)?.join() === instance.address)
    .flatMap((each) => references.one(each, "network_interface_id", INTERFACES) ?? []);
  return of(...INTERFACES).filter(({ address }) => named.includes(address) || attached.includes(address));
}

/** Whether an interface is an instance's first one, in place of one that is made with it. */
function isFirst(instance: Resource, { address }: Resource, references: References): boolean {
  return [
    ...blocksOf(instance, "primary_network_interface"),
    ...blocksOf(instance, "network_interface").filter(([{ device_index: index }]) => index === 0),
  ].some(([values, expressions]) => idIn(instance, values, expressions, references).includes(address));
}

function blocksOf(instance: Resource, attribute: string): [Values, Expressions | undefined][] {
  const values = instance.values[attribute];
  if (!Array.isArray(values)) return [];
  const expressions = instance.config?.expressions?.[attribute];
  return (values as Values[]).map((each, i) => [
    each,
    Array.isArray(expressions) ? (expressions as readonly Expressions[])[i] : undefined,
  ]);
}

function idIn(
  instance: Resource,
  { network_interface_id: id }: Values,
  expressions: Expressions | undefined,
  references: References,
): OneOf {
  if (typeof id === "string") return [references.named(id)];
  const expression = expressions?.network_interface_id;
  return expression === undefined || isBlocks(expression)
    ? []
    : references.oneBy(instance, expression, INTERFACES);
}

function hostOf(instance: Resource, at: Resource, of: Of, references: References): Host {
  const { values } = at;
  const ip =
    at === instance
      ? values.private_ip
      : (values.private_ip ?? [values.private_ips, values.private_ip_list].flat().find(isText));
  const template =
    Array.isArray(instance.values.launch_template) && instance.values.launch_template.length > 0;
  const more = of("aws_network_interface_sg_attachment").flatMap((each) => {
    const to = references.one(each, "network_interface_id", [...INTERFACES, ...INSTANCES]) ?? [];
    const is = to.includes(at.address) || to.includes(String(instance.values.primary_network_interface_id));
    return is ? [references.one(each, "security_group_id", GROUPS) ?? []] : [];
  });
  const given =
    at === instance
      ? references.many(at, "vpc_security_group_ids", GROUPS)
      : references.many(at, "security_groups", GROUPS);
  const groups = [...(given ?? []), ...more];
  const address = isText(ip) ? blockOf(ip) : undefined;
  const tags = instance.values.tags_all ?? instance.values.tags ?? {};
  return {
    id: at === instance ? instance.address : `${instance.address} at ${at.address}`,
    tags: Object.fromEntries(Object.entries(tags).filter((tag): tag is [string, string] => isText(tag[1]))),
    ...(address && { address }),
    subnet: subnetOf(at, address, of, references),
    // Those of a launch template are not told; without any it has its VPC's default one.
    ...(groups.length > 0 ? { groups } : template && { groups: [[]] }),
    ...stateOf(instance, of, references),
  };
}

/** The subnet of an interface: of all that it may be in, an address inside exactly one block decides. */
function subnetOf(at: Resource, address: Block | undefined, of: Of, references: References): OneOf {
  const wide = references.one(at, "subnet_id", SUBNETS, true) ?? [];
  const blocks = wide.map((id) => of(...SUBNETS).find((each) => each.address === id)?.values.cidr_block);
  if (address !== undefined && blocks.every(isText)) {
    const fitting = wide.filter((_, i) => holds(blockOf(blocks[i] as string), address) === "all");
    if (fitting.length === 1) return fitting;
  }
  return references.one(at, "subnet_id", SUBNETS) ?? [];
}

function stateOf(instance: Resource, of: Of, references: References): Pick<Host, "runs" | "runsBy"> {
  const set = of("aws_ec2_instance_state").find((each) =>
    references.one(each, "instance_id", INSTANCES)?.includes(instance.address),
  );
  if (set) {
    const { state } = set.values;
    return { runs: isText(state) ? (state === "running" ? "yes" : "no") : "unknown", runsBy: set.address };
  }
  const { instance_state: state } = instance.values;
  const isDown = isText(state) && state !== "running" && state !== "pending";
  return isDown ? { runs: "no", runsBy: `${instance.address}, which is ${state}` } : {};
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
