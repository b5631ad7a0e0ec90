import { type RosterNode, rosterText, type Topology } from "../../model";
import { Foretelling } from "../run/foretold";
import type { NodeState } from "../observe/node-state";
import { clustersOf, missingOf, rosterOf, type Situation } from "./situation";

/** A step of the runbook. */
export type RunbookStep =
  | { readonly step: "none" }
  | { readonly step: "wait" }
  | { readonly step: "heal" }
  | { readonly step: "start"; readonly nodes: readonly string[] }
  | { readonly step: "reroster"; readonly confirmedDown: readonly number[] }
  | { readonly step: "promote"; readonly rack: number; readonly confirmedDown?: readonly number[] }
  | { readonly step: "bring-back"; readonly rack: number }
  | { readonly step: "revive" };

/** What the runbook says of a situation. */
export interface Proposal {
  readonly step: RunbookStep;
  /** What is the matter, in a sentence. */
  readonly sees: string;
  /** Why this step, in a sentence. */
  readonly because: string;
  /** What it would lose by the model's prediction: partitions that no node of the new roster has a full copy of. */
  readonly loses?: Loss;
}

/** What a step loses by prediction. */
export interface Loss {
  readonly partitions: number;
  /** Which they are. */
  readonly of: readonly number[];
}

/** What an operator knows and no node can say. */
export interface Known {
  /** Racks whose hosts are really down, on the operator's word. @default none */
  readonly confirmedDown?: readonly number[];
}

/** The next step for a situation (Aerospike's documents, "Manage strong consistency": dead, unavailable, rosters). */
export function propose(situation: Situation, { confirmedDown = [] }: Known = {}): Proposal {
  const { namespace, silent } = situation;
  const clusters = clustersOf(situation);
  const missing = missingOf(situation);
  const orphans = situation.nodes.filter(({ clusterSize }) => clusterSize === 0);
  const [largest = []] = clusters;
  const [first] = largest;
  if (!first) {
    return {
      step: { step: "wait" },
      sees: "No node is in a cluster.",
      because: "They are still forming one; where it stays so, the network between them is broken.",
    };
  }
  if (clusters.length > 1 || orphans.length > 0) {
    const parts = [...clusters.map(idsOf), ...orphans.map((node) => idsOf([node]))].join(" | ");
    return {
      step: { step: "heal" },
      sees: `The nodes that answer are not one cluster: ${parts}.`,
      because:
        "The network between them is broken: only its repair helps. Each half re-rostered to itself would serve everything twice, and lose the writes of one.",
    };
  }
  const strange = strangersOf(largest, first);
  if (!namespace.strongConsistency) {
    return silent.length > 0
      ? {
          step: { step: "start", nodes: silent },
          sees: `${silent.join(", ")} do not answer.`,
          because:
            "In availability mode every partition is served without them; started, they fill up again.",
        }
      : { step: { step: "none" }, sees: wholeText(largest, first), because: "Nothing is missing." };
  }
  const migrating = largest.some((node) => node.migrating > 0);
  if (missing.length > 0) {
    const sees = `${missing.map(({ id }) => id).join(", ")} of the roster are missing; ${first.unavailable} partitions are unavailable, ${first.dead} dead.`;
    const racks = lostRacks(situation);
    const confirmed = racks.filter((rack) => confirmedDown.includes(rack));
    if (confirmed.length === 0) {
      return {
        step: { step: "start", nodes: missing.map(({ id }) => id) },
        sees,
        because:
          `Nodes that come back with their data bring everything with them, and nothing is lost.` +
          (racks.length > 0
            ? ` If the hosts of a rack are really down and stay so, say it: ${racks.map((rack) => `--confirmed-down ${rack}`).join(" or ")}.`
            : ""),
      };
    }
    const active = rosterOf(situation).activeRack;
    const because = `On the operator's word rack ${confirmed.join(", ")} is down: without it on the roster the others are all of it again`;
    if (!confirmed.includes(active)) {
      const step: RunbookStep = { step: "reroster", confirmedDown: confirmed };
      return { step, sees, because: `${because}.`, loses: lossOf(situation, step) };
    }
    const { rack } = largest.find((node) => !confirmed.includes(node.rack))!;
    const step: RunbookStep = { step: "promote", rack, confirmedDown: confirmed };
    return {
      step,
      sees,
      because:
        `${because}, and rack ${active} was the active one: rack ${rack} becomes it, by active-rack ${rack} on the nodes left, a recluster, the roster below, a recluster. ` +
        `Write active-rack ${rack} into the files of all nodes before they start again: where nodes disagree there is none.`,
      loses: lossOf(situation, step),
    };
  }
  if (migrating) {
    return {
      step: { step: "wait" },
      sees: `Migrations run: ${largest.reduce((sum, node) => sum + node.migrating, 0)} partitions are on their way.`,
      because: "A step before their end may take the only full copy away.",
    };
  }
  if (first.dead > 0) {
    return {
      step: { step: "revive" },
      sees: `${first.dead} partitions are dead though every node of the roster is here.`,
      because: "Their copies cannot be trusted: a revive serves them as they are, whatever is gone is gone.",
      loses: { partitions: first.dead, of: [] },
    };
  }
  if (strange.length > 0) {
    const rack = strange[0].rack;
    const active = first.roster.activeRack;
    return {
      step: { step: "bring-back", rack },
      sees: `${strange.map(({ id }) => id).join(", ")} are in the cluster and not on the roster.`,
      because:
        "On the roster they hold copies again; until then a failure of the others finds none." +
        (disagreesOnActiveRack(first)
          ? ` The nodes disagree on the active rack: all are set to the roster's, ${active}; write it into their files, which hold from their next start on.`
          : ""),
      loses: { partitions: 0, of: [] },
    };
  }
  return { step: { step: "none" }, sees: wholeText(largest, first), because: "Nothing is missing." };
}

/** Whether the nodes' setting is another than the active rack on their roster: staged as observed, the roster would lose it. */
export function disagreesOnActiveRack({ roster, observed }: NodeState): boolean {
  return roster.activeRack !== 0 && observed.activeRack !== roster.activeRack;
}

/** Why a step must not be taken now; undefined where it may. */
export function refusal(
  step: RunbookStep,
  situation: Situation,
  { confirmedDown = [] }: Known = {},
): string | undefined {
  if (step.step === "none" || step.step === "wait" || step.step === "heal" || step.step === "start")
    return undefined;
  const clusters = clustersOf(situation);
  const orphans = situation.nodes.filter(({ clusterSize }) => clusterSize === 0);
  if (!situation.namespace.strongConsistency) {
    return `Namespace "${situation.namespace.name}" is in availability mode: it has no roster and no dead partitions, so there is nothing to ${step.step}.`;
  }
  if (clusters.length > 1 || orphans.length > 0) {
    return (
      `The nodes that answer are in several clusters (${[...clusters.map(idsOf), ...orphans.map((node) => idsOf([node]))].join(" | ")}): ` +
      `a split that lives. A ${step.step} on one side would let both serve, and the writes of one be lost. Repair the network first.`
    );
  }
  const [largest = []] = clusters;
  const migrating = largest.reduce((sum, node) => sum + node.migrating, 0);
  if (migrating > 0) {
    return `Migrations run (${migrating} partitions): a ${step.step} now may take the only full copy away. Wait for their end.`;
  }
  const missing = missingOf(situation);
  switch (step.step) {
    case "revive":
      return missing.length > 0
        ? `${missing.map(({ id }) => id).join(", ")} of the roster cannot be reached: the partitions may be whole there, and a revive would give their writes up. Bring them back, or take a lost rack off the roster first.`
        : undefined;
    case "reroster":
    case "promote": {
      const down = step.confirmedDown ?? [];
      if (down.length === 0 && missing.length > 0) {
        return `${idsOf(missing)} of the roster are missing, and may live on the other side. Say which rack is really down: --confirmed-down RACK.`;
      }
      const unsaid = down.filter((rack) => !confirmedDown.includes(rack));
      if (unsaid.length > 0) {
        return `Only an operator can know that rack ${unsaid[0]} is really down and not just out of reach: say so with --confirmed-down ${unsaid[0]}.`;
      }
      const alive = largest.filter((node) => down.includes(node.rack));
      if (alive.length > 0) {
        return `Rack ${alive[0].rack} was said to be down, and ${idsOf(alive)} of it are in the cluster.`;
      }
      const others = missing.filter((node) => !down.includes(node.rack));
      if (others.length > 0) {
        return `${idsOf(others)} of other racks are missing too: they may hold the only full copies. Bring them back first.`;
      }
      if (step.step === "promote" && !largest.some(({ rack }) => rack === step.rack)) {
        const racks = [...new Set(largest.map(({ rack }) => rack))];
        return `No node of rack ${step.rack} is in the cluster: as the active rack it would serve nothing. Promote one whose nodes are: ${racks.join(", ")}.`;
      }
      return undefined;
    }
    case "bring-back": {
      const back = largest.filter((node) => node.rack === step.rack);
      if (back.length === 0) return `No node of rack ${step.rack} is in the cluster: start them first.`;
      return undefined;
    }
  }
}

/** The roster that a step sets. */
export function rosterAfter(
  step: RunbookStep,
  situation: Situation,
): { nodes: RosterNode[]; activeRack: number } {
  const { nodes, activeRack } = rosterOf(situation);
  const [largest = []] = clustersOf(situation);
  const here = largest.map(({ id, rack }) => ({ id, rack }));
  switch (step.step) {
    case "reroster":
      return { nodes: nodes.filter(({ rack }) => !(step.confirmedDown ?? []).includes(rack)), activeRack };
    case "promote":
      return {
        nodes: nodes.filter(({ rack }) => !(step.confirmedDown ?? []).includes(rack)),
        activeRack: step.rack,
      };
    case "bring-back":
      return {
        nodes: [
          ...nodes.filter(({ rack }) => rack !== step.rack),
          ...here.filter(({ rack }) => rack === step.rack),
        ],
        activeRack,
      };
    default:
      return { nodes: [...nodes], activeRack };
  }
}

/** What a change of the roster loses by prediction: partitions that no node on it has a full copy of. */
export function lossOf(situation: Situation, step: RunbookStep): Loss {
  const before = rosterOf(situation);
  const topology: Topology = {
    namespace: { ...situation.namespace, activeRack: before.activeRack },
    nodes: before.nodes.map(({ id, rack }) => ({ id, rack })),
  };
  const foretelling = new Foretelling(topology);
  foretelling.stop(missingOf(situation).map(({ id }) => id));
  const after = rosterAfter(step, situation);
  foretelling.reroster(
    after.nodes.map(({ id }) => id),
    after.activeRack,
  );
  const of = foretelling.deadPartitions();
  return { partitions: of.length, of };
}

/** A roster as people and servers write it. */
export function rosterAfterText(step: RunbookStep, situation: Situation): string {
  const { nodes, activeRack } = rosterAfter(step, situation);
  return rosterText(nodes, activeRack);
}

/** Racks of the roster of which no node is in the cluster. */
function lostRacks(situation: Situation): number[] {
  const lost = new Set(missingOf(situation).map(({ rack }) => rack));
  for (const { rack } of clustersOf(situation)[0] ?? []) lost.delete(rack);
  return [...lost];
}

function strangersOf(cluster: readonly NodeState[], { roster }: NodeState): NodeState[] {
  const known = new Set(roster.nodes.map(({ id }) => id));
  return cluster.filter(({ id }) => !known.has(id));
}

function idsOf(nodes: readonly { readonly id: string }[]): string {
  return nodes.map(({ id }) => id).join(", ");
}

function wholeText(cluster: readonly NodeState[], { unavailable, dead }: NodeState): string {
  return `One cluster of ${cluster.length} nodes, ${unavailable} partitions unavailable, ${dead} dead.`;
}
