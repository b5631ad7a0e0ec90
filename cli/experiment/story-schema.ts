import { z } from "zod";
import { NONE, PARTITIONS, type TopologyNode } from "../../model";
// Not the index: with it every command would load the classes of the AWS provider, which a client host lacks.
import { METRICS } from "../../scenarios/story";
import { idOf, nodeId } from "./ids";
import { number, whole } from "./numbers";

/** Keys that a step puts, operations a second a place, and seconds that a step waits, at most. */
const [MOST_KEYS, MOST_RATE, MOST_WAIT_SECONDS] = [1_000_000, 1_000_000, 900];
const WAITS = `expected seconds, at most ${MOST_WAIT_SECONDS}, settled or migrated`;

const text = (expected: string) => z.string({ error: expected }).min(1, expected);

const side = text("expected a region's name");

const keys = z.union(
  [
    z.array(whole("expected a key: a whole number, 0 or more")).min(1, "expected at least one key"),
    z
      .strictObject(
        { from: whole("expected the first key"), to: whole("expected the key before which to stop", 1) },
        { error: "expected from and to" },
      )
      .refine(
        ({ from, to }) => from < to && to - from <= MOST_KEYS,
        `expected from below to, and at most ${MOST_KEYS} keys`,
      ),
  ],
  { error: "expected a list of keys, or from and to" },
);

const load = z.strictObject(
  {
    from: z
      .union([side, z.array(side, { error: "expected regions" })], {
        error: "expected a region or a list of regions",
      })
      .optional(),
    workload: z
      .enum(["article", "register", "append", "lifecycle"], {
        error: "expected one of article, register, append, lifecycle",
      })
      .optional(),
    keys: keys.optional(),
    until: z.enum(["done", "error"], { error: "expected done or error" }).optional(),
    rate: number(`expected operations a second, 1 to ${MOST_RATE}`, 1, MOST_RATE).optional(),
  },
  { error: "expected what to load" },
);

const rack = whole("expected a rack id");

const nodes = {
  nodes: z.array(nodeId, { error: "expected a list of node ids" }).optional(),
  rack: rack.optional(),
};

const oneOfNodes = ({ nodes: ids, rack: id }: { nodes?: unknown; rack?: unknown }) =>
  (ids === undefined) !== (id === undefined);

const recovery = z.discriminatedUnion(
  "step",
  [
    z.strictObject({ step: z.literal("reroster"), confirmedDown: rack }),
    z.strictObject({ step: z.literal("promote"), rack, confirmedDown: rack.optional() }),
    z.strictObject({ step: z.literal("bring-back"), rack }),
    z.strictObject({ step: z.literal("revive") }),
  ],
  { error: "expected a step: one of reroster, promote, bring-back, revive" },
);

/** YAML's `true` is a boolean; a step that needs nothing says so. */
const yes = z.literal(true, { error: "expected true" });

const STEP_NAMES = "load, wait, fault, observe, stop, start, recover, heal, verify";

const step = z
  .strictObject(
    {
      load: load.optional(),
      wait: z
        .union([z.enum(["settled", "migrated"]), number(WAITS, 0, MOST_WAIT_SECONDS)], {
          error: WAITS,
        })
        .optional(),
      fault: text("expected the name of a fault").optional(),
      observe: text("expected words for what is looked at").optional(),
      stop: z
        .strictObject({
          ...nodes,
          kind: z
            .enum(["clean", "unclean", "empty", "reboot"], {
              error: "expected one of clean, unclean, empty, reboot",
            })
            .optional(),
        })
        .refine(oneOfNodes, "expected either nodes or a rack")
        .optional(),
      start: z.strictObject(nodes).refine(oneOfNodes, "expected either nodes or a rack").optional(),
      recover: recovery.optional(),
      heal: yes.optional(),
      verify: yes.optional(),
    },
    { error: `expected a step: one of ${STEP_NAMES}` },
  )
  .refine((value) => Object.values(value).filter((part) => part !== undefined).length === 1, {
    error: `expected one of ${STEP_NAMES} in each step`,
  });

const duration = z
  .string({ error: "expected a duration such as 500ms, 5s or 2m" })
  .regex(/^\d+(\.\d+)?(ms|s|m)$/, "expected a duration such as 500ms, 5s or 2m");

const count = whole("expected a whole number, 0 or more");
const partitions = whole(`expected partitions, 0 to ${PARTITIONS}`, 0, PARTITIONS);

const expectations = z.strictObject(
  {
    before: z
      .strictObject({
        unavailable: partitions.optional(),
        dead: partitions.optional(),
        migrating: count.optional(),
      })
      .optional(),
    during: z
      .record(z.string(), z.strictObject({ serves: partitions }, { error: "expected serves" }), {
        error: "expected sides by name",
      })
      .optional(),
    after: z
      .strictObject({ serves: partitions.optional(), lost: count.optional(), stale: count.optional() })
      .optional(),
    recovery: z
      .strictObject({ detect: duration.optional(), serve: duration.optional(), full: duration.optional() })
      .optional(),
    stopIf: z
      .array(
        z.strictObject({
          metric: z.enum(METRICS, { error: `expected a metric: one of ${METRICS.join(", ")}` }),
          above: count,
        }),
        { error: "expected a list of conditions" },
      )
      .optional(),
  },
  { error: "expected before, during, after, recovery or stopIf" },
);

/** The story of a topology file: steps, and what is expected of them. */
export const story = z.strictObject(
  {
    steps: z.array(step, { error: "expected a list of steps" }).min(1, "expected at least one step"),
    expect: expectations.optional(),
  },
  { error: "expected steps" },
);

/** What a story can name in its file. */
interface Names {
  readonly nodes: readonly TopologyNode[];
  readonly faults: Readonly<Record<string, unknown>>;
}

/** The sides in the name of a sub-cluster: "London and Paris (A1B33)" has two. */
function sidesIn(name: string): string[] {
  return name.replaceAll(/ \([^)]*\)/g, "").split(/, | and /);
}

/** Complains of what the story names and the file does not have: faults, nodes, racks, regions. */
export function checkStory(
  { steps, expect }: z.output<typeof story>,
  { nodes: all, faults }: Names,
  complain: (path: PropertyKey[], message: string) => void,
): void {
  const known = {
    faults: [NONE, ...Object.keys(faults)],
    nodes: all.map(({ id }) => idOf(id)),
    racks: [...new Set(all.map((node) => node.rack))],
    regions: [...new Set(all.map((node) => node.region ?? `Rack ${node.rack}`))],
  };
  const check = (
    path: PropertyKey[],
    list: readonly (string | number)[],
    value: string | number | undefined,
  ) => {
    if (value !== undefined && !list.includes(value)) complain(path, `expected one of ${list.join(", ")}`);
  };
  for (const name of Object.keys(expect?.during ?? {})) {
    for (const side of sidesIn(name)) check(["story", "expect", "during", name], known.regions, side);
  }
  steps.forEach(({ load: loaded, fault, stop, start, recover }, i) => {
    const at = (...path: PropertyKey[]) => ["story", "steps", i, ...path];
    check(at("fault"), known.faults, fault);
    [loaded?.from ?? []].flat().forEach((from) => check(at("load", "from"), known.regions, from));
    for (const [name, value] of Object.entries({ stop, start })) {
      value?.nodes?.forEach((id, n) => check(at(name, "nodes", n), known.nodes, id));
      check(at(name, "rack"), known.racks, value?.rack);
    }
    if (recover && "rack" in recover) check(at("recover", "rack"), known.racks, recover.rack);
    if (recover && "confirmedDown" in recover) {
      check(at("recover", "confirmedDown"), known.racks, recover.confirmedDown);
    }
  });
}
