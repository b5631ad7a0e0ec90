import type { Fault, Topology } from "../../model";
import type { Step, Story } from "../../scenarios/story";
import type { Broken, ExplorerStep } from "./state";

/** A cluster to begin with, and the steps of its story. */
export interface Preset {
  readonly name: string;
  readonly summary: string;
  readonly topology: Topology;
  /** Names of its regions. */
  readonly names: Readonly<Record<string, string>>;
  readonly faults: Readonly<Record<string, Pick<Fault, "cannotHear" | "refuses">>>;
  /** What its story does, in words, each with the steps that the explorer takes. */
  readonly story: readonly { readonly label: string; readonly step: ExplorerStep }[];
}

/** What a preset is made of: an experiment. */
export interface PresetSource {
  readonly name: string;
  readonly summary?: string;
  readonly topology: Topology;
  readonly faults: Readonly<Record<string, Fault>>;
  readonly story?: Story;
  /** Node ids by side, as the preview names the sides. */
  readonly sides: Readonly<Record<string, readonly string[]>>;
}

/** An experiment as the explorer begins with it. */
export function presetOf({ name, summary = "", topology, faults, story, sides }: PresetSource): Preset {
  return {
    name,
    summary,
    topology,
    names: namesOfRegions(topology, sides),
    faults: Object.fromEntries(
      Object.entries(faults).map(([fault, { cannotHear, refuses }]) => [fault, { cannotHear, refuses }]),
    ),
    story: story ? storySteps(topology, faults, story) : [],
  };
}

/** Names of regions, where a side is a region: `London`. */
export function namesOfRegions(
  { nodes }: Topology,
  sides: Readonly<Record<string, readonly string[]>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(sides).flatMap(([name, ids]) => {
      const [region, ...others] = new Set(
        nodes.filter(({ id }) => ids.includes(id)).map((node) => node.region),
      );
      const here = nodes.filter((node) => node.region === region).length;
      return others.length === 0 && region !== undefined && here === ids.length ? [[region, name]] : [];
    }),
  );
}

/** A fault as something broken, with all that it does. */
export function given(name: string, { cannotHear, refuses }: Fault): Broken {
  const copied = (lists: Fault["refuses"]) =>
    Object.fromEntries(Object.entries(lists).map(([key, ids]) => [key, [...ids]]));
  return { kind: "given", name, cannotHear: copied(cannotHear), refuses: copied(refuses) };
}

/** What of a story changes the cluster, as steps of the explorer. */
function storySteps(
  topology: Topology,
  faults: Readonly<Record<string, Fault>>,
  { steps }: Story,
): Preset["story"] {
  let fault: Broken | undefined;
  let stopped: readonly string[] = [];
  const broken = (): ExplorerStep => ({
    broken: [
      ...(fault ? [fault] : []),
      ...stopped.map((id) => ({ kind: "node" as const, id, how: "stop" as const })),
    ],
  });
  const taken = (step: Step): { label: string; step: ExplorerStep }[] => {
    if ("fault" in step) {
      fault = step.fault in faults ? given(step.fault, faults[step.fault]) : undefined;
      return [{ label: `fault ${step.fault}`, step: broken() }];
    }
    if ("heal" in step) {
      fault = undefined;
      return [{ label: "heal", step: broken() }];
    }
    if ("stop" in step || "start" in step) {
      const nodes = "stop" in step ? step.stop : step.start;
      const ids = topology.nodes
        .filter(({ id, rack }) => ("nodes" in nodes ? nodes.nodes.includes(id) : rack === nodes.rack))
        .map(({ id }) => id);
      stopped = "stop" in step ? [...stopped, ...ids] : stopped.filter((id) => !ids.includes(id));
      return [{ label: `${"stop" in step ? "stop" : "start"} ${ids.join(", ")}`, step: broken() }];
    }
    if ("recover" in step) {
      const { step: name } = step.recover;
      if (name === "revive") return [{ label: "revive", step: { revive: true } }];
      const roster = name === "bring-back" ? "all" : "present";
      return [{ label: name, step: { roster } }];
    }
    if ("wait" in step && step.wait === "migrated") {
      return [{ label: "let migrations end", step: { migrated: true } }];
    }
    return [];
  };
  return steps.flatMap(taken);
}
