import {
  DeleteNetworkAclEntryCommand,
  DeleteRouteCommand,
  EC2Client,
  StartInstancesCommand,
  type VpcPeeringConnection,
} from "@aws-sdk/client-ec2";
import { GetScheduleCommand, paginateListSchedules, SchedulerClient } from "@aws-sdk/client-scheduler";
import { patient } from "../../lab/deployed/aws-clients";
import { findTraces, removeTraces } from "./traces";
import { filter, networkAcls, peerings, routeTables } from "./ec2-kinds";

/** Numbers of an ACL's entries from here on are none of a fault's. */
const FIRST_OF_OTHERS = 1000;

/**
 * Does at once what the schedules of a group would do: they go with it, and a cut must not outlive them.
 * @param going hosts that need no start, as they are removed
 * @returns what was done, in words
 */
export async function carryOut(
  region: string,
  GroupName: string,
  going: ReadonlySet<string>,
): Promise<string[]> {
  const scheduler = new SchedulerClient(patient(region));
  const ec2 = new EC2Client(patient(region));
  const done: string[] = [];
  for await (const { Schedules = [] } of paginateListSchedules({ client: scheduler }, { GroupName })) {
    for (const { Name } of Schedules) {
      const { Target } = await scheduler.send(new GetScheduleCommand({ Name, GroupName }));
      const input = JSON.parse(Target?.Input ?? "{}") as Record<string, unknown>;
      if (Target?.Arn?.endsWith(":ec2:deleteNetworkAclEntry")) {
        done.push(...(await removeDeny(ec2, input as unknown as AclEntry)));
      } else if (Target?.Arn?.endsWith(":ec2:startInstances")) {
        const InstanceIds = (input.InstanceIds as string[]).filter((id) => !going.has(id));
        if (InstanceIds.length === 0) continue;
        await ec2.send(new StartInstancesCommand({ InstanceIds }));
        done.push(`started ${InstanceIds.join(", ")}`);
      } else {
        throw new Error(`its schedule ${Name} does something that is not known here: ${Target?.Arn}`);
      }
    }
  }
  return done;
}

/**
 * Removes what faults left in a region by the records that go: an apply that was killed makes entries in ACLs, and stops
 * hosts, that no schedule ends, and after the record nothing would prove them a fault's.
 *
 * @param deployment `STACK/ID`
 * @param going ACLs and hosts that are removed themselves
 * @returns what was done, in words
 */
export async function removeRecorded(
  region: string,
  deployment: string,
  going: ReadonlySet<string>,
): Promise<string[]> {
  const [, stack, id] = /^(.+)\/([^/]+)$/.exec(deployment)!;
  const { found, unseen } = await findTraces(stack, [region]);
  if (unseen.length > 0) throw new Error(unseen[0].reason);
  const left = found
    .filter((one) => one.deployment === id)
    .flatMap(({ traces }) => traces)
    .filter((trace) => trace.kind !== "schedule" && !going.has(trace.id));
  const done: string[] = [];
  const failures = await removeTraces(left, (trace) =>
    done.push(`removed what a fault left: ${trace.kind} ${trace.id} ${trace.what} (${region})`),
  );
  if (failures.length > 0)
    throw new Error(failures.map(({ trace, reason }) => `${trace.id}: ${reason}`).join("; "));
  return done;
}

interface AclEntry {
  readonly NetworkAclId: string;
  readonly RuleNumber: number;
  readonly Egress: boolean;
}

async function removeDeny(ec2: EC2Client, { NetworkAclId, RuleNumber, Egress }: AclEntry): Promise<string[]> {
  const [acl] = await networkAcls(ec2, filter("network-acl-id", [NetworkAclId]));
  const deny = acl?.Entries?.find(
    (entry) => entry.RuleNumber === RuleNumber && entry.Egress === Egress && entry.RuleAction === "deny",
  );
  if (deny === undefined) return [];
  await ec2.send(new DeleteNetworkAclEntryCommand({ NetworkAclId, RuleNumber, Egress }));
  return [
    `removed the deny ${RuleNumber} ${Egress ? "out" : "in"} of ${deny.CidrBlock} from ${NetworkAclId}`,
  ];
}

/** The peering connection of an id, as a region sees it. */
export async function peeringOf(region: string, id: string): Promise<VpcPeeringConnection | undefined> {
  const ec2 = new EC2Client(patient(region));
  return (await peerings(ec2)).find(({ VpcPeeringConnectionId }) => VpcPeeringConnectionId === id);
}

/**
 * Removes the routes to a peering connection, in both regions and whosever tables they are in: they are known by it, and
 * once it is gone nothing would prove whose they were.
 * @returns what was done, in words
 */
export async function removeRoutes({
  VpcPeeringConnectionId: id,
  RequesterVpcInfo,
  AccepterVpcInfo,
}: VpcPeeringConnection): Promise<string[]> {
  const done: string[] = [];
  for (const side of [RequesterVpcInfo, AccepterVpcInfo]) {
    const ec2 = new EC2Client(patient(side!.Region!));
    for (const { RouteTableId, Routes = [] } of await routeTables(ec2, filter("vpc-id", [side!.VpcId!]))) {
      for (const { DestinationCidrBlock, VpcPeeringConnectionId } of Routes) {
        if (VpcPeeringConnectionId !== id || DestinationCidrBlock === undefined) continue;
        await ec2.send(new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock }));
        done.push(`removed the route to ${DestinationCidrBlock} from ${RouteTableId} (${side!.Region})`);
      }
    }
  }
  return done;
}

/**
 * Denies of a peer's blocks, at numbers that cuts take, in the ACLs of both sides of a peering connection that stay:
 * nothing proves them a cut's, so they are named with the command that removes them.
 * @param going ACLs that are removed themselves
 */
export async function deniesOfPeers(
  { RequesterVpcInfo, AccepterVpcInfo }: VpcPeeringConnection,
  going: ReadonlySet<string>,
): Promise<string[]> {
  const named: string[] = [];
  for (const [side, peer] of [
    [RequesterVpcInfo!, AccepterVpcInfo!],
    [AccepterVpcInfo!, RequesterVpcInfo!],
  ]) {
    const blocks = (peer.CidrBlockSet ?? [{ CidrBlock: peer.CidrBlock }]).map(({ CidrBlock }) => CidrBlock);
    const ec2 = new EC2Client(patient(side.Region!));
    for (const { NetworkAclId, Entries = [] } of await networkAcls(ec2, filter("vpc-id", [side.VpcId!]))) {
      if (going.has(NetworkAclId!)) continue;
      for (const { RuleNumber = 0, Egress, CidrBlock, RuleAction } of Entries) {
        if (RuleAction !== "deny" || RuleNumber >= FIRST_OF_OTHERS || !blocks.includes(CidrBlock)) continue;
        named.push(
          `network ACL ${NetworkAclId} denies ${CidrBlock} ${Egress ? "out" : "in"} (${RuleNumber}), a block of the peer that ` +
            `goes; nothing proves it a cut of ours. To remove it: aws ec2 delete-network-acl-entry --region ${side.Region} ` +
            `--network-acl-id ${NetworkAclId} --rule-number ${RuleNumber} --${Egress ? "egress" : "ingress"}`,
        );
      }
    }
  }
  return named;
}
