import {
  DescribeInstancesCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { type App, TerraformStack } from "cdktf";
import { ClientHost, PartitionRule, Peering, RegionVpc, ResultsBucket, StretchCluster } from "../../modules";
import { Cloud } from "./support/cloud";
import { Moto } from "./support/moto";
import { describeWith } from "../support/requirements";
import { SynthDir } from "./support/synth";
import { inAws, Terraform } from "./support/terraform";

const [LONDON, PARIS] = ["eu-west-2", "eu-west-3"];

/** London reaches out by NAT gateways, Paris not at all. */
class Private extends TerraformStack {
  constructor(app: App) {
    super(app, "private");
    const zones = ["a", "b"];
    const london = new RegionVpc(this, "london", {
      region: LONDON,
      cidrBlock: "10.32.0.0/16",
      zones,
      egress: "nat",
    });
    const paris = new RegionVpc(this, "paris", {
      region: PARIS,
      cidrBlock: "10.33.0.0/16",
      zones,
      egress: "none",
    });
    new Peering(this, "peering", { requester: paris, accepter: london });
    new StretchCluster(this, "cluster", {
      namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
      racks: [
        { id: 32, vpc: london, nodes: ["a", "b"] },
        { id: 33, vpc: paris, nodes: ["a", "b"] },
      ],
      settings: { packageUrl: "s3://packages-{region}/server.tgz" },
    });
    new ClientHost(this, "paris-client", {
      vpc: paris,
      results: new ResultsBucket(this, "results", { vpc: paris }),
      npmRegistry: "https://npm.example.internal/",
    });
    new PartitionRule(this, "cut", { fault: "split", between: [london, paris] });
  }
}

describeWith(["terraform", "moto"], "a cluster whose hosts have no public address", () => {
  const folder = new SynthDir();
  let moto: Moto;
  let terraform: Terraform;
  let london: EC2Client;
  let paris: EC2Client;

  beforeAll(async () => {
    moto = await Moto.start();
    [london, paris] = [LONDON, PARIS].map((region) => new EC2Client(moto.client(region)));
    terraform = new Terraform(
      folder.synth("private", (app) => new Private(app)),
      moto,
    );
    await terraform.init();
    await terraform.validate();
  });
  afterAll(async () => {
    await moto?.stop();
    folder.remove();
  });

  it("applies", async () => {
    await terraform.apply();
    for (const ec2 of [london, paris]) {
      const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand());
      const hosts = Reservations.flatMap(({ Instances = [] }) => Instances);
      expect(hosts.length).toBeGreaterThanOrEqual(2);
      expect(hosts.map((host) => host.PublicIpAddress).filter(Boolean)).toEqual([]);
    }
  });

  it("has a NAT gateway in each zone of London, the way out of its hosts", async () => {
    const { NatGateways = [] } = await london.send(new DescribeNatGatewaysCommand());
    expect(NatGateways).toHaveLength(2);
    const { RouteTables = [] } = await london.send(new DescribeRouteTablesCommand());
    const routed = RouteTables.flatMap(({ Routes = [] }) => Routes).filter((route) => route.NatGatewayId);
    expect(routed.map((route) => route.DestinationCidrBlock)).toEqual(["0.0.0.0/0", "0.0.0.0/0"]);
    expect(routed.map((route) => route.NatGatewayId).sort()).toEqual(
      NatGateways.map((nat) => nat.NatGatewayId).sort(),
    );
  });

  it("has the endpoints of Paris in both zones", async () => {
    const { VpcEndpoints = [] } = await paris.send(new DescribeVpcEndpointsCommand());
    const places = VpcEndpoints.map((e) => [
      e.ServiceName!.split(".").at(-1),
      (e.SubnetIds ?? []).length,
      (e.RouteTableIds ?? []).length,
    ]);
    expect(places.sort()).toEqual([
      ["ec2messages", 2, 0],
      ["s3", 0, 1],
      ["secretsmanager", 2, 0],
      ["ssm", 2, 0],
      ["ssmmessages", 2, 0],
    ]);
  });

  it("routes to the peer from every host's subnet", async () => {
    const cloud = new Cloud(moto);
    // Two private tables and the edge's in London, one in Paris.
    expect(await cloud.peerRoutes(LONDON)).toEqual(["10.33.0.0/16", "10.33.0.0/16", "10.33.0.0/16"]);
    expect(await cloud.peerRoutes(PARIS)).toEqual(["10.32.0.0/16"]);
  });

  it("has nothing to change when planned again", async () => {
    expect((await terraform.plan()).changes).toEqual([]);
  });

  it("plans a cut as deny rules, their ends and nothing else", async () => {
    const { changes } = await terraform.plan({ fault: "split" });
    expect(changes.length).toBeGreaterThan(0);
    for (const { address, action } of inAws(changes)) {
      expect(address).toMatch(/^aws_(network_acl_rule|scheduler_schedule)\.cut_/);
      expect(action).toBe("create");
    }
  });

  it("destroys everything", async () => {
    await terraform.destroy();
    expect((await terraform.show()).values).toBeUndefined();
    expect(await new Cloud(moto).leftovers([LONDON, PARIS])).toEqual([]);
    const { NatGateways = [] } = await london.send(new DescribeNatGatewaysCommand());
    expect(NatGateways.filter(({ State }) => State !== "deleted")).toEqual([]);
    const { VpcEndpoints = [] } = await paris.send(new DescribeVpcEndpointsCommand());
    expect(VpcEndpoints.filter(({ State }) => String(State).toLowerCase() !== "deleted")).toEqual([]);
  });
});
