import * as v from "valibot";
import {
  type CannotHear,
  combined,
  type Fault,
  halves,
  type Namespace,
  NO_FAULT,
  type RosterRows,
  type Topology,
} from "../../model";
import { Foretelling } from "../../lab/run/foretold";

/** Most nodes of a design: a cluster's limit. */
export const MOST_NODES = 256;

const id = v.pipe(v.string(), v.regex(/^[1-9A-F][0-9A-F]{0,15}$/));
const rack = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000));
const region = v.pipe(v.string(), v.minLength(1), v.maxLength(80));
const ids = v.array(id);

const node = v.strictObject({ id, rack, region: v.optional(region), quiesced: v.optional(v.boolean()) });

const namespace = v.strictObject({
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(31)),
  replicationFactor: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MOST_NODES)),
  strongConsistency: v.boolean(),
  preferUniformBalance: v.optional(v.boolean()),
  activeRack: v.optional(rack),
});

const design = v.pipe(
  v.strictObject({
    nodes: v.pipe(v.array(node), v.minLength(1), v.maxLength(MOST_NODES)),
    namespace,
    minClusterSize: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
    heartbeats: v.optional(
      v.strictObject({
        interval: v.optional(v.number()),
        timeout: v.optional(v.number()),
        latencyMaxMs: v.optional(v.number()),
      }),
    ),
  }),
  v.check(({ nodes }) => new Set(nodes.map((one) => one.id)).size === nodes.length),
  v.check(({ nodes, namespace: { replicationFactor } }) => replicationFactor <= nodes.length),
);

/** Something broken. A link: `both`, or only `there` does not hear `here` (`here`: the other way round). */
export const broken = v.variant("kind", [
  v.strictObject({
    kind: v.literal("link"),
    between: v.tuple([region, region]),
    deaf: v.picklist(["both", "here", "there"]),
  }),
  v.strictObject({ kind: v.literal("rack"), rack, how: v.picklist(["stop", "cut"]) }),
  v.strictObject({ kind: v.literal("node"), id, how: v.picklist(["stop", "cut"]) }),
  v.strictObject({
    kind: v.literal("given"),
    name: v.pipe(v.string(), v.maxLength(120)),
    cannotHear: v.record(v.string(), ids),
    refuses: v.optional(v.record(v.string(), ids)),
  }),
]);

const step = v.union([
  v.strictObject({ broken: v.array(broken) }),
  v.strictObject({ roster: v.picklist(["present", "all"]) }),
  v.strictObject({ revive: v.literal(true) }),
  v.strictObject({ migrated: v.literal(true) }),
]);

const state = v.strictObject({
  designs: v.pipe(v.array(design), v.minLength(1), v.maxLength(2)),
  steps: v.pipe(v.array(step), v.maxLength(100)),
  names: v.optional(v.record(v.string(), v.pipe(v.string(), v.maxLength(80)))),
});

/** A cluster to play with. */
export type Design = v.InferOutput<typeof design>;
/** Something broken. */
export type Broken = v.InferOutput<typeof broken>;
/** What was done, in order. */
export type ExplorerStep = v.InferOutput<typeof step>;
/** All that the explorer shows: one design, or two under the same steps. It is what stands in the address. */
export type State = v.InferOutput<typeof state>;

// ---- The address ----

/** A state as the hash of an address. */
export function hashOf(of: State): string {
  const bytes = new TextEncoder().encode(JSON.stringify(of));
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return `#${text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

/** The state of a hash; undefined where it is none. */
export function stateOf(hash: string): State | undefined {
  try {
    const text = atob(hash.replace(/^#/, "").replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
    const parsed = v.safeParse(state, JSON.parse(new TextDecoder().decode(bytes)));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

// ---- Designs ----

/** The topology of a design. */
export function topologyOf({ nodes, namespace: ns, minClusterSize, heartbeats }: Design): Topology {
  return {
    ...{ nodes, namespace: ns },
    ...(minClusterSize !== undefined && { minClusterSize }),
    ...(heartbeats && { heartbeats }),
  };
}

/** What of a topology the explorer plays with. */
export function designOf({ nodes, namespace: ns, minClusterSize, heartbeats }: Topology): Design {
  const { name, replicationFactor, strongConsistency, preferUniformBalance, activeRack } = ns;
  return {
    nodes: nodes.map(({ id: nodeId, rack: rackId, region: where, quiesced }) => ({
      ...{ id: nodeId, rack: rackId },
      ...(where !== undefined && { region: where }),
      ...(quiesced && { quiesced }),
    })),
    namespace: {
      ...{ name, replicationFactor, strongConsistency },
      ...(preferUniformBalance !== undefined && { preferUniformBalance }),
      ...(activeRack && { activeRack }),
    },
    ...(minClusterSize !== undefined && { minClusterSize }),
    ...(heartbeats && { heartbeats }),
  };
}

/** Racks of a design in its order. */
export function racksOf({ nodes }: Design): { rack: number; region: string; nodes: Design["nodes"] }[] {
  return [...new Set(nodes.map((one) => one.rack))].map((rackId) => {
    const own = nodes.filter((one) => one.rack === rackId);
    return { rack: rackId, region: own[0].region ?? "local", nodes: own };
  });
}

/** The design with so many nodes in a rack; new ones get ids as a stack gives them: `A<ordinal>B<rack>`. */
export function withNodes(of: Design, rackId: number, count: number, where?: string): Design {
  const own = of.nodes.filter((one) => one.rack === rackId);
  const place = where ?? own[0]?.region;
  const taken = new Set(of.nodes.map((one) => one.id));
  const wanted = Math.max(0, Math.min(count, MOST_NODES - (of.nodes.length - own.length)));
  const kept = own.slice(0, wanted);
  for (let ordinal = 1; kept.length < wanted; ordinal++) {
    const made = `A${ordinal}B${rackId}`;
    if (!taken.has(made))
      kept.push({ id: made, rack: rackId, ...(place !== undefined && { region: place }) });
  }
  const others = of.nodes.filter((one) => one.rack !== rackId);
  const at = of.nodes.findIndex((one) => one.rack === rackId);
  const before = at < 0 ? others.length : of.nodes.slice(0, at).filter((one) => one.rack !== rackId).length;
  const nodes = [...others.slice(0, before), ...kept, ...others.slice(before)];
  return nodes.length === 0 ? of : sane({ ...of, nodes });
}

/** The design with another rack of three nodes, in a region. */
export function withRack(of: Design, where: string): Design {
  const rackId = Math.max(0, ...of.nodes.map((one) => one.rack)) + 1;
  return withNodes(of, rackId, 3, where);
}

/** The design with so many quiesced nodes in a rack. */
export function withQuiesced(of: Design, rackId: number, count: number): Design {
  let left = count;
  return {
    ...of,
    nodes: of.nodes.map((one) => {
      if (one.rack !== rackId) return one;
      const plain = { id: one.id, rack: one.rack, ...(one.region !== undefined && { region: one.region }) };
      return left-- > 0 ? { ...plain, quiesced: true } : plain;
    }),
  };
}

/** The design with other settings of its namespace. */
export function withNamespace(of: Design, settings: Partial<Namespace>): Design {
  return sane({ ...of, namespace: { ...of.namespace, ...settings } });
}

/** No more copies than nodes, and no active rack that is gone. */
function sane(of: Design): Design {
  const { activeRack, ...ns } = of.namespace;
  const stands = activeRack !== undefined && of.nodes.some((one) => one.rack === activeRack);
  return {
    ...of,
    namespace: {
      ...ns,
      replicationFactor: Math.max(1, Math.min(ns.replicationFactor, of.nodes.length)),
      ...(stands && { activeRack }),
    },
  };
}

/** The design and what is broken at the end, as a topology file (JSON, which is YAML too). */
export function topologyFile(of: Design, fault: Fault): string {
  const { nodes, namespace: ns, minClusterSize, heartbeats } = of;
  const broken = Object.values(fault.cannotHear).some((lost) => lost.length > 0);
  return `${JSON.stringify(
    {
      namespace: ns,
      nodes,
      ...(minClusterSize !== undefined && { minClusterSize }),
      ...(heartbeats && { heartbeats }),
      ...(broken && { faults: { explored: fault.cannotHear } }),
    },
    undefined,
    2,
  )}\n`;
}

// ---- What is broken ----

/** What several broken things do to a topology; what it does not have is passed over. */
export function faultOf(topology: Topology, all: readonly Broken[]): Fault {
  const names = topology.nodes.map((one) => one.id);
  const inRegion = (where: string) =>
    topology.nodes.filter((one) => (one.region ?? "local") === where).map((one) => one.id);
  return all.length === 0 ? NO_FAULT : combined(all.map((one) => faultOfOne(one)));

  function faultOfOne(one: Broken): Fault {
    switch (one.kind) {
      case "link": {
        const [here, there] = one.between.map(inRegion);
        const cannotHear: Record<string, string[]> = {};
        if (one.deaf !== "there") for (const a of here) cannotHear[a] = there;
        if (one.deaf !== "here") for (const b of there) cannotHear[b] = here;
        return { ...NO_FAULT, cannotHear };
      }
      case "rack":
        return lost(
          topology.nodes.filter((other) => other.rack === one.rack).map((other) => other.id),
          one.how,
        );
      case "node":
        return lost(
          names.filter((name) => name === one.id),
          one.how,
        );
      case "given": {
        const known = (of: CannotHear) =>
          Object.fromEntries(
            Object.entries(of).map(([name, list]) => [name, list.filter((other) => names.includes(other))]),
          );
        const cannotHear = Object.fromEntries(
          Object.entries(known(one.cannotHear)).filter(([name]) => names.includes(name)),
        );
        return { ...NO_FAULT, cannotHear, refuses: known(one.refuses ?? {}) };
      }
    }
  }

  function lost(gone: readonly string[], how: "stop" | "cut"): Fault {
    if (how === "cut") {
      return halves(
        gone,
        names.filter((name) => !gone.includes(name)),
      );
    }
    return { ...NO_FAULT, cannotHear: Object.fromEntries(gone.map((name) => [name, names])) };
  }
}

/** What is broken after the steps. */
export function brokenAfter(steps: readonly ExplorerStep[]): readonly Broken[] {
  return steps.reduce<readonly Broken[]>((now, one) => ("broken" in one ? one.broken : now), []);
}

/** Whether two name the same part. */
function isSame(a: Broken, b: Broken): boolean {
  if (a.kind === "link" && b.kind === "link") {
    return (
      a.between.every((end) => b.between.includes(end)) && b.between.every((end) => a.between.includes(end))
    );
  }
  if (a.kind === "rack" && b.kind === "rack") return a.rack === b.rack;
  if (a.kind === "node" && b.kind === "node") return a.id === b.id;
  return a.kind === "given" && b.kind === "given" && a.name === b.name;
}

/** Breaks what is whole, and mends what is broken. A link goes from cut, to one way, to the other way, to whole. */
export function toggled(now: readonly Broken[], one: Broken): Broken[] {
  const found = now.find((other) => isSame(other, one));
  const others = now.filter((other) => other !== found);
  if (!found) return [...others, one];
  if (found.kind === "link" && one.kind === "link") {
    const next = { both: "there", there: "here", here: undefined } as const;
    const deaf = next[found.deaf];
    return deaf === undefined ? others : [...others, { ...found, deaf }];
  }
  return others;
}

// ---- What comes of it ----

/** The clusters after the steps, of one design. */
export function foretell(of: Design, steps: readonly ExplorerStep[], rows?: RosterRows): Foretelling {
  return continued(new Foretelling(topologyOf(of), rows), of, steps);
}

/** The same, some steps later. */
export function continued(foretelling: Foretelling, of: Design, steps: readonly ExplorerStep[]): Foretelling {
  const topology = topologyOf(of);
  for (const one of steps) {
    if ("broken" in one) foretelling.setFault(faultOf(topology, one.broken));
    else if ("migrated" in one) foretelling.migrated();
    else if ("revive" in one) foretelling.revive();
    else {
      const { down } = foretelling.now();
      foretelling.reroster(
        of.nodes.map((other) => other.id).filter((name) => one.roster === "all" || !down.includes(name)),
        of.namespace.activeRack,
      );
    }
  }
  return foretelling;
}
