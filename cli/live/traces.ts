import {
  DeleteNetworkAclEntryCommand,
  DescribeRegionsCommand,
  EC2Client,
  type NetworkAclEntry,
  paginateDescribeInstances,
  paginateDescribeNetworkAcls,
  paginateDescribeRouteTables,
  paginateDescribeSecurityGroupRules,
  StartInstancesCommand,
  waitUntilInstanceStopped,
} from "@aws-sdk/client-ec2";
import {
  DeleteScheduleCommand,
  paginateListSchedules,
  ResourceNotFoundException,
  SchedulerClient,
} from "@aws-sdk/client-scheduler";
import { awsFailure } from "../../lab/deployed/aws-failure";
import { homeRegion } from "../../lab/deployed/aws-clients";
import { type DenyLine, type RecordLine, recordsIn, type RegionRecord } from "./fault-record";

/** What it takes to find the traces of faults and to remove them. */
export const HEAL_RIGHTS = [
  "ssm:GetParametersByPath",
  "ec2:DescribeNetworkAcls",
  "ec2:DescribeInstances",
  "ec2:DescribeRouteTables",
  "ec2:DescribeSecurityGroupRules",
  "scheduler:ListSchedules",
  "ec2:DeleteNetworkAclEntry",
  "ec2:StartInstances",
  "scheduler:DeleteSchedule",
] as const;

/** EC2 takes so many values in a filter. */
const FILTER_VALUES = 200;
/** An instance that is stopping cannot be started before it has. */
const STOP_SECONDS = 600;
/** Numbers below this one are a cut's in an ACL of ours; in any other ACL those below 100. */
const [OURS, OTHERS] = [1000, 100];

/** Something that a fault left, proven to be its own. */
export interface Trace {
  readonly region: string;
  readonly kind: "network ACL entry" | "stopped host" | "schedule";
  /** ACL, instance, or schedule group. */
  readonly id: string;
  /** What it is there. */
  readonly what: string;
  readonly fault: string;
  readonly remove: () => Promise<unknown>;
}

/** Something that a fault took away, which only an apply puts back. */
export interface Missing {
  readonly region: string;
  readonly what: string;
  /** The AWS command that puts it back where Terraform's state is lost. */
  readonly command: string;
}

/** What was found of the faults of one deployment of a stack, in one region. */
export interface Traces {
  readonly region: string;
  readonly deployment: string;
  readonly traces: readonly Trace[];
  readonly missing: readonly Missing[];
  /** Entries of network ACLs that a cut might have made, and nothing proves that one did. */
  readonly strangers: readonly string[];
}

/** What was found in all regions, and where nobody could look. */
export interface Findings {
  readonly found: readonly Traces[];
  readonly unseen: readonly { readonly region: string; readonly reason: string }[];
}

/** Everything that faults of a stack left in some regions. */
export async function findTraces(stack: string, regions: readonly string[]): Promise<Findings> {
  const found: Traces[] = [];
  const unseen: { region: string; reason: string }[] = [];
  await Promise.all(
    regions.map(async (region) => {
      try {
        const records = await recordsIn(region, stack);
        found.push(...(await Promise.all(records.map(tracesOf))));
      } catch (error) {
        unseen.push({ region, reason: awsFailure(region, error) });
      }
    }),
  );
  const byRegion = (a: { region: string }, b: { region: string }) => (a.region < b.region ? -1 : 1);
  return { found: found.sort(byRegion), unseen: unseen.sort(byRegion) };
}

/**
 * Removes traces: entries and stops first, the schedules that would end them last.
 *
 * @param told called for each one that is gone
 * @returns what could not be removed, with AWS's reason
 */
export async function removeTraces(
  traces: readonly Trace[],
  told: (trace: Trace) => void,
): Promise<{ trace: Trace; reason: string }[]> {
  const failures: { trace: Trace; reason: string }[] = [];
  const remove = (trace: Trace) =>
    trace.remove().then(
      () => told(trace),
      (error: unknown) => failures.push({ trace, reason: awsFailure(trace.region, error) }),
    );
  await Promise.all(traces.filter(({ kind }) => kind !== "schedule").map(remove));
  if (failures.length > 0) return failures;
  await Promise.all(traces.filter(({ kind }) => kind === "schedule").map(remove));
  return failures;
}

/** The regions that the account has enabled. */
export async function enabledRegions(): Promise<string[]> {
  const region = homeRegion();
  try {
    const { Regions = [] } = await new EC2Client({ region }).send(new DescribeRegionsCommand({}));
    return Regions.map(({ RegionName }) => RegionName!).sort();
  } catch (error) {
    throw new Error(awsFailure(region, error), { cause: error });
  }
}

async function tracesOf({ region, deployment, lines }: RegionRecord): Promise<Traces> {
  const of = <K extends RecordLine["kind"]>(kind: K) =>
    lines.filter((line): line is Extract<RecordLine, { kind: K }> => line.kind === kind);
  const ec2 = new EC2Client({ region });
  const [entries, hosts, schedules, routes, rules] = await Promise.all([
    entriesOf(ec2, region, of("deny")),
    stoppedHosts(ec2, region, of("host")),
    schedulesOf(region, of("schedules")),
    missingRoutes(ec2, region, of("route")),
    missingRules(ec2, region, of("ingress")),
  ]);
  return {
    region,
    deployment,
    traces: [...entries.traces, ...hosts, ...schedules],
    missing: [...routes, ...rules],
    strangers: entries.strangers,
  };
}

async function entriesOf(
  ec2: EC2Client,
  region: string,
  denies: readonly DenyLine[],
): Promise<Pick<Traces, "traces" | "strangers">> {
  const traces: Trace[] = [];
  const strangers: string[] = [];
  for (const Values of chunks(denies.map(({ acl }) => acl))) {
    const Filters = [{ Name: "network-acl-id", Values }];
    for await (const { NetworkAcls = [] } of paginateDescribeNetworkAcls({ client: ec2 }, { Filters })) {
      for (const { NetworkAclId: id = "", Entries = [] } of NetworkAcls) {
        for (const entry of Entries) {
          const ours = denies.find((deny) => deny.acl === id && isMade(entry, deny));
          const what = shown(entry);
          if (ours !== undefined) {
            const { RuleNumber, Egress } = entry;
            const remove = () =>
              ec2.send(new DeleteNetworkAclEntryCommand({ NetworkAclId: id, RuleNumber, Egress }));
            traces.push({ region, kind: "network ACL entry", id, what, fault: ours.fault, remove });
          } else if (mightBeACuts(entry)) {
            strangers.push(`${id} (${region}): ${what}`);
          }
        }
      }
    }
  }
  return { traces, strangers };
}

/** Whether an entry is what a line of the record says, to the letter. */
function isMade(entry: NetworkAclEntry, { number, egress, cidr, ports }: DenyLine): boolean {
  const samePorts =
    ports === undefined
      ? entry.Protocol === "-1"
      : entry.Protocol === "6" && entry.PortRange?.From === ports.from && entry.PortRange.To === ports.to;
  return (
    samePorts &&
    entry.RuleAction === "deny" &&
    entry.RuleNumber === number &&
    entry.Egress === egress &&
    entry.CidrBlock === cidr
  );
}

function mightBeACuts({ RuleNumber = 0, RuleAction }: NetworkAclEntry): boolean {
  return RuleNumber < OTHERS || (RuleNumber < OURS && RuleAction === "deny");
}

function shown({
  RuleNumber,
  RuleAction,
  Egress,
  CidrBlock,
  Ipv6CidrBlock,
  PortRange,
}: NetworkAclEntry): string {
  const ports = PortRange?.From === undefined ? "" : ` ports ${PortRange.From}-${PortRange.To}`;
  return `${RuleAction} ${RuleNumber} ${Egress ? "out" : "in"} ${CidrBlock ?? Ipv6CidrBlock}${ports}`;
}

async function stoppedHosts(
  ec2: EC2Client,
  region: string,
  hosts: readonly Extract<RecordLine, { kind: "host" }>[],
): Promise<Trace[]> {
  const traces: Trace[] = [];
  for (const Values of chunks(hosts.map(({ instance }) => instance))) {
    const Filters = [
      { Name: "instance-id", Values },
      { Name: "instance-state-name", Values: ["stopping", "stopped"] },
    ];
    for await (const { Reservations = [] } of paginateDescribeInstances({ client: ec2 }, { Filters })) {
      for (const { InstanceId: id = "", State } of Reservations.flatMap(({ Instances = [] }) => Instances)) {
        const faults = hosts.filter(({ instance }) => instance === id).map(({ fault }) => fault);
        const remove = async () => {
          const InstanceIds = [id];
          await waitUntilInstanceStopped({ client: ec2, maxWaitTime: STOP_SECONDS }, { InstanceIds });
          await ec2.send(new StartInstancesCommand({ InstanceIds }));
        };
        const what = State?.Name ?? "stopped";
        traces.push({
          region,
          kind: "stopped host",
          id,
          what,
          fault: [...new Set(faults)].join(", "),
          remove,
        });
      }
    }
  }
  return traces;
}

async function schedulesOf(
  region: string,
  groups: readonly Extract<RecordLine, { kind: "schedules" }>[],
): Promise<Trace[]> {
  const client = new SchedulerClient({ region });
  const traces: Trace[] = [];
  for (const { group: GroupName } of groups) {
    try {
      for await (const { Schedules = [] } of paginateListSchedules({ client }, { GroupName })) {
        for (const { Name = "" } of Schedules) {
          const remove = () => client.send(new DeleteScheduleCommand({ GroupName, Name }));
          traces.push({ region, kind: "schedule", id: Name, what: `of ${GroupName}`, fault: "", remove });
        }
      }
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
  }
  return traces;
}

async function missingRoutes(
  ec2: EC2Client,
  region: string,
  routes: readonly Extract<RecordLine, { kind: "route" }>[],
): Promise<Missing[]> {
  const missing = new Map<string, Missing>();
  for (const Values of chunks(routes.map(({ table }) => table))) {
    const Filters = [{ Name: "route-table-id", Values }];
    for await (const { RouteTables = [] } of paginateDescribeRouteTables({ client: ec2 }, { Filters })) {
      for (const { RouteTableId, Routes = [] } of RouteTables) {
        for (const { table, cidr, peering } of routes) {
          if (table !== RouteTableId || Routes.some((route) => route.DestinationCidrBlock === cidr)) continue;
          const command = `aws ec2 create-route --region ${region} --route-table-id ${table} --destination-cidr-block ${cidr} --vpc-peering-connection-id ${peering}`;
          missing.set(command, { region, what: `the route of ${table} to ${cidr}`, command });
        }
      }
    }
  }
  return [...missing.values()];
}

async function missingRules(
  ec2: EC2Client,
  region: string,
  rules: readonly Extract<RecordLine, { kind: "ingress" }>[],
): Promise<Missing[]> {
  const present = new Set<string>();
  const groups = new Set<string>();
  for (const Values of chunks(rules.map(({ group }) => group))) {
    const Filters = [{ Name: "group-id", Values }];
    for await (const { SecurityGroupRules = [] } of paginateDescribeSecurityGroupRules(
      { client: ec2 },
      { Filters },
    )) {
      for (const { GroupId = "", IsEgress, FromPort, ToPort, CidrIpv4 } of SecurityGroupRules) {
        groups.add(GroupId);
        if (!IsEgress) present.add(`${GroupId} ${FromPort}-${ToPort} ${CidrIpv4}`);
      }
    }
  }
  const missing = new Map<string, Missing>();
  for (const { group, ports, cidr } of rules) {
    const range = `${ports.from}-${ports.to}`;
    if (!groups.has(group) || present.has(`${group} ${range} ${cidr}`)) continue;
    const command = `aws ec2 authorize-security-group-ingress --region ${region} --group-id ${group} --protocol tcp --port ${range} --cidr ${cidr}`;
    missing.set(command, { region, what: `the rule of ${group} for ${cidr}`, command });
  }
  return [...missing.values()];
}

/** Each once, as many together as a filter takes. */
function chunks(values: readonly string[]): string[][] {
  const once = [...new Set(values)];
  return Array.from({ length: Math.ceil(once.length / FILTER_VALUES) }, (_, i) =>
    once.slice(i * FILTER_VALUES, (i + 1) * FILTER_VALUES),
  );
}
