import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  ListTagsForResourceCommand as AlarmTagsCommand,
  paginateDescribeAlarms,
} from "@aws-sdk/client-cloudwatch";
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
import { DeleteQueueCommand, ListQueueTagsCommand, paginateListQueues, SQSClient } from "@aws-sdk/client-sqs";
import {
  DeleteParameterCommand,
  ListTagsForResourceCommand as ParameterTagsCommand,
  paginateDescribeParameters,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { NAME_PREFIX } from "../../modules/stack/name-prefix";
import { homeRegion, patient } from "../../lab/deployed/aws-clients";
import { LOCKS } from "../../lab/deployed/run-lock";
import type { OwnResource } from "./tagged-resource";

/** Told of one thing whose tags AWS does not give. */
export type Unseen = (what: string, error: unknown) => void;

/** A kind of resource outside EC2. Tags are asked for one by one, so only for what is named as we name things. */
export interface NamedKind {
  readonly name: string;
  list(region: string, unseen: Unseen): Promise<OwnResource[]>;
  remove(resource: OwnResource): Promise<unknown>;
}

/** IAM is of an account, whichever region asks. */
const GLOBAL = "global";

/** Of one region, in the order in which they are removed. */
export const SCHEDULES: NamedKind = {
  name: "schedule group",
  async list(region, unseen) {
    const client = new SchedulerClient(patient(region));
    const groups = await pages(
      paginateListScheduleGroups({ client }, { NamePrefix: NAME_PREFIX }),
      ({ ScheduleGroups = [] }) => ScheduleGroups,
    );
    return tagged(
      groups.filter(({ State }) => State !== "DELETING"),
      unseen,
      {
        kind: SCHEDULES.name,
        region,
        id: ({ Name }) => Name!,
        tags: async ({ Arn }) =>
          asRecord((await client.send(new ListTagsForResourceCommand({ ResourceArn: Arn! }))).Tags),
      },
    );
  },
  remove: ({ region, id }) =>
    new SchedulerClient(patient(region)).send(new DeleteScheduleGroupCommand({ Name: id })),
};

const ALARMS: NamedKind = {
  name: "alarm",
  async list(region, unseen) {
    const client = new CloudWatchClient(patient(region));
    const alarms = await pages(
      paginateDescribeAlarms({ client }, { AlarmNamePrefix: NAME_PREFIX }),
      ({ MetricAlarms = [] }) => MetricAlarms,
    );
    return tagged(alarms, unseen, {
      kind: ALARMS.name,
      region,
      id: ({ AlarmName }) => AlarmName!,
      tags: async ({ AlarmArn }) =>
        asRecord((await client.send(new AlarmTagsCommand({ ResourceARN: AlarmArn! }))).Tags),
    });
  },
  remove: ({ region, id }) =>
    new CloudWatchClient(patient(region)).send(new DeleteAlarmsCommand({ AlarmNames: [id] })),
};

const QUEUES: NamedKind = {
  name: "queue",
  async list(region, unseen) {
    const client = new SQSClient(patient(region));
    const urls = await pages(
      paginateListQueues({ client }, { QueueNamePrefix: NAME_PREFIX, MaxResults: 1000 }),
      ({ QueueUrls = [] }) => QueueUrls,
    );
    return tagged(urls, unseen, {
      kind: QUEUES.name,
      region,
      id: (url) => url,
      tags: async (QueueUrl) => (await client.send(new ListQueueTagsCommand({ QueueUrl }))).Tags ?? {},
    });
  },
  remove: ({ region, id }) => new SQSClient(patient(region)).send(new DeleteQueueCommand({ QueueUrl: id })),
};

/** Parameters of Systems Manager below a path. */
function parameters(kind: string, path: string): NamedKind {
  return {
    name: kind,
    async list(region, unseen) {
      const client = new SSMClient(patient(region));
      const found = await pages(
        paginateDescribeParameters(
          { client, pageSize: 50 },
          { ParameterFilters: [{ Key: "Name", Option: "BeginsWith", Values: [path] }] },
        ),
        ({ Parameters = [] }) => Parameters,
      );
      return tagged(found, unseen, {
        kind,
        region,
        id: ({ Name }) => Name!,
        tags: async ({ Name }) =>
          asRecord(
            (await client.send(new ParameterTagsCommand({ ResourceType: "Parameter", ResourceId: Name })))
              .TagList,
          ),
      });
    },
    remove: ({ region, id }) => new SSMClient(patient(region)).send(new DeleteParameterCommand({ Name: id })),
  };
}

/** The records of what faults may do. */
export const PARAMETERS = parameters("parameter", "/stretch/");

/** What keeps a second run away from a deployment; one that outlived its expiry is of a run that was killed. */
const RUN_LOCKS = parameters("run lock", LOCKS);

/** What a region has beside EC2; a fault's end (SCHEDULES) goes first, where its failures are told last. */
export const REGIONAL_KINDS: readonly NamedKind[] = [ALARMS, QUEUES, PARAMETERS, RUN_LOCKS];

const BUCKETS: NamedKind = {
  name: "S3 bucket",
  async list(region, unseen) {
    const s3 = s3Client(region);
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    const named = Buckets.map(({ Name }) => Name!).filter((name) => name.startsWith(NAME_PREFIX));
    const regions = new Map<string, string>();
    const found = await tagged(named, unseen, {
      kind: BUCKETS.name,
      region,
      id: (name) => name,
      async tags(Bucket) {
        const { BucketRegion = region } = await s3.send(new HeadBucketCommand({ Bucket }));
        regions.set(Bucket, BucketRegion);
        return s3.send(new GetBucketTaggingCommand({ Bucket })).then(
          ({ TagSet }) => asRecord(TagSet),
          (error: Error) => {
            if (error.name === "NoSuchTagSet" || error.name === "NoSuchBucket") return {};
            throw error;
          },
        );
      },
    });
    return found.map((bucket) => ({ ...bucket, region: regions.get(bucket.id)! }));
  },
  async remove({ region, id: Bucket }) {
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
  },
};

const PROFILES: NamedKind = {
  name: "instance profile",
  async list(_, unseen) {
    const client = new IAMClient(patient(homeRegion()));
    const profiles = await pages(
      paginateListInstanceProfiles({ client }, {}),
      ({ InstanceProfiles = [] }) => InstanceProfiles,
    );
    return tagged(
      profiles.filter(({ InstanceProfileName: name }) => name!.startsWith(NAME_PREFIX)),
      unseen,
      {
        kind: PROFILES.name,
        region: GLOBAL,
        id: ({ InstanceProfileName }) => InstanceProfileName!,
        tags: async ({ InstanceProfileName }) => {
          const { InstanceProfile } = await client.send(
            new GetInstanceProfileCommand({ InstanceProfileName }),
          );
          return asRecord(InstanceProfile?.Tags);
        },
      },
    );
  },
  async remove({ id: InstanceProfileName }) {
    const iam = new IAMClient(patient(homeRegion()));
    const { InstanceProfile } = await iam.send(new GetInstanceProfileCommand({ InstanceProfileName }));
    for (const { RoleName } of InstanceProfile?.Roles ?? []) {
      await iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName }));
    }
    await iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName }));
  },
};

const ROLES: NamedKind = {
  name: "IAM role",
  async list(_, unseen) {
    const client = new IAMClient(patient(homeRegion()));
    const roles = await pages(paginateListRoles({ client }, {}), ({ Roles = [] }) => Roles);
    return tagged(
      roles.filter(({ RoleName }) => RoleName!.startsWith(NAME_PREFIX)),
      unseen,
      {
        kind: ROLES.name,
        region: GLOBAL,
        id: ({ RoleName }) => RoleName!,
        tags: async ({ RoleName }) =>
          asRecord((await client.send(new ListRoleTagsCommand({ RoleName }))).Tags),
      },
    );
  },
  async remove({ id: RoleName }) {
    const iam = new IAMClient(patient(homeRegion()));
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    for (const PolicyName of PolicyNames)
      await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
    const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    for (const { PolicyArn } of AttachedPolicies) {
      await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
    }
    await iam.send(new DeleteRoleCommand({ RoleName }));
  },
};

/** What regions of a stack share, in the order in which they are removed. */
export const SHARED_KINDS: readonly NamedKind[] = [BUCKETS, PROFILES, ROLES];

/** A bucket may be in another region than the one that is asked. */
function s3Client(region: string): S3Client {
  return new S3Client({ ...patient(region), followRegionRedirects: true });
}

/** Things with their tags; one whose tags AWS does not give is told, and the rest goes on. */
async function tagged<T>(
  things: readonly T[],
  unseen: Unseen,
  of: {
    readonly kind: string;
    readonly region: string;
    id(thing: T): string;
    tags(thing: T): Promise<Record<string, string>>;
  },
): Promise<OwnResource[]> {
  const found = await Promise.all(
    things.map(async (thing) => {
      const { kind, region } = of;
      try {
        return [{ kind, region, id: of.id(thing), tags: await of.tags(thing) }];
      } catch (error) {
        unseen(`${kind} ${of.id(thing)}`, error);
        return [];
      }
    }),
  );
  return found.flat();
}

async function pages<P, T>(all: AsyncIterable<P>, of: (page: P) => T[]): Promise<T[]> {
  const found: T[] = [];
  for await (const page of all) found.push(...of(page));
  return found;
}

function asRecord(tags: readonly { Key?: string; Value?: string }[] = []): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key!, Value!]));
}
