import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import {
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { IAMClient, ListInstanceProfilesCommand, ListRolesCommand } from "@aws-sdk/client-iam";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { ListScheduleGroupsCommand, ListSchedulesCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DescribeParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Moto } from "./moto";

/** Everything in some regions and in the account that a sweep might touch, a line a thing; routes and entries of ACLs too. */
export async function inventory(moto: Moto, regions: readonly string[]): Promise<string[]> {
  const found = await Promise.all([...regions.map((region) => regional(moto, region)), global(moto)]);
  return found.flat().sort();
}

async function regional(moto: Moto, region: string): Promise<string[]> {
  const ec2 = new EC2Client(moto.client(region));
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}));
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({}));
  const { NetworkAcls: acls = [] } = await ec2.send(new DescribeNetworkAclsCommand({}));
  // moto keeps the default ACL of a VPC that is gone.
  const NetworkAcls = acls.filter(({ VpcId }) => Vpcs.some((vpc) => vpc.VpcId === VpcId));
  const { InternetGateways = [] } = await ec2.send(new DescribeInternetGatewaysCommand({}));
  const { NatGateways = [] } = await ec2.send(new DescribeNatGatewaysCommand({}));
  const { VpcEndpoints = [] } = await ec2.send(new DescribeVpcEndpointsCommand({}));
  const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({}));
  const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({}));
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
  const { VpcPeeringConnections = [] } = await ec2.send(new DescribeVpcPeeringConnectionsCommand({}));
  const scheduler = new SchedulerClient(moto.client(region));
  const { ScheduleGroups = [] } = await scheduler.send(new ListScheduleGroupsCommand({}));
  const { Schedules = [] } = await scheduler.send(new ListSchedulesCommand({}));
  const { QueueUrls = [] } = await new SQSClient(moto.client(region)).send(new ListQueuesCommand({}));
  const { MetricAlarms = [] } = await new CloudWatchClient(moto.client(region)).send(
    new DescribeAlarmsCommand({}),
  );
  const { Parameters = [] } = await new SSMClient(moto.client(region)).send(
    new DescribeParametersCommand({
      // Beside them are those that AWS publishes.
      ParameterFilters: [{ Key: "Name", Option: "BeginsWith", Values: ["/stretch"] }],
      MaxResults: 50,
    }),
  );
  return [
    ...Vpcs.map((x) => x.VpcId),
    ...Subnets.map((x) => x.SubnetId),
    ...SecurityGroups.map((x) => x.GroupId),
    ...RouteTables.map((x) => x.RouteTableId),
    ...RouteTables.flatMap((x) => x.Routes!.map((r) => `${x.RouteTableId} to ${r.DestinationCidrBlock}`)),
    ...RouteTables.flatMap((x) => x.Associations!.map((a) => `${x.RouteTableId} serves ${a.SubnetId}`)),
    ...NetworkAcls.map((x) => x.NetworkAclId),
    ...NetworkAcls.flatMap((x) =>
      x.Entries!.map((e) => `${x.NetworkAclId} ${e.RuleNumber} ${e.Egress} ${e.RuleAction} ${e.CidrBlock}`),
    ),
    ...NetworkAcls.flatMap((x) => x.Associations!.map((a) => `${x.NetworkAclId} serves ${a.SubnetId}`)),
    ...InternetGateways.map((x) => `${x.InternetGatewayId} at ${x.Attachments?.[0]?.VpcId}`),
    ...NatGateways.filter((x) => x.State !== "deleted").map((x) => x.NatGatewayId),
    ...VpcEndpoints.filter((x) => String(x.State).toLowerCase() !== "deleted").map((x) => x.VpcEndpointId),
    ...Volumes.map((x) => x.VolumeId),
    ...Addresses.map((x) => x.AllocationId),
    ...Reservations.flatMap((x) => x.Instances!)
      .filter((x) => x.State!.Name !== "terminated")
      .map((x) => `${x.InstanceId} ${x.State!.Name}`),
    ...VpcPeeringConnections.filter((x) => x.Status!.Code !== "deleted").map((x) => x.VpcPeeringConnectionId),
    ...ScheduleGroups.map((x) => x.Name),
    ...Schedules.map((x) => x.Name),
    ...QueueUrls,
    ...MetricAlarms.map((x) => x.AlarmName),
    ...Parameters.map((x) => x.Name),
  ].map((thing) => `${region} ${thing}`);
}

async function global(moto: Moto): Promise<string[]> {
  const iam = new IAMClient(moto.client("us-east-1"));
  const { Buckets = [] } = await new S3Client(moto.client("us-east-1")).send(new ListBucketsCommand({}));
  const { Roles = [] } = await iam.send(new ListRolesCommand({}));
  const { InstanceProfiles = [] } = await iam.send(new ListInstanceProfilesCommand({}));
  return [
    ...Buckets.map((x) => `bucket ${x.Name}`),
    ...Roles.map((x) => `role ${x.RoleName}`),
    ...InstanceProfiles.map((x) => `profile ${x.InstanceProfileName}`),
  ];
}
