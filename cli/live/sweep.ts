import { setTimeout as sleep } from "node:timers/promises";
import { DescribeRegionsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { OWN_TAG } from "../../modules/stack/own-tag";
import { VerdictError } from "../errors";
import { awsFailure } from "../../lab/deployed/aws-failure";
import { homeRegion, patient } from "../../lab/deployed/aws-clients";
import { EC2_KINDS, type Ec2Kind, filter } from "./ec2-kinds";
import { type NamedKind, PARAMETERS, REGIONAL_KINDS, SCHEDULES, SHARED_KINDS } from "./other-kinds";
import { type Ec2Found, heldBack, insideVpcs } from "./strangers";
import { type OwnResource, stackOf } from "./tagged-resource";
import { carryOut, deniesOfPeers, peeringOf, removeRecorded, removeRoutes } from "./undo";

/** AWS takes minutes to end a NAT gateway or an instance. */
const WAIT_MS = 10 * 60_000;
const POLL_MS = 5_000;

/** What an account has of ours. */
export interface Sight {
  /** Account number. */
  readonly account: string;
  readonly regions: readonly string[];
  /** What our constructs made, whichever stack's. */
  readonly found: readonly OwnResource[];
  /** What could not be looked at, with region, reason and remedy. */
  readonly unseen: readonly string[];
  /** Whether all regions were asked for, and so all that regions share was looked at too. */
  readonly isWhole: boolean;
}

/** Why something stays. */
export interface Stayed {
  readonly resource: OwnResource;
  readonly reason: string;
}

/**
 * Looks for everything that our constructs made, by the tag that only they set.
 *
 * @param given where to look; undefined = all enabled regions of the account, and what these share (S3, IAM)
 * @throws VerdictError with the remedy where the account itself cannot be asked
 */
export async function look(given?: readonly string[]): Promise<Sight> {
  const home = given?.[0] ?? homeRegion();
  const account = await asked(home, async () => {
    const { Account } = await new STSClient(patient(home)).send(new GetCallerIdentityCommand({}));
    return Account!;
  });
  const regions = given ?? (await asked(home, () => enabledRegions(home)));
  const unseen: string[] = [];
  const searches: { readonly where: string; readonly kind: string; run(): Promise<OwnResource[]> }[] = [];
  const named = (kind: NamedKind, region: string, where: string) => ({
    where,
    kind: kind.name,
    run: () =>
      kind.list(region, (what, error) =>
        unseen.push(`${what} was not looked at: ${awsFailure(where, error)}`),
      ),
  });
  for (const region of regions) {
    const ec2 = new EC2Client(patient(region));
    for (const kind of EC2_KINDS)
      searches.push({ where: region, kind: kind.name, run: () => own(ec2, region, kind) });
    for (const kind of [SCHEDULES, ...REGIONAL_KINDS]) searches.push(named(kind, region, region));
  }
  if (given === undefined) for (const kind of SHARED_KINDS) searches.push(named(kind, home, "all regions"));
  const found = await Promise.all(
    searches.map(({ where, kind, run }) =>
      run().catch((error: unknown) => {
        unseen.push(`${kind}s were not looked at: ${awsFailure(where, error)}`);
        return [];
      }),
    ),
  );
  const ours = found.flat().filter((resource) => stackOf(resource) !== undefined);
  return { account, regions, found: ours, unseen, isWhole: given === undefined && unseen.length === 0 };
}

/** Told what is done meanwhile. */
export interface Told {
  /** One is gone. */
  removed(resource: OwnResource): void;
  /** A heal was carried out, a route removed. */
  did(what: string): void;
  /** Something that is not proved ours, and what to do about it. */
  warn(what: string): void;
}

/**
 * Removes resources: first of all what others have a part in is held back, then pending ends of faults are carried out, what
 * killed applies of faults left is removed by their record, and routes to peering connections are removed, then each region goes on its own, in the order of what depends on what, and at last
 * what regions share, of deployments of which nothing else is left.
 *
 * @returns what stays, with the reason
 */
export async function removeResources(
  sight: Sight,
  chosen: readonly OwnResource[],
  told: Told,
): Promise<Stayed[]> {
  const stayed: Stayed[] = [];
  const gone = new Set<OwnResource>();
  const stays = (resource: OwnResource, reason: string) => void stayed.push({ resource, reason });
  const goes = (resource: OwnResource) => {
    gone.add(resource);
    told.removed(resource);
  };
  const kept = await heldInAll(chosen);
  const held = (r: OwnResource) => kept.get(r);
  const going = new Set(chosen.filter((r) => held(r) === undefined).map(({ id }) => id));
  for (const resource of chosen) {
    const reason = held(resource);
    if (reason !== undefined) stays(resource, reason);
  }
  const left = chosen.filter((r) => held(r) === undefined);
  const [timers, others] = [left.filter(isTimer), left.filter((r) => !isTimer(r))];

  const unhealed = new Set<string>();
  await Promise.all(
    timers.map(async (timer) => {
      try {
        for (const what of await carryOut(timer.region, timer.id, going))
          told.did(`${what} (${timer.region})`);
        await SCHEDULES.remove(timer);
        goes(timer);
      } catch (error) {
        unhealed.add(placeOf(timer));
        stays(timer, awsFailure(timer.region, error));
      }
    }),
  );
  const proving = new Map<string, string>();
  const recorded = new Map(others.filter(({ kind }) => kind === PARAMETERS.name).map((r) => [placeOf(r), r]));
  await Promise.all(
    [...recorded].map(async ([place, { region, tags }]) => {
      try {
        for (const what of await removeRecorded(region, tags[OWN_TAG], going)) told.did(what);
      } catch (error) {
        proving.set(place, `what a fault left stays, and this proves it. ${awsFailure(region, error)}`);
      }
    }),
  );
  const unrouted = await withoutRoutes(
    others.filter(({ kind }) => kind === "peering connection"),
    going,
    told,
  );

  await Promise.all(
    [...new Set(others.map(({ region }) => region))].map(async (region) => {
      const here = others.filter((r) => r.region === region && !isShared(r));
      const ec2 = new EC2Client(patient(region));
      for (const kind of EC2_KINDS) {
        const ofKind = here.filter((r) => r.kind === kind.name);
        const may = ofKind.filter(({ id }) => !unrouted.has(id));
        for (const r of ofKind) if (!may.includes(r)) stays(r, unrouted.get(r.id)!);
        await removeEc2(ec2, kind, may, goes, (r, error) => stays(r, awsFailure(region, error)));
      }
      for (const kind of REGIONAL_KINDS) {
        for (const resource of here.filter((r) => r.kind === kind.name)) {
          if (unhealed.has(placeOf(resource))) {
            stays(resource, "a schedule that ends a fault stays, and this is of it");
            continue;
          }
          const proof = kind === PARAMETERS ? proving.get(placeOf(resource)) : undefined;
          if (proof !== undefined) {
            stays(resource, proof);
            continue;
          }
          await kind.remove(resource).then(
            () => goes(resource),
            (error: unknown) => stays(resource, awsFailure(region, error)),
          );
        }
      }
    }),
  );

  for (const kind of SHARED_KINDS) {
    for (const resource of others.filter((r) => r.kind === kind.name)) {
      const users = sight.found.filter(
        (r) => r.tags[OWN_TAG] === resource.tags[OWN_TAG] && !isShared(r) && !gone.has(r),
      );
      if (users.length > 0) {
        const places = [...new Set(users.map(({ region }) => region))].join(", ");
        stays(resource, `${users.length} of the deployment's resources are still in ${places}`);
      } else if (!sight.isWhole) {
        stays(resource, "not every region was looked at, and one may still use it");
      } else {
        await kind.remove(resource).then(
          () => goes(resource),
          (error: unknown) => stays(resource, awsFailure(resource.region, error)),
        );
      }
    }
  }
  return stayed;
}

const isTimer = ({ kind }: OwnResource) => kind === SCHEDULES.name;
const isShared = ({ kind }: OwnResource) => SHARED_KINDS.some(({ name }) => name === kind);
const placeOf = ({ region, tags }: OwnResource) => `${region} ${tags[OWN_TAG]}`;

/** What strangers hold, in all regions: a peering connection that stays in one stays in the other. */
async function heldInAll(chosen: readonly OwnResource[]): Promise<Map<OwnResource, string>> {
  const ofEc2 = chosen.filter(({ kind }) => EC2_KINDS.some(({ name }) => name === kind));
  const blind = new Map<string, string>();
  const inside: Ec2Found[] = [];
  const leaving: Ec2Found[] = [];
  await Promise.all(
    [...new Set(ofEc2.map(({ region }) => region))].map(async (region) => {
      const ec2 = new EC2Client(patient(region));
      const here = ofEc2.filter((r) => r.region === region).map((r) => r as OwnResource & Ec2Found);
      leaving.push(...here);
      const vpcs = [...new Set(here.flatMap(({ within }) => within.filter((id) => id.startsWith("vpc-"))))];
      await insideVpcs(ec2, vpcs).then(
        (found) => inside.push(...found),
        (error: unknown) => blind.set(region, awsFailure(region, error)),
      );
    }),
  );
  const held = heldBack(leaving, inside);
  return new Map(
    ofEc2.flatMap((resource): [OwnResource, string][] => {
      const cause = blind.get(resource.region);
      const reason =
        cause === undefined ? held.get(resource.id) : `whether others are inside cannot be seen. ${cause}`;
      return reason === undefined ? [] : [[resource, reason]];
    }),
  );
}

/** Removes the routes to some peering connections. @returns those that stay because of a route, by id */
async function withoutRoutes(
  connections: readonly OwnResource[],
  going: ReadonlySet<string>,
  told: Told,
): Promise<Map<string, string>> {
  const unrouted = new Map<string, string>();
  const byId = new Map(connections.map((r) => [r.id, r.region]));
  await Promise.all(
    [...byId].map(async ([id, region]) => {
      try {
        const peering = await peeringOf(region, id);
        if (peering === undefined) return;
        for (const what of await removeRoutes(peering)) told.did(what);
        for (const what of await deniesOfPeers(peering, going)) told.warn(what);
      } catch (error) {
        unrouted.set(
          id,
          `routes to it stay, and after it nothing would tell whose they are. ${awsFailure(region, error)}`,
        );
      }
    }),
  );
  return unrouted;
}

/** Removes some of a kind and waits until they are gone. */
async function removeEc2(
  ec2: EC2Client,
  kind: Ec2Kind,
  resources: readonly OwnResource[],
  goes: (resource: OwnResource) => void,
  stays: (resource: OwnResource, error: unknown) => void,
): Promise<void> {
  if (resources.length === 0) return;
  const refused = new Map<OwnResource, unknown>();
  await Promise.all(
    resources.map((r) => kind.remove(ec2, r.id).catch((error: unknown) => refused.set(r, error))),
  );
  const deadline = Date.now() + WAIT_MS;
  let left = [...resources];
  for (;;) {
    const listed = await kind.list(ec2, filter("tag-key", [OWN_TAG])).catch((error: unknown) => {
      left.forEach((r) => stays(r, error));
      left = [];
      return [];
    });
    const there = new Set(listed.map(({ id }) => id));
    // It may have gone without us: a volume with its host, a peering connection by the other region.
    left.filter(({ id }) => !there.has(id)).forEach(goes);
    left = left.filter(({ id }) => there.has(id));
    if (left.every((r) => refused.has(r)) || Date.now() > deadline) break;
    await sleep(POLL_MS);
  }
  const late = new Error(`still there after ${WAIT_MS / 60_000} minutes`);
  left.forEach((r) => stays(r, refused.get(r) ?? late));
}

async function own(ec2: EC2Client, region: string, kind: Ec2Kind): Promise<OwnResource[]> {
  const things = await kind.list(ec2, filter("tag-key", [OWN_TAG]));
  return things.map((thing) => ({ ...thing, region, kind: kind.name }));
}

async function enabledRegions(home: string): Promise<string[]> {
  const { Regions = [] } = await new EC2Client(patient(home)).send(new DescribeRegionsCommand({}));
  return Regions.map(({ RegionName }) => RegionName!).sort();
}

async function asked<T>(region: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw new VerdictError(awsFailure(region, error));
  }
}
