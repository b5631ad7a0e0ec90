import type { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import type { Instance } from "@cdktf/provider-aws/lib/instance";
import { Annotations } from "cdktf";
import { Construct } from "constructs";
import * as v from "valibot";
import { checkedId } from "../stack/construct-id";
import { type AerospikeSettings, resolveSettings } from "./aerospike-settings";
import { AMI, architectureOf, assertImage } from "./amazon-linux";
import { assertClientReaches } from "./egress-checks";
import { clientHostFiles, type HostFiles } from "./host-files";
import { HostInstance } from "./host-instance";
import { hostPolicy } from "./host-policy";
import { HostRole } from "./host-role";
import { HostSecurityGroup } from "./host-security-group";
import type { IRegionVpc, ISubnet } from "../network/i-region-vpc";
import type { ResultsBucket } from "./results-bucket";
import { VPC, VPCS } from "../network/shapes";
import { checkProps, object, propsOf, told } from "../stack/props";
import { TAGS, tagOwn } from "../stack/tags";
import { addressOf, StackMetadata } from "../stack/stack-metadata";
import { OUTPUTS, stackOutput } from "../stack/stack-output";
import { assertOwnStack } from "../network/vpc-checks";

/** The port of the article's messaging demo (`nc -l -k -p 3000`). */
const CHAT_PORT = 3000;
const ROOT_VOLUME_SIZE = 10;

/** Where a client host is, what it has and whom it chats with. */
export interface ClientHostProps {
  readonly vpc: IRegionVpc;
  /**
   * Bucket for its results, below a prefix of its own: the construct's id. The host then has Node.js, for the loaders of
   * `stretch run --live`.
   * @default none
   */
  readonly results?: ResultsBucket;
  /**
   * Letter of the availability zone.
   * @default a
   */
  readonly zone?: string;
  /**
   * VPCs whose hosts may chat with it on port 3000.
   * @default its own only
   */
  readonly chatWith?: readonly IRegionVpc[];
  /** @default t3a.small */
  readonly instanceType?: string;
  /** @default Amazon Linux 2023 for the instance type's architecture */
  readonly ami?: string;
  /**
   * This project's package, for the command `stretch` with its loader: the s3:// URL of what `npm pack` made, which the
   * host's role may then read, or NAME@VERSION in a registry of yours.
   * @default none: a host for messages, with netcat; its command `stretch` says how to get the loader
   */
  readonly packageSpec?: string;
  /**
   * Where npm gets packages from: the https URL of a registry or mirror, without user or password. Needed with a
   * `packageSpec` in a VPC with egress `none`.
   * @default npm's own registry
   */
  readonly npmRegistry?: string;
  /**
   * Settings of the cluster that it is a client of: it has the same distribution, and its role may read the password of
   * the user loader, and of no other, for its clients to log in, and whom to trust (`tls.caArn`).
   * @default {}: Amazon Linux 2023, and the cluster has no access control
   */
  readonly settings?: AerospikeSettings;
  /**
   * Name of its Terraform output; false = none.
   * @default ID
   */
  readonly outputs?: string | false;
  /**
   * Tags on all that it makes, over those of {@link StretchTags}.
   * @default none
   */
  readonly tags?: Readonly<Record<string, string>>;
}

const PROPS = propsOf<ClientHostProps>({
  vpc: VPC,
  results: v.optional(object<ResultsBucket>("a ResultsBucket", "bucket", "grant")),
  zone: v.optional(v.string()),
  chatWith: v.optional(VPCS),
  instanceType: v.optional(v.string()),
  ami: v.optional(AMI),
  packageSpec: v.optional(v.string()),
  npmRegistry: v.optional(v.string()),
  // Checked by the settings' own schema.
  settings: v.optional(v.any()),
  outputs: OUTPUTS,
  tags: TAGS,
});

/**
 * A host for clients: netcat for the messaging demo and, with a `packageSpec`, Node.js 24 and this package. It has a
 * subnet, a role and a prefix in the results bucket of its own, and is reached through SSM only.
 *
 * @example
 * ```ts
 * new ClientHost(stack, "client", { vpc: london, chatWith: [paris] });
 * ```
 */
export class ClientHost extends Construct {
  readonly subnet: ISubnet;
  readonly instance: Instance;
  /** Its role, to grant it more. */
  readonly role: IamRole;
  /** What lands on the host. */
  readonly files: HostFiles;

  /** @throws InputError if the VPC has no such zone, no room for a subnet for clients, or no way to what they need */
  constructor(scope: Construct, id: string, props: ClientHostProps) {
    super(scope, checkedId(scope, id));
    checkProps(this, PROPS, props);
    tagOwn(this, props.tags);
    const { vpc, results, chatWith = [] } = props;
    const { usersSecretArns, tls, kmsKeyArn, distribution } = told(this, () =>
      resolveSettings(props.settings, vpc.region),
    );
    told(this, () => {
      assertOwnStack(this, [vpc]);
      assertImage(distribution, props.ami);
      assertClientReaches(vpc, props, results?.region);
    });
    this.subnet = told(this, () => vpc.subnet("client", props.zone ?? "a"));
    const access = new HostSecurityGroup(this, "access", {
      vpc,
      description: `Messaging demo of ${id}`,
      admitted: [
        {
          sources: [vpc, ...chatWith].flatMap((peer) => peer.cidrBlocks),
          ports: [{ from: CHAT_PORT, to: CHAT_PORT }],
        },
      ],
    });
    const { role, instanceProfile } = new HostRole(this, "role", {
      provider: vpc.provider,
      statements: [
        ...hostPolicy(vpc.region, {
          packageUrl: props.packageSpec,
          secrets: [usersSecretArns?.loader, tls?.caArn],
          kmsKeyArn,
        }),
        ...(results?.grant(id, this) ?? []),
      ],
    });
    this.role = role;
    this.files = told(this, () =>
      clientHostFiles({
        name: id,
        region: vpc.region,
        distribution,
        resultsBucket: results?.bucket.bucket,
        resultsPrefix: id,
        packageSpec: props.packageSpec,
        npmRegistry: props.npmRegistry,
        loaderSecretArn: usersSecretArns?.loader,
        tls,
      }),
    );
    const { instanceType = "t3a.small" } = props;
    if (results && told(this, () => architectureOf(instanceType)) === "arm64") {
      Annotations.of(this).addWarning(
        `${this.node.path} is of ${instanceType}, arm64, for which the database client has no binding: it cannot be a loader of stretch run --live. Choose an x86-64 type such as t3a.small for that.`,
      );
    }
    if (results && distribution === "el8") {
      Annotations.of(this).addWarning(
        `${this.node.path} is of el8, whose glibc 2.28 is too old for the database client's binding (2.34): it cannot be a loader of stretch run --live. Choose el9 or Amazon Linux 2023 for that.`,
      );
    }
    this.instance = told(
      this,
      () =>
        new HostInstance(this, "host", {
          subnet: this.subnet,
          instanceType,
          ami: props.ami,
          instanceProfile,
          securityGroup: access.securityGroup,
          files: this.files,
          rootVolumeSize: ROOT_VOLUME_SIZE,
          name: id,
        }),
    ).instance;
    const { subnet, instance } = this;
    const host = { name: id, vpc: vpc.node.id, region: vpc.region, zone: subnet.zone, subnet: subnet.cidr };
    StackMetadata.of(this).add(() => ({
      clients: [{ ...host, instanceType, address: addressOf(instance) }],
    }));
    const { outputs = id } = props;
    if (outputs === false) return;
    stackOutput(
      this,
      outputs,
      {
        instance_id: this.instance.id,
        region: vpc.region,
        private_ip: this.instance.privateIp,
        ...(results && { results_prefix: id }),
      },
      "A host for clients.",
    );
  }
}
