import { type AerospikeSettings, secretsOf } from "./aerospike-settings";
import { InputError } from "../stack/errors";
import type { IRegionVpc } from "../network/i-region-vpc";

/**
 * A database host without a way out needs what its settings name from within the region.
 * @throws InputError if it could not have it
 */
export function assertNodeReaches(vpc: IRegionVpc, settings: AerospikeSettings): void {
  if (vpc.egress !== "none") return;
  if (settings.packageUrl === undefined) {
    throw new InputError({
      problem: `the hosts of ${vpc.node.path} have no way out (egress "none"), so they cannot get the server's package`,
      value: settings.packageUrl ?? "no packageUrl",
      expected:
        "settings.packageUrl: an S3 object in the region (s3://BUCKET-{region}/FILE.tgz), or a mirror that the VPC reaches",
      mend: 'Give it, or choose egress "nat".',
    });
  }
  if (settings.distribution !== undefined && settings.distribution !== "amzn2023") {
    throw new InputError({
      problem: `the hosts of ${vpc.node.path} have no way out (egress "none"), so they cannot reach their distribution's repositories`,
      value: settings.distribution,
      expected: "amzn2023, whose repositories are S3 buckets in the region",
      mend: 'Use Amazon Linux 2023, or choose egress "nat".',
    });
  }
  for (const [name, arn] of secretsOf(settings)) {
    const region = arn.split(":")[3];
    if (region !== undefined && region !== vpc.region) {
      throw new InputError({
        problem: `settings.${name} is in a region that the hosts of ${vpc.node.path} cannot reach (egress "none")`,
        value: region,
        expected: vpc.region,
        mend: "Replicate the secret to every region and write {region} for the region in its ARN.",
      });
    }
  }
}

/**
 * A client host without a way out needs npm packages, if any, from a mirror and its results bucket in the region.
 * @throws InputError if it could not have them
 */
export function assertClientReaches(
  vpc: IRegionVpc,
  { packageSpec, npmRegistry }: { readonly packageSpec?: string; readonly npmRegistry?: string },
  bucketRegion: string | undefined,
): void {
  if (vpc.egress !== "none") return;
  if (packageSpec !== undefined && npmRegistry === undefined) {
    throw new InputError({
      problem: `the client hosts of ${vpc.node.path} have no way out (egress "none"), so they cannot get npm packages`,
      value: "no npmRegistry",
      expected: "npmRegistry: an npm mirror that the VPC reaches, such as https://npm.example.internal/",
      mend: 'Give it, or choose egress "nat".',
    });
  }
  assertBucketReached("client hosts", vpc, bucketRegion);
}

/** @throws InputError if hosts without a way out have a results bucket of another region */
export function assertBucketReached(
  hosts: "client hosts" | "hosts",
  vpc: IRegionVpc,
  bucketRegion: string | undefined,
): void {
  if (vpc.egress !== "none" || bucketRegion === undefined || bucketRegion === vpc.region) return;
  throw new InputError({
    problem: `the results bucket is in a region that the ${hosts} of ${vpc.node.path} cannot reach (egress "none")`,
    value: bucketRegion,
    expected: vpc.region,
    mend: "Give them a ResultsBucket of their own region: an S3 gateway endpoint reaches no other.",
  });
}
