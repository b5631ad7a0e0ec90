import type { OneOf } from "../facts";
import { instancesOf, type Key, type Module, type Resource } from "./modules";
import type { Expression, Expressions, Shown } from "./show";

/** Locals of the modules, by the module's name: what each refers to. They are in the sources alone. */
export type Locals = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** An id of a thing that nothing is known of. */
const ANYTHING = "?";

/** What an expression may lead to. */
interface Found {
  readonly ids: ReadonlySet<string>;
  /** True where it may lead to something else, too. */
  readonly open: boolean;
  /** True where it is about something else than the wanted things. */
  readonly aside: boolean;
}

const NOTHING: Found = { ids: new Set(), open: false, aside: false };
const ASIDE: Found = { ...NOTHING, aside: true };
const OPEN: Found = { ...NOTHING, open: true };

/** Where an expression stands. */
interface Scope {
  readonly module: Module;
  /** Key of what it belongs to: a resource's instance, or that of a module. */
  readonly key?: Key;
  readonly forEach?: Expression;
}

/** What is wanted of expressions. */
interface Wanted {
  readonly types: readonly string[];
  /** Keys of what refers to things by `each` or `count`. */
  readonly keys: readonly Key[];
  /** True where all instances are wanted, whatever their keys. */
  readonly wide: boolean;
  /** Place in a list that was asked for, `module.vpc.private_subnets[0]`. */
  readonly index?: number;
  /** References that are being followed, so that none is followed twice. */
  readonly path: readonly string[];
}

/** Ids of what a VPC has by itself: `aws_vpc.x.default_network_acl_id` and others. */
const OWN_OF_VPC: Readonly<Record<string, { named(vpc: string): string; type: string }>> = {
  main_route_table_id: { named: mainTableOf, type: "aws_route_table" },
  default_route_table_id: { named: mainTableOf, type: "aws_route_table" },
  default_network_acl_id: { named: defaultAclOf, type: "aws_network_acl" },
  default_security_group_id: { named: defaultGroupOf, type: "aws_security_group" },
};
export const VPC_TYPES = ["aws_vpc", "aws_default_vpc"];

export function mainTableOf(vpc: string): string {
  return `the main route table of ${vpc}`;
}

export function defaultAclOf(vpc: string): string {
  return `the default network ACL of ${vpc}`;
}

export function defaultGroupOf(vpc: string): string {
  return `the default security group of ${vpc}`;
}

/**
 * What attributes lead to: known values first; else by the references of the configuration's expressions, through
 * arguments and outputs of modules, where `each` and `count` name the instance of the same key.
 */
export class References {
  /** Facts' ids by AWS's. */
  private readonly byId = new Map<string, string>();
  private readonly byAddress = new Map<string, Resource>();
  /** Types by facts' ids. */
  private readonly typeOf = new Map<string, string>();

  constructor(
    resources: readonly Resource[],
    private readonly variables: NonNullable<Shown["variables"]>,
    private readonly locals: Locals,
  ) {
    // What is made here comes last, and so before what is only read.
    for (const resource of [...resources].sort((a, b) => Number(a.managed) - Number(b.managed))) {
      const { type, address, values } = resource;
      this.typeOf.set(address, type);
      this.byAddress.set(address, resource);
      if (VPC_TYPES.includes(type)) {
        for (const [attribute, { named, type }] of Object.entries(OWN_OF_VPC)) {
          const own = values[attribute];
          this.typeOf.set(named(address), type);
          if (typeof own === "string" && !this.byId.has(own)) this.byId.set(own, named(address));
        }
      }
      if (typeof values.id === "string" && THINGS.has(type)) this.byId.set(values.id, address);
    }
  }

  /** The resource that AWS knows by an id, where there is one. */
  resource(id: string): Resource | undefined {
    return this.byAddress.get(this.named(id));
  }

  /** The fact's id of a thing that AWS knows by an id: the address of its resource where there is one. */
  named(id: string): string {
    return this.byId.get(id) ?? id;
  }

  /** The fact's id of a resource: its address, but for those that stand for another's. */
  idOf(resource: Resource): string {
    const adopted = ADOPTED.get(resource.type);
    if (adopted === undefined) return resource.address;
    const one = this.one(resource, ...adopted) ?? [];
    if (one.length !== 1) return resource.address;
    return resource.type === "aws_default_security_group" ? defaultGroupOf(one[0]) : one[0];
  }

  /** The thing that an attribute names; undefined: it is not set. */
  one(resource: Resource, attribute: string, types: readonly string[], wide = false): OneOf | undefined {
    const value = resource.values[attribute];
    if (typeof value === "string" && value !== "") return [this.named(value)];
    if (attribute in resource.values) return undefined;
    const expression = resource.config?.expressions?.[attribute];
    if (expression === undefined || isBlocks(expression)) return undefined;
    return this.oneBy(resource, expression, types, wide);
  }

  /** The thing that an expression of a resource leads to. */
  oneBy(resource: Resource, expression: Expression, types: readonly string[], wide = false): OneOf {
    const { ids, open } = this.follow(expression, scopeOf(resource), { types, keys: [], wide, path: [] });
    const fitting = [...ids].filter((id) => this.fits(id, types));
    return fitting.length > 0 && open ? [...fitting, ANYTHING] : fitting;
  }

  /** The things that a list of an attribute names; undefined: it is not set. */
  many(resource: Resource, attribute: string, types: readonly string[]): OneOf[] | undefined {
    const expression = resource.config?.expressions?.[attribute];
    return this.manyOf(
      resource,
      resource.values[attribute],
      attribute in resource.values,
      isBlocks(expression) ? undefined : expression,
      types,
    );
  }

  /** The things that a list names, given its value, if it is known, and the expression that it stands in. */
  manyOf(
    resource: Resource,
    value: unknown,
    known: boolean,
    expression: Expression | undefined,
    types: readonly string[],
  ): OneOf[] | undefined {
    if (known && !Array.isArray(value)) return undefined;
    const given = Array.isArray(value) ? (value as unknown[]) : [];
    const certain = given.flatMap((id) => (typeof id === "string" ? [[this.named(id)]] : []));
    const missing = known ? given.length - certain.length : 1;
    if (missing === 0) return certain;
    if (expression === undefined) return known ? [...certain, []] : undefined;
    const references = expression.references ?? [];
    const scope = scopeOf(resource);
    const want = withKey({ types, keys: [], wide: false, path: [] }, scope, references);
    const each = outermost(references)
      .filter((reference) => !isKey(reference))
      .map((reference) => this.reference(reference, scope, want))
      .filter(({ aside }) => !aside);
    const fitting = each.map(({ ids }) => [...ids].filter((id) => this.fits(id, types)));
    const ids = [...new Set(fitting.flat())].filter((id) => !certain.some(([other]) => other === id));
    // One of a list.
    if (references.some((reference) => indexIn(partsOf(reference)) !== undefined) && ids.length > 1) {
      return [...certain, ids];
    }
    if (each.length > 0 && each.every((found) => found.ids.size > 0 && !found.open)) {
      return [...certain, ...ids.map((id) => [id])];
    }
    // A condition may leave some of them out, or put others in.
    return [...certain, ...ids.map((id) => [id, ANYTHING]), []];
  }

  /** Text that an expression is, as far as a constant or a root variable gives it. */
  text(module: Module, expression: Expression | undefined): string | undefined {
    if (typeof expression?.constant_value === "string") return expression.constant_value;
    const [reference, ...others] = outermost(expression?.references ?? []);
    const name = /^var\.([\w-]+)$/.exec(reference ?? "")?.[1];
    if (name === undefined || others.length > 0) return undefined;
    const { parent, call, config } = module;
    const given = call?.expressions?.[name];
    if (parent !== undefined && given !== undefined) {
      return isBlocks(given) ? undefined : this.text(parent, given);
    }
    const value = parent === undefined ? this.variables[name]?.value : config?.variables?.[name]?.default;
    return typeof value === "string" ? value : undefined;
  }

  private follow(
    expression: Expression | readonly Expressions[] | undefined,
    scope: Scope,
    want: Wanted,
  ): Found {
    if (expression === undefined) return OPEN;
    if (isBlocks(expression)) {
      const parts = expression.flatMap((block) => Object.values(block));
      return together(parts.map((part) => this.follow(part, scope, want)));
    }
    if (expression.references === undefined) return this.constant(expression.constant_value);
    const { references } = expression;
    const others = outermost(references);
    // A place in a list tells an instance only where the list is of one resource's alone.
    const { index, ...placeless } = withKey(want, scope, references);
    const keyed = index !== undefined && others.length === 1 ? { ...placeless, index } : placeless;
    return together(others.map((reference) => this.reference(reference, scope, keyed)));
  }

  private reference(reference: string, scope: Scope, want: Wanted): Found {
    const parts = partsOf(reference);
    const [head, name] = parts;
    const here = `${scope.module.name} ${String(scope.module.key)} ${reference}`;
    if (want.path.includes(here)) return NOTHING;
    const index = indexIn(parts);
    const next = { ...want, path: [...want.path, here], ...(index !== undefined && { index }) };
    switch (head) {
      case "count":
      case "path":
      case "terraform":
      case "self":
        return NOTHING;
      case "each":
        return name === "value" ? this.each(parts.slice(2), scope, next) : NOTHING;
      case "var":
        return this.variable(String(name), scope.module, next);
      case "local": {
        const references = this.locals[scope.module.name]?.[String(name)];
        return references ? this.follow({ references }, { module: scope.module }, next) : OPEN;
      }
      case "module":
        return this.output(parts.slice(1), scope.module, next);
      case "data":
        return this.attribute(`data.${String(name)}.${String(parts[2])}`, parts.slice(3), scope, next);
      default:
        return this.attribute(`${String(head)}.${String(name)}`, parts.slice(2), scope, next);
    }
  }

  /** `each.value`: where `for_each` is the instances of a module or a resource, the one of the same key. */
  private each(rest: readonly Part[], scope: Scope, want: Wanted): Found {
    const [sole, ...others] = outermost(scope.forEach?.references ?? []);
    const names = rest.filter((part) => typeof part === "string");
    const isInstances =
      sole !== undefined && others.length === 0 && !/^(var|local|each|count|data)\./.test(sole);
    if (!isInstances || names.length === 0 || scope.key === undefined) {
      return this.follow(scope.forEach, scope, want);
    }
    return this.reference(`${sole}[${JSON.stringify(scope.key)}].${names.join(".")}`, scope, want);
  }

  private variable(name: string, module: Module, want: Wanted): Found {
    const { parent, call, key } = module;
    if (parent === undefined) return this.constant(this.variables[name]?.value);
    const given = call?.expressions?.[name];
    if (given === undefined) return this.constant(module.config?.variables?.[name]?.default);
    return this.follow(given, { module: parent, key, forEach: call?.for_each_expression }, want);
  }

  private output([name, ...rest]: readonly Part[], module: Module, want: Wanted): Found {
    const [keys, [output]] = withoutKey(rest);
    const chosen = narrowed(instancesOf(module, String(name)), keys, want.keys);
    if (chosen.length === 0) return OPEN;
    return together(
      chosen.flatMap((child) => {
        const outputs = child.config?.outputs ?? {};
        // `module.vpc[each.key].id` is told as `module.vpc`: any output that leads to what is wanted.
        const names = typeof output === "string" ? [output] : Object.keys(outputs);
        return names.map((each) => this.follow(outputs[each]?.expression, { module: child }, want));
      }),
    );
  }

  private attribute(at: string, rest: readonly Part[], { module }: Scope, want: Wanted): Found {
    const [keys, [attribute = "id"]] = withoutKey(rest);
    const place = want.index === undefined || want.wide ? [] : [want.index];
    const all = module.resources.get(at) ?? [];
    const resources = narrowed(all, keys, place.length > 0 ? place : want.keys);
    // A data source that is read at the apply is nowhere yet.
    if (resources.length === 0 && at.startsWith("data.")) return OPEN;
    return together(resources.map((resource) => this.ofResource(resource, String(attribute), want)));
  }

  private ofResource(resource: Resource, attribute: string, want: Wanted): Found {
    const { type, values } = resource;
    const own = VPC_TYPES.includes(type) ? OWN_OF_VPC[attribute] : undefined;
    if (typeof values[attribute] === "string" && /_id$|^id$/.test(attribute)) {
      const id = attribute === "id" ? this.idOf(resource) : this.named(values[attribute]);
      return want.types.includes(type) || attribute !== "id" ? found(id) : ASIDE;
    }
    if (own) return found(own.named(resource.address));
    if (attribute === "primary_network_interface_id") return found(resource.address);
    if (attribute === "id" || attribute === "security_group_id") {
      if (want.types.includes(type)) return found(this.idOf(resource));
    }
    if (!/_ids?$/.test(attribute)) return ASIDE;
    const expression = resource.config?.expressions?.[attribute];
    if (expression === undefined) return OPEN;
    return this.follow(expression, scopeOf(resource), want);
  }

  /** Whether a thing can be of one of some types, as far as it is known. */
  private fits(id: string, types: readonly string[]): boolean {
    const type = this.typeOf.get(id);
    return type === undefined || types.includes(type);
  }

  private constant(value: unknown): Found {
    if (typeof value === "string") return AWS_ID.test(value) ? found(this.named(value)) : NOTHING;
    if (typeof value !== "object" || value === null) return NOTHING;
    return together(Object.values(value).map((each) => this.constant(each)));
  }
}

/** An id that AWS gave. */
const AWS_ID = /^[a-z]+(-[a-z]+)*-[0-9a-f]{8,17}$/;

/** Types that stand for what another resource has or is: the attribute that names it, and its types. */
const ADOPTED: ReadonlyMap<string, readonly [attribute: string, types: readonly string[]]> = new Map([
  ["aws_default_route_table", ["default_route_table_id", ["aws_route_table"]]],
  ["aws_default_network_acl", ["default_network_acl_id", ["aws_network_acl"]]],
  ["aws_default_security_group", ["vpc_id", VPC_TYPES]],
  ["aws_vpc_peering_connection_accepter", ["vpc_peering_connection_id", ["aws_vpc_peering_connection"]]],
]);

/** Types that are things of their own: others may have the id of what they are about (`aws_vpc_peering_connection_options`). */
const THINGS: ReadonlySet<string> = new Set([
  ...VPC_TYPES,
  "aws_subnet",
  "aws_default_subnet",
  "aws_route_table",
  "aws_network_acl",
  "aws_security_group",
  "aws_vpc_peering_connection",
  "aws_internet_gateway",
  "aws_egress_only_internet_gateway",
  "aws_nat_gateway",
  "aws_vpn_gateway",
  "aws_vpc_endpoint",
  "aws_network_interface",
  "aws_instance",
  "aws_ec2_managed_prefix_list",
  "aws_prefix_list",
  "aws_ec2_transit_gateway",
  "aws_ec2_transit_gateway_route_table",
  "aws_ec2_transit_gateway_vpc_attachment",
  "aws_ec2_transit_gateway_peering_attachment",
]);

type Part = string | { readonly key: Key };

/** `aws_subnet.a["x"].id` in its parts. */
function partsOf(reference: string): Part[] {
  return [...reference.matchAll(/([A-Za-z_][\w-]*)|\[("(?:[^"\\]|\\.)*"|\d+)\]/g)].map(([, name, key]) =>
    key === undefined ? name : { key: JSON.parse(key) as Key },
  );
}

/** The place in a list that a reference to a local, an argument or an output asks for. */
function indexIn(parts: readonly Part[]): number | undefined {
  const [head] = parts;
  const after = head === "module" ? parts.slice(3) : head === "local" || head === "var" ? parts.slice(2) : [];
  const index = after.find((part) => typeof part === "object")?.key;
  return typeof index === "number" ? index : undefined;
}

/** The keys at the head of some parts, and the names after them. */
function withoutKey(parts: readonly Part[]): [readonly Key[], readonly string[]] {
  const [first] = parts;
  const keys = typeof first === "object" ? [first.key] : [];
  return [keys, parts.slice(keys.length).filter((part) => typeof part === "string")];
}

/** Those of a given key; else of the same key as what refers to them, where there is one; else all. */
function narrowed<T extends { readonly key?: Key }>(
  all: readonly T[],
  given: readonly Key[],
  same: readonly Key[],
): readonly T[] {
  if (given.length > 0) return all.filter(({ key }) => key === given[0]);
  const own = all.filter(({ key }) => key !== undefined && same.includes(key));
  return own.length > 0 ? own : all;
}

/** References without those that are the beginning of another one. */
function outermost(references: readonly string[]): string[] {
  return [...new Set(references)].filter(
    (reference) =>
      !references.some((other) => other.startsWith(`${reference}.`) || other.startsWith(`${reference}[`)),
  );
}

function isKey(reference: string): boolean {
  return reference === "count.index" || reference.startsWith("each.");
}

/** Whether what is configured is nested blocks. */
export function isBlocks(
  expression: Expression | readonly Expressions[] | undefined,
): expression is readonly Expressions[] {
  return Array.isArray(expression);
}

function scopeOf({ module, key, config }: Resource): Scope {
  return { module, key, forEach: config?.for_each_expression };
}

function withKey(want: Wanted, { key }: Scope, references: readonly string[]): Wanted {
  const keyed = !want.wide && key !== undefined && references.some(isKey);
  return keyed ? { ...want, keys: [...want.keys, key] } : want;
}

function found(id: string): Found {
  return { ids: new Set([id]), open: false, aside: false };
}

function together(all: readonly Found[]): Found {
  return {
    ids: new Set(all.flatMap(({ ids }) => [...ids])),
    open: all.some(({ open }) => open),
    aside: all.length > 0 && all.every(({ aside }) => aside),
  };
}
