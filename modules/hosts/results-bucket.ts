import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { Construct, type IConstruct } from "constructs";
import { checkedId } from "../stack/construct-id";
import { VPC } from "../network/shapes";
import { InputError } from "../stack/errors";
import { NAME_PREFIX } from "../stack/name-prefix";
import { checkProps, propsOf, told } from "../stack/props";
import type { PolicyStatement } from "./host-role";
import type { IRegionVpc } from "../network/i-region-vpc";
import { OUTPUTS, stackOutput } from "../stack/stack-output";
import { TAGS, tagOwn } from "../stack/tags";
import { assertOwnStack } from "../network/vpc-checks";

/** Where a results bucket is. */
export interface ResultsBucketProps {
  /** The VPC whose region and provider the bucket takes. */
  readonly vpc: IRegionVpc;
  /**
   * Name of its Terraform output, and with _region of that with its region; false = none.
   * @default ID_bucket
   */
  readonly outputs?: string | false;
  /**
   * Tags on all that it makes, over those of {@link StretchTags}.
   * @default none
   */
  readonly tags?: Readonly<Record<string, string>>;
}

const PROPS = propsOf<ResultsBucketProps>({ vpc: VPC, outputs: OUTPUTS, tags: TAGS });

/**
 * The one S3 bucket of a stack through which bulk results leave its hosts: private, encrypted, and removed with
 * the stack, results and all.
 *
 * @example
 * ```ts
 * const results = new ResultsBucket(stack, "results", { vpc: london });
 * new ClientHost(stack, "client", { vpc: london, results });
 * ```
 */
export class ResultsBucket extends Construct {
  readonly bucket: S3Bucket;
  /** AWS region of the bucket. */
  readonly region: string;
  private readonly owners = new Map<string, IConstruct>();

  constructor(scope: Construct, id: string, props: ResultsBucketProps) {
    super(scope, checkedId(scope, id));
    checkProps(this, PROPS, props);
    tagOwn(this, props.tags);
    told(this, () => assertOwnStack(this, [props.vpc]));
    const { provider, region } = props.vpc;
    this.region = region;
    this.bucket = new S3Bucket(this, "bucket", { provider, bucketPrefix: NAME_PREFIX, forceDestroy: true });
    new S3BucketPublicAccessBlock(this, "private", {
      provider,
      bucket: this.bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketServerSideEncryptionConfigurationA(this, "encrypted", {
      provider,
      bucket: this.bucket.id,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" }, bucketKeyEnabled: true }],
    });
    const { outputs = `${id}_bucket` } = props;
    if (outputs === false) return;
    stackOutput(this, outputs, this.bucket.bucket, "The bucket for results.");
    stackOutput(this, `${outputs}_region`, region, "The AWS region of the bucket for results.");
  }

  /**
   * What a host needs to read and write below a prefix of its own.
   * @throws InputError if the prefix is another's
   */
  grant(prefix: string, owner: IConstruct): PolicyStatement[] {
    const other = this.owners.get(prefix);
    if (other !== undefined) {
      throw new InputError({
        problem: `${owner.node.path} and ${other.node.path} would write each other's results in ${this.node.path}`,
        value: prefix,
        expected: "a prefix a host",
        mend: "Rename one of them, or give it a bucket of its own.",
      });
    }
    this.owners.set(prefix, owner);
    return [
      {
        Sid: "OwnResults",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:PutObject"],
        Resource: `${this.bucket.arn}/${prefix}/*`,
      },
      {
        Sid: "ListOwnResults",
        Effect: "Allow",
        Action: ["s3:ListBucket"],
        Resource: this.bucket.arn,
        Condition: { StringLike: { "s3:prefix": [`${prefix}/*`] } },
      },
    ];
  }
}
