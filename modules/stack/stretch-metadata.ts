import * as v from "valibot";
import type { Fault } from "../../model/fault";
import type { Topology } from "../../model/topology";

/** Counted up with every change that a reader of before would not understand. */
export const METADATA_VERSION = 1;

const IDS = v.array(v.string());
const IDS_BY_NAME = v.record(v.string(), IDS);

const HEARTBEATS = v.strictObject({
  interval: v.optional(v.number()),
  timeout: v.optional(v.number()),
  latencyMaxMs: v.optional(v.number()),
});

const TOPOLOGY = v.strictObject({
  namespace: v.strictObject({
    name: v.string(),
    replicationFactor: v.number(),
    strongConsistency: v.boolean(),
    preferUniformBalance: v.optional(v.boolean()),
    activeRack: v.optional(v.number()),
    flushMaxMs: v.optional(v.number()),
    commitToDevice: v.optional(v.boolean()),
    autoRevive: v.optional(v.boolean()),
    strongConsistencyAllowExpunge: v.optional(v.boolean()),
  }),
  nodes: v.array(
    v.strictObject({
      id: v.string(),
      rack: v.number(),
      region: v.optional(v.string()),
      subnet: v.optional(v.string()),
      address: v.optional(v.string()),
      quiesced: v.optional(v.boolean()),
    }),
  ),
  minClusterSize: v.optional(v.number()),
  heartbeats: v.optional(HEARTBEATS),
  serverVersion: v.optional(v.string()),
}) satisfies v.GenericSchema<unknown, Topology>;

const FAULT = v.strictObject({
  cannotHear: IDS_BY_NAME,
  refuses: IDS_BY_NAME,
  clientsLose: v.optional(IDS_BY_NAME),
  links: v.optional(
    v.array(
      v.strictObject({
        between: v.tuple([v.string(), v.string()]),
        delay: v.optional(v.number()),
        jitter: v.optional(v.number()),
        loss: v.optional(v.number()),
      }),
    ),
  ),
  notes: IDS,
  endsOnlyByHand: v.optional(v.string()),
}) satisfies v.GenericSchema<unknown, Fault>;

/** A host: what it goes by (a node's id, a client host's name), and where Terraform has it. */
const HOST = {
  name: v.string(),
  /** Id of its VPC. */
  vpc: v.string(),
  zone: v.string(),
  subnet: v.string(),
  instanceType: v.string(),
  /** Terraform's address of its instance. */
  address: v.string(),
};

/**
 * What a synthesised stack says of its clusters and faults, as data: in `//`.metadata.stretch of cdk.tf.json, of
 * metadata.json beside HCL. The constructs write it, the command `stretch` reads it. Lists keep their order; names of
 * objects are sorted by cdktf.
 */
export const STRETCH_METADATA = v.strictObject({
  version: v.literal(METADATA_VERSION),
  /** What the stack shows, in a line. */
  summary: v.optional(v.string()),
  /** What `stretch run` does, as a topology file's `story`. */
  story: v.optional(v.unknown()),
  vpcs: v.array(v.strictObject({ id: v.string(), region: v.string(), cidrBlocks: v.array(v.string()) })),
  clusters: v.array(
    v.strictObject({
      /** Path of the construct in its stack. */
      id: v.string(),
      clusterName: v.string(),
      topology: TOPOLOGY,
      roundTrips: v.strictObject({
        source: v.string(),
        between: v.record(v.string(), v.record(v.string(), v.number())),
        within: v.number(),
      }),
      seeds: v.array(v.string()),
      roster: v.string(),
      /** In the order of the topology's nodes. */
      hosts: v.array(v.strictObject(HOST)),
    }),
  ),
  clients: v.array(v.strictObject({ ...HOST, region: v.string() })),
  faults: v.array(
    v.strictObject({
      name: v.string(),
      /** The Terraform variable that makes it, and the one that says when it ends. */
      variable: v.string(),
      healAt: v.string(),
      /** What it does, by the id of the cluster. */
      clusters: v.record(v.string(), FAULT),
    }),
  ),
});

/** As it is read. */
export type StretchMetadata = v.InferOutput<typeof STRETCH_METADATA>;
