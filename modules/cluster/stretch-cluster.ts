import type { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import type { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Annotations } from "cdktf";
import { Construct } from "constructs";
import * as v from "valibot";
import { checkedId } from "../stack/construct-id";
import {
  AWS_ROUND_TRIPS,
  beyondLatencyMax,
  latencyMax,
  type Namespace,
  overRoundTrips,
  type RoundTrips,
  type Topology,
} from "../../model";
import type { Roster } from "../../model/roster";
import { parseRoster, rosterEntries, rosterText } from "../../model/roster-text";
import { AerospikeAccess } from "./aerospike-access";
import { AerospikeNode, normalizeNodeId, VOLUME_PROPS } from "./aerospike-node";
import {
  type AerospikeSettings,
  heartbeatsOf,
  resolveSettings,
  secretsOf,
} from "../hosts/aerospike-settings";
import { liesIn, parseCidr, parseHostCidr, sharesAddress, sizeOf } from "../network/cidr";
import { assertRegion } from "../network/region";
import { MOST_NODES, MOST_RACK_ID } from "../../model/limits";
import { AMI } from "../hosts/amazon-linux";
import { assertNamespace, NAMESPACE } from "../hosts/namespace";
import { VPC } from "../network/shapes";
import { InputError } from "../stack/errors";
import { checked, checkProps, holds, integer, list, object, propsOf, record, told } from "../stack/props";
import { isFirst } from "../hosts/host-files";
import { hostPolicy, nodeSecrets } from "../hosts/host-policy";
import { HostRole } from "../hosts/host-role";
import { nodeRanges, portsOf, ranges } from "../hosts/aerospike-ports";
import { assertBucketReached } from "../hosts/egress-checks";
import { HostSecurityGroup } from "../hosts/host-security-group";
import type { ResultsBucket } from "../hosts/results-bucket";
import type { IRegionVpc } from "../network/i-region-vpc";
import { ReadinessGate } from "./readiness-gate";
import { plannedAddress, plannedNodeId, plannedZone } from "./node-plan";
import { Peering } from "../network/peering";
import { addressOf, idInStack, StackMetadata } from "../stack/stack-metadata";
import { StackRegistry } from "../stack/stack-registry";
import type { StretchMetadata } from "../stack/stretch-metadata";
import { TAGS, tagOwn } from "../stack/tags";
import { OUTPUTS, stackOutput } from "../stack/stack-output";
import { VersionOutput } from "../stack/version-output";
import { assertDistinctIds, assertOwnStack } from "../network/vpc-checks";

/** Hosts of a region that others join by. */
const SEEDS_A_REGION = 2;
/** 10.0.0.0/8 is the widest block that a network of one's own has. */
const WIDEST_CLIENT_PREFIX = 8;
/** Half of all addresses. */
const MOST_CLIENT_ADDRESSES = 2 ** 31;

/** The nodes of one rack of a cluster: what `StretchCluster.rack` gives, to cut off or to stop. */
export interface Rack {
  readonly id: number;
  readonly vpc: IRegionVpc;
  readonly cluster: StretchCluster;
  readonly nodes: readonly AerospikeNode[];
}

/** One node of a rack, where more than a count is to be said. */
export interface RackNodeProps {
  /** Letter of the availability zone (`a`). */
  readonly zone: string;
  /** @default from rack id and ordinal: A1B32 is the first node of rack 32 */
  readonly nodeId?: string;
  /** @default from the subnet, the rack id and the ordinal */
  readonly privateIp?: string;
}

/** One rack: where its nodes are, and how many. */
export interface RackProps {
  /** Aerospike rack id, 0 to 1,000,000, one rack an id. */
  readonly id: number;
  readonly vpc: IRegionVpc;
  /**
   * A count, spread over zones a, b, c, a, ... by ordinal; or a list in order of ordinal, each a zone letter or more.
   * Append to grow: a node's id, address and zone follow from its place in this list. `null` leaves a place out, so that any
   * node can go and no other moves (`["a", null, "a"]`). A place that is filled again has the same node id as before: only
   * after the roster without it was set.
   */
  readonly nodes: number | readonly (string | RackNodeProps | null)[];
  /**
   * Its nodes are quiesced for good: they count on the roster and never hold a copy. A tie-breaker.
   * @default false
   */
  readonly quiesced?: boolean;
}

/** A cluster: its namespace, its racks, and what all its nodes have. */
export interface StretchClusterProps {
  readonly namespace: Namespace;
  readonly racks: readonly RackProps[];
  /**
   * Of 1 to 63 letters, digits, dots, hyphens and underscores.
   * @default STACK-ID, so that two clusters never join
   */
  readonly clusterName?: string;
  /**
   * `min-cluster-size`: smaller clusters do not form, their nodes serve nothing. Aerospike's documents advise against it
   * under strong consistency below half of the nodes.
   * @default 1
   */
  readonly minClusterSize?: number;
  /** @default t3a.medium (as the article; not for production) */
  readonly instanceType?: string;
  /**
   * Images by region.
   * @default Amazon Linux 2023
   */
  readonly amis?: Readonly<Record<string, string>>;
  /**
   * Size of every node's root volume, GB. Storage in memory keeps its file there.
   * @default 10 (the article's)
   */
  readonly rootVolumeSize?: number;
  /**
   * Size of every node's data volume, GB. Storage on a device uses the whole of it.
   * @default 8 (the article's)
   */
  readonly dataVolumeSize?: number;
  /**
   * CIDR blocks outside the cluster's VPCs whose clients may connect (port 3000 alone, with TLS 4333: the others are the
   * nodes' own). A cut must not overlap them.
   * @default none: only the cluster's own VPCs
   */
  readonly clientCidrs?: readonly string[];
  /**
   * Somebody else routes between the cluster's VPCs: a transit gateway, a cloud WAN, peerings of another stack.
   * @default false: VPCs that no {@link Peering} of the stack joins are an error at synth
   */
  readonly transit?: boolean;
  /**
   * The roster that is set, while it is not that of the nodes (growing, shrinking), as asadm and `stretch status` print it:
   * `A1B2@2,A1B1@1`. The output `partitions` then predicts with it; it sets none. Under strong consistency only.
   * @default that of the nodes
   */
  readonly roster?: string;
  /**
   * Who may reach the database ports, beside `clientCidrs`.
   * @default AerospikeAccess.own()
   */
  readonly access?: AerospikeAccess;
  /** @default {} (see AerospikeSettings) */
  readonly settings?: AerospikeSettings;
  /**
   * Whether `terraform apply` ends only when the cluster answers with all its nodes (needs @cdktf/provider-null, and the
   * AWS CLI where Terraform runs).
   * @default false
   */
  readonly readinessGate?: boolean;
  /**
   * Bucket for what its hosts record of an experiment (`stretch run --live`), below a prefix a VPC: CONSTRUCT-VPC.
   * @default none: its hosts can record nothing
   */
  readonly results?: ResultsBucket;
  /**
   * What the names of its Terraform outputs begin with (NAME_nodes, NAME_seeds, NAME_roster), beside `stretch_version`, the
   * version of this package; false = none.
   * @default the construct's id
   */
  readonly outputs?: string | false;
  /**
   * Tags on all that it makes, over those of {@link StretchTags}.
   * @default none
   */
  readonly tags?: Readonly<Record<string, string>>;
}

const RACK_NODE = propsOf<RackNodeProps>({
  zone: v.string(),
  nodeId: v.optional(v.string()),
  privateIp: v.optional(v.string()),
});

const NODES_OF_A_RACK = list(
  v.lazy((node) => (node === null ? v.null() : typeof node === "string" ? v.string() : RACK_NODE)),
  1,
  MOST_NODES,
  {
    problem: "are no number of nodes that a rack can have",
    expected: `1 to ${MOST_NODES} nodes`,
    mend: "Give a count such as 3, or a list of zone letters.",
  },
);

/** A rack of holes alone is none. */
const SOME_NODES = v.pipe(
  NODES_OF_A_RACK,
  holds((nodes: unknown[]) => nodes.some((node) => node !== null), {
    problem: "are all left out",
    expected: "a node at least",
    mend: "Take the rack out of racks.",
  }),
);

const RACK = propsOf<RackProps>({
  id: integer(0, MOST_RACK_ID, "a rack id"),
  vpc: VPC,
  nodes: v.lazy((nodes) => (Array.isArray(nodes) ? SOME_NODES : integer(1, MOST_NODES, "nodes"))),
  quiesced: v.optional(v.boolean()),
});

const PROPS = propsOf<StretchClusterProps>({
  ...VOLUME_PROPS,
  namespace: NAMESPACE,
  racks: list(RACK, 1, MOST_NODES, {
    problem: "are none: the cluster has no racks",
    expected: "one or more racks",
    mend: "Give racks: [{ id, vpc, nodes }].",
  }),
  clusterName: v.optional(v.string()),
  minClusterSize: v.optional(integer(1, MOST_NODES, "nodes")),
  instanceType: v.optional(v.string()),
  amis: v.optional(record(v.string(), AMI)),
  clientCidrs: v.optional(v.array(v.string())),
  transit: v.optional(v.boolean()),
  roster: v.optional(v.string()),
  access: v.optional(object<AerospikeAccess>("an AerospikeAccess (own, open)", "sources")),
  // Checked by the settings' own schema.
  settings: v.optional(v.any()),
  readinessGate: v.optional(v.boolean()),
  results: v.optional(object<ResultsBucket>("a ResultsBucket", "bucket", "grant")),
  outputs: OUTPUTS,
  tags: TAGS,
});

/** A node as planned, before it is built. */
interface PlannedNode {
  readonly rack: RackProps;
  readonly ordinal: number;
  readonly nodeId: string;
  readonly zone: string;
  readonly privateIp: string;
}

/**
 * One Aerospike cluster over the VPCs of several regions. Node ids, addresses, seeds and roster are known at synth, and
 * growth only adds: each depends on the node's rack, its ordinal in it and its zone, on nothing else.
 *
 * @example
 * ```ts
 * const orders = new StretchCluster(stack, "orders", {
 *   namespace: { name: "orders", replicationFactor: 2, strongConsistency: true },
 *   racks: [
 *     { id: 1, vpc: london, nodes: 3 },
 *     { id: 2, vpc: paris, nodes: ["a", "b", "a"] },
 *   ],
 *   clientCidrs: ["10.20.0.0/16"],
 * });
 * ```
 */
export class StretchCluster extends Construct {
  private static readonly made = new StackRegistry<StretchCluster>();

  /** The clusters made so far in the stack of a construct. */
  static inStackOf(scope: Construct): readonly StretchCluster[] {
    return StretchCluster.made.inStackOf(scope);
  }

  /** Calls back for every cluster in the stack of a construct, those made later too. */
  static forEachInStackOf(scope: Construct, visit: (cluster: StretchCluster) => void): void {
    StretchCluster.made.forEachInStackOf(scope, visit);
  }

  readonly clusterName: string;
  readonly minClusterSize: number | undefined;
  readonly namespace: Namespace;
  /** As given, with the `latencyMaxMs` that follows from the regions. */
  readonly settings: AerospikeSettings & Required<Pick<AerospikeSettings, "latencyMaxMs">>;
  /** Round trips between regions that predictions reckon with: the dated table, `settings.roundTrips` over it. */
  readonly roundTrips: RoundTrips;
  readonly vpcs: readonly IRegionVpc[];
  readonly nodes: readonly AerospikeNode[];
  /** Private addresses to join by: two hosts a region, where it has two. */
  readonly seeds: readonly string[];
  /** The roster to be, as the server writes it: by node id, descending; with an active rack `M32|` before it. */
  readonly roster: string;
  private readonly rosterSet: Roster | undefined;
  /** Security group of a VPC's nodes. */
  readonly securityGroups: ReadonlyMap<IRegionVpc, SecurityGroup>;
  /** Role of a VPC's nodes, to grant them more. */
  readonly roles: ReadonlyMap<IRegionVpc, IamRole>;
  /** Ingress rules of a VPC's nodes by block, for those who take them away. @internal */
  readonly ingress: ReadonlyMap<IRegionVpc, HostSecurityGroup["ingress"]>;
  /** Who may reach the database ports, beside the clients' CIDR blocks. */
  readonly access: AerospikeAccess;

  /** @throws InputError for racks, ids, addresses or a replication factor that cannot be. */
  constructor(scope: Construct, id: string, props: StretchClusterProps) {
    super(scope, checkedId(scope, id));
    checkProps(this, PROPS, props);
    tagOwn(this, props.tags);
    const { namespace, racks, clientCidrs = [] } = props;
    this.namespace = namespace;
    this.minClusterSize = props.minClusterSize;
    this.clusterName = props.clusterName ?? this.node.path.replaceAll("/", "-");
    const planned = told(this, () => {
      assertRacks(racks);
      return racks.flatMap(planRack);
    });
    this.vpcs = [...new Set(racks.map((rack) => rack.vpc))];
    told(this, () => {
      assertNamespace(namespace, planned.length);
      assertNodes(planned, namespace);
      assertForms(props.minClusterSize, planned.length);
      assertOwnStack(this, this.vpcs);
      assertDistinctIds(this.vpcs);
      assertApart(this.vpcs);
      Object.keys(props.amis ?? {}).forEach(assertRegion);
      assertSecretsNear(resolveSettings(props.settings), this.vpcs);
      for (const vpc of this.vpcs) assertBucketReached("hosts", vpc, props.results?.region);
      this.admitClients(clientCidrs);
    });
    this.warnOfFew(planned.length);
    this.access = props.access ?? AerospikeAccess.own();
    this.roundTrips = told(this, () => roundTripsOf(props.settings));
    const settings = { ...props.settings, latencyMaxMs: this.latencyMaxMs(props.settings?.latencyMaxMs) };
    this.settings = settings;

    this.rosterSet = told(this, () => rosterSet(props.roster, namespace));
    const seeds = seedsOf(planned);
    const rosterNodes = planned.map(({ nodeId, rack }) => ({ id: nodeId, rack: rack.id }));
    const plannedNodes = rosterEntries(rosterNodes);
    const firstVpc = planned.find(({ nodeId, rack }) => isFirst(nodeId, rack.id, plannedNodes))?.rack.vpc;
    this.seeds = seeds;
    this.roster = rosterText(rosterNodes, namespace.strongConsistency ? namespace.activeRack : 0);

    const clusterCidrs = this.vpcs.flatMap((vpc) => vpc.cidrBlocks);
    const groups = new Map<IRegionVpc, HostSecurityGroup>();
    const roles = new Map<IRegionVpc, HostRole>();
    for (const vpc of this.vpcs) {
      groups.set(
        vpc,
        new HostSecurityGroup(this, `access-${vpc.node.id}`, {
          vpc,
          description: `Aerospike cluster ${this.clusterName}`,
          admitted: [
            { sources: [...clusterCidrs, ...this.access.sources], ports: nodeRanges(settings) },
            { sources: clientCidrs, ports: ranges([portsOf(settings).service]) },
          ],
        }),
      );
      roles.set(
        vpc,
        new HostRole(this, `role-${vpc.node.id}`, {
          provider: vpc.provider,
          statements: told(this, () => {
            const resolved = resolveSettings(settings, vpc.region);
            // A host that reads admin's password may all that loader may: no role of its own for the one that makes the users.
            return [
              ...hostPolicy(vpc.region, { ...resolved, secrets: nodeSecrets(resolved, vpc === firstVpc) }),
              ...(props.results?.grant(this.resultsPrefix(vpc), this) ?? []),
            ];
          }),
        }),
      );
    }
    this.securityGroups = new Map([...groups].map(([vpc, { securityGroup }]) => [vpc, securityGroup]));
    this.ingress = new Map([...groups].map(([vpc, { ingress }]) => [vpc, ingress]));
    this.roles = new Map([...roles].map(([vpc, { role }]) => [vpc, role]));

    this.nodes = planned.map(
      ({ rack, ordinal, nodeId, zone, privateIp }) =>
        new AerospikeNode(this, `rack-${rack.id}-node-${ordinal}-${zone}`, {
          subnet: rack.vpc.subnet("node", zone),
          nodeId,
          rackId: rack.id,
          quiesced: rack.quiesced,
          minClusterSize: props.minClusterSize,
          privateIp,
          clusterName: this.clusterName,
          namespace,
          seeds,
          plannedNodes,
          securityGroup: groups.get(rack.vpc)!.securityGroup,
          instanceProfile: roles.get(rack.vpc)!.instanceProfile,
          instanceType: props.instanceType,
          ami: props.amis?.[rack.vpc.region],
          rootVolumeSize: props.rootVolumeSize,
          dataVolumeSize: props.dataVolumeSize,
          settings,
        }),
    );
    if (props.readinessGate) new ReadinessGate(this, "readiness-gate", { nodes: this.nodes });
    const { outputs = id } = props;
    if (outputs !== false) {
      this.makeOutputs(outputs, props.results !== undefined);
      VersionOutput.of(this);
    }
    if (!props.transit) this.node.addValidation({ validate: () => this.apart() });
    StretchCluster.made.add(this);
    StackMetadata.of(this).add(() => ({ clusters: [this.metadata()] }));
  }

  /** The cluster as plain data: what the model and the lab read. */
  topology(): Topology {
    const settings = resolveSettings(this.settings);
    return {
      namespace: this.namespace,
      ...(this.minClusterSize !== undefined && { minClusterSize: this.minClusterSize }),
      heartbeats: heartbeatsOf(settings),
      serverVersion: settings.version,
      nodes: this.nodes.map((node) => ({
        id: node.nodeId,
        rack: node.rackId,
        region: node.subnet.vpc.region,
        subnet: node.subnet.cidr,
        address: node.privateIp,
        ...(node.quiesced && { quiesced: true }),
      })),
    };
  }

  /**
   * A rack, to cut off (PartitionRule) or to stop (RackOutage).
   * @throws InputError if the cluster has none of that id
   */
  rack(id: number): Rack {
    told(this, () => checked(integer(0, MOST_RACK_ID, "a rack id"), id, "id"));
    const nodes = this.nodes.filter((node) => node.rackId === id);
    if (nodes.length === 0) {
      throw new InputError({
        problem: `${this.node.path} has no such rack`,
        value: id,
        expected: `one of ${[...new Set(this.nodes.map((node) => node.rackId))].join(", ")}`,
        mend: "Name one of these.",
      });
    }
    return { id, vpc: nodes[0].subnet.vpc, cluster: this, nodes };
  }

  /** Pairs of its VPCs that no peering joins: a peering is not transitive, so that a way by a third does not help. */
  private apart(): string[] {
    const peerings = Peering.inStackOf(this);
    const joined = (a: IRegionVpc, b: IRegionVpc) => peerings.some((peering) => peering.joins(a, b));
    return this.vpcs.flatMap((a, i) =>
      this.vpcs
        .slice(i + 1)
        .filter((b) => !joined(a, b))
        .map((b) => {
          const third = this.vpcs.find((c) => c !== a && c !== b && joined(a, c) && joined(c, b));
          return new InputError({
            problem: `nothing joins ${a.node.path} and ${b.node.path}, so that nodes of ${this.node.path} cannot reach each other`,
            value:
              third === undefined
                ? "no Peering"
                : `peerings of both with ${third.node.path}, which lead no further`,
            expected: "a Peering of every two VPCs of a cluster",
            mend: "Make it (Peering.mesh makes all), or say transit: true where somebody else routes between them.",
          }).message;
        }),
    );
  }

  /**
   * The cluster as the roster that is set has it: what the output `partitions` predicts with. A node of it that is no host of
   * the stack is down.
   * @internal
   */
  get rostered(): {
    readonly topology: Topology;
    readonly missing: readonly string[];
    readonly roster: string;
  } {
    const topology = this.topology();
    if (this.rosterSet === undefined) return { topology, missing: [], roster: this.roster };
    const { nodes, activeRack } = this.rosterSet;
    const own = new Map(topology.nodes.map((node) => [node.id, node]));
    return {
      topology: {
        ...topology,
        namespace: { ...topology.namespace, activeRack },
        nodes: nodes.map(({ id, rack }) => ({ ...own.get(id), id, rack })),
      },
      missing: nodes.flatMap(({ id }) => (own.has(id) ? [] : [id])),
      roster: rosterText(nodes, activeRack),
    };
  }

  /** How the roster of the nodes is set by hand, on any of them. */
  get rosterCommand(): string {
    return `sudo /opt/stretch/bin/asinfo -v 'roster-set:namespace=${this.namespace.name};nodes=${this.roster}' on one node, then sudo /opt/stretch/bin/asinfo -v 'recluster:' on every node`;
  }

  private admitClients(clientCidrs: readonly string[]): void {
    const blocks = [...new Set(clientCidrs)];
    for (const cidr of blocks) {
      if (parseCidr(cidr, "clientCidrs").subnetMask < WIDEST_CLIENT_PREFIX) throw openToTheWorld(cidr);
      parseHostCidr(cidr, "clientCidrs");
      for (const vpc of this.vpcs)
        vpc.addControlCidr({ cidr, what: `the clients' block of ${this.node.path}` });
    }
    const outer = blocks.filter((cidr) => !blocks.some((other) => other !== cidr && liesIn(cidr, other)));
    if (outer.reduce((sum, cidr) => sum + sizeOf(cidr), 0) > MOST_CLIENT_ADDRESSES)
      throw openToTheWorld(clientCidrs);
  }

  /** `fabric.latency-max-ms` for the cluster's regions; warns of pairs beyond what is given, and of pairs without a figure. */
  private latencyMaxMs(given: number | undefined): number {
    const regions = this.vpcs.map((vpc) => vpc.region);
    const { milliseconds, unknown } = latencyMax(regions, this.roundTrips);
    const figure = given ?? milliseconds;
    for (const { regions: pair, oneWay } of beyondLatencyMax(regions, figure, this.roundTrips)) {
      Annotations.of(this).addWarning(
        `${pair.join(" and ")} are ${oneWay} ms apart one way, beyond latencyMaxMs ${figure}: clusters may form late or flap. ` +
          `Give at least ${milliseconds}, or leave it out (round trips: ${this.roundTrips.source}).`,
      );
    }
    if (given === undefined && unknown.length > 0) {
      Annotations.of(this).addWarning(
        `No round trip is known between ${unknown.map((pair) => pair.join(" and ")).join(", ")}: latencyMaxMs ${figure} does not ` +
          "reckon with it. Give settings.roundTrips or settings.latencyMaxMs.",
      );
    }
    return figure;
  }

  /** Warns as Aerospike's documents do of `min-cluster-size` (configuration reference). */
  private warnOfFew(nodes: number): void {
    const { minClusterSize = 1 } = this;
    if (!this.namespace.strongConsistency || minClusterSize === 1 || 2 * minClusterSize >= nodes) return;
    Annotations.of(this).addWarning(
      `minClusterSize ${minClusterSize} is below half of the ${nodes} nodes: Aerospike's documents advise against it in strong consistency. ` +
        "Leave it out.",
    );
  }

  /** What the stack's metadata say of it. */
  private metadata(): StretchMetadata["clusters"][number] {
    const { source, between, within } = this.roundTrips;
    return {
      id: idInStack(this),
      clusterName: this.clusterName,
      topology: this.topology() as StretchMetadata["clusters"][number]["topology"],
      roundTrips: { source, between, within },
      seeds: [...this.seeds],
      roster: this.roster,
      hosts: this.nodes.map(({ nodeId, subnet, instanceType, instance }) => ({
        name: nodeId,
        vpc: subnet.vpc.node.id,
        zone: subnet.zone,
        subnet: subnet.cidr,
        instanceType,
        address: addressOf(instance),
      })),
    };
  }

  /** The prefix of a VPC's nodes in the bucket for results. */
  private resultsPrefix(vpc: IRegionVpc): string {
    return `${this.node.id}-${vpc.node.id}`;
  }

  private makeOutputs(name: string, records: boolean): void {
    const nodes = Object.fromEntries(
      this.nodes.map((node) => [
        node.nodeId,
        {
          instance_id: node.instance.id,
          region: node.subnet.vpc.region,
          rack: node.rackId,
          private_ip: node.privateIp,
          address: addressOf(node.instance),
          ...(records && { results_prefix: this.resultsPrefix(node.subnet.vpc) }),
        },
      ]),
    );
    stackOutput(this, `${name}_nodes`, nodes, "The database hosts by node id.");
    stackOutput(this, `${name}_seeds`, this.seeds, "Private addresses to join by.");
    stackOutput(this, `${name}_roster`, this.roster, "The roster to be.");
    if (this.namespace.strongConsistency) {
      stackOutput(
        this,
        `${name}_set_roster`,
        `The cluster sets its roster once, when it is new. After a change of nodes: ${this.rosterCommand}.`,
        "How the roster is set.",
      );
    }
  }
}

/** @throws InputError for a setting that cannot be */
function roundTripsOf(settings: AerospikeSettings | undefined): RoundTrips {
  const { roundTrips } = resolveSettings(settings);
  return Object.keys(roundTrips).length === 0
    ? AWS_ROUND_TRIPS
    : overRoundTrips({ source: "settings.roundTrips", between: roundTrips });
}

/** The roster that a user says is set. */
function rosterSet(
  text: string | undefined,
  { strongConsistency, replicationFactor }: Namespace,
): Roster | undefined {
  if (text === undefined) return undefined;
  if (!strongConsistency) {
    throw new InputError({
      problem: "roster is given for a namespace in availability mode, which has none",
      value: text,
      expected: "no roster, or strongConsistency: true",
      mend: "Leave roster out.",
    });
  }
  const roster = parseRoster(text);
  if (roster === undefined || roster.nodes.length < replicationFactor) {
    throw new InputError({
      problem: "roster is none that the cluster can have",
      value: text,
      expected: `${replicationFactor} nodes or more as asadm prints them, such as A1B2@2,A1B1@1`,
      mend: "Copy it from `asadm -e 'show roster'`, or leave it out.",
    });
  }
  return roster;
}

function planRack(rack: RackProps): PlannedNode[] {
  const nodes =
    typeof rack.nodes === "number"
      ? Array.from({ length: rack.nodes }, (_, i) => ({ zone: plannedZone(i + 1) }))
      : rack.nodes.map((node) => (typeof node === "string" ? { zone: node } : node));
  return nodes.flatMap((node: RackNodeProps | null, index) => {
    if (node === null) return [];
    const ordinal = index + 1;
    if (typeof rack.nodes === "number" && !rack.vpc.zoneLetters.includes(node.zone))
      throw zoneMissing(rack, node.zone);
    const subnet = rack.vpc.subnet("node", node.zone);
    return {
      rack,
      ordinal,
      zone: node.zone,
      nodeId: normalizeNodeId(node.nodeId ?? plannedNodeId(rack.id, ordinal)),
      privateIp: node.privateIp ?? plannedAddress(subnet.cidr, rack.id, ordinal),
    };
  });
}

/** Two hosts a region, the first of it by rack id and ordinal. */
function seedsOf(planned: readonly PlannedNode[]): string[] {
  const byRegion = new Map<string, PlannedNode[]>();
  for (const node of [...planned].sort((a, b) => a.rack.id - b.rack.id || a.ordinal - b.ordinal)) {
    const { region } = node.rack.vpc;
    byRegion.set(region, [...(byRegion.get(region) ?? []), node]);
  }
  return [...byRegion.values()].flatMap((nodes) =>
    nodes.slice(0, SEEDS_A_REGION).map((node) => node.privateIp),
  );
}

function assertRacks(racks: readonly RackProps[]): void {
  const twin = racks.find(({ id }, i) => racks.findIndex((other) => other.id === id) < i);
  if (twin !== undefined) {
    throw new InputError({
      problem: "two racks have one id",
      value: twin.id,
      expected: "an id a rack",
      mend: "Renumber one of them.",
    });
  }
}

function assertNodes(planned: readonly PlannedNode[], { replicationFactor }: Namespace): void {
  if (planned.length > MOST_NODES) {
    throw new InputError({
      problem: "the cluster has more nodes than an Aerospike cluster can have",
      value: planned.length,
      expected: `at most ${MOST_NODES}, which nobody can raise`,
      mend: "Make fewer and larger nodes, or several clusters.",
    });
  }
  const owners = new Map<string, PlannedNode>();
  for (const node of planned) {
    const twin = owners.get(node.nodeId);
    if (twin !== undefined) {
      throw new InputError({
        problem: `two nodes have one id, in rack ${twin.rack.id} and rack ${node.rack.id}`,
        value: node.nodeId,
        expected: "an id a node",
        mend: "Change one nodeId.",
      });
    }
    owners.set(node.nodeId, node);
  }
  const active = planned.filter(({ rack }) => rack.quiesced !== true).length;
  if (active === 0) {
    throw new InputError({
      problem: "every node of the cluster is quiesced, so that none would hold data",
      value: planned.map(({ nodeId }) => nodeId),
      expected: "racks that are not quiesced",
      mend: "Leave quiesced out for all racks but a tie-breaker's.",
    });
  }
  if (replicationFactor > active) {
    throw new InputError({
      problem: "namespace.replicationFactor is more than the nodes that hold data",
      value: replicationFactor,
      expected: `at most ${active}, the nodes that are not quiesced`,
      mend: "Lower it, or add nodes.",
    });
  }
}

function assertForms(minClusterSize: number | undefined, nodes: number): void {
  if (minClusterSize !== undefined && minClusterSize > nodes) {
    throw new InputError({
      problem: "minClusterSize is more than the nodes of the cluster, which then never forms",
      value: minClusterSize,
      expected: `at most ${nodes}`,
      mend: "Lower it, or add nodes.",
    });
  }
}

function assertApart(vpcs: readonly IRegionVpc[]): void {
  for (const [i, a] of vpcs.entries()) {
    for (const b of vpcs.slice(i + 1)) {
      if (sharesAddress(a.cidrBlocks, b.cidrBlocks)) {
        throw new InputError({
          problem: `the CIDR blocks of ${a.node.path} and ${b.node.path} overlap, so their nodes cannot reach each other`,
          value: [a.cidrBlocks, b.cidrBlocks],
          expected: "blocks that share no address",
          mend: "Change the cidrBlock of one of them.",
        });
      }
    }
  }
}

function zoneMissing(rack: RackProps, zone: string): InputError {
  return new InputError({
    problem: `rack ${rack.id} has a count of nodes, which are spread over zones a, b and c, but its VPC has no zone ${zone}`,
    value: rack.vpc.zoneLetters,
    expected: "zones a, b and c, or a list of zone letters in place of the count",
    mend: `Write nodes: [${Array.from({ length: rack.nodes as number }, (_, i) => `"${rack.vpc.zoneLetters[i % rack.vpc.zoneLetters.length]}"`).join(", ")}] (a count would move hosts when a zone is added).`,
  });
}

/** Where hosts read their secrets: one of a region that the cluster is not in is a place more that can be lost. */
function assertSecretsNear(settings: AerospikeSettings, vpcs: readonly IRegionVpc[]): void {
  const regions = [...new Set(vpcs.map(({ region }) => region))];
  const { kmsKeyArn } = settings;
  const key = kmsKeyArn === undefined ? [] : [["kmsKeyArn", kmsKeyArn] as const];
  for (const [name, arn] of [...secretsOf(settings), ...key]) {
    const region = arn.split(":")[3];
    if (region === undefined || region === "{region}" || regions.includes(region)) continue;
    throw new InputError({
      problem: `settings.${name} is of a region that the cluster is not in`,
      value: region,
      expected: `{region} for the host's own, or one of ${regions.join(", ")}`,
      mend: "Replicate the secret to the cluster's regions (stretch secret create NAME --region A B) and write {region} in its ARN.",
    });
  }
}

function openToTheWorld(blocks: string | readonly string[]): InputError {
  const shown = typeof blocks === "string" || blocks.length < 5 ? blocks : `${blocks.length} blocks`;
  return new InputError({
    problem: "clientCidrs would open the database ports to the world",
    value: shown,
    expected: `the blocks of your clients, /${WIDEST_CLIENT_PREFIX} or smaller and not half of all addresses`,
    mend: "Name them, such as 10.20.0.0/16.",
  });
}
