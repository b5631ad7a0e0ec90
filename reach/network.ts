import { type Block, holds } from "./block";
import type {
  AclRule,
  Default,
  Facts,
  GroupRule,
  Host,
  OneOf,
  PrefixList,
  Route,
  Subnet,
  Vpc,
} from "./facts";

/** What a thing may be: those of the facts, and undefined for one that they do not tell of. */
export type Candidates<T> = readonly (T | undefined)[];

/** Whether something is so: it may be, where that is not known yet. */
export type Is = "yes" | "no" | "maybe";

/** Whether a thing that may be several is this one. */
export function isThis(id: string, one: OneOf): Is {
  if (one.length === 0) return "maybe";
  if (!one.includes(id)) return "no";
  return one.length === 1 ? "yes" : "maybe";
}

/** Facts, found by id. */
export class Network {
  private readonly vpcs: ReadonlyMap<string, Vpc>;
  private readonly subnets: ReadonlyMap<string, Subnet>;
  private readonly lists: ReadonlyMap<string, PrefixList>;
  private readonly rulesOf = new Map<string, readonly AclRule[]>();
  private readonly allowsOf = new Map<string, readonly GroupRule[]>();
  private readonly routesOf = new Map<string, readonly Route[]>();
  private readonly known: ReadonlySet<string>;

  constructor(readonly facts: Facts) {
    this.vpcs = byId(facts.vpcs);
    this.subnets = byId(facts.subnets);
    this.lists = byId(facts.lists);
    this.known = new Set(
      [facts.tables, facts.acls, facts.groups, facts.transitTables].flat().map(({ id }) => id),
    );
  }

  /** Whether the facts hold all of what is in a table, an ACL or a group. */
  holdsAllOf(id: string): boolean {
    return this.known.has(id);
  }

  vpcsOf(one: OneOf): Candidates<Vpc> {
    return found(this.vpcs, one);
  }

  /** The subnets that a host may be in: an address inside exactly one candidate's block decides. */
  subnetsOf({ subnet, address }: Host): Candidates<Subnet> {
    const candidates = found(this.subnets, subnet);
    if (address === undefined || candidates.length < 2) return candidates;
    const fitting = candidates.filter(
      (each) => each?.block === undefined || holds(each.block, address) !== "none",
    );
    return fitting.length > 0 ? fitting : candidates;
  }

  subnetsNamed(one: OneOf): Candidates<Subnet> {
    return found(this.subnets, one);
  }

  /** Blocks of the prefix lists that a thing may be; undefined: not known. */
  listsOf(one: OneOf): Candidates<PrefixList> {
    return found(this.lists, one);
  }

  /** Ids of the route tables that a subnet may have; undefined: one that no fact tells of. */
  tablesOf(subnet: Subnet): (string | undefined)[] {
    return this.associated(subnet, this.facts.tableAssociations, this.facts.mainTables);
  }

  /** Ids of the network ACLs that a subnet may have; undefined: one that no fact tells of. */
  aclsOf(subnet: Subnet): (string | undefined)[] {
    return this.associated(subnet, this.facts.aclAssociations, this.facts.defaultAcls);
  }

  /** Ids of the default security groups that a host may have; undefined: one that no fact tells of. */
  defaultGroupsOf(subnet: Subnet | undefined): (string | undefined)[] {
    return subnet === undefined ? [undefined] : defaultsOf(subnet.vpc, this.facts.defaultGroups);
  }

  /** Rules that are in an ACL or may be, in their order. */
  rules(acl: string): readonly AclRule[] {
    return cached(this.rulesOf, acl, () =>
      this.facts.aclRules
        .filter((rule) => isThis(acl, rule.acl) !== "no")
        // Where a number is not known, the rule may be the first.
        .sort((a, b) => (a.number ?? 0) - (b.number ?? 0)),
    );
  }

  /** Rules that are in a group or may be. */
  allows(group: string): readonly GroupRule[] {
    return cached(this.allowsOf, group, () =>
      this.facts.groupRules.filter((rule) => isThis(group, rule.group) !== "no"),
    );
  }

  /** Routes that are in a table or may be. */
  routes(table: string): readonly Route[] {
    return cached(this.routesOf, table, () =>
      this.facts.routes.filter((route) => isThis(table, route.table) !== "no"),
    );
  }

  private associated(
    subnet: Subnet,
    associations: Facts["tableAssociations"],
    defaults: readonly Default[],
  ): (string | undefined)[] {
    const own = associations.filter((each) => isThis(subnet.id, each.subnet) !== "no");
    const certain = own.findLast((each) => isThis(subnet.id, each.subnet) === "yes");
    const others = own.filter((each) => isThis(subnet.id, each.subnet) === "maybe");
    const rest = certain
      ? named(certain.with)
      : subnet.foreign
        ? [undefined]
        : defaultsOf(subnet.vpc, defaults);
    return [...new Set([...others.flatMap((each) => named(each.with)), ...rest])];
  }
}

function defaultsOf(vpc: OneOf, defaults: readonly Default[]): (string | undefined)[] {
  if (vpc.length === 0) return [undefined];
  return vpc.flatMap((id) => {
    const own = defaults.filter((each) => isThis(id, each.vpc) !== "no");
    const certain = own.findLast((each) => isThis(id, each.vpc) === "yes");
    const others = own.filter((each) => isThis(id, each.vpc) === "maybe").flatMap((each) => named(each.is));
    return [...others, ...(certain ? named(certain.is) : [undefined])];
  });
}

function named(one: OneOf): (string | undefined)[] {
  return one.length === 0 ? [undefined] : [...one];
}

function found<T>(things: ReadonlyMap<string, T>, one: OneOf): Candidates<T> {
  return one.length === 0 ? [undefined] : one.map((id) => things.get(id));
}

function byId<T extends { readonly id: string }>(things: readonly T[]): Map<string, T> {
  return new Map(things.map((thing) => [thing.id, thing]));
}

function cached<T>(cache: Map<string, T>, key: string, make: () => T): T {
  let value = cache.get(key);
  if (value === undefined) cache.set(key, (value = make()));
  return value;
}

/** Whether a block is one that a rule or a route is about; undefined: not known. */
export function isAbout(rule: Block | undefined, block: Block | undefined): Is {
  if (rule === undefined) return "maybe";
  // All addresses hold one that is not known yet, too.
  if (block === undefined) return rule.length === 0 ? "yes" : "maybe";
  return ({ all: "yes", none: "no", some: "maybe" } as const)[holds(rule, block)];
}
