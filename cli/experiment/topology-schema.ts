import { z } from "zod";
import { DEFAULT_SERVER_VERSION, isBefore, MOST_LATENCY_MAX_MS, MOST_LINK, NONE } from "../../model";
import { idAsWritten, idOf, nodeId } from "./ids";
import { checkStory, story } from "./story-schema";
import { MOST_NODES, MOST_RACK_ID, NAMESPACE_NAME, NAMESPACE_NAME_IN_WORDS } from "../../model/limits";

const namespace = z.strictObject(
  {
    name: z
      .string({ error: "expected a name" })
      .regex(NAMESPACE_NAME, `expected a namespace's name: ${NAMESPACE_NAME_IN_WORDS}`),
    replicationFactor: z.int({ error: "expected a whole number, 1 or more" }).min(1, "expected 1 or more"),
    strongConsistency: z.boolean({ error: "expected true or false" }),
    preferUniformBalance: z.boolean({ error: "expected true or false" }).optional(),
    activeRack: z.int({ error: "expected the id of a rack that nodes are in, 0 for none" }).optional(),
    flushMaxMs: z
      .int({ error: "expected whole milliseconds, 1 to 1000" })
      .min(1, "expected milliseconds, 1 to 1000")
      .max(1000, "expected milliseconds, 1 to 1000")
      .optional(),
    commitToDevice: z.boolean({ error: "expected true or false" }).optional(),
    autoRevive: z.boolean({ error: "expected true or false" }).optional(),
    strongConsistencyAllowExpunge: z.boolean({ error: "expected true or false" }).optional(),
  },
  { error: "expected name, replicationFactor and strongConsistency" },
);

/** Settings that a namespace without strong consistency does not have. */
export const STRONG_ONLY = ["commitToDevice", "autoRevive", "strongConsistencyAllowExpunge"] as const;

/** A whole number, told with its unit. */
function whole(unit: string, least: number, most: number) {
  const expected = `expected ${unit}, ${least} to ${most}`;
  return z.int({ error: expected }).min(least, expected).max(most, expected).optional();
}

/** The server's own limits (configuration reference). */
const heartbeats = z.strictObject(
  {
    interval: whole("milliseconds between heartbeats", 50, 600_000),
    timeout: whole("heartbeats that may be missed", 3, 4_294_967_295),
    latencyMaxMs: whole("milliseconds one way", 0, MOST_LATENCY_MAX_MS),
  },
  { error: "expected interval, timeout or latencyMaxMs" },
);

const node = z.strictObject(
  {
    id: nodeId,
    rack: z
      .int({ error: "expected a rack id: a whole number, 0 to 1000000" })
      .min(0, "expected a rack id, 0 to 1000000")
      .max(MOST_RACK_ID, "expected a rack id, 0 to 1000000"),
    region: z.string({ error: "expected a region's name" }).min(1, "expected a region's name").optional(),
    address: z.ipv4({ error: "expected a private IPv4 address, such as 10.0.0.4" }).optional(),
    quiesced: z.boolean({ error: "expected true or false" }).optional(),
  },
  { error: "expected a node: id and rack" },
);

const nodeIds = z.array(nodeId, { error: "expected a list of node ids" });

const amount = (unit: string, most: number) =>
  z
    .number({ error: `expected ${unit}, 0 to ${most}` })
    .min(0, `expected ${unit}, 0 to ${most}`)
    .max(most, `expected ${unit}, 0 to ${most}`)
    .optional();

const END = "expected a region or a node id";
const slowLink = z.strictObject(
  {
    between: z.tuple([z.string({ error: END }), z.string({ error: END })], {
      error: "expected two ends, each a region or a node id",
    }),
    delay: amount("milliseconds", MOST_LINK.delay),
    jitter: amount("milliseconds", MOST_LINK.jitter),
    loss: amount("percent", MOST_LINK.loss),
  },
  { error: "expected a link: between, and delay, jitter or loss" },
);

const slowLinks = z.strictObject({
  links: z.array(slowLink, { error: "expected a list of links" }).min(1, "expected at least one link"),
});

// Keys stay as they are written: as ids two could fall into one, and the earlier one's nodes be lost.
const fault = z.union([z.array(nodeIds), z.record(idAsWritten, nodeIds), slowLinks], {
  error:
    "expected sub-clusters (lists of node ids), for each node the nodes that it cannot hear, or slow links",
});

const SERVER_VERSION = "expected four numbers, from 7.1.0.0 to 8.x, such as 8.1.2.5";

/** A server version that rehearsals know. */
export const serverVersion = z
  .string({ error: SERVER_VERSION })
  .regex(/^(7\.[1-9]\d*|8\.\d+)\.\d+\.\d+$/, SERVER_VERSION);

/** What a topology file holds. */
export const topologyFile = z
  .strictObject(
    {
      namespace,
      nodes: z
        // null: a node that is left out, as in the racks of a stack.
        .array(node.nullable(), { error: "expected a list of nodes" })
        .min(1, "expected at least one node")
        .max(MOST_NODES, "expected at most 256 nodes"),
      minClusterSize: z
        .int({ error: "expected a whole number, 1 or more" })
        .min(1, "expected 1 or more")
        .optional(),
      heartbeats: heartbeats.optional(),
      serverVersion: serverVersion.optional(),
      faults: z.record(z.string(), fault, { error: "expected faults by name" }).default({}),
      story: story.optional(),
    },
    { error: "expected namespace, nodes and faults" },
  )
  .superRefine((file, context) => {
    const complain = (path: PropertyKey[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    const known = new Set<string>();
    const nodes = file.nodes.filter((node) => node !== null);
    const addresses = new Set<string>();
    if (nodes.length === 0) complain(["nodes"], "expected at least one node");
    file.nodes.forEach((node, i) => {
      if (node === null) return;
      const { id } = node;
      if (known.has(id)) complain(["nodes", i, "id"], "expected an id of its own: another node has it");
      known.add(id);
      const { address } = node;
      if (address === undefined) return;
      if (addresses.has(address)) {
        complain(["nodes", i, "address"], "expected an address of its own: another node has it");
      }
      addresses.add(address);
    });
    for (const setting of STRONG_ONLY) {
      if (file.namespace[setting] && !file.namespace.strongConsistency) {
        complain(["namespace", setting], "expected it beside strongConsistency: true only");
      }
    }
    const racks = new Set(nodes.map(({ rack }) => rack));
    const { activeRack = 0 } = file.namespace;
    if (activeRack !== 0 && !racks.has(activeRack)) {
      complain(
        ["namespace", "activeRack"],
        `expected a rack that nodes are in: one of ${[...racks].filter((rack) => rack !== 0).join(", ")}, or 0 for none`,
      );
    }
    if (activeRack !== 0 && isBefore(file.serverVersion ?? DEFAULT_SERVER_VERSION, "7.2")) {
      complain(["namespace", "activeRack"], "expected it with serverVersion 7.2 or later, which knows it");
    }
    if (file.namespace.replicationFactor > nodes.length) {
      complain(["namespace", "replicationFactor"], `expected at most ${nodes.length}, the number of nodes`);
    }
    if ((file.minClusterSize ?? 1) > nodes.length) {
      complain(["minClusterSize"], `expected at most ${nodes.length}, the number of nodes`);
    }
    if (file.story) checkStory(file.story, { ...file, nodes }, complain);
    const expected = `expected one of ${[...known].join(", ")}`;
    for (const [name, value] of Object.entries(file.faults)) {
      const path = ["faults", name];
      if (name === NONE) complain(path, `expected another name: "${NONE}" heals`);
      if (isSlow(value)) {
        const regions = nodes.flatMap(({ region }) => region ?? []);
        value.links.forEach(({ between, delay = 0, jitter = 0, loss = 0 }, i) => {
          between.forEach((end, j) => {
            if (regions.includes(end) || known.has(idOf(end))) return;
            const ends = [...new Set(regions), ...known].join(", ");
            complain([...path, "links", i, "between", j], `expected a region or a node id, one of ${ends}`);
          });
          if (delay + jitter + loss === 0) {
            complain([...path, "links", i], "expected a delay, jitter or loss above 0");
          }
        });
        continue;
      }
      const placed = new Set<string>();
      const listening = new Set<string>();
      for (const [key, ids] of Object.entries(value)) {
        const keyPath = [...path, Array.isArray(value) ? Number(key) : key];
        if (!Array.isArray(value)) {
          if (!known.has(idOf(key))) complain(keyPath, expected);
          if (listening.has(idOf(key))) complain(keyPath, "expected each node once");
          listening.add(idOf(key));
        }
        if (Array.isArray(value) && ids.length === 0) complain(keyPath, "expected at least one node");
        ids.forEach((id: string, i: number) => {
          if (!known.has(id)) complain([...keyPath, i], expected);
          if (Array.isArray(value) && placed.has(id)) {
            complain([...keyPath, i], "expected each node in one sub-cluster only");
          }
          placed.add(id);
        });
      }
    }
  })
  .transform((file) => ({ ...file, nodes: file.nodes.filter((node) => node !== null) }));

type FaultInFile = z.infer<typeof fault>;

/** Whether a fault of a file only slows links down. */
export function isSlow(value: FaultInFile): value is z.infer<typeof slowLinks> {
  return !Array.isArray(value) && "links" in value;
}

/** Fields that are numbers; all others that look like one are ids. */
export const NUMBERS: ReadonlySet<string> = new Set([
  "rack",
  "replicationFactor",
  "minClusterSize",
  "activeRack",
  "flushMaxMs",
  "confirmedDown",
  "delay",
  "jitter",
  "loss",
  "interval",
  "timeout",
  "latencyMaxMs",
]);
