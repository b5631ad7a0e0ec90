import { NAME_PREFIX } from "../../modules/stack/name-prefix";
import { type EC2Client, EC2Client as Ec2, paginateDescribeTags } from "@aws-sdk/client-ec2";
import {
  DeleteInstanceProfileCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetInstanceProfileCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRoleTagsCommand,
  paginateListInstanceProfiles,
  paginateListRoles,
  RemoveRoleFromInstanceProfileCommand,
} from "@aws-sdk/client-iam";
import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetBucketTaggingCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  DeleteScheduleGroupCommand,
  ListTagsForResourceCommand,
  paginateListScheduleGroups,
  SchedulerClient,
} from "@aws-sdk/client-scheduler";
import { EC2_KINDS, removeEc2 } from "./ec2-kinds";
import type { TaggedResource } from "./tagged-resource";

/** What the constructs name by prefix. */
/** EC2 takes so many values in a filter. */
const FILTER_VALUES = 200;
const GLOBAL = "global";
const [SCHEDULES, BUCKET, PROFILE, ROLE] = [
  "schedule group",
  "S3 bucket",
  "instance profile",
  "IAM role",
] as const;

/** Why something could not be removed. */
export interface SweepFailure {
  readonly resource: TaggedResource;
  readonly reason: string;
}

/**
 * Everything in an AWS account that is tagged as belonging to one of some scenarios.
 * @param regions where to look; IAM and S3 are looked through besides
 */
export async function taggedResources(
  regions: readonly string[],
  scenarios: readonly string[],
): Promise<TaggedResource[]> {
  const found = await Promise.all([
    ...regions.map((region) => ec2Resources(region, scenarios)),
    ...regions.map((region) => scheduleGroups(region)),
    buckets(regions[0]),
    instanceProfiles(regions[0]),
    roles(regions[0]),
  ]);
  return found.flat().filter(({ tags }) => scenarios.includes(tags.scenario));
}

/**
 * Removes resources in the order of what depends on what: each region on its own, then what is left of the account.
 * @param told called for each one that is gone
 * @returns what could not be removed
 */
export async function removeResources(
  resources: readonly TaggedResource[],
  told: (resource: TaggedResource) => void,
): Promise<SweepFailure[]> {
  const failures: SweepFailure[] = [];
  const removeAll = async (kind: string, region: string | undefined, remove: Remove) => {
    const chosen = resources.filter((r) => r.kind === kind && (region === undefined || r.region === region));
    await Promise.all(
      chosen.map((resource) =>
        remove(resource).then(
          () => told(resource),
          (error: Error) => failures.push({ resource, reason: error.message }),
        ),
      ),
    );
  };
  const regions = [...new Set(resources.map(({ region }) => region))].filter((region) => region !== GLOBAL);
  await Promise.all(
    regions.map(async (region) => {
      await removeAll(SCHEDULES, region, ({ id }) => removeScheduleGroup(region, id));
      const ec2 = new Ec2({ region });
      for (const kind of EC2_KINDS) await removeAll(kind.name, region, ({ id }) => removeEc2(ec2, kind, id));
    }),
  );
  await removeAll(BUCKET, undefined, ({ id, region }) => removeBucket(region, id));
  await removeAll(PROFILE, undefined, ({ id }) => removeInstanceProfile(id));
  await removeAll(ROLE, undefined, ({ id }) => removeRole(id));
  return failures;
}

type Remove = (resource: TaggedResource) => Promise<unknown>;

async function ec2Resources(region: string, scenarios: readonly string[]): Promise<TaggedResource[]> {
  const ec2 = new Ec2({ region });
  const ids = (
    await tagsOf(ec2, [
      { Name: "key", Values: ["scenario"] },
      { Name: "value", Values: [...scenarios] },
    ])
  ).keys();
  const found = new Map<string, Record<string, string>>();
  const all = [...ids];
  for (let i = 0; i < all.length; i += FILTER_VALUES) {
    const chunk = await tagsOf(ec2, [{ Name: "resource-id", Values: all.slice(i, i + FILTER_VALUES) }]);
    chunk.forEach((tags, id) => found.set(id, tags));
  }
  const byKind = await Promise.all(
    EC2_KINDS.map(async (kind) => {
      const tagged = [...found.keys()].filter((id) => id.startsWith(kind.prefix));
      const living = tagged.length > 0 ? await kind.living(ec2, tagged) : [];
      return living.map((id) => ({ region, kind: kind.name, id, tags: found.get(id)! }));
    }),
  );
  return byKind.flat();
}

/** Tags by id of what a filter of DescribeTags chooses. */
async function tagsOf(
  client: EC2Client,
  Filters: { Name: string; Values: string[] }[],
): Promise<Map<string, Record<string, string>>> {
  const found = new Map<string, Record<string, string>>();
  for await (const { Tags = [] } of paginateDescribeTags({ client }, { Filters })) {
    for (const { ResourceId, Key, Value } of Tags) {
      found.set(ResourceId!, { ...found.get(ResourceId!), [Key!]: Value! });
    }
  }
  return found;
}

async function scheduleGroups(region: string): Promise<TaggedResource[]> {
  const client = new SchedulerClient({ region });
  const found: TaggedResource[] = [];
  for await (const { ScheduleGroups = [] } of paginateListScheduleGroups(
    { client },
    { NamePrefix: NAME_PREFIX },
  )) {
    for (const { Name, Arn, State } of ScheduleGroups) {
      if (State === "DELETING") continue;
      const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceArn: Arn! }));
      found.push({ region, kind: SCHEDULES, id: Name!, tags: asRecord(Tags) });
    }
  }
  return found;
}

function removeScheduleGroup(region: string, Name: string): Promise<unknown> {
  return new SchedulerClient({ region }).send(new DeleteScheduleGroupCommand({ Name }));
}

async function buckets(region: string): Promise<TaggedResource[]> {
  const s3 = s3Client(region);
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const ours = Buckets.map(({ Name }) => Name!).filter((name) => name.startsWith(NAME_PREFIX));
  return Promise.all(
    ours.map(async (id) => {
      const tags = await s3.send(new GetBucketTaggingCommand({ Bucket: id })).then(
        ({ TagSet }) => asRecord(TagSet),
        (error: Error) => {
          if (error.name === "NoSuchTagSet" || error.name === "NoSuchBucket") return {};
          throw error;
        },
      );
      const { BucketRegion = region } = await s3.send(new HeadBucketCommand({ Bucket: id }));
      return { region: BucketRegion, kind: BUCKET, id, tags };
    }),
  );
}

async function removeBucket(region: string, Bucket: string): Promise<void> {
  const client = s3Client(region);
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await client.send(
      new ListObjectVersionsCommand({ Bucket }),
    );
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (Objects.length === 0) break;
    const { Errors = [] } = await client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
    );
    if (Errors.length > 0) throw new Error(`${Errors[0].Key}: ${Errors[0].Message}`);
  }
  await client.send(new DeleteBucketCommand({ Bucket }));
}

async function instanceProfiles(region: string): Promise<TaggedResource[]> {
  const client = new IAMClient({ region });
  const found: TaggedResource[] = [];
  for await (const { InstanceProfiles = [] } of paginateListInstanceProfiles({ client }, {})) {
    for (const { InstanceProfileName = "" } of InstanceProfiles) {
      if (!InstanceProfileName.startsWith(NAME_PREFIX)) continue;
      const { InstanceProfile } = await client.send(new GetInstanceProfileCommand({ InstanceProfileName }));
      const tags = asRecord(InstanceProfile?.Tags);
      found.push({ region: GLOBAL, kind: PROFILE, id: InstanceProfileName, tags });
    }
  }
  return found;
}

async function removeInstanceProfile(InstanceProfileName: string): Promise<void> {
  const iam = new IAMClient({ region: "us-east-1" });
  const { InstanceProfile } = await iam.send(new GetInstanceProfileCommand({ InstanceProfileName }));
  for (const { RoleName } of InstanceProfile?.Roles ?? []) {
    await iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName }));
  }
  await iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName }));
}

async function roles(region: string): Promise<TaggedResource[]> {
  const client = new IAMClient({ region });
  const found: TaggedResource[] = [];
  for await (const { Roles = [] } of paginateListRoles({ client }, {})) {
    for (const { RoleName = "" } of Roles) {
      if (!RoleName.startsWith(NAME_PREFIX)) continue;
      const { Tags } = await client.send(new ListRoleTagsCommand({ RoleName }));
      found.push({ region: GLOBAL, kind: ROLE, id: RoleName, tags: asRecord(Tags) });
    }
  }
  return found;
}

async function removeRole(RoleName: string): Promise<void> {
  const iam = new IAMClient({ region: "us-east-1" });
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  for (const PolicyName of PolicyNames) await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  for (const { PolicyArn } of AttachedPolicies) {
    await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
  }
  await iam.send(new DeleteRoleCommand({ RoleName }));
}

/** A bucket may be in another region than the one that is asked. */
function s3Client(region: string): S3Client {
  return new S3Client({ region, followRegionRedirects: true });
}

function asRecord(tags: readonly { Key?: string; Value?: string }[] = []): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key!, Value!]));
}
