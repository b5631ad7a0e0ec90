import type { EC2Client } from "@aws-sdk/client-ec2";
import { EC2_KINDS, type Ec2Thing, filter, looseInterfaces, PAGE, UNFILTERED } from "./ec2-kinds";

/** Something of EC2 and what it is. */
export interface Ec2Found extends Ec2Thing {
  readonly kind: string;
}

/** Everything in some VPCs of a region, whoever made it. */
export async function insideVpcs(ec2: EC2Client, vpcIds: readonly string[]): Promise<Ec2Found[]> {
  const found: Ec2Found[] = [];
  for (let i = 0; i < vpcIds.length; i += PAGE) {
    const chunk = vpcIds.slice(i, i + PAGE);
    const byVpc = filter("vpc-id", chunk);
    for (const { name, list } of EC2_KINDS) {
      if (["volume", "elastic IP address", "VPC"].includes(name)) continue;
      const things = await list(ec2, UNFILTERED.includes(name) ? undefined : byVpc);
      const inside = things.filter(({ within }) => within.some((id) => chunk.includes(id)));
      found.push(...inside.map((thing) => ({ ...thing, kind: name })));
    }
    const loose = await looseInterfaces(ec2, byVpc);
    found.push(...loose.map((thing) => ({ ...thing, kind: "network interface" })));
  }
  return found;
}

/** What has others' things inside and so is not taken apart. */
const CONTAINERS = ["VPC", "subnet", "security group", "network ACL", "route table"];

/**
 * What of some things cannot go, and why: a stranger in a VPC, or in a subnet or group of ours, keeps all that is in that
 * VPC, a peering of it what is in the other one, and so on. What is a part of something that stays, stays.
 *
 * @param leaving what a sweep would remove
 * @param inside everything in the VPCs that these are in
 */
export function heldBack(leaving: readonly Ec2Found[], inside: readonly Ec2Found[]): Map<string, string> {
  const held = new Map<string, string>();
  for (;;) {
    const going = leaving.filter(({ id }) => !held.has(id));
    const ids = new Set(going.map(({ id }) => id));
    const partOfGoing = new Set(going.flatMap(({ parts }) => parts));
    const staying = inside.filter(({ id }) => !ids.has(id) && !partOfGoing.has(id));
    const before = held.size;
    for (const container of going.filter(({ kind }) => CONTAINERS.includes(kind))) {
      const strangers = [
        ...staying
          .filter(({ within }) => within.includes(container.id))
          .map(({ kind, id }) => `${kind} ${id}`),
        ...container.serves.filter((id) => !ids.has(id)).map((id) => `subnet ${id}`),
      ];
      if (strangers.length === 0) continue;
      const [vpc] = container.kind === "VPC" ? [container.id] : container.within;
      const reason = `in ${container.kind} ${container.id} is what stays: ${shortened(strangers)}`;
      for (const { id, within } of going) if (within.includes(vpc) && !held.has(id)) held.set(id, reason);
    }
    const keepers = [...staying, ...leaving.filter(({ id }) => held.has(id))];
    for (const { id } of going) {
      const keeper = keepers.find(({ parts }) => parts.includes(id));
      if (keeper !== undefined && !held.has(id)) held.set(id, `${keeper.kind} ${keeper.id} has it and stays`);
    }
    if (held.size === before) return held;
  }
}

function shortened(names: readonly string[]): string {
  return names.length <= 5
    ? names.join(", ")
    : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;
}
