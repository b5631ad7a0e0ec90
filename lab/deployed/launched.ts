import { EC2Client, type Instance, paginateDescribeInstances } from "@aws-sdk/client-ec2";
import { patient } from "./aws-clients";
import { awsFailure } from "./aws-failure";
import { byRegion } from "./by-region";

/** A host, by its instance. */
interface Host {
  readonly region: string;
  readonly instanceId: string;
}

/**
 * When the first of some hosts was launched: about when their stack was deployed.
 *
 * @returns undefined where AWS tells of none
 * @throws Error where AWS refuses, with what mends it
 */
export async function firstLaunch(hosts: readonly Host[]): Promise<Date | undefined> {
  const times = await Promise.all(
    byRegion(hosts).map(([region, here]) =>
      launchesIn(
        region,
        here.map(({ instanceId }) => instanceId),
      ),
    ),
  );
  const [first] = times.flat().sort((a, b) => a.getTime() - b.getTime());
  return first;
}

async function launchesIn(region: string, InstanceIds: string[]): Promise<Date[]> {
  const ec2 = new EC2Client(patient(region));
  try {
    const found: Instance[] = [];
    for await (const { Reservations = [] } of paginateDescribeInstances({ client: ec2 }, { InstanceIds })) {
      found.push(...Reservations.flatMap(({ Instances = [] }) => Instances));
    }
    return found.flatMap(launchOf);
  } catch (error) {
    throw new Error(awsFailure(region, error), { cause: error });
  } finally {
    ec2.destroy();
  }
}

/** `LaunchTime` is that of the last start; the interface that an instance is born with is as old as it. */
function launchOf({ LaunchTime, NetworkInterfaces = [] }: Instance): Date[] {
  const attached = NetworkInterfaces.map(({ Attachment }) => Attachment?.AttachTime);
  return [LaunchTime, ...attached].filter((time) => time !== undefined);
}
