import {
  DeleteInternetGatewayCommand,
  DeleteNatGatewayCommand,
  DeleteNetworkAclCommand,
  DeleteRouteTableCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVolumeCommand,
  DeleteVpcCommand,
  DeleteVpcEndpointsCommand,
  DeleteVpcPeeringConnectionCommand,
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
  DetachInternetGatewayCommand,
  DisassociateRouteTableCommand,
  ReleaseAddressCommand,
  ReplaceNetworkAclAssociationCommand,
  TerminateInstancesCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import { setTimeout as sleep } from "node:timers/promises";

/** AWS takes minutes to end a NAT gateway or an instance. */
const WAIT_MS = 10 * 60_000;
const POLL_MS = 5_000;

/** One kind of EC2's resources. */
export interface Ec2Kind {
  readonly name: string;
  /** What its ids begin with. */
  readonly prefix: string;
  /** Of these, those that are there: tags outlive some by an hour, and a VPC's default group goes with the VPC. */
  living(ec2: EC2Client, ids: readonly string[]): Promise<string[]>;
  /** Asks AWS to remove one. */
  remove(ec2: EC2Client, id: string): Promise<unknown>;
}

/** Every kind that the constructs make, in the order in which they can be removed: what is in something goes first. */
export const EC2_KINDS: readonly Ec2Kind[] = [
  {
    name: "instance",
    prefix: "i-",
    async living(ec2, ids) {
      const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand(filter("instance-id", ids)));
      return Reservations.flatMap(({ Instances = [] }) => Instances)
        .filter(({ State }) => State?.Name !== "terminated")
        .map(({ InstanceId }) => InstanceId!);
    },
    remove: (ec2, id) => ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] })),
  },
  {
    name: "volume",
    prefix: "vol-",
    async living(ec2, ids) {
      const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand(filter("volume-id", ids)));
      return Volumes.filter(({ State }) => State !== "deleting" && State !== "deleted").map(
        ({ VolumeId }) => VolumeId!,
      );
    },
    remove: (ec2, VolumeId) => ec2.send(new DeleteVolumeCommand({ VolumeId })),
  },
  {
    name: "VPC endpoint",
    prefix: "vpce-",
    async living(ec2, ids) {
      const { VpcEndpoints = [] } = await ec2.send(
        new DescribeVpcEndpointsCommand(filter("tag-key", ["scenario"])),
      );
      return VpcEndpoints.filter(({ State }) => String(State).toLowerCase() !== "deleted")
        .map(({ VpcEndpointId }) => VpcEndpointId!)
        .filter((id) => ids.includes(id));
    },
    async remove(ec2, id) {
      const { Unsuccessful = [] } = await ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
      // This call alone tells its failures in its answer.
      for (const { Error: failure } of Unsuccessful) throw new Error(failure?.Message);
    },
  },
  {
    name: "NAT gateway",
    prefix: "nat-",
    async living(ec2, ids) {
      const { NatGateways = [] } = await ec2.send(
        new DescribeNatGatewaysCommand({ Filter: filter("nat-gateway-id", ids).Filters }),
      );
      return NatGateways.filter(({ State }) => State !== "deleted").map(({ NatGatewayId }) => NatGatewayId!);
    },
    remove: (ec2, NatGatewayId) => ec2.send(new DeleteNatGatewayCommand({ NatGatewayId })),
  },
  {
    name: "elastic IP address",
    prefix: "eipalloc-",
    async living(ec2, ids) {
      const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand(filter("allocation-id", ids)));
      return Addresses.map(({ AllocationId }) => AllocationId!);
    },
    remove: (ec2, AllocationId) => ec2.send(new ReleaseAddressCommand({ AllocationId })),
  },
  {
    name: "peering connection",
    prefix: "pcx-",
    async living(ec2, ids) {
      const { VpcPeeringConnections = [] } = await ec2.send(
        new DescribeVpcPeeringConnectionsCommand(filter("vpc-peering-connection-id", ids)),
      );
      return VpcPeeringConnections.filter(
        ({ Status }) => !["deleted", "rejected", "expired", "failed"].includes(Status?.Code ?? ""),
      ).map(({ VpcPeeringConnectionId }) => VpcPeeringConnectionId!);
    },
    remove: (ec2, VpcPeeringConnectionId) =>
      ec2.send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId })),
  },
  {
    name: "internet gateway",
    prefix: "igw-",
    living: async (ec2, ids) =>
      (await internetGateways(ec2, ids)).map(({ InternetGatewayId }) => InternetGatewayId!),
    async remove(ec2, InternetGatewayId) {
      const [gateway] = await internetGateways(ec2, [InternetGatewayId]);
      for (const { VpcId } of gateway?.Attachments ?? []) {
        await ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId }));
      }
      await ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId }));
    },
  },
  {
    name: "route table",
    prefix: "rtb-",
    living: async (ec2, ids) => (await routeTables(ec2, ids)).map(({ RouteTableId }) => RouteTableId!),
    async remove(ec2, RouteTableId) {
      const [table] = await routeTables(ec2, [RouteTableId]);
      for (const { RouteTableAssociationId: AssociationId } of table?.Associations ?? []) {
        await ec2.send(new DisassociateRouteTableCommand({ AssociationId }));
      }
      await ec2.send(new DeleteRouteTableCommand({ RouteTableId }));
    },
  },
  {
    name: "network ACL",
    prefix: "acl-",
    living: async (ec2, ids) =>
      (await networkAcls(ec2, "tag-key", ["scenario"]))
        .map(({ NetworkAclId }) => NetworkAclId!)
        .filter((id) => ids.includes(id)),
    async remove(ec2, NetworkAclId) {
      const all = await networkAcls(ec2, "association.network-acl-id", [NetworkAclId]);
      for (const { VpcId, Associations = [] } of all) {
        // A subnet always has one: the VPC's own takes its place.
        const ofVpc = await networkAcls(ec2, "vpc-id", [VpcId!]);
        const own = ofVpc.find(({ IsDefault }) => IsDefault)!.NetworkAclId;
        for (const { NetworkAclAssociationId: AssociationId } of Associations) {
          await ec2.send(new ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId: own }));
        }
      }
      await ec2.send(new DeleteNetworkAclCommand({ NetworkAclId }));
    },
  },
  {
    name: "subnet",
    prefix: "subnet-",
    async living(ec2, ids) {
      const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand(filter("subnet-id", ids)));
      return Subnets.map(({ SubnetId }) => SubnetId!);
    },
    remove: (ec2, SubnetId) => ec2.send(new DeleteSubnetCommand({ SubnetId })),
  },
  {
    name: "security group",
    prefix: "sg-",
    async living(ec2, ids) {
      const { SecurityGroups = [] } = await ec2.send(
        new DescribeSecurityGroupsCommand(filter("group-id", ids)),
      );
      return SecurityGroups.filter(({ GroupName }) => GroupName !== "default").map(({ GroupId }) => GroupId!);
    },
    remove: (ec2, GroupId) => ec2.send(new DeleteSecurityGroupCommand({ GroupId })),
  },
  {
    name: "VPC",
    prefix: "vpc-",
    async living(ec2, ids) {
      const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand(filter("vpc-id", ids)));
      return Vpcs.map(({ VpcId }) => VpcId!);
    },
    remove: (ec2, VpcId) => ec2.send(new DeleteVpcCommand({ VpcId })),
  },
];

/**
 * Removes one and waits until it is gone.
 * @throws Error with AWS's own words if it stays
 */
export async function removeEc2(ec2: EC2Client, kind: Ec2Kind, id: string): Promise<void> {
  const isThere = async () => (await kind.living(ec2, [id])).length > 0;
  await kind.remove(ec2, id).catch(async (error: Error) => {
    // It may have gone meanwhile: a volume with its host, a peering connection by the other region.
    if (await isThere()) throw error;
  });
  const deadline = Date.now() + WAIT_MS;
  while (await isThere()) {
    if (Date.now() > deadline) throw new Error(`still there after ${WAIT_MS / 60_000} minutes`);
    await sleep(POLL_MS);
  }
}

async function internetGateways(ec2: EC2Client, ids: readonly string[]) {
  const { InternetGateways = [] } = await ec2.send(
    new DescribeInternetGatewaysCommand(filter("internet-gateway-id", ids)),
  );
  return InternetGateways;
}

async function routeTables(ec2: EC2Client, ids: readonly string[]) {
  const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand(filter("route-table-id", ids)));
  return RouteTables;
}

async function networkAcls(ec2: EC2Client, name: string, values: readonly string[]) {
  const { NetworkAcls = [] } = await ec2.send(new DescribeNetworkAclsCommand(filter(name, values)));
  return NetworkAcls;
}

function filter(name: string, values: readonly string[]) {
  return { Filters: [{ Name: name, Values: [...values] }] };
}
