import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import type { Instance } from "@cdktf/provider-aws/lib/instance";
import type { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Construct } from "constructs";
import * as v from "valibot";
import { checkedId } from "../stack/construct-id";
import type { Namespace } from "../../model/topology";
import { type AerospikeSettings, resolveSettings } from "../hosts/aerospike-settings";
import { AMI, architectureOf, assertImage } from "../hosts/amazon-linux";
import { assertMemory } from "../hosts/instance-memory";
import { assertNodeReaches } from "../hosts/egress-checks";
import { InputError } from "../stack/errors";
import { TAGS, tagOwn } from "../stack/tags";
import { checkProps, integer, object, propsOf, told } from "../stack/props";
import { MOST_NODES, MOST_RACK_ID } from "../../model/limits";
import { NAMESPACE } from "../hosts/namespace";
import { SUBNET } from "../network/shapes";
import { type HostFiles, isFirst, nodeHostFiles } from "../hosts/host-files";
import { HostInstance } from "../hosts/host-instance";
import { hostPolicy, nodeSecrets } from "../hosts/host-policy";
import { HostRole } from "../hosts/host-role";
import type { ISubnet } from "../network/i-region-vpc";

const NODE_ID = /^[1-9A-F][0-9A-F]{0,15}$/;
/** The mapping name that EBS writes into the NVMe controller's data, by which the host finds its data volume. */
const DATA_DEVICE = "/dev/sdf";
/** What the image itself needs of a root volume, and the most of a gp3 volume, GB. */
const LEAST_ROOT = 8;
const MOST_VOLUME = 16_384;

/** One node: where it is, who it is and the cluster that it joins. */
export interface AerospikeNodeProps {
  readonly subnet: ISubnet;
  /** 1 to 16 hexadecimal digits, no leading zero; written in upper case. */
  readonly nodeId: string;
  /** 0 to 1,000,000. */
  readonly rackId: number;
  /** Fixed private address in the subnet. */
  readonly privateIp: string;
  readonly clusterName: string;
  readonly namespace: Namespace;
  /** Private addresses of hosts to join by; the node's own is left out. */
  readonly seeds: readonly string[];
  /** Every node that the cluster shall have, as the roster names them: `A352@32`. */
  readonly plannedNodes: readonly string[];
  readonly securityGroup: SecurityGroup;
  /**
   * Quiesced for good: on the roster, never a copy's home.
   * @default false
   */
  readonly quiesced?: boolean;
  /**
   * `min-cluster-size`: smaller clusters do not form.
   * @default 1
   */
  readonly minClusterSize?: number;
  /** @default t3a.medium (as the article; not for production) */
  readonly instanceType?: string;
  /** @default Amazon Linux 2023 for the instance type's architecture */
  readonly ami?: string;
  /**
   * Size of the root volume, GB. Storage in memory keeps its file there.
   * @default 10 (the article's)
   */
  readonly rootVolumeSize?: number;
  /**
   * Size of the data volume, GB. Storage on a device uses the whole of it.
   * @default 8 (the article's)
   */
  readonly dataVolumeSize?: number;
  /** @default one of its own, with what the settings need */
  readonly instanceProfile?: IamInstanceProfile;
  /** @default {} (see AerospikeSettings) */
  readonly settings?: AerospikeSettings;
  /**
   * Tags on all that it makes, over those of {@link StretchTags}.
   * @default none
   */
  readonly tags?: Readonly<Record<string, string>>;
}

const TEXTS = v.array(v.string());

/** Sizes of a node's volumes, GB. */
export const VOLUME_PROPS = {
  rootVolumeSize: v.optional(integer(LEAST_ROOT, MOST_VOLUME, "GB")),
  dataVolumeSize: v.optional(integer(1, MOST_VOLUME, "GB")),
};

const PROPS = propsOf<AerospikeNodeProps>({
  ...VOLUME_PROPS,
  subnet: SUBNET,
  nodeId: v.string(),
  rackId: integer(0, MOST_RACK_ID, "a rack id"),
  privateIp: v.string(),
  clusterName: v.string(),
  namespace: NAMESPACE,
  seeds: TEXTS,
  plannedNodes: TEXTS,
  securityGroup: object<SecurityGroup>("an aws_security_group", "id"),
  quiesced: v.optional(v.boolean()),
  minClusterSize: v.optional(integer(1, MOST_NODES, "nodes")),
  instanceType: v.optional(v.string()),
  ami: v.optional(AMI),
  instanceProfile: v.optional(object<IamInstanceProfile>("an aws_iam_instance_profile", "name")),
  // Checked by the settings' own schema.
  settings: v.optional(v.any()),
  tags: TAGS,
});

/**
 * One database host: a fixed private address, a node id known before it exists, a root and a gp3 data volume, both
 * encrypted, and what it needs to install, configure and join by itself.
 *
 * The data volume dies with its host. A renewed host keeps address and node id but returns empty; under strong
 * consistency such a node counts as a copy again only when the immigration into it has completed, so renew one host at
 * a time and wait for migrations to end.
 *
 * @example
 * ```ts
 * const subnet = london.subnet("node", "a");
 * const securityGroup = new SecurityGroup(stack, "access", { provider: london.provider, vpcId: london.vpcId });
 * new AerospikeNode(stack, "node", {
 *   subnet,
 *   nodeId: "A352",
 *   rackId: 32,
 *   privateIp: "172.32.3.5",
 *   clusterName: "orders",
 *   namespace: { name: "orders", replicationFactor: 1, strongConsistency: true },
 *   seeds: ["172.32.3.5"],
 *   plannedNodes: ["A352@32"],
 *   securityGroup,
 * });
 * ```
 */
export class AerospikeNode extends Construct {
  readonly nodeId: string;
  readonly rackId: number;
  readonly privateIp: string;
  /** Quiesced for good: a tie-breaker. */
  readonly quiesced: boolean;
  readonly subnet: ISubnet;
  readonly instanceType: string;
  readonly instance: Instance;
  /** What lands on the host. */
  readonly files: HostFiles;

  /** @throws InputError for a node id, address or setting that cannot be. */
  constructor(scope: Construct, id: string, props: AerospikeNodeProps) {
    super(scope, checkedId(scope, id));
    checkProps(this, PROPS, props);
    tagOwn(this, props.tags);
    const { vpc } = props.subnet;
    const instanceType = props.instanceType ?? "t3a.medium";
    const settings = told(this, () => {
      const resolved = resolveSettings(props.settings, vpc.region);
      assertNodeReaches(vpc, resolved);
      assertImage(resolved.distribution, props.ami);
      assertMemory(instanceType, resolved);
      return resolved;
    });
    const { rootVolumeSize = 10, dataVolumeSize = 8 } = props;
    this.instanceType = instanceType;
    this.nodeId = told(this, () => normalizeNodeId(props.nodeId));
    this.rackId = props.rackId;
    this.privateIp = props.privateIp;
    this.quiesced = props.quiesced ?? false;
    this.subnet = props.subnet;
    told(this, () => this.subnet.claimAddress(props.privateIp, this));
    const identity = told(this, () => ({
      clusterName: props.clusterName,
      nodeId: this.nodeId,
      rackId: props.rackId,
      privateIp: props.privateIp,
      region: vpc.region,
      seeds: props.seeds.filter((seed) => seed !== props.privateIp),
      namespace: props.namespace,
      plannedNodes: props.plannedNodes,
      quiesced: this.quiesced,
      minClusterSize: props.minClusterSize,
      dataDevice: DATA_DEVICE,
      dataVolumeSize,
      rootVolumeSize,
      architecture: architectureOf(instanceType),
    }));
    this.files = told(this, () => nodeHostFiles(identity, settings));
    const instanceProfile =
      props.instanceProfile ??
      new HostRole(this, "role", {
        provider: vpc.provider,
        statements: hostPolicy(vpc.region, {
          ...settings,
          secrets: nodeSecrets(settings, isFirst(this.nodeId, props.rackId, props.plannedNodes)),
        }),
      }).instanceProfile;
    this.instance = new HostInstance(this, "host", {
      subnet: this.subnet,
      privateIp: props.privateIp,
      instanceType,
      ami: props.ami,
      instanceProfile,
      securityGroup: props.securityGroup,
      files: this.files,
      rootVolumeSize,
      volumes: [{ deviceName: DATA_DEVICE, volumeSize: dataVolumeSize, volumeType: "gp3" }],
      name: `${props.clusterName}-${this.nodeId}`,
    }).instance;
  }
}

/**
 * A node id in upper case.
 * @throws InputError if it is not 1 to 16 hexadecimal digits without a leading zero
 */
export function normalizeNodeId(nodeId: string): string {
  const upper = nodeId.toUpperCase();
  if (!NODE_ID.test(upper)) {
    throw new InputError({
      problem: "nodeId is not an Aerospike node id",
      value: nodeId,
      expected: "1 to 16 hexadecimal digits, the first not 0",
      mend: "Give one such as A352.",
    });
  }
  return upper;
}
