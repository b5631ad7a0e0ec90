import {
  type Bounds,
  byIdDescending,
  type Fault,
  type HealthyCluster,
  networkOf,
  partitionCounts,
  predict,
  type Prediction,
} from "../../model";
import { blocksOf } from "../../model/members";
import { failureCodes } from "./codes";
import { listed, nameOf } from "../run/sides";
import type { Situation } from "./situation";

/** Links named one by one in an advice; more are told by their ends. */
const FEW_LINKS = 3;

/** What a side's orphans do, until they block and after. */
export function orphansText(
  ids: readonly string[],
  healthy: HealthyCluster,
  prediction: Prediction,
  sides: ReadonlyMap<string, readonly string[]>,
): string {
  const name = nameOf({ members: ids }, sides);
  const blocks = blocksOf(prediction.orphans.filter(({ id }) => ids.includes(id)));
  const until = healthy.topology.namespace.strongConsistency
    ? "reads that may be stale, and writes in doubt"
    : "as of the old cluster: where it reaches old master and replica with success, else with 9";
  const codes = failureCodes(healthy, prediction, { members: ids }, "before the cut");
  return (
    `${name}: in no cluster, serves nothing until healed: ${codes} in running clients, -8 in new ones. ` +
    (blocks[1] === 0
      ? "It was in none before, and blocks already"
      : `It blocks ${secondsText(blocks)} s after the cut; until then it still answers ${until}`)
  );
}

/** "10.2 to 11.2". */
export function secondsText(bounds: Bounds): string {
  return bounds.map((ms) => (ms / 1000).toFixed(1)).join(" to ");
}

/** What of a prediction does not stay as it is, or may come otherwise, a line each. */
export function unsteadyText({ flapping, mayDiffer }: Prediction): string[] {
  return [
    ...flapping.map(
      (members) =>
        `The cluster of ${listed(members)} comes and goes: a new cluster key about every 4.7 s, for as long as the fault lasts`,
    ),
    ...(mayDiffer ? ["This may differ: clusters race to form, and a real one may end otherwise"] : []),
  ];
}

/** What makes orphans, what would make the fault better or worse, and which ids decide. */
export function orphansAdvice({ healthy, fault, prediction, sides }: Situation): string[] {
  const { orphans } = prediction;
  const few = tooFew(healthy, fault, prediction);
  const others = orphans.filter(({ id }) => !few.some(({ members }) => members.includes(id)));
  const least = few.map(
    ({ members, available }) =>
      `${listed(members)} are fewer than min-cluster-size ${healthy.topology.minClusterSize} and form no cluster: with 1 theirs would serve ${available}.`,
  );
  if (others.length === 0) return [...least, ...splitStays(healthy, fault, prediction)];
  return [...least, ...partialAdvice({ healthy, fault, prediction, sides })];
}

/** Clusters stay apart where some of their nodes hear each other again. */
function splitStays({ topology }: HealthyCluster, fault: Fault, { subClusters }: Prediction): string[] {
  const { numbers, linked } = networkOf(
    topology.nodes.map(({ id }) => id),
    fault.cannotHear,
  );
  const hear = (a: string, b: string) => linked(numbers.get(a)!, numbers.get(b)!);
  const isHalf = subClusters.some(({ members }, i) =>
    subClusters.slice(i + 1).some((other) => members.some((a) => other.members.some((b) => hear(a, b)))),
  );
  return isHalf
    ? [
        "Heal every link: a link that comes back never repairs a split, the clusters stay apart until all of their nodes hear each other.",
      ]
    : [];
}

/** What would be clusters, were they not smaller than `min-cluster-size`. */
function tooFew(
  healthy: HealthyCluster,
  fault: Fault,
  { subClusters, orphans }: Prediction,
): { members: readonly string[]; available: number }[] {
  const { minClusterSize = 1 } = healthy.topology;
  if (minClusterSize === 1 || orphans.length === 0) return [];
  const now = subClusters.map(({ members }) => members);
  return predict({ ...healthy, topology: { ...healthy.topology, minClusterSize: 1 } }, fault, now)
    .subClusters.filter(({ members }) => members.length < minClusterSize)
    .map((map) => ({ members: map.members, available: partitionCounts(map).available }));
}

function partialAdvice({
  healthy,
  fault,
  prediction,
  sides,
}: Pick<Situation, "healthy" | "fault" | "prediction" | "sides">): string[] {
  const { subClusters } = prediction;
  if (subClusters.length === 0) {
    return ["Heal every link: the nodes agree on no cluster, and none of them serves."];
  }
  const best = [...subClusters].sort((a, b) => b.members.length - a.members.length)[0];
  const principal = [...best.members].sort(byIdDescending)[0];
  return [
    ...(healthy.topology.namespace.strongConsistency ? cutMore(healthy, fault, prediction) : []),
    "Heal every link: one that comes back lets an orphan in only if it then hears the whole cluster, and never repairs a split.",
    `The ids decide who stays, here the cluster of ${principal}: the region that should live gets the highest ids.`,
    ...smallerSideLives(prediction, sides, healthy),
  ];
}

/** Orphans that hear nobody in a cluster form one of their own: told where that one would serve something. */
function cutMore(healthy: HealthyCluster, fault: Fault, prediction: Prediction): string[] {
  const ids = healthy.topology.nodes.map(({ id }) => id);
  const { numbers, linked } = networkOf(ids, fault.cannotHear);
  const orphans = prediction.orphans.map(({ id }) => id);
  const clustered = prediction.subClusters.flatMap((map) => map.members);
  const left = orphans.flatMap((a) =>
    clustered.filter((b) => linked(numbers.get(a)!, numbers.get(b)!)).map((b) => [a, b] as const),
  );
  const cannotHear: Record<string, readonly string[]> = { ...fault.cannotHear };
  for (const [a, b] of left) cannotHear[a] = [...(cannotHear[a] ?? []), b];
  const served = predict(
    healthy,
    { ...fault, cannotHear },
    prediction.subClusters.map((map) => map.members),
  )
    .subClusters.filter((map) => map.members.some((id) => orphans.includes(id)))
    .map((map) => partitionCounts(map).available);
  const most = Math.max(0, ...served);
  if (most === 0) return [];
  const links =
    left.length <= FEW_LINKS
      ? listed(left.map((link) => link.join("-")))
      : `what still links them to ${listed([...new Set(left.map(([, b]) => b))])}`;
  return [
    `Half a cut is worse than a whole one: cut ${links} too, and these orphans form a cluster that serves ${most}.`,
  ];
}

/** A side left out whole, while fewer nodes of another one stay; else more nodes left out than stay. */
function smallerSideLives(
  { orphans, subClusters }: Prediction,
  sides: ReadonlyMap<string, readonly string[]>,
  { topology }: HealthyCluster,
): string[] {
  const left = [...sides].filter(([, ids]) => ids.every((id) => orphans.some((orphan) => orphan.id === id)));
  const quiesced = new Set(topology.nodes.filter((node) => node.quiesced).map(({ id }) => id));
  const active = (ids: readonly string[]) => ids.filter((id) => !quiesced.has(id));
  const clustered = subClusters.flatMap((map) => map.members);
  const live = (count: number) => (count === 1 ? "1 node" : `${count} nodes`);
  const warnings = left.flatMap(([name, lost]) =>
    [...sides.values()]
      .map((ids) => active(ids).filter((id) => clustered.includes(id)))
      .filter(({ length }) => length > 0 && length < active(lost).length)
      .map(
        (members) =>
          `Warning: ${nameOf({ members }, sides)} lives with ${live(members.length)} and ${name}'s ${active(lost).length} do not: the ids decide so.`,
      ),
  );
  const [stay, out] = [active(clustered).length, active(orphans.map(({ id }) => id)).length];
  return warnings.length > 0 || out <= stay
    ? warnings
    : [`Warning: ${live(stay)} stay in a cluster and ${out} do not: the ids decide so.`];
}
