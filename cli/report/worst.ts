import { type HarmfulSet, PARTITIONS } from "../../model";
import { table } from "./table";
import type { Terminal } from "./terminal";

/** Sets of one sort that are named one by one. */
const NAMED = 3;

/** What the smallest sets of losses do, a line for each harm, size and sort of losses. */
export function worstText(
  name: string,
  upTo: number,
  sets: readonly HarmfulSet[],
  terminal: Terminal,
): string {
  const groups = new Map<string, HarmfulSet[]>();
  for (const set of sets) {
    const key = `${set.harm}|${kindsOf(set)}`;
    groups.set(key, [...(groups.get(key) ?? []), set]);
  }
  if (groups.size === 0)
    return `${name}: no ${upTo === 1 ? "single loss makes" : `set of up to ${upTo} losses makes`} any partition unavailable.`;
  return [
    table(
      `${name}: smallest sets of up to ${upTo} losses (predicted)`,
      ["What they do", "Losses", "Sets", "Serves", "Which"],
      [...groups.values()].map((group) => [
        group[0].harm === "some dead" ? "some dead if they return empty" : group[0].harm,
        kindsOf(group[0]),
        group.length,
        servesText(group),
        group.slice(0, NAMED).map(namesOf).join("; ") + (group.length > NAMED ? "; ..." : ""),
      ]),
      terminal,
    ),
    `Serves: partitions of ${PARTITIONS} in the sub-cluster that serves most. A set is named where no part of it would do the same.`,
  ].join("\n");
}

function kindsOf({ losses }: HarmfulSet): string {
  return losses.map(({ kind }) => kind).join(" + ");
}

function namesOf({ losses }: HarmfulSet): string {
  return losses.map(({ name }) => name).join(" + ");
}

function servesText(sets: readonly HarmfulSet[]): string {
  const served = sets.map((set) => set.served);
  const [least, most] = [Math.min(...served), Math.max(...served)];
  return least === most ? `${least}` : `${least} to ${most}`;
}
