import { App, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import {
  AerospikeAccess,
  ClientHost,
  FaultSwitch,
  InputError,
  PartitionRule,
  Peering,
  RackOutage,
  ReadinessGate,
  RegionVpc,
  ResultsBucket,
  StretchCluster,
  StretchTags,
} from "../../modules";
import { EvenSplit } from "../../scenarios";
import { MYDATA } from "../support/fixtures";

/** As plain JavaScript or JSON has it: nothing is of a type. */
type Anything = ReturnType<typeof JSON.parse>;

/** A stack with what is right, to which something wrong is added. */
class Right extends TerraformStack {
  readonly london = new RegionVpc(this, "london", { region: "eu-west-2", cidrBlock: "10.32.0.0/16" });
  readonly paris = new RegionVpc(this, "paris", { region: "eu-west-3", cidrBlock: "10.33.0.0/16" });

  get cluster(): StretchCluster {
    const made = this.node.tryFindChild("right");
    if (made instanceof StretchCluster) return made;
    return new StretchCluster(this, "right", {
      namespace: MYDATA,
      racks: [
        { id: 32, vpc: this.london, nodes: 2 },
        { id: 33, vpc: this.paris, nodes: 2 },
      ],
    });
  }
}

const vpc = (change: Anything) => (stack: Right) =>
  new RegionVpc(stack, "bad", { region: "eu-west-1", cidrBlock: "10.1.0.0/16", ...change });

const existing = (change: Anything) => (stack: Right) =>
  RegionVpc.fromExisting(stack, "bad", {
    region: "eu-west-1",
    vpcId: "vpc-0a1b2c3d",
    ownerId: "123456789012",
    cidrBlocks: ["10.1.0.0/16"],
    routeTableId: "rtb-0a1b2c3d",
    ...change,
  });

const cluster = (change: Anything) => (stack: Right) =>
  new StretchCluster(stack, "bad", {
    namespace: MYDATA,
    racks: [{ id: 32, vpc: stack.london, nodes: 3 }],
    ...change,
  });

const rack = (change: Anything) => (stack: Right) =>
  cluster({ racks: [{ id: 32, vpc: stack.london, nodes: 3, ...change }] })(stack);

const settings = (value: Anything) => cluster({ settings: value });

const rule = (change: Anything) => (stack: Right) =>
  new PartitionRule(stack, "bad", { fault: "split", between: [stack.london, stack.paris], ...change });

const client = (change: Anything) => (stack: Right) =>
  new ClientHost(stack, "bad", {
    vpc: stack.london,
    results: new ResultsBucket(stack, "results", { vpc: stack.london }),
    ...change,
  });

type Case = [what: string, make: (stack: Right) => Construct | unknown, ...words: string[]];

/** What is wrong; who makes it; problem, value, expected and mend, as the error must tell them. */
const CASES: Case[] = [
  // Props as a whole.
  [
    "a VPC without props",
    (s) => new RegionVpc(s, "bad", undefined as Anything),
    "props is of another type",
    "undefined",
    "an object",
  ],
  [
    "a VPC whose props are null",
    (s) => new RegionVpc(s, "bad", null as Anything),
    "props is of another type",
    "null",
  ],
  [
    "a cluster whose props are a text",
    (s) => new StretchCluster(s, "bad", "3" as Anything),
    "props is of another type",
    '"3"',
    "an object",
  ],
  [
    "a rule without props",
    (s) => new PartitionRule(s, "bad", undefined as Anything),
    "props is of another type",
  ],
  [
    "a peering without props",
    (s) => new Peering(s, "bad", undefined as Anything),
    "props is of another type",
  ],
  ["tags without props", (s) => new StretchTags(s, "bad", undefined as Anything), "props is of another type"],
  // Misspelt and missing.
  [
    "a misspelt CIDR block",
    vpc({ cidrblock: "10.1.0.0/16" }),
    "props has no such prop",
    '"cidrblock"',
    "Did you mean cidrBlock?",
  ],
  ["a VPC without a region", vpc({ region: undefined }), "region is missing", "a string", "Give region."],
  ["a VPC without a block", vpc({ cidrBlock: undefined }), "cidrBlock is missing", "Give cidrBlock."],
  [
    "a misspelt rack prop",
    rack({ node: 3 }),
    "racks[0] has no such setting",
    '"node"',
    "Did you mean nodes?",
  ],
  ["a rack without nodes", rack({ nodes: undefined }), "racks[0].nodes is missing"],
  ["a cluster without racks", cluster({ racks: undefined }), "racks is missing", "a list"],
  ["a cluster without a namespace", cluster({ namespace: undefined }), "namespace is missing", "an object"],
  [
    "a misspelt namespace setting",
    cluster({ namespace: { ...MYDATA, strongConsistancy: true } }),
    "namespace has no such setting",
    '"strongConsistancy"',
    "Did you mean strongConsistency?",
  ],
  ["a rule without a fault", rule({ fault: undefined }), "fault is missing", "a string", "Give fault."],
  [
    "a misspelt rule prop",
    rule({ methode: "route" }),
    "props has no such prop",
    '"methode"',
    "Did you mean method?",
  ],
  [
    "a misspelt setting",
    settings({ featureKeyARN: "x" }),
    "settings has no such setting",
    '"featureKeyARN"',
    "Did you mean featureKeyArn?",
  ],
  [
    "a misspelt heartbeat setting",
    settings({ heartbeat: { intervalMS: 150 } }),
    "settings.heartbeat has no such setting",
    "Did you mean intervalMs?",
  ],
  [
    "a stranger among the settings",
    settings({ colour: "red" }),
    "settings has no such setting",
    '"colour"',
    "one of version, toolsVersion",
  ],
  // Of another type.
  ["a region that is a number", vpc({ region: 2 }), "region is of another type", "got 2", "a string"],
  ["zones that are a text", vpc({ zones: "abc" }), "zones is of another type", '"abc"', "a list"],
  ["zones that are numbers", vpc({ zones: [1, 2] }), "zones[0] is of another type", "got 1", "a string"],
  [
    "an egress that there is not",
    vpc({ egress: "proxy" }),
    "egress is not one that there is",
    '"proxy"',
    "public-ip, nat, none",
  ],
  [
    "a provider that is a text",
    vpc({ provider: "aws.london" }),
    "provider is of another type",
    '"aws.london"',
    "an AwsProvider",
  ],
  [
    "blocks that are a text",
    existing({ cidrBlocks: "10.1.0.0/16" }),
    "cidrBlocks is of another type",
    "a list",
  ],
  [
    "subnets that are texts",
    existing({ subnets: ["subnet-1"] }),
    "subnets[0] is of another type",
    '"subnet-1"',
    "an object",
  ],
  [
    "a subnet of a tier that there is not",
    existing({
      subnets: [
        {
          subnetId: "subnet-0a1b2c3d",
          cidrBlock: "10.1.0.0/20",
          zone: "a",
          networkAclId: "acl-0a1b2c3d",
          tier: "db",
        },
      ],
    }),
    "subnets[0].tier is not one that there is",
    '"db"',
    "node, client, edge, endpoint",
  ],
  [
    "manageAcl as a text",
    existing({
      subnets: [
        {
          subnetId: "subnet-0a1b2c3d",
          cidrBlock: "10.1.0.0/20",
          zone: "a",
          networkAclId: "acl-0a1b2c3d",
          manageAcl: "yes",
        },
      ],
    }),
    "subnets[0].manageAcl is of another type",
    '"yes"',
    "true or false",
  ],
  [
    "strong consistency as a text",
    cluster({ namespace: { ...MYDATA, strongConsistency: "false" } }),
    "namespace.strongConsistency is of another type",
    '"false"',
    "true or false",
  ],
  [
    "a replication factor as a text",
    cluster({ namespace: { ...MYDATA, replicationFactor: "2" } }),
    "namespace.replicationFactor is of another type",
    '"2"',
    "a number",
  ],
  [
    "a name that is a number",
    cluster({ namespace: { ...MYDATA, name: 5 } }),
    "namespace.name is of another type",
    "got 5",
  ],
  [
    "a name that is null",
    cluster({ namespace: { ...MYDATA, name: null } }),
    "namespace.name is of another type",
    "null",
  ],
  [
    "a name that means unset",
    cluster({ namespace: { ...MYDATA, name: "null" } }),
    "namespace.name is malformed",
    '"null"',
    'not "null"',
  ],
  [
    "commit-to-device without strong consistency",
    cluster({ namespace: { ...MYDATA, strongConsistency: false, commitToDevice: true } }),
    "namespace.commitToDevice is a setting of strong consistency",
    "got true",
    "Leave commitToDevice out.",
  ],
  [
    "a flush of no time",
    cluster({ namespace: { ...MYDATA, flushMaxMs: 0 } }),
    "namespace.flushMaxMs is out of range",
    "1 to 1000",
  ],
  [
    "a least cluster above the nodes",
    cluster({ minClusterSize: 4 }),
    "minClusterSize is more than the nodes of the cluster",
    "got 4",
    "at most 3",
  ],
  ["racks that are none", cluster({ racks: [] }), "the cluster has no racks", "one or more racks"],
  ["a rack that is a number", cluster({ racks: [32] }), "racks[0] is of another type", "got 32", "an object"],
  ["a rack id as a text", rack({ id: "32" }), "racks[0].id is of another type", '"32"', "a number"],
  [
    "a rack id above the largest",
    rack({ id: 1_000_001 }),
    "racks[0].id is out of range",
    "1000001",
    "0 to 1000000",
  ],
  ["a rack in a VPC's id", rack({ vpc: "london" }), "racks[0].vpc is of another type", '"london"', "a VPC"],
  ["nodes as a text", rack({ nodes: "3" }), "racks[0].nodes is of another type", '"3"', "a number"],
  ["nodes that are not whole", rack({ nodes: 2.5 }), "racks[0].nodes is out of range", "2.5"],
  ["a node that is a number", rack({ nodes: ["a", 2] }), "racks[0].nodes[1] is of another type", "got 2"],
  [
    "a misspelt node prop",
    rack({ nodes: [{ zone: "a", nodeid: "A1" }] }),
    "racks[0].nodes[0] has no such setting",
    '"nodeid"',
    "Did you mean nodeId?",
  ],
  ["quiesced as a text", rack({ quiesced: "yes" }), "racks[0].quiesced is of another type", "true or false"],
  [
    "an access that is a text",
    cluster({ access: "open" }),
    "access is of another type",
    '"open"',
    "an AerospikeAccess",
  ],
  [
    "an access that is a function",
    cluster({ access: AerospikeAccess.open }),
    "access is of another type",
    "a function",
  ],
  [
    "client blocks as a text",
    cluster({ clientCidrs: "10.0.0.0/8" }),
    "clientCidrs is of another type",
    "a list",
  ],
  ["images as a text", cluster({ amis: "ami-1" }), "amis is of another type", "an object"],
  [
    "a volume's size as a text",
    cluster({ rootVolumeSize: "20" }),
    "rootVolumeSize is of another type",
    '"20"',
  ],
  [
    "a volume too small for the image",
    cluster({ rootVolumeSize: 4 }),
    "rootVolumeSize is out of range",
    "8 to 16384",
  ],
  ["settings that are a list", settings([]), "settings"],
  ["settings that are null", settings(null), "settings is of another type", "null", "an object"],
  [
    "a version that is a number",
    settings({ version: 8 }),
    "settings.version is of another type",
    "got 8",
    "a string",
  ],
  [
    "a threshold above all",
    settings({ thresholds: { evictUsedPct: 101 } }),
    "settings.thresholds.evictUsedPct is out of range",
    "0 to 100",
  ],
  [
    "three sides",
    (s) => rule({ between: [s.london, s.paris, "10.9.0.0/16"] })(s),
    "between is not two sides",
    "two sides",
    "Give [oneSide, otherSide]",
  ],
  ["one side", (s) => rule({ between: [s.london] })(s), "between is not two sides"],
  ["sides that are no list", rule({ between: "london" }), "between is of another type", '"london"', "a list"],
  [
    "a side that is a number",
    (s) => rule({ between: [s.london, 33] })(s),
    "between[1] is of another type",
    "got 33",
    "a VPC, a rack, a subnet",
  ],
  [
    "a side that is null",
    (s) => rule({ between: [s.london, null] })(s),
    "between[1] is of another type",
    "null",
  ],
  ["a fault that is a number", rule({ fault: 1 }), "fault is of another type", "got 1", "a string"],
  [
    "a method that there is not",
    rule({ method: "firewall" }),
    "method is not one that there is",
    '"firewall"',
    "network-acl, security-group, route",
  ],
  [
    "ports as numbers",
    rule({ ports: [3000] }),
    "ports[0] is not one that there is",
    "got 3000",
    "service, fabric, heartbeat",
  ],
  [
    "a switch that is a text",
    rule({ faultSwitch: "fault_b" }),
    "faultSwitch is of another type",
    '"fault_b"',
    "a FaultSwitch",
  ],
  [
    "an outage of a rack's number",
    (s) => new RackOutage(s, "bad", { fault: "down", rack: 32 as Anything }),
    "rack is of another type",
    "got 32",
    "cluster.rack(32)",
  ],
  [
    "an outage without a fault",
    (s) => new RackOutage(s, "bad", { rack: s.cluster.rack(32) } as Anything),
    "fault is missing",
  ],
  [
    "a peering with a region's name",
    (s) => new Peering(s, "bad", { requester: s.london, accepter: "paris" as Anything }),
    "accepter is of another type",
    '"paris"',
    "a VPC",
  ],
  [
    "a mesh of names",
    (s) => Peering.mesh(s, "bad", ["london", "paris"] as Anything),
    "vpcs[0] is of another type",
    '"london"',
    "a VPC",
  ],
  [
    "a client host in a region's name",
    client({ vpc: "london" }),
    "vpc is of another type",
    '"london"',
    "a VPC",
  ],
  [
    "a package spec that is a number",
    client({ packageSpec: 5 }),
    "packageSpec is of another type",
    "got 5",
    "a string",
  ],
  [
    "a registry that is a list",
    client({ npmRegistry: ["https://npm.example"] }),
    "npmRegistry is of another type",
    "a string",
  ],
  [
    "a bucket that is a name",
    client({ results: "bucket" }),
    "results is of another type",
    '"bucket"',
    "a ResultsBucket",
  ],
  ["a bucket without a VPC", (s) => new ResultsBucket(s, "bad", {} as Anything), "vpc is missing", "a VPC"],
  [
    "tags without a scenario",
    (s) => new StretchTags(s, "bad", {} as Anything),
    "scenario is missing",
    "a string",
  ],
  [
    "a scenario that is a number",
    (s) => new StretchTags(s, "bad", { scenario: 3 as Anything }),
    "scenario is of another type",
    "got 3",
  ],
  [
    "a gate of no nodes",
    (s) => new ReadinessGate(s, "bad", { nodes: [] }),
    "nodes are none",
    "the nodes of a cluster",
  ],
  [
    "a gate of a cluster",
    (s) => new ReadinessGate(s, "bad", { nodes: s.cluster as Anything }),
    "nodes is of another type",
    "the construct test/right",
    "a list",
  ],
];

describe("what cannot be is told with the construct's path", () => {
  it.each(CASES)("%s", (_, make, ...words) => {
    const stack = new Right(new App({ skipValidation: true }), "test");
    const error = errorOf(() => make(stack));
    expect(error).toBeInstanceOf(InputError);
    for (const word of words) expect(error.message).toContain(word);
    expect(error.message).toMatch(/: got .+; expected .+\. \S.*[.?)]$/s);
    if (!error.message.includes("vpcs[0]")) expect(error.message).toMatch(/^test\/bad: /);
  });

  it("a switch whose name is a number", () => {
    const stack = new Right(new App(), "test");
    expect(errorOf(() => FaultSwitch.of(stack, 5 as Anything)).message).toContain(
      "variableName is of another type: got 5",
    );
  });
});

describe("the context of cdktf.json", () => {
  it.each([
    ["setings", "settings"],
    ["Settings", "settings"],
    ["packagespec", "packageSpec"],
    ["npm-registry", "npmRegistry"],
  ])("%s is told as a misspelt %s", (key, meant) => {
    const app = new App({ context: { [key]: {} } });
    const { message } = errorOf(() => new EvenSplit(app, "even-split"));
    expect(message).toBe(
      `even-split: the context has a key that nothing reads: got "${key}"; expected ${meant}. Rename it in cdktf.json: ${meant}.`,
    );
  });

  it("may hold keys of others", () => {
    const app = new App({ context: { excludeStackIdFromLogicalIds: true, strings: [], package: 1 } });
    expect(() => new EvenSplit(app, "even-split")).not.toThrow();
  });
});

function errorOf(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  throw new Error("it was accepted");
}
