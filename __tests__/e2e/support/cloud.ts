import {
  DeleteNetworkAclEntryCommand,
  DescribeInstancesCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSubnetsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  EC2Client,
  StartInstancesCommand,
} from "@aws-sdk/client-ec2";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import {
  GetScheduleCommand,
  type GetScheduleCommandOutput,
  ListSchedulesCommand,
  ListTagsForResourceCommand,
  SchedulerClient,
} from "@aws-sdk/client-scheduler";
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

  /** Blocks that may reach the ports 3000-3003 of a region's database hosts, a line a security group rule. */
  async databaseSources(region: string): Promise<string[]> {
    const { SecurityGroupRules = [] } = await this.ec2(region).send(
      new DescribeSecurityGroupRulesCommand({}),
    );
    return SecurityGroupRules.filter(
      (rule) => !rule.IsEgress && rule.FromPort === 3000 && rule.ToPort === 3003,
    )
      .map((rule) => rule.CidrIpv4!)
      .sort();
  }

  /** The schedules of a region, with their targets. */
  async schedules(region: string): Promise<GetScheduleCommandOutput[]> {
    const scheduler = new SchedulerClient(this.moto.client(region));
    const { Schedules = [] } = await scheduler.send(new ListSchedulesCommand({}));
    return Promise.all(
      Schedules.map(({ Name, GroupName }) => scheduler.send(new GetScheduleCommand({ Name, GroupName }))),
    );
  }

  /** Tags of the group that a schedule is in. */
  async groupTags(region: string, { Arn }: GetScheduleCommandOutput): Promise<Record<string, string>> {
    const ResourceArn = Arn!.replace(":schedule/", ":schedule-group/").replace(/\/[^/]+$/, "");
    const { Tags = [] } = await new SchedulerClient(this.moto.client(region)).send(
      new ListTagsForResourceCommand({ ResourceArn }),
    );
    return Object.fromEntries(Tags.map(({ Key, Value }) => [Key!, Value!]));
  }

  /** Does what the scheduler does when the time of a region's schedules has come: calls EC2 with each one's input. */
  async fire(region: string): Promise<void> {
    for (const { Target } of await this.schedules(region)) {
      const input = JSON.parse(Target!.Input!);
      switch (Target!.Arn) {
        case "arn:aws:scheduler:::aws-sdk:ec2:deleteNetworkAclEntry":
          await this.ec2(region).send(new DeleteNetworkAclEntryCommand(input));
          break;
        case "arn:aws:scheduler:::aws-sdk:ec2:startInstances":
          await this.ec2(region).send(new StartInstancesCommand(input));
          break;
        default:
          throw new Error(`No such target: ${Target!.Arn}`);
      }
    }
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
