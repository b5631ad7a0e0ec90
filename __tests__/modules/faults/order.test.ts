import { NullProvider } from "@cdktf/provider-null/lib/provider";
import type { TerraformStack } from "cdktf";
import fc from "fast-check";
import {
  AerospikeAccess,
  FaultSwitch,
  PartitionRule,
  Peering,
  RackOutage,
  RegionVpc,
  StretchCluster,
} from "../../../modules";
import { london, MYDATA, paris } from "../../support/fixtures";
import { seeded } from "../../support/seed";
import { Template } from "../../support/template";

/** What a stack is made of: each made when it is asked for, once, and what it is made from before it. */
function partsOf(stack: TerraformStack): Record<string, () => unknown> {
  const once = <T>(make: () => T): (() => T) => {
    let made: { readonly value: T } | undefined;
    return () => (made ??= { value: make() }).value;
  };
  const vpcs = {
    london: once(() => london(stack)),
    office: once(
      () => new RegionVpc(stack, "office", { region: "eu-west-2", cidrBlock: "10.34.0.0/16", zones: ["a"] }),
    ),
    paris: once(() => paris(stack)),
  };
  const cluster = once(
    () =>
      new StretchCluster(stack, "cluster", {
        namespace: MYDATA,
        racks: [
          { id: 32, vpc: vpcs.london(), nodes: 3 },
          { id: 33, vpc: vpcs.paris(), nodes: 3 },
        ],
        access: AerospikeAccess.open(),
        readinessGate: true,
      }),
  );
  const weather = once(() => FaultSwitch.of(stack, "weather"));
  const between = () => [vpcs.london(), vpcs.paris()] as const;
  return {
    ...vpcs,
    cluster,
    weather,
    peering: once(() => new Peering(stack, "peering", { requester: vpcs.london(), accepter: vpcs.paris() })),
    faultSwitch: once(() => FaultSwitch.of(stack)),
    nullProvider: once(() => new NullProvider(stack, "null")),
    split: once(() => new PartitionRule(stack, "split", { fault: "split", between: between() })),
    half: once(
      () => new PartitionRule(stack, "half", { fault: "half", between: between(), direction: "from" }),
    ),
    routes: once(
      () => new PartitionRule(stack, "routes", { fault: "routes", between: between(), method: "route" }),
    ),
    oneWay: once(
      () =>
        new PartitionRule(stack, "one-way", {
          fault: "one-way",
          between: between(),
          method: "route",
          direction: "to",
        }),
    ),
    groups: once(
      () =>
        new PartitionRule(stack, "groups", { fault: "groups", between: between(), method: "security-group" }),
    ),
    alone: once(
      () => new PartitionRule(stack, "alone", { fault: "alone", between: [vpcs.office(), between()] }),
    ),
    storm: once(
      () => new PartitionRule(stack, "storm", { fault: "storm", between: between(), faultSwitch: weather() }),
    ),
    outage: once(() => new RackOutage(stack, "outage", { fault: "outage", rack: cluster().rack(33) })),
    blackout: once(() => new RackOutage(stack, "blackout", { fault: "blackout", rack: cluster().rack(33) })),
  };
}

const NAMES = Object.keys(partsOf(undefined as unknown as TerraformStack));

/** The stack made in an order: resources, outputs, locals and variables; the numbers of rules apart, lists as sets. */
function synthesised(order: readonly string[]): unknown {
  const template = Template.of((stack) => {
    const parts = partsOf(stack);
    for (const name of order) parts[name]();
  });
  const { all, outputs, locals, variables, assertions } = template;
  // Which ACLs are looked up together follows from the numbers.
  const dataSources = template.dataSources.filter(([address]) => !address.includes("aws_network_acls"));
  const providers = ["aws", "null"].map((type) => template.providersOf(type));
  return plain({
    resources: Object.fromEntries([...all, ...dataSources]),
    providers,
    outputs,
    locals,
    variables,
    assertions: assertions.filter(({ condition }) => !condition.includes("aws_network_acls")),
  });
}

function plain(value: unknown): unknown {
  if (typeof value === "string") {
    if (value.startsWith("deny ")) return value.replaceAll(/^(deny \S+) \d+ /gm, "$1 ");
    if (/^\{\s*"/.test(value)) return plain(JSON.parse(value));
    // The names of the faults are told in the order of their registration.
    return /must be one of|contains\(\[|lookup\(/.test(value)
      ? [...value.split(/\b/)].sort().join("")
      : value;
  }
  if (Array.isArray(value)) {
    return value
      .filter((item) => !/^data\.aws_network_acls\./.test(String(item)))
      .map(plain)
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !["rule_number", "RuleNumber", "postcondition"].includes(key))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, plain(inner)]),
  );
}

describe("the order in which a stack's constructs are made", () => {
  const expected = synthesised(NAMES);

  it.each([
    ["the other way round", [...NAMES].reverse()],
    ["the second switch first", ["weather", ...NAMES]],
    [
      "the rules before the peering and the cluster",
      ["london", "paris", "routes", "groups", "split", ...NAMES],
    ],
    ["the VPC that shares a region first", ["office", "alone", ...NAMES]],
    ["the null provider first", ["nullProvider", ...NAMES]],
  ])("does not matter: %s", (_, order) => {
    expect(synthesised(order)).toEqual(expected);
  });

  it("does not matter: any", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(NAMES, { minLength: NAMES.length }), (order) => {
        expect(synthesised(order)).toEqual(expected);
      }),
      seeded(6),
    );
  });
});
