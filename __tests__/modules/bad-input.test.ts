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
      transit: true,
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
const US_SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:users";

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
  // Blocks, regions and zones.
  [
    "a VPC in 0/8",
    vpc({ cidrBlock: "0.1.0.0/16" }),
    "addresses that no host can have: 0.0.0.0/8 is this network",
    '"0.1.0.0/16"',
  ],
  ["a VPC in 127/8", vpc({ cidrBlock: "127.1.0.0/16" }), "127.0.0.0/8 is a host's own"],
  [
    "a VPC in 169.254/16",
    vpc({ cidrBlock: "169.254.0.0/16" }),
    "169.254.0.0/16 is link-local",
    "private space",
  ],
  ["a VPC in 224/4", vpc({ cidrBlock: "239.1.0.0/16" }), "224.0.0.0/4 is multicast"],
  [
    "an existing VPC in 127/8",
    existing({ cidrBlocks: ["127.0.0.0/16"] }),
    "cidrBlocks has addresses that no host can have",
  ],
  [
    "an existing VPC's second block in 224/4",
    existing({ cidrBlocks: ["10.1.0.0/16", "224.1.0.0/16"] }),
    "224.0.0.0/4 is multicast",
  ],
  [
    "a block with host bits",
    vpc({ cidrBlock: "10.1.0.1/16" }),
    "cidrBlock has host bits set",
    "Write 10.1.0.0/16.",
  ],
  [
    "a block without a prefix",
    vpc({ cidrBlock: "10.1.0.0" }),
    "cidrBlock is not an IPv4 CIDR block",
    '"10.1.0.0"',
  ],
  ["a block of IPv6", vpc({ cidrBlock: "fd00::/56" }), "cidrBlock is not an IPv4 CIDR block"],
  ["a block beyond 255", vpc({ cidrBlock: "10.300.0.0/16" }), "cidrBlock is not an IPv4 CIDR block"],
  [
    "a block too large for a VPC",
    vpc({ cidrBlock: "10.0.0.0/8" }),
    "a size that AWS does not take",
    "/16 to /28",
  ],
  ["a block too small for a VPC", vpc({ cidrBlock: "10.1.0.0/29" }), "a size that AWS does not take"],
  [
    "a block too small for a host's subnet",
    vpc({ cidrBlock: "10.1.0.0/26" }),
    "too small to hold the subnet node-a",
    "Give a block of /24 or larger.",
  ],
  ["a block that is null", vpc({ cidrBlock: null }), "cidrBlock is of another type", "null"],
  ["a region in words", vpc({ region: "London" }), "region is not an AWS region", '"London"'],
  ["a zone for a region", vpc({ region: "eu-west-1a" }), "region is not an AWS region"],
  ["an empty region", vpc({ region: "" }), "region is not an AWS region", '""'],
  [
    "zones of another region",
    vpc({ zones: ["eu-west-2a"] }),
    "zone is not an availability zone of eu-west-1",
    '"eu-west-2a"',
  ],
  ["no zones", vpc({ zones: [] }), "zones are empty or repeat", "got []"],
  ["a zone twice", vpc({ zones: ["a", "eu-west-1a"] }), "zones are empty or repeat", "Name each zone once."],
  ["a region whose zones must be given", vpc({ region: "us-west-1" }), "zones are not given", '"us-west-1"'],
  [
    "a VPC's id that is none",
    existing({ vpcId: "london" }),
    "vpcId is not an id of AWS's",
    "vpc- and hexadecimal digits",
  ],
  ["an account that is none", existing({ ownerId: "123" }), "ownerId is not an AWS account", "12 digits"],
  ["a route table that is none", existing({ routeTableId: "main" }), "routeTableId is not an id of AWS's"],
  [
    "an existing VPC without blocks",
    existing({ cidrBlocks: [] }),
    "has no IPv4 block",
    "every block of the VPC",
  ],
  [
    "blocks that overlap",
    existing({ cidrBlocks: ["10.1.0.0/16", "10.1.1.0/24"] }),
    "overlap each other",
    "each block once",
  ],
  [
    "a block for subnets outside the VPC",
    existing({ subnetBlock: "10.2.0.0/20" }),
    "subnetBlock is outside the VPC",
    '"10.2.0.0/20"',
  ],
  [
    "a subnet without an ACL",
    existing({ subnets: [{ subnetId: "subnet-0a1b2c3d", cidrBlock: "10.1.0.0/20", zone: "a" }] }),
    "subnets[0].networkAclId is missing",
    "Give subnets[0].networkAclId.",
  ],
  // Tags and outputs.
  ["a tag that is a number", vpc({ tags: { team: 5 } }), "tags.team is of another type", "got 5", "a string"],
  ["tags that are a list", vpc({ tags: ["team"] }), "tags"],
  [
    "a tag's value of 257 letters",
    vpc({ tags: { team: "a".repeat(257) } }),
    "tags.team is malformed",
    "at most 256",
  ],
  [
    "a tag's value with a bracket",
    vpc({ tags: { team: "<b>" } }),
    "tags.team is malformed",
    '"<b>"',
    "letters, digits, spaces",
  ],
  [
    "a tag of AWS's own",
    vpc({ tags: { "aws:team": "b" } }),
    "tags.aws:team is malformed",
    'not "aws:" first',
  ],
  ["a tag without a name", vpc({ tags: { "": "b" } }), "is malformed", "at most 128"],
  [
    "46 tags",
    cluster({ tags: Object.fromEntries(Array.from({ length: 46 }, (_, i) => [`t${i}`, "x"])) }),
    "tags are too many",
    "got 46",
    "at most 45",
  ],
  [
    "a scenario that is no tag's value",
    (s) => new StretchTags(s, "bad", { scenario: "a|b" }),
    "scenario is malformed",
    '"a|b"',
  ],
  [
    "a scenario of 257 letters",
    (s) => new StretchTags(s, "bad", { scenario: "a".repeat(257) }),
    "scenario is malformed",
  ],
  [
    "outputs with a digit first",
    cluster({ outputs: "1st" }),
    "outputs is malformed",
    '"1st"',
    "no digit or hyphen first",
  ],
  ["outputs with a space", client({ outputs: "my client" }), "outputs is malformed", '"my client"'],
  ["outputs that are true", cluster({ outputs: true }), "outputs is of another type", "got true"],
  // The namespace and the racks.
  [
    "all nodes quiesced",
    rack({ quiesced: true }),
    "every node of the cluster is quiesced",
    '"A1B32"',
    "Leave quiesced out",
  ],
  [
    "more copies than nodes that hold data",
    (s) =>
      cluster({
        racks: [
          { id: 1, vpc: s.london, nodes: 1 },
          { id: 2, vpc: s.london, nodes: 3, quiesced: true },
        ],
      })(s),
    "namespace.replicationFactor is more than the nodes that hold data",
    "got 2",
    "at most 1",
  ],
  [
    "more copies than nodes",
    cluster({ namespace: { ...MYDATA, replicationFactor: 4 } }),
    "namespace.replicationFactor is more than the nodes",
    "got 4",
    "at most 3",
  ],
  [
    "no copies",
    cluster({ namespace: { ...MYDATA, replicationFactor: 0 } }),
    "namespace.replicationFactor is out of range",
    "got 0",
  ],
  [
    "copies that are not whole",
    cluster({ namespace: { ...MYDATA, replicationFactor: 1.5 } }),
    "namespace.replicationFactor is out of range",
    "got 1.5",
  ],
  [
    "copies that are not a number",
    cluster({ namespace: { ...MYDATA, replicationFactor: NaN } }),
    "namespace.replicationFactor",
    "NaN",
  ],
  [
    "a namespace that is a text",
    cluster({ namespace: "mydata" }),
    "namespace is of another type",
    '"mydata"',
    "an object",
  ],
  [
    "a namespace's name with a dot",
    cluster({ namespace: { ...MYDATA, name: "my.data" } }),
    "namespace.name is malformed",
    '"my.data"',
  ],
  [
    "a namespace's name of 32 letters",
    cluster({ namespace: { ...MYDATA, name: "a".repeat(32) } }),
    "namespace.name is malformed",
    "at most 31",
  ],
  ["no name", cluster({ namespace: { ...MYDATA, name: "" } }), "namespace.name is malformed", '""'],
  [
    "a flush of more than a second",
    cluster({ namespace: { ...MYDATA, flushMaxMs: 1001 } }),
    "namespace.flushMaxMs is out of range",
    "1001",
  ],
  [
    "an active rack that no node is in",
    cluster({ namespace: { ...MYDATA, activeRack: 7 }, settings: { version: "8.1.2.5" } }),
    "namespace.activeRack is a rack that no node is in",
    "got 7",
  ],
  [
    "an active rack of an old server",
    cluster({ namespace: { ...MYDATA, activeRack: 32 }, settings: { version: "7.1.0.25" } }),
    "namespace.activeRack needs a server that knows it",
    "7.2 or later",
  ],
  [
    "two racks of one id",
    (s) => cluster({ racks: [1, 1].map((id) => ({ id, vpc: s.london, nodes: 2 })) })(s),
    "two racks have one id",
    "got 1",
    "Renumber one of them.",
  ],
  ["a rack id below 0", rack({ id: -1 }), "racks[0].id is out of range", "got -1"],
  ["no nodes", rack({ nodes: 0 }), "racks[0].nodes is out of range", "got 0", "1 to 256"],
  [
    "an empty list of nodes",
    rack({ nodes: [] }),
    "racks[0].nodes are no number of nodes that a rack can have",
    "got []",
  ],
  ["257 nodes in a rack", rack({ nodes: 257 }), "racks[0].nodes is out of range", "got 257"],
  [
    "300 nodes in two racks",
    (s) => cluster({ racks: [1, 2].map((id) => ({ id, vpc: s.london, nodes: 150 })) })(s),
    "more nodes than an Aerospike cluster can have",
    "got 300",
    "at most 256",
  ],
  ["a node in a zone that there is not", rack({ nodes: ["z"] }), "has no subnet in the zone", '"z"'],
  ["a node without a zone", rack({ nodes: [{ nodeId: "A1" }] }), "racks[0].nodes[0].zone is missing"],
  [
    "a node id beyond hexadecimal",
    rack({ nodes: [{ zone: "a", nodeId: "XYZ" }] }),
    "nodeId is not an Aerospike node id",
    '"XYZ"',
  ],
  [
    "a node id with a 0 first",
    rack({ nodes: [{ zone: "a", nodeId: "0A" }] }),
    "nodeId is not an Aerospike node id",
    "the first not 0",
  ],
  [
    "a node id that is a number",
    rack({ nodes: [{ zone: "a", nodeId: 352 }] }),
    "racks[0].nodes[0].nodeId is of another type",
    "got 352",
  ],
  [
    "two nodes of one id",
    rack({ nodes: ["a", "b"].map((zone) => ({ zone, nodeId: "A1" })) }),
    "two nodes have one id",
    '"A1"',
  ],
  [
    "an address outside the subnet",
    rack({ nodes: [{ zone: "a", privateIp: "10.99.0.9" }, "b"] }),
    "does not fit its subnet",
    '"10.99.0.9"',
  ],
  [
    "an address that is none",
    rack({ nodes: [{ zone: "a", privateIp: "first" }, "b"] }),
    "does not fit its subnet",
    '"first"',
  ],
  [
    "an address twice",
    rack({ nodes: ["a", "a"].map((zone) => ({ zone, privateIp: "10.32.0.9" })) }),
    "is taken by test/bad/rack-32-node-1-a",
    '"10.32.0.9"',
    "that is free (10.32.15.254)",
  ],
  [
    "a cluster's name with a space",
    cluster({ clusterName: "my cluster" }),
    "clusterName is malformed",
    '"my cluster"',
  ],
  [
    "a cluster's name of 64 letters",
    cluster({ clusterName: "a".repeat(64) }),
    "clusterName is malformed",
    "at most 63",
  ],
  ["a least cluster of none", cluster({ minClusterSize: 0 }), "minClusterSize is out of range", "got 0"],
  ["transit as a text", cluster({ transit: "yes" }), "transit is of another type", '"yes"', "true or false"],
  ["a gate as a number", cluster({ readinessGate: 1 }), "readinessGate is of another type", "got 1"],
  [
    "VPCs that nothing joins",
    (s) => cluster({ racks: [s.london, s.paris].map((v, i) => ({ id: i, vpc: v, nodes: 2 })) })(s),
    "nothing joins test/london and test/paris",
    '"no Peering"',
    "transit: true",
  ],
  // Hosts.
  [
    "an instance type without a size",
    cluster({ instanceType: "medium" }),
    "instanceType is not an EC2 instance type",
    '"medium"',
    "FAMILY.SIZE",
  ],
  [
    "an instance type too small for the server",
    cluster({ instanceType: "t3a.nano" }),
    "less memory than the server needs: 0.5 GiB",
    '"t3a.nano"',
    "1.5 GiB or more",
  ],
  [
    "an instance type too small on a device, too",
    cluster({ instanceType: "t3a.nano", settings: { storage: { engine: "device" } } }),
    "less memory than the server needs",
    "0.5625 GiB or more",
  ],
  [
    "more data in memory than the host has",
    cluster({
      instanceType: "r6g.large",
      rootVolumeSize: 100,
      settings: { storage: { engine: "memory", filesizeGib: 16 } },
    }),
    "less memory than the server needs: 16 GiB",
    "16.5 GiB or more",
    "lower storage.filesizeGib",
  ],
  [
    "a file larger than the root volume",
    cluster({ instanceType: "r6g.large", settings: { storage: { engine: "memory", filesizeGib: 8 } } }),
    "storage.filesizeGib does not fit the root volume",
    "got 8",
  ],
  [
    "an image that is none",
    cluster({ amis: { "eu-west-2": "amazon-linux" } }),
    "amis.eu-west-2 is malformed",
    '"amazon-linux"',
    "ami-0123456789abcdef0",
  ],
  [
    "an image that is a number",
    cluster({ amis: { "eu-west-2": 5 } }),
    "amis.eu-west-2 is of another type",
    "got 5",
  ],
  [
    "an image of a region in words",
    cluster({ amis: { london: "ami-0123456789abcdef0" } }),
    "region is not an AWS region",
    '"london"',
  ],
  ["a client's image that is none", client({ ami: "ami-1" }), "ami is malformed", '"ami-1"'],
  [
    "a client's instance type that is none",
    client({ instanceType: "big" }),
    "instanceType is not an EC2 instance type",
    '"big"',
  ],
  ["a client in a zone that the VPC lacks", client({ zone: "z" }), "has no subnet in the zone", '"z"'],
  [
    "a client that chats with a name",
    client({ chatWith: ["paris"] }),
    "chatWith[0] is of another type",
    '"paris"',
    "a VPC",
  ],
  ["a volume of no size", cluster({ dataVolumeSize: 0 }), "dataVolumeSize is out of range", "got 0"],
  // Who may connect.
  ["clients from everywhere", cluster({ clientCidrs: ["0.0.0.0/0"] }), "clientCidrs"],
  [
    "clients of a block wider than /8",
    cluster({ clientCidrs: ["10.0.0.0/7"] }),
    "would open the database ports to the world",
    '"10.0.0.0/7"',
  ],
  [
    "clients of the whole internet in parts",
    cluster({
      clientCidrs: Array.from({ length: 220 }, (_, i) => `${i + 1}.0.0.0/8`).filter(
        (cidr) => !/^1(27|69)\./.test(cidr),
      ),
    }),
    "would open the database ports to the world",
    "218 blocks",
    "not half of all addresses",
  ],
  [
    "clients on a host of their own",
    cluster({ clientCidrs: ["127.0.0.0/8"] }),
    "clientCidrs has addresses that no host can have",
  ],
  [
    "clients with a name",
    cluster({ clientCidrs: ["office"] }),
    "clientCidrs is not an IPv4 CIDR block",
    '"office"',
  ],
  ["clients that are numbers", cluster({ clientCidrs: [10] }), "clientCidrs[0] is of another type", "got 10"],
  // Settings that the server or AWS refuses.
  [
    "eviction above stop-writes",
    settings({ thresholds: { evictUsedPct: 80 } }),
    "evictUsedPct is above stopWritesUsedPct",
    "got 80",
    "at most stopWritesUsedPct, 70",
  ],
  [
    "stop-writes below the default eviction",
    settings({ thresholds: { stopWritesUsedPct: 50 } }),
    "evictUsedPct is above stopWritesUsedPct",
    "got 60",
    "Lower evictUsedPct, or raise stopWritesUsedPct.",
  ],
  [
    "eviction above stop-writes by the host's memory",
    settings({ version: "7.1.0.0", thresholds: { evictSysMemoryPct: 61 } }),
    "evictSysMemoryPct is above stopWritesSysMemoryPct",
    "got 61",
  ],
  [
    "thresholds as a number",
    settings({ thresholds: 60 }),
    "settings.thresholds is of another type",
    "got 60",
  ],
  [
    "heartbeats too often",
    settings({ heartbeat: { intervalMs: 10 } }),
    "settings.heartbeat.intervalMs is out of range",
    "got 10",
  ],
  [
    "too few heartbeats to miss",
    settings({ heartbeat: { timeout: 2 } }),
    "settings.heartbeat.timeout is out of range",
    "got 2",
  ],
  [
    "a storage engine that there is not",
    settings({ storage: { engine: "disk" } }),
    "settings.storage.engine is not one that there is",
    '"disk"',
  ],
  ["a storage without an engine", settings({ storage: { filesizeGib: 2 } }), "settings.storage"],
  [
    "a file's size on a device",
    settings({ storage: { engine: "device", filesizeGib: 2 } }),
    "settings.storage has no such setting",
    '"filesizeGib"',
  ],
  ["a TTL below 0", settings({ defaultTtl: -1 }), "settings.defaultTtl is out of range", "got -1"],
  [
    "records of no size",
    settings({ maxRecordSizeKib: 0 }),
    "settings.maxRecordSizeKib is out of range",
    "got 0",
  ],
  ["a server too old", settings({ version: "6.4.0.1" }), "settings.version is not one", '"6.4.0.1"'],
  [
    "a version of one number",
    settings({ version: "8" }),
    "settings.version is malformed",
    '"8"',
    "four numbers",
  ],
  [
    "a secret in place of its ARN",
    settings({ usersSecretArns: { admin: "hunter2" } }),
    "settings.usersSecretArns.admin is not an ARN",
    "7 characters, not shown",
  ],
  ["TLS that is none", settings({ tls: true }), "settings.tls is of another type"],
  [
    "a TLS name with a port",
    settings({ tls: { name: "db:4333", certificateArn: US_SECRET, keyArn: US_SECRET, caArn: US_SECRET } }),
    "settings.tls.name is malformed",
    '"db:4333"',
    "a name in the certificate",
  ],
  [
    "TLS without a CA",
    settings({ tls: { name: "db.internal", certificateArn: US_SECRET, keyArn: `${US_SECRET}-key` } }),
    "settings.tls.caArn is missing",
  ],
  [
    "one secret for certificate and key",
    settings({
      tls: { name: "db.internal", certificateArn: US_SECRET, keyArn: US_SECRET, caArn: US_SECRET },
    }),
    "settings.tls names one secret twice",
    "a secret each for certificateArn, keyArn and caArn",
  ],
  [
    "a certificate of another region",
    settings({
      tls: {
        name: "db.internal",
        certificateArn: US_SECRET,
        keyArn: `${US_SECRET}-key`,
        caArn: `${US_SECRET}-ca`,
      },
    }),
    "settings.tls.certificateArn is of a region that the cluster is not in",
    '"us-east-1"',
  ],
  [
    "a secret of another region",
    settings({ usersSecretArns: { admin: US_SECRET, loader: US_SECRET, operator: US_SECRET } }),
    "settings.usersSecretArns.admin is of a region that the cluster is not in",
    '"us-east-1"',
    "{region} for the host's own, or one of eu-west-2",
  ],
  [
    "a feature key of another region",
    settings({ featureKeyArn: "arn:aws:ssm:us-east-1:123456789012:parameter/key" }),
    "settings.featureKeyArn is of a region that the cluster is not in",
  ],
  [
    "a key of another region",
    settings({ kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/0a1b" }),
    "settings.kmsKeyArn is of a region that the cluster is not in",
  ],
  // Cuts, peerings, outages, gates.
  ["a fault named none", rule({ fault: "none" }), "fault is not a name for a fault", '"none"'],
  [
    "a fault with a capital",
    rule({ fault: "Split" }),
    "fault is not a name for a fault",
    '"Split"',
    "lower-case",
  ],
  ["a fault without a name", rule({ fault: "" }), "fault is not a name for a fault", '""'],
  ["a fault that is null", rule({ fault: null }), "fault is of another type", "null"],
  ["an empty side", (s) => rule({ between: [[], s.paris] })(s), "are not two", "none empty"],
  ["the same VPC on both sides", (s) => rule({ between: [s.paris, s.paris] })(s), "are not two"],
  [
    "a side that is no block",
    (s) => rule({ between: [s.london, "office"] })(s),
    "a side's CIDR block is not an IPv4 CIDR block",
    '"office"',
  ],
  [
    "a side with host bits",
    (s) => rule({ between: [s.london, "192.168.0.1/24"] })(s),
    "a side's CIDR block has host bits set",
  ],
  [
    "a side of the internet",
    (s) => rule({ between: [s.london, "52.0.0.0/6"] })(s),
    "is a block of the internet",
    '"52.0.0.0/6"',
    "100.64.0.0/10",
  ],
  [
    "a side inside a VPC of the stack",
    (s) => rule({ between: [s.london, "10.33.1.0/24"] })(s),
    "is a CIDR block inside test/paris",
    '"10.33.1.0/24"',
  ],
  [
    "a direction that there is not",
    rule({ direction: "east" }),
    "direction is not one that there is",
    '"east"',
    "both, from, to",
  ],
  [
    "connections that there are not",
    rule({ connections: "old" }),
    "connections is not one that there is",
    '"old"',
  ],
  ["no ports", rule({ ports: [] }), "it names no port", "Name one"],
  ["ports one way", rule({ ports: ["fabric"], direction: "to" }), "with ports a direction means nothing"],
  ["new connections by an ACL", rule({ connections: "new" }), "an ACL is stateless"],
  ["ports by a route", rule({ method: "route", ports: ["fabric"] }), "a route knows no ports"],
  [
    "a route where no peering is",
    rule({ method: "route" }),
    "no Peering of these two VPCs has routes to take away",
  ],
  [
    "a security group where no cluster is",
    rule({ method: "security-group", connections: "new" }),
    "no cluster has a security group there",
  ],
  [
    "a cluster by its name",
    rule({ cluster: "orders" }),
    "cluster is of another type",
    '"orders"',
    "a StretchCluster",
  ],
  [
    "a cluster's cut by an ACL",
    (s) => rule({ cluster: s.cluster })(s),
    "subnets and routes are those of every cluster",
    "the construct test/right",
  ],
  [
    "a peering of one VPC",
    (s) => new Peering(s, "bad", { requester: s.london, accepter: s.london }),
    "a VPC cannot be peered with itself",
    '"test/london"',
  ],
  [
    "a second peering of a pair",
    (s) =>
      [1, 2].map((i) => new Peering(s, i === 1 ? "good" : "bad", { requester: s.london, accepter: s.paris })),
    "a pair of VPCs is peered twice",
    "the one peering test/good",
  ],
  [
    "a peering of null",
    (s) => new Peering(s, "bad", { requester: s.london, accepter: null as Anything }),
    "accepter is of another type",
    "null",
  ],
  [
    "an outage of a whole cluster",
    (s) => new RackOutage(s, "bad", { fault: "down", rack: s.cluster as Anything }),
    "rack is of another type",
    "cluster.rack(32)",
  ],
  [
    "an outage named none",
    (s) => new RackOutage(s, "bad", { fault: "none", rack: s.cluster.rack(32) }),
    "fault is not a name for a fault",
  ],
  [
    "a gate that does not wait",
    (s) => new ReadinessGate(s, "bad", { nodes: s.cluster.nodes, timeoutMinutes: 0 }),
    "timeoutMinutes is out of range",
    "got 0",
  ],
  [
    "a gate of numbers",
    (s) => new ReadinessGate(s, "bad", { nodes: [1] as Anything }),
    "nodes[0] is of another type",
    "got 1",
    "a node of a cluster",
  ],
];

const VPC = { region: "eu-west-1", cidrBlock: "10.1.0.0/16" };

/** The same of what is told with another path, or before there is one. */
const ELSEWHERE: Case[] = [
  // Names.
  [
    "a VPC named as a line of the plan",
    (s) => new RegionVpc(s, "note", VPC),
    "test/note",
    "the name of another line of the output partitions",
    '"note"',
  ],
  [
    "a VPC named as the roster's line",
    (s) => new RegionVpc(s, "roster", VPC),
    "test/roster",
    "the name of another line",
    "none of fault, note, roster",
  ],
  [
    "a VPC named as the fault's line",
    (s) => new RegionVpc(s, "fault", VPC),
    "test/fault",
    "the name of another line",
    "none of fault, note, roster",
  ],
  [
    "an id that is a number",
    (s) => new RegionVpc(s, 5 as Anything, VPC),
    "test: id is of another type",
    "got 5",
    "a string",
  ],
  ["no id", (s) => new RegionVpc(s, undefined as Anything, VPC), "test: id is of another type", "undefined"],
  [
    "an id that is null",
    (s) => new StretchTags(s, null as Anything, { scenario: "x" }),
    "test: id is of another type",
    "null",
  ],
  [
    "an id that is an object",
    (s) => new ReadinessGate(s, {} as Anything, { nodes: s.cluster.nodes }),
    "test: id is of another type",
    "got {}",
  ],
  [
    "a mesh whose id is a number",
    (s) => Peering.mesh(s, 5 as Anything, [s.london, s.paris]),
    "test: id is of another type",
    "got 5",
  ],
  ["an empty id", (s) => new RegionVpc(s, "", VPC), "id is none that Terraform takes", '""'],
  [
    "an id with a digit first",
    (s) => new RegionVpc(s, "1st", VPC),
    "test/1st: id is none that Terraform takes",
    '"1st"',
    "a letter or underscore first",
  ],
  [
    "an id with a hyphen first",
    (s) => new Peering(s, "-peering", { requester: s.london, accepter: s.paris }),
    "id is none that Terraform takes",
  ],
  [
    "an id with a space",
    (s) => new ClientHost(s, "my client", { vpc: s.london }),
    "id is none that Terraform takes",
    '"my client"',
  ],
  [
    "an id with a slash",
    (s) => new ResultsBucket(s, "a/b", { vpc: s.london }),
    "id is none that Terraform takes",
    '"a/b"',
  ],
  ["an id beyond ASCII", (s) => new RegionVpc(s, "é", VPC), "id is none that Terraform takes", '"é"'],
  [
    "an id of 101 letters",
    (s) => new RegionVpc(s, "a".repeat(101), VPC),
    "id is none that Terraform takes",
    "at most 100",
  ],
  [
    "an id with a quote",
    (s) => new RackOutage(s, 'a"b', { fault: "down", rack: s.cluster.rack(32) }),
    "id is none that Terraform takes",
  ],
  [
    "an id that is taken",
    (s) => new RegionVpc(s, "london", VPC),
    "test/london: another construct has the id",
    "an id of its own in test",
  ],
  [
    "no scope",
    () => new RegionVpc(undefined as Anything, "bad", VPC),
    "the scope is no construct of a stack",
    "undefined",
    "a TerraformStack",
  ],
  [
    "a scope that is a text",
    () => new StretchCluster("test" as Anything, "bad", {} as Anything),
    "the scope is no construct of a stack",
    '"test"',
  ],
  [
    "an app as scope",
    (s) => new RegionVpc(s.node.root as Anything, "bad", VPC),
    "the scope is no construct of a stack",
    "a construct in one",
  ],
  [
    "a switch whose name is a number",
    (s) => FaultSwitch.of(s, 5 as Anything),
    "test: variableName is of another type",
    "got 5",
  ],
  [
    "a switch with a space in its name",
    (s) => FaultSwitch.of(s, "my fault"),
    "variableName is malformed",
    '"my fault"',
  ],
  [
    "a tier that there is not",
    (s) => s.london.subnet("db" as Anything, "a"),
    "test/london: tier is not one that there is",
    '"db"',
    "node, client, edge, endpoint",
  ],
  ["no tier", (s) => s.london.subnet(undefined as Anything, "a"), "tier", "undefined"],
  [
    "a zone that the VPC lacks",
    (s) => s.london.subnet("node", "f"),
    "test/london has no subnet in the zone",
    '"f"',
    "a, b, c",
  ],
  [
    "a way of control that is a text",
    (s) => s.london.addControlCidr("10.0.0.0/8" as Anything),
    "test/london: control is of another type",
    '"10.0.0.0/8"',
  ],
  [
    "a way of control that is no block",
    (s) => s.london.addControlCidr({ cidr: "office", what: "the office" }),
    "test/london: control.cidr is not an IPv4 CIDR block",
    '"office"',
  ],
  ["a rack that there is not", (s) => s.cluster.rack(7), "test/right has no such rack", "got 7", "32, 33"],
  [
    "a rack by a text",
    (s) => s.cluster.rack("32" as Anything),
    "test/right: id is of another type",
    '"32"',
    "a number",
  ],
  ["no rack", (s) => s.cluster.rack(undefined as Anything), "test/right: id", "undefined"],
];

describe("what cannot be", () => {
  it.each(CASES)("is told with the construct's path: %s", (_, make, ...words) => {
    const message = complaint(make, words);
    if (!message.includes("vpcs[0]")) expect(message).toMatch(/\btest\/bad\b/);
  });

  it.each(ELSEWHERE)("is told: %s", (_, make, ...words) => {
    complaint(make, words);
  });
});

/** What a stack is told that something wrong was added to, when it is made or at synth. */
function complaint(make: (stack: Right) => unknown, words: readonly string[]): string {
  const stack = new Right(new App(), "test");
  const error = errorOf(() => {
    make(stack);
    stack.runAllValidations();
  });
  const atSynth = error.message.startsWith("Validation failed with the following errors:");
  if (!atSynth) expect(error).toBeInstanceOf(InputError);
  for (const word of words) expect(error.message).toContain(word);
  expect(error.message).toMatch(/: got .+; expected .+\. \S.*[.?)]$/ms);
  expect(error.message).not.toMatch(/\n +at /);
  return error.message;
}

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

  it.each([
    ["a text", "red"],
    ["a list", []],
    ["a number", 5],
  ])("whose settings are %s are told", (_, settings) => {
    const { message } = errorOf(() => new EvenSplit(new App({ context: { settings } }), "even-split"));
    expect(message).toContain(
      `even-split: the context's settings is of another type: got ${JSON.stringify(settings)}`,
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
