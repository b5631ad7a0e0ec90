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
  DetachInternetGatewayCommand,
  DisassociateRouteTableCommand,
  type EC2Client,
  type Filter,
  paginateDescribeInstances,
  paginateDescribeInternetGateways,
  paginateDescribeNatGateways,
  paginateDescribeNetworkAcls,
  paginateDescribeNetworkInterfaces,
  paginateDescribeRouteTables,
  paginateDescribeSecurityGroups,
  paginateDescribeSubnets,
  paginateDescribeVolumes,
  paginateDescribeVpcEndpoints,
  paginateDescribeVpcPeeringConnections,
  paginateDescribeVpcs,
  ReleaseAddressCommand,
  ReplaceNetworkAclAssociationCommand,
  type Tag,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";

/** AWS takes so many values in a filter, and every call so many things a page. */
export const PAGE = 200;

/** Something of EC2, with what ties it to others. */
export interface Ec2Thing {
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Ids of what it is in: VPCs, subnets, security groups. */
  readonly within: readonly string[];
  /** Ids of what goes with it: volumes, addresses, network interfaces. */
  readonly parts: readonly string[];
  /** Ids of subnets that are its own to serve. */
  readonly serves: readonly string[];
}

/** One kind of EC2's resources. */
export interface Ec2Kind {
  readonly name: string;
  /** What its ids begin with. */
  readonly prefix: string;
  /** Those that are there, as a filter chooses: not what is gone already, nor what goes with its VPC alone. */
  list(ec2: EC2Client, Filters?: Filter[]): Promise<Ec2Thing[]>;
  /** Asks AWS to remove one. */
  remove(ec2: EC2Client, id: string): Promise<unknown>;
}

/** Kinds that AWS cannot filter by VPC, or that are few. */
export const UNFILTERED: readonly string[] = ["internet gateway", "peering connection", "VPC endpoint"];

const GONE = ["deleted", "deleting", "rejected", "expired", "failed", "terminated"];

/** Every kind that the constructs make, in the order in which they can be removed: what is in something goes first. */
export const EC2_KINDS: readonly Ec2Kind[] = [
  {
    name: "instance",
    prefix: "i-",
    async list(client, Filters) {
      const all = await items(paginateDescribeInstances(paged(client), { Filters }), (page) =>
        page.Reservations?.flatMap(({ Instances = [] }) => Instances),
      );
      return all
        .filter(({ State }) => State?.Name !== "terminated")
        .map(({ InstanceId, Tags, VpcId, SubnetId, BlockDeviceMappings = [] }) => ({
          ...thing(InstanceId, Tags, VpcId, SubnetId),
          parts: BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.VolumeId ?? []),
        }));
    },
    remove: (ec2, id) => ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] })),
  },
  {
    name: "volume",
    prefix: "vol-",
    async list(client, Filters) {
      const all = await items(paginateDescribeVolumes(paged(client), { Filters }), ({ Volumes }) => Volumes);
      return all
        .filter(({ State }) => !GONE.includes(String(State)))
        .map(({ VolumeId, Tags }) => thing(VolumeId, Tags));
    },
    remove: (ec2, VolumeId) => ec2.send(new DeleteVolumeCommand({ VolumeId })),
  },
  {
    name: "VPC endpoint",
    prefix: "vpce-",
    async list(client, Filters) {
      const all = await items(
        paginateDescribeVpcEndpoints(paged(client), { Filters }),
        ({ VpcEndpoints }) => VpcEndpoints,
      );
      return all
        .filter(({ State }) => String(State).toLowerCase() !== "deleted")
        .map(({ VpcEndpointId, Tags, VpcId, NetworkInterfaceIds = [] }) => ({
          ...thing(VpcEndpointId, Tags, VpcId),
          parts: NetworkInterfaceIds,
        }));
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
    async list(client, Filter) {
      const all = await items(
        paginateDescribeNatGateways(paged(client), { Filter }),
        ({ NatGateways }) => NatGateways,
      );
      return all
        .filter(({ State }) => State !== "deleted")
        .map(({ NatGatewayId, Tags, VpcId, SubnetId, NatGatewayAddresses = [] }) => ({
          ...thing(NatGatewayId, Tags, VpcId, SubnetId),
          parts: NatGatewayAddresses.flatMap((a) =>
            [a.AllocationId ?? [], a.NetworkInterfaceId ?? []].flat(),
          ),
        }));
    },
    remove: (ec2, NatGatewayId) => ec2.send(new DeleteNatGatewayCommand({ NatGatewayId })),
  },
  {
    name: "elastic IP address",
    prefix: "eipalloc-",
    async list(ec2, Filters) {
      const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({ Filters }));
      return Addresses.map(({ AllocationId, Tags }) => thing(AllocationId, Tags));
    },
    remove: (ec2, AllocationId) => ec2.send(new ReleaseAddressCommand({ AllocationId })),
  },
  {
    name: "peering connection",
    prefix: "pcx-",
    list: async (ec2, Filters) =>
      (await peerings(ec2, Filters)).map((peering) =>
        thing(
          peering.VpcPeeringConnectionId,
          peering.Tags,
          peering.RequesterVpcInfo?.VpcId,
          peering.AccepterVpcInfo?.VpcId,
        ),
      ),
    remove: (ec2, VpcPeeringConnectionId) =>
      ec2.send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId })),
  },
  {
    name: "internet gateway",
    prefix: "igw-",
    list: async (ec2, Filters) =>
      (await internetGateways(ec2, Filters)).map(({ InternetGatewayId, Tags, Attachments = [] }) =>
        thing(InternetGatewayId, Tags, ...Attachments.map(({ VpcId }) => VpcId)),
      ),
    async remove(ec2, InternetGatewayId) {
      const [gateway] = await internetGateways(ec2, filter("internet-gateway-id", [InternetGatewayId]));
      for (const { VpcId } of gateway?.Attachments ?? []) {
        await ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId }));
      }
      await ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId }));
    },
  },
  {
    name: "route table",
    prefix: "rtb-",
    list: async (ec2, Filters) =>
      (await routeTables(ec2, Filters))
        .filter(({ Associations = [] }) => !Associations.some(({ Main }) => Main))
        .map(({ RouteTableId, Tags, VpcId, Associations = [] }) => ({
          ...thing(RouteTableId, Tags, VpcId),
          serves: Associations.flatMap(({ SubnetId }) => SubnetId ?? []),
        })),
    async remove(ec2, RouteTableId) {
      const [table] = await routeTables(ec2, filter("route-table-id", [RouteTableId]));
      for (const { RouteTableAssociationId: AssociationId } of table?.Associations ?? []) {
        await ec2.send(new DisassociateRouteTableCommand({ AssociationId }));
      }
      await ec2.send(new DeleteRouteTableCommand({ RouteTableId }));
    },
  },
  {
    name: "network ACL",
    prefix: "acl-",
    list: async (ec2, Filters) =>
      (await networkAcls(ec2, Filters))
        .filter(({ IsDefault }) => !IsDefault)
        .map(({ NetworkAclId, Tags, VpcId, Associations = [] }) => ({
          ...thing(NetworkAclId, Tags, VpcId),
          serves: Associations.flatMap(({ SubnetId }) => SubnetId ?? []),
        })),
    async remove(ec2, NetworkAclId) {
      const all = await networkAcls(ec2, filter("network-acl-id", [NetworkAclId]));
      for (const { VpcId, Associations = [] } of all) {
        // A subnet always has one: the VPC's own takes its place.
        const ofVpc = await networkAcls(ec2, filter("vpc-id", [VpcId!]));
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
    async list(client, Filters) {
      const all = await items(paginateDescribeSubnets(paged(client), { Filters }), ({ Subnets }) => Subnets);
      return all.map(({ SubnetId, Tags, VpcId }) => thing(SubnetId, Tags, VpcId));
    },
    remove: (ec2, SubnetId) => ec2.send(new DeleteSubnetCommand({ SubnetId })),
  },
  {
    name: "security group",
    prefix: "sg-",
    async list(client, Filters) {
      const all = await items(
        paginateDescribeSecurityGroups(paged(client), { Filters }),
        ({ SecurityGroups }) => SecurityGroups,
      );
      return all
        .filter(({ GroupName }) => GroupName !== "default")
        .map(({ GroupId, Tags, VpcId }) => thing(GroupId, Tags, VpcId));
    },
    remove: (ec2, GroupId) => ec2.send(new DeleteSecurityGroupCommand({ GroupId })),
  },
  {
    name: "VPC",
    prefix: "vpc-",
    async list(client, Filters) {
      const all = await items(paginateDescribeVpcs(paged(client), { Filters }), ({ Vpcs }) => Vpcs);
      return all.map(({ VpcId, Tags }) => thing(VpcId, Tags, VpcId));
    },
    remove: (ec2, VpcId) => ec2.send(new DeleteVpcCommand({ VpcId })),
  },
];

/** Network interfaces that are of no instance: of load balancers, functions, databases, or of nobody. */
export async function looseInterfaces(client: EC2Client, Filters: Filter[]): Promise<Ec2Thing[]> {
  const all = await items(
    paginateDescribeNetworkInterfaces(paged(client), { Filters }),
    ({ NetworkInterfaces }) => NetworkInterfaces,
  );
  return all
    .filter(({ Attachment }) => Attachment?.InstanceId === undefined)
    .map(({ NetworkInterfaceId, TagSet, VpcId, SubnetId, Groups = [] }) =>
      thing(NetworkInterfaceId, TagSet, VpcId, SubnetId, ...Groups.map(({ GroupId }) => GroupId)),
    );
}

/** The peering connections that are there. */
export async function peerings(client: EC2Client, Filters?: Filter[]) {
  const all = await items(
    paginateDescribeVpcPeeringConnections(paged(client), { Filters }),
    ({ VpcPeeringConnections }) => VpcPeeringConnections,
  );
  return all.filter(({ Status }) => !GONE.includes(Status?.Code ?? ""));
}

export function networkAcls(client: EC2Client, Filters?: Filter[]) {
  return items(paginateDescribeNetworkAcls(paged(client), { Filters }), ({ NetworkAcls }) => NetworkAcls);
}

export function routeTables(client: EC2Client, Filters?: Filter[]) {
  return items(paginateDescribeRouteTables(paged(client), { Filters }), ({ RouteTables }) => RouteTables);
}

function internetGateways(client: EC2Client, Filters?: Filter[]) {
  return items(
    paginateDescribeInternetGateways(paged(client), { Filters }),
    ({ InternetGateways }) => InternetGateways,
  );
}

/** @param values at most 200, as AWS takes */
export function filter(Name: string, values: readonly string[]): Filter[] {
  return [{ Name, Values: [...values] }];
}

function paged(client: EC2Client) {
  return { client, pageSize: PAGE };
}

async function items<P, T>(pages: AsyncIterable<P>, of: (page: P) => T[] | undefined): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(...(of(page) ?? []));
  return all;
}

function thing(id: string | undefined, tags: Tag[] = [], ...within: (string | undefined)[]): Ec2Thing {
  return {
    id: id!,
    tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key!, Value!])),
    within: within.filter((place) => place !== undefined),
    parts: [],
    serves: [],
  };
}
