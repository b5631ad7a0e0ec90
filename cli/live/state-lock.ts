import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { SynthesisedStack } from "../scenario/synthesised";

/** A lock on Terraform's state. */
export interface StateLock {
  readonly id: string;
  /** `OPERATION, by WHO, since TIME` */
  readonly told: string;
}

/**
 * The lock that a killed apply left on the state of a stack in S3 (`use_lockfile`).
 *
 * @returns undefined where there is none
 */
export async function stateLock({ backend }: SynthesisedStack): Promise<StateLock | undefined> {
  const { bucket, key, region, use_lockfile: lockFile } = backend.s3 ?? {};
  if (lockFile !== true) return undefined;
  const s3 = new S3Client({ region, followRegionRedirects: true });
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: `${key}.tflock` }));
    const { ID, Operation, Who, Created } = JSON.parse(await Body!.transformToString());
    return { id: ID, told: `${Operation}, by ${Who}, since ${Created}` };
  } catch (error) {
    if ((error as Error).name === "NoSuchKey") return undefined;
    throw error;
  }
}
