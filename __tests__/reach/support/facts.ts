import {
  type AclRule,
  type Answer,
  blockOf,
  type Facts,
  type GroupRule,
  type Host,
  NO_FACTS,
  Reach,
  type Route,
  type RouteTarget,
  type Step,
} from "../../../reach";

/** A whole network ACL rule, allow all. */
export function aclRule(rule: Partial<AclRule>): AclRule {
  const number = rule.number ?? 100;
  const way = rule.egress ? "out" : "in";
  return {
    name: `${rule.acl?.join(" or ") ?? "acl-a"} ${way} ${number}`,
    acl: ["acl-a"],
    egress: false,
    number,
    allow: true,
    block: blockOf("0.0.0.0/0"),
    ports: { from: 0, to: 65535 },
    ...rule,
  };
}

export function groupRule(rule: Partial<GroupRule>): GroupRule {
  return {
    name: `${rule.group?.join(" or ") ?? "sg-a"} ${rule.egress ? "out" : "in"}`,
    group: ["sg-a"],
    egress: false,
    ports: { from: 3000, to: 3003 },
    blocks: [],
    groups: [],
    lists: [],
    ...rule,
  };
}

export function route(table: string, destination: string, ...targets: RouteTarget[]): Route {
  return { name: `${table} to ${destination}`, table: [table], destination: blockOf(destination), targets };
}

/** An ACL that lets all pass, by rules of its own. */
export function openAcl(acl: string): AclRule[] {
  return [true, false].map((egress) => aclRule({ acl: [acl], egress, number: 32000 }));
}

/** Out to everywhere, in from 10.0.0.0/8 on 3000 to 3003. */
export function openGroup(group: string): GroupRule[] {
  return [
    groupRule({ group: [group], blocks: [blockOf("10.0.0.0/8")] }),
    groupRule({
      group: [group],
      egress: true,
      ports: { from: 0, to: 65535 },
      blocks: [blockOf("0.0.0.0/0")],
    }),
  ];
}

const byPeering: RouteTarget = { kind: "peering", to: ["pcx"] };

export const HOSTS = {
  a: {
    id: "a",
    tags: {},
    address: blockOf("10.1.1.4"),
    subnet: ["subnet-a"],
    groups: [["sg-a"]],
  } satisfies Host,
  b: {
    id: "b",
    tags: {},
    address: blockOf("10.2.1.4"),
    subnet: ["subnet-b"],
    groups: [["sg-b"]],
  } satisfies Host,
  /** In a's subnet. */
  near: {
    id: "near",
    tags: {},
    address: blockOf("10.1.1.5"),
    subnet: ["subnet-a"],
    groups: [["sg-a"]],
  } satisfies Host,
  /** In another subnet of a's VPC. */
  far: {
    id: "far",
    tags: {},
    address: blockOf("10.1.2.4"),
    subnet: ["subnet-far"],
    groups: [["sg-a"]],
  } satisfies Host,
} as const;

/** Two peered VPCs in which all is open: vpc-a (subnet-a, subnet-far) and vpc-b (subnet-b). */
export const OPEN: Facts = {
  ...NO_FACTS,
  vpcs: [
    { id: "vpc-a", region: "eu-west-2", blocks: [blockOf("10.1.0.0/16")] },
    { id: "vpc-b", region: "eu-west-2", blocks: [blockOf("10.2.0.0/16")] },
  ],
  subnets: [
    { id: "subnet-a", vpc: ["vpc-a"], block: blockOf("10.1.1.0/24"), zone: "eu-west-2a" },
    { id: "subnet-far", vpc: ["vpc-a"], block: blockOf("10.1.2.0/24"), zone: "eu-west-2b" },
    { id: "subnet-b", vpc: ["vpc-b"], block: blockOf("10.2.1.0/24"), zone: "eu-west-2a" },
  ],
  hosts: Object.values(HOSTS),
  tables: [{ id: "rtb-a" }, { id: "rtb-b" }],
  routes: [route("rtb-a", "10.2.0.0/16", byPeering), route("rtb-b", "10.1.0.0/16", byPeering)],
  mainTables: [
    { vpc: ["vpc-a"], is: ["rtb-a"] },
    { vpc: ["vpc-b"], is: ["rtb-b"] },
  ],
  peerings: [{ id: "pcx", ends: [["vpc-a"], ["vpc-b"]], accepted: true }],
  acls: [{ id: "acl-a" }, { id: "acl-b" }],
  aclRules: [...openAcl("acl-a"), ...openAcl("acl-b")],
  defaultAcls: [
    { vpc: ["vpc-a"], is: ["acl-a"] },
    { vpc: ["vpc-b"], is: ["acl-b"] },
  ],
  groups: [{ id: "sg-a" }, { id: "sg-b" }],
  groupRules: [...openGroup("sg-a"), ...openGroup("sg-b")],
};

/** Some facts over the open ones. */
export function open(changes: Partial<Facts>): Facts {
  return { ...OPEN, ...changes };
}

/** Hosts over those of the open facts. */
export function hosts(changes: Partial<Record<keyof typeof HOSTS, Partial<Host>>>): Pick<Facts, "hosts"> {
  return {
    hosts: Object.entries(HOSTS).map(([name, host]) => ({
      ...host,
      ...changes[name as keyof typeof HOSTS],
    })),
  };
}

/** What one host gets of another, and the steps that are not open. */
export function asked(
  facts: Facts,
  from: string,
  to: string,
  port: number,
): { answer: Answer; steps: readonly Step[] } {
  const reach = new Reach(facts);
  const host = (id: string) => facts.hosts.find((each) => each.id === id)!;
  const { answer, steps } = reach.reaches(host(from), host(to), port);
  return { answer, steps: steps.filter((step) => step.answer !== "open") };
}
