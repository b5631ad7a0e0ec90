import {
  ClientHost,
  type Egress,
  PartitionRule,
  Peering,
  RegionVpc,
  ResultsBucket,
  StretchCluster,
} from "../../../modules";
import { MYDATA } from "../../support/fixtures";
import { Template } from "../../support/template";

interface Shape {
  readonly londonZones?: string[];
  readonly londonNodes?: string[];
  readonly secondRack?: boolean;
  readonly dublin?: "first" | "last";
  readonly client?: boolean;
  readonly egress?: Egress;
}

/** Attributes whose change replaces the resource, of the types that are hosts or hold hosts. */
const REPLACING: Record<string, string[]> = {
  aws_instance: [
    "private_ip",
    "subnet_id",
    "instance_type",
    "root_block_device",
    "ebs_block_device",
    "provider",
  ],
  aws_subnet: ["vpc_id", "cidr_block", "availability_zone", "provider"],
  aws_vpc: ["cidr_block", "provider"],
  aws_vpc_peering_connection: ["vpc_id", "peer_vpc_id", "peer_region", "peer_owner_id"],
};

function build(shape: Shape): Template {
  return Template.of((stack) => {
    const { egress } = shape;
    const dublin = () =>
      new RegionVpc(stack, "dublin", { region: "eu-west-1", cidrBlock: "10.31.0.0/16", egress });
    const early = shape.dublin === "first" ? dublin() : undefined;
    const zones = shape.londonZones ?? ["a", "b"];
    const london = new RegionVpc(stack, "london", {
      region: "eu-west-2",
      cidrBlock: "10.32.0.0/16",
      zones,
      egress,
    });
    const paris = new RegionVpc(stack, "paris", { region: "eu-west-3", cidrBlock: "10.33.0.0/16", egress });
    const late = shape.dublin === "last" ? dublin() : undefined;
    const vpcs = [early, london, paris, late].filter((vpc) => vpc !== undefined);
    Peering.mesh(stack, "mesh", vpcs);
    const extra = early ?? late;
    const added = extra === undefined ? [] : [{ id: 31, vpc: extra, nodes: 3 }];
    const cluster = new StretchCluster(stack, "cluster", {
      namespace: MYDATA,
      settings: { packageUrl: "s3://packages-{region}/server.tgz" },
      racks: [
        ...(early ? added : []),
        ...(shape.secondRack ? [{ id: 7, vpc: london, nodes: ["a", "b"] }] : []),
        { id: 32, vpc: london, nodes: shape.londonNodes ?? ["a", "b", "a"] },
        { id: 33, vpc: paris, nodes: 3 },
        ...(late ? added : []),
      ],
    });
    if (shape.client) {
      new ClientHost(stack, "client", {
        vpc: london,
        results: new ResultsBucket(stack, "results", { vpc: london }),
        npmRegistry: "https://npm.example.internal/",
      });
    }
    new PartitionRule(stack, "cut", { fault: "split", between: [london, paris] });
    expect(cluster.nodes.length).toBeGreaterThan(0);
  });
}

describe.each<Egress>(["public-ip", "nat", "none"])("with egress %s growth only adds", (egress) => {
  const before = build({ egress });

  it.each<[string, Shape]>([
    ["a node", { londonNodes: ["a", "b", "a", "b"] }],
    ["a zone", { londonZones: ["a", "b", "c"] }],
    ["a zone that sorts first", { londonZones: ["b", "a", "c"] }],
    ["a zone and a node in it", { londonZones: ["a", "b", "c"], londonNodes: ["a", "b", "a", "c"] }],
    ["a rack of a lower id before the others", { secondRack: true }],
    ["a region behind the others", { dublin: "last" }],
    ["a region before the others", { dublin: "first" }],
    ["a client host", { client: true }],
  ])("with %s", (_, shape) => {
    const after = build({ ...shape, egress });
    const grown = new Map(after.all);
    expect(grown.size).toBeGreaterThan(before.all.length);
    const changed = before.all.flatMap(([address, was]) => {
      const is = grown.get(address);
      if (is === undefined) return [`${address} is gone`];
      const kind = address.split(".")[0];
      return (REPLACING[kind] ?? [])
        .filter((attribute) => JSON.stringify(is[attribute]) !== JSON.stringify(was[attribute]))
        .map((attribute) => `${address} changes ${attribute}`);
    });
    expect(changed).toEqual([]);
  });
});
