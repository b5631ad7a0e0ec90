import {
  DescribeInstancesCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import type { Moto } from "./moto";

/** What is in the cloud, read back with the AWS SDK. */
export class Cloud {
  constructor(private readonly moto: Moto) {}

  /** Blocks of the subnets of a region's own VPCs. */
  async subnets(region: string): Promise<string[]> {
    const { Subnets = [] } = await this.ec2(region).send(
      new DescribeSubnetsCommand({ Filters: [{ Name: "default-for-az", Values: ["false"] }] }),
    );
    return Subnets.map((subnet) => subnet.CidrBlock!).sort();
  }

  /** Denied blocks of every subnet of a region: subnet block -> `in BLOCK`, `out BLOCK`. */
  async denies(region: string): Promise<Record<string, string[]>> {
    const ec2 = this.ec2(region);
    const { Subnets = [] } = await ec2.send(
      new DescribeSubnetsCommand({ Filters: [{ Name: "default-for-az", Values: ["false"] }] }),
    );
    const { NetworkAcls = [] } = await ec2.send(new DescribeNetworkAclsCommand({}));
    return Object.fromEntries(
      Subnets.map((subnet) => {
        const acl = NetworkAcls.find((a) => a.Associations?.some((x) => x.SubnetId === subnet.SubnetId));
        const cuts = (acl?.Entries ?? []).filter((e) => e.RuleAction === "deny" && e.RuleNumber! < 1000);
        return [subnet.CidrBlock!, cuts.map((e) => `${e.Egress ? "out" : "in"} ${e.CidrBlock}`).sort()];
      }),
    );
  }

  /** Blocks that a region's route tables send into a peering connection. */
  async peerRoutes(region: string): Promise<string[]> {
    const { RouteTables = [] } = await this.ec2(region).send(new DescribeRouteTablesCommand({}));
    return RouteTables.flatMap((table) => table.Routes ?? [])
      .filter((route) => route.VpcPeeringConnectionId !== undefined)
      .map((route) => route.DestinationCidrBlock!);
  }

  /** States of the peering connections that a region sees. */
  async peerings(region: string): Promise<string[]> {
    const { VpcPeeringConnections = [] } = await this.ec2(region).send(
      new DescribeVpcPeeringConnectionsCommand({}),
    );
    return VpcPeeringConnections.map((peering) => peering.Status!.Code!);
  }

  /** Instances of a region by private address: id and state. Terminated ones are left out. */
  async instances(region: string): Promise<Record<string, { id: string; state: string; launched: number }>> {
    const { Reservations = [] } = await this.ec2(region).send(new DescribeInstancesCommand({}));
    return Object.fromEntries(
      Reservations.flatMap((reservation) => reservation.Instances ?? [])
        .filter((instance) => instance.State?.Name !== "terminated")
        .map((instance) => [
          instance.PrivateIpAddress!,
          {
            id: instance.InstanceId!,
            state: instance.State!.Name!,
            launched: instance.LaunchTime!.getTime(),
          },
        ]),
    );
  }

  /** What a stack would have left behind in these regions; empty after a destroy. */
  async leftovers(regions: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    for (const region of regions) {
      const { Vpcs = [] } = await this.ec2(region).send(new DescribeVpcsCommand({}));
      found.push(...Vpcs.filter((vpc) => !vpc.IsDefault).map((vpc) => `${region} ${vpc.VpcId}`));
      found.push(...Object.keys(await this.instances(region)));
    }
    const { Buckets = [] } = await new S3Client(this.moto.client(regions[0])).send(
      new ListBucketsCommand({}),
    );
    const { Roles = [] } = await new IAMClient(this.moto.client(regions[0])).send(new ListRolesCommand({}));
    return [...found, ...Buckets.map((b) => b.Name!), ...Roles.map((r) => r.RoleName!)];
  }

  private ec2(region: string): EC2Client {
    return new EC2Client(this.moto.client(region));
  }
}
