import {
  byIdDescending,
  type Fault,
  type HealthyCluster,
  networkOf,
  partitionCounts,
  predict,
  type Prediction,
} from "../../model";
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
  const blocks = prediction.orphans.filter(({ id }) => ids.includes(id)).map((orphan) => orphan.blocks);
  const seconds = (ms: number) => (ms / 1000).toFixed(1);
  const from = seconds(Math.min(...blocks.map(([first]) => first)));
  const to = seconds(Math.max(...blocks.map(([, last]) => last)));
  const until = healthy.topology.namespace.strongConsistency
    ? "reads that may be stale, and writes in doubt"
    : "as of the old cluster: where it reaches old master and replica with success, else with 9";
  const codes = failureCodes(healthy, prediction, { members: ids }, "before the cut");
  return (
    `${name}: in no cluster, serves nothing until healed: ${codes} in running clients, -8 in new ones. ` +
    `It blocks ${from} to ${to} s after the cut; until then it still answers ${until}`
  );
}

/** What makes orphans, what would make the fault better or worse, and which ids decide. */
export function orphansAdvice({ healthy, fault, prediction, sides }: Situation): string[] {
  const { orphans, subClusters } = prediction;
  if (orphans.length === 0 || subClusters.length === 0) {
    return orphans.length > 0
      ? ["Heal every link: the nodes agree on no cluster, and none of them serves."]
      : [];
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
  const served = predict(healthy, { ...fault, cannotHear })
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

/** A side left out whole, while a smaller one that it does not hear stays. */
function smallerSideLives(
  { orphans, subClusters }: Prediction,
  sides: ReadonlyMap<string, readonly string[]>,
  { topology }: HealthyCluster,
): string[] {
  const left = [...sides].filter(([, ids]) => ids.every((id) => orphans.some((orphan) => orphan.id === id)));
  const quiesced = new Set(topology.nodes.filter((node) => node.quiesced).map(({ id }) => id));
  const active = (ids: readonly string[]) => ids.filter((id) => !quiesced.has(id));
  const clustered = subClusters.flatMap((map) => map.members);
  return left.flatMap(([name, lost]) =>
    [...sides]
      .filter(([, ids]) => active(ids).length > 0 && ids.every((id) => clustered.includes(id)))
      .filter(([, ids]) => active(ids).length < active(lost).length)
      .map(
        ([smaller, ids]) =>
          `Warning: ${smaller} lives with ${active(ids).length} nodes and ${name}'s ${active(lost).length} do not: the ids decide so.`,
      ),
  );
}
